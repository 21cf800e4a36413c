"""Every template of a notice is a case here."""

from datetime import UTC, datetime

import pytest

from app.catalog.types import Wording
from app.notices.templates import TEMPLATES, MissingParams, UnknownTemplate, checked, put_into_words

DUE = datetime(2026, 12, 2, 9, tzinfo=UTC)


def example(template: str) -> dict[str, object]:
    """Something for each parameter that the template names."""
    return {name: DUE if name.endswith("_at") else f"<{name}>" for name in TEMPLATES[template].params}


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_put_into_words(template: str) -> None:
    params = checked(template, example(template))
    title, body = put_into_words(
        template, params, chinese=False, translate=str, say_instant=lambda at: f"[{at:%d.%m.}]"
    )
    assert title
    assert body.endswith((".", ">"))
    assert "{" not in title + body
    assert all(f"<{name}>" in title + body or "[02.12.]" in title + body for name in TEMPLATES[template].params)


def test_a_name_is_said_in_the_readers_language_and_nothing_as_a_dash() -> None:
    params = checked("case-accepted", {"code": "X", "title": "路", "due_at": None})
    assert put_into_words("case-accepted", params, chinese=False, translate=str, say_instant=str)[1].endswith("by —.")
    step = checked("step-arrived", {"code": "X", "title": "路", "step": Wording("受理", "Acceptance")})
    assert step["step"] == {"zh": "受理", "en": "Acceptance"}
    told = [put_into_words("step-arrived", step, chinese=c, translate=str, say_instant=str)[0] for c in (True, False)]
    assert told == ["New in your inbox: 受理", "New in your inbox: Acceptance"]


def test_what_a_person_wrote_is_not_read_as_a_template() -> None:
    params = checked("case-received", {"code": "X", "title": "{0.__class__}{code}", "item": "%s"})
    body = put_into_words("case-received", params, chinese=True, translate=str, say_instant=str)[1]
    assert "“{0.__class__}{code}” (%s)" in body


def test_mistakes_of_the_caller_are_seen_when_it_tells_not_when_somebody_reads() -> None:
    with pytest.raises(UnknownTemplate):
        checked("case-eaten", {})
    with pytest.raises(MissingParams, match="title"):
        checked("case-withdrawn", {"code": "X"})
