"""Every sheet, in both languages, is a case here: it is set, archived, accessible, and says what it must."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from app.notices.rendering import SHEETS, render
from app.notices.types import DOCUMENT_KINDS, Basis, DecisionFacts, Language, Line, Opinion, Text

ISSUED = datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=UTC)
CODE = "330302-7K3M-9QXT-2WPD-V"
LAYOUT = "layout"


def both(chinese: str, english: str) -> Text:
    return {"zh": chinese, "en": english}


FACTS = DecisionFacts(
    authority=both("温州市鹿城区人民政府", "People's Government of Lucheng District"),
    word="鹿政审",
    supervision_code="330302-20261121-000137-5X",
    item=both("建设项目用地预审与可研审批", "Land preliminary review"),
    project="瓯江路管廊工程",
    applicant="鹿城区城市建设发展有限公司",
    verify_url="https://example.org/verify/",
    review_body=both("温州市人民政府", "the People's Government of Wenzhou"),
    court=both("鹿城区人民法院", "the People's Court of Lucheng District"),
    contact="0577-0000 0000",
    basis=(Basis(law=both("城乡规划法", "Urban and Rural Planning Law"), article="第三十六条", text=both("", "")),),
    opinions=(
        Opinion(department=both("规划局", "Bureau of Planning"), outcome=both("同意", "Approve"), text="选址符合。"),
    ),
    materials=(Line(name=both("资金来源证明", "Proof of funds"), remark="缺少"),),
    reasons="占用永久基本农田。\n补划未落实。",
    conditions="用地不超过 12.36 公顷。",
    valid="P3Y",
    received_at=datetime(2026, 11, 2, 2, tzinfo=UTC),
    accepted_at=datetime(2026, 11, 4, 2, tzinfo=UTC),
    due_at=datetime(2026, 12, 2, 9, tzinfo=UTC),
    respond_at=datetime(2026, 12, 3, 9, tzinfo=UTC),
    until_at=datetime(2026, 12, 4, 9, tzinfo=UTC),
    delivered_at=datetime(2026, 12, 5, 9, tzinfo=UTC),
    statutory_days=45,
    promised_days=20,
    days=10,
    procedure=both("专家评审", "an expert review"),
    approved_by=both("负责人", "the head of the government"),
    manner=both("窗口领取", "Collected at the window"),
    recipient="张三",
    licence="鹿政审准〔2025〕9号",
    granted_at=datetime(2025, 11, 2, 2, tzinfo=UTC),
)

DECISIONS = ("grant", "deny", "refuse", "revoke")
MUST_SAY = {
    "receipt": ("三十二条", "五个工作日"),
    "accept": ("第三十二条第一款第（五）项", "2026年11月4日", "45个工作日", "2026年12月2日"),
    "supplement": ("一次性告知", "资金来源证明", "缺少", "2026年12月3日"),
    "refuse": ("不予受理", "占用永久基本农田", "第三十二条"),
    "special": ("第四十五条", "专家评审", "10个工作日", "2026年12月4日"),
    "extend": ("第四十二条", "负责人批准", "2026年12月2日", "占用永久基本农田"),
    "grant": ("准予行政许可", "第三十八条第一款", "规划局：同意", "《城乡规划法》第三十六条", "自作出决定之日起3年"),
    "deny": ("不予行政许可", "第三十八条第二款", "占用永久基本农田"),
    "revoke": ("撤销该行政许可", "第六十九条", "占用永久基本农田", "鹿政审准〔2025〕9号", "2025年11月2日"),
    "delivery": ("第四十四条", "窗口领取", "2026年12月5日", "张三"),
}


def pdf(kind: str, language: Language, facts: DecisionFacts = FACTS) -> bytes:
    return render(kind, facts, language, number="鹿政审准〔2026〕17号", verification_code=CODE, issued_at=ISSUED)


def words(content: bytes) -> str:
    """The text of all pages, without the line breaks and spaces of setting."""
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_every_kind_has_a_sheet_and_every_sheet_a_kind() -> None:
    sheets = {path.stem for path in SHEETS.glob("*.typ")} - {LAYOUT}
    assert sheets == DOCUMENT_KINDS.keys() == MUST_SAY.keys()


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_the_original_says_who_what_why_and_under_which_codes(kind: str) -> None:
    text = words(pdf(kind, "zh"))
    assert DOCUMENT_KINDS[kind].title["zh"] in text
    for fact in (
        *MUST_SAY[kind],
        "温州市鹿城区人民政府",
        "鹿政审准〔2026〕17号",
        "2026年11月21日",
        FACTS.supervision_code,
        CODE,
    ):
        assert fact in text
    assert ("鹿城区人民法院" in text) == (kind in DECISIONS)


@pytest.mark.parametrize("kind", DECISIONS)
def test_a_decision_tells_how_to_have_it_reviewed(kind: str) -> None:
    """Art. 38: a refusal states the right to reconsideration (60 days) and suit (6 months)."""
    chinese, english = words(pdf(kind, "zh")), words(pdf(kind, "en"))
    assert "六十日内，向温州市人民政府申请行政复议" in chinese
    assert "六个月内，依法向鹿城区人民法院提起行政诉讼" in chinese
    assert "withinsixtydays" in english
    assert "withinsixmonths" in english


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_the_translation_is_complete_and_says_that_it_is_one(kind: str) -> None:
    plain = replace(
        FACTS, project="Road", applicant="Builders", reasons="None", conditions="None", recipient="Zhang", licence="9"
    )
    told = replace(
        plain,
        opinions=(Opinion(department=both("规划局", "Planning"), outcome=both("同意", "Approve"), text=""),),
        materials=(Line(name=both("证明", "Proof"), remark="missing"),),
    )
    text = words(pdf(kind, "en", told))
    assert "Chineseoriginalprevails" in text
    assert "".join(DOCUMENT_KINDS[kind].title["en"].split()) in text
    chinese = {mark for mark in text.replace("鹿政审准〔2026〕17号", "") if "\u4e00" <= mark <= "\u9fff"}
    assert not chinese


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_documents_are_for_the_archive_and_for_screen_readers(kind: str, language: Language) -> None:
    content = pdf(kind, language)
    reader = PdfReader(io.BytesIO(content))
    assert b"<pdfaid:part>2</pdfaid:part>" in content
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert str(reader.root_object["/Lang"]).startswith(language)
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert {page.mediabox.width for page in reader.pages} == {reader.pages[0].mediabox.width}
    assert len(reader.pages) <= 2
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts
    for font in fonts:
        descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
        assert "NotoSansCJK" in descriptor["/FontName"]
        assert "/FontFile3" in descriptor


def test_the_same_facts_give_the_same_bytes() -> None:
    assert pdf("grant", "zh") == pdf("grant", "zh")


def test_what_a_person_wrote_is_never_markup() -> None:
    trap = '#panic("x") *bold* $x$ <label> @ref \\ `raw` = head // gone'
    text = words(pdf("grant", "zh", replace(FACTS, project=trap, conditions=trap)))
    assert text.count("".join(trap.split())) == 2


def test_rare_characters_are_set_and_those_of_no_font_are_spelled() -> None:
    facts = replace(FACTS, applicant="张\U0002ccf5\U0002ffff\ue000", project="龘\u202e\x07工程\U0001f600")
    text = words(pdf("grant", "zh", facts))
    assert "张\U0002ccf5〔U+2FFFF〕〔U+E000〕：" in text
    assert "龘工程〔U+1F600〕" in text


def test_long_texts_run_over_pages() -> None:
    facts = replace(FACTS, reasons="\n".join(f"第{n}项理由：" + "不符合规划要求，" * 20 for n in range(40)))
    content = pdf("deny", "zh", facts)
    assert len(PdfReader(io.BytesIO(content)).pages) > 3
    assert "第39项理由" in words(content)


def test_facts_are_kept_and_restored() -> None:
    assert DecisionFacts.from_json(FACTS.to_json()) == FACTS


def test_an_acceptance_by_the_passing_of_time_says_so() -> None:
    """Art. 32 (4): 逾期不告知的，自收到申请材料之日起即为受理."""
    text = words(pdf("accept", "zh", replace(FACTS, deemed=True)))
    assert "即为受理" in text
    assert "第三十二条第一款第（四）项" in text
    assert "经审查" not in text
    assert "countsasaccepted" in words(pdf("accept", "en", replace(FACTS, deemed=True)))


def test_a_refusal_by_the_elimination_list_states_it_in_both_languages() -> None:
    listed = replace(FACTS, reasons="", listed=both("已列入淘汰目录。", "It is on the elimination list."))
    assert "已列入淘汰目录。" in words(pdf("refuse", "zh", listed))
    assert "Itisontheeliminationlist." in words(pdf("refuse", "en", listed))


def test_what_is_no_licence_follows_the_licensing_law_by_analogy_under_the_name_that_its_item_gives() -> None:
    title = both("户口迁移审批决定书", "Decision on a Change of Household Registration")
    facts = replace(FACTS, is_licence=False, title=title)
    chinese, english = words(pdf("grant", "zh", facts)), words(pdf("grant", "en", facts))
    assert title["zh"] in chinese
    assert "参照《中华人民共和国行政许可法》" in chinese
    assert "准予办理" in chinese
    assert "准予行政许可" not in chinese
    assert "ByanalogywithArticle38" in english
    assert "tograntit" in english


def test_a_receipt_says_which_window_received_the_materials() -> None:
    elsewhere = replace(FACTS, window=both("温州市政务服务窗口", "the service window of Wenzhou"))
    assert "温州市政务服务窗口" in words(pdf("receipt", "zh", elsewhere))
    assert "接收窗口" not in words(pdf("receipt", "zh"))


def test_what_is_asked_for_after_acceptance_does_not_say_that_it_was_incomplete() -> None:
    """Art. 32 (4) is about applications that were not accepted yet; a remedy in an examination is something else."""
    before = words(pdf("supplement", "zh", replace(FACTS, accepted_at=None)))
    after = words(pdf("supplement", "zh"))
    assert "第三十二条第一款第（四）项" in before
    assert "第三十二条" not in after
    assert "2026年11月4日受理" in after


def test_a_document_calls_its_subject_as_the_form_does() -> None:
    named = words(pdf("accept", "zh", replace(FACTS, subject=both("经营场所名称", "Name of the premises"))))
    assert "经营场所名称" in named
    assert "项目名称" not in named
    assert "项目名称" in words(pdf("accept", "zh"))


def test_the_sign_off_never_leaves_its_verification_alone() -> None:
    """However many materials may follow: a second page begins with words, not with the code."""
    for count in range(8):
        following = tuple(Line(name=both(f"材料{number}", ""), remark="") for number in range(count))
        *_, last = PdfReader(io.BytesIO(pdf("accept", "zh", replace(FACTS, materials=following)))).pages
        assert "二维码" in last.extract_text()
        assert FACTS.authority["zh"] in last.extract_text()


def test_a_licence_says_what_it_does_not_grant_and_why() -> None:
    """Art. 38: what is denied in part is denied with its reasons, too."""
    said = words(pdf("grant", "zh", replace(FACTS, withheld="地下二层：消防设计未经审查。")))
    assert "不予准予的部分及理由" in said
    assert "地下二层：消防设计未经审查。" in said
    assert "不予准予" not in words(pdf("grant", "zh"))
