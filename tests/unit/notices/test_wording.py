"""Dates, spans and provisions in both languages."""

from datetime import UTC, datetime

import pytest

from app.notices import wording
from app.notices.types import Basis


def test_a_date_is_that_of_the_office_not_of_greenwich() -> None:
    late = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    assert wording.date(late, "Asia/Shanghai", "zh") == "2027年1月1日"
    assert wording.date(late, "Asia/Shanghai", "en") == "1 January 2027"
    assert wording.date(None, "Asia/Shanghai", "en") == ""


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("四十二", 42),
        ("一百", 100),
        ("一百零一", 101),
        ("二百一十五", 215),
    ],
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert wording.number(numeral) == value


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("第五十二条", "Article 52"),
        ("第三十二条、第四十二条、第四十四条", "Articles 32, 42, 44"),
        ("第四十二条第二款", "Article 42(2)"),
        ("第三十二条第一款第（四）项", "Article 32(1)(4)"),
        ("第三十六条第一款、第二款", "Articles 36(1), 36(2)"),
        ("第三章（第十四条至第二十条等）", "Articles 14–20"),
        ("全文", ""),
    ],
)
def test_articles_are_cited_in_english(chinese: str, english: str) -> None:
    assert wording.articles(chinese) == english


def test_a_provision_names_law_article_and_text() -> None:
    basis: Basis = {
        "law": {"zh": "政府投资条例", "en": "Regulation on Government Investment"},
        "article": "第九条",
        "text": {"zh": "报审批。", "en": "It is submitted."},
    }
    assert wording.provision(basis, "zh") == "《政府投资条例》第九条：报审批。"
    assert wording.provision(basis, "en") == "Regulation on Government Investment, Article 9: It is submitted."
    whole: Basis = {**basis, "article": "全文", "text": {"zh": "", "en": ""}}
    assert wording.provision(whole, "en") == "Regulation on Government Investment."


def test_spans() -> None:
    assert wording.working_days(1, "en") == "1 working day"
    assert wording.working_days(45, "en") == "45 working days"
    assert wording.working_days(45, "zh") == "45个工作日"
    assert wording.working_days(None, "zh") == ""
    assert wording.validity("P3Y", "zh") == "自作出决定之日起3年"
    assert wording.validity("P1Y", "en") == "1 year from the date of the decision"
    assert wording.validity("", "en") == ""
    with pytest.raises(ValueError, match="PT5H"):
        wording.validity("PT5H", "en")
