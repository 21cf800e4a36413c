"""Checks that know what an approval is: one slip in a small item, one finding."""

import pytest

from app.catalog import rules
from tests.unit.catalog.small_item import DIAGRAM, MANIFEST, REVIEW, changed, encoded, files

SUPPLEMENT = """<userTask id="supplement" name="补正"><extensionElements>
  <gl:property name="kind" value="supplement"/><gl:property name="post" value="applicant"/>
  <gl:property name="outcomes" value="submit"/></extensionElements></userTask>
<sequenceFlow id="s2" sourceRef="supplement" targetRef="accept"/>
<sequenceFlow id="s1" sourceRef="ways" targetRef="supplement">
  <conditionExpression>accept.outcome == "supplement"</conditionExpression></sequenceFlow>
<endEvent id="refused">"""

SLIPS = [
    (MANIFEST, "promised: {days: 10,", "promised: {days: 4,", "path-too-long", "limits.promised.days"),
    (DIAGRAM, 'name="kind" value="review"', 'name="kind" value="decide"', "decision-never-refuses", "review"),
    (MANIFEST, "documents:\n  grant: {zh: 许可证, en: Permit, valid: P1Y}\n", "", "outcomes-unused", "review"),
    (DIAGRAM, '<endEvent id="refused">', SUPPLEMENT, "supplement-twice", "supplement"),
]


def found(given: dict[str, bytes]) -> set[tuple[str, str | None]]:
    return {(finding.code, finding.element) for finding in rules.check(given).findings}


@pytest.mark.parametrize(("path", "old", "new", "code", "element"), SLIPS, ids=[row[3] for row in SLIPS])
def test_each_slip_is_found(path: str, old: str, new: str, code: str, element: str) -> None:
    assert (code, element) in found(changed(path, old, new))
    assert (code, element) not in found(encoded(files()))


def test_a_supplement_that_is_marked_may_come_again() -> None:
    marked = SUPPLEMENT.replace('value="supplement"/>', 'value="supplement"/><gl:property name="again" value="true"/>')
    assert not {code for code, _element in found(changed(DIAGRAM, SLIPS[3][1], marked))} & {"supplement-twice"}


def test_a_review_may_advise_whoever_decides_later() -> None:
    """Without the document that rests on it, what is chosen in the review is used by nobody but who decides."""
    later = """<userTask id="sign" name="决定"><extensionElements><gl:property name="kind" value="decide"/>
      <gl:property name="post" value="window-clerk"/></extensionElements></userTask>
      <sequenceFlow id="signed" sourceRef="sign" targetRef="granted"/><endEvent id="granted">"""
    texts = files()
    texts[MANIFEST] = texts[MANIFEST].replace(SLIPS[2][1], "")
    texts[DIAGRAM] = texts[DIAGRAM].replace('targetRef="granted"', 'targetRef="sign"')
    texts[DIAGRAM] = texts[DIAGRAM].replace('<endEvent id="granted">', later)
    alone = changed(MANIFEST, SLIPS[2][1], "")
    assert ("outcomes-unused", "review") in found(alone)
    assert ("outcomes-unused", "review") not in found(encoded(texts))


SECOND = """  - {code: deed, name: {zh: 权属证明, en: Deed}, required: true, key: true, grade: C, formats: [pdf],
     max_size_mb: 5, copies: 1}
"""
POINT = "    opinion: required\n"


def unseen(texts: dict[str, str]) -> set[str]:
    return {
        str(finding.params["material"])
        for finding in rules.check(encoded(texts)).findings
        if finding.code in {"materials-unseen", "material-unseen-later"}
    }


def test_each_material_is_looked_at_by_name_by_checklist_or_in_a_form() -> None:
    texts = files()
    texts[MANIFEST] = texts[MANIFEST].replace("fees: {", f"{SECOND}fees: {{")
    assert unseen(texts) == {"权属证明 (deed)"}
    ticked = f"{POINT}    checklist: [{{zh: 权属证明已核对原件, en: The deed was compared}}]\n"
    assert unseen({**texts, MANIFEST: texts[MANIFEST].replace(POINT, ticked)}) == set()
    named = texts[MANIFEST].replace("materials: [sketch]", "materials: [sketch, deed]")
    assert unseen({**texts, MANIFEST: named}) == set()
    shown = texts[REVIEW].replace(
        '"components": [',
        '"components": [{"type": "documentPreview", "id": "seen", "label": "看", "dataSource": "=deed", '
        '"properties": {"label_en": "See"}},',
    )
    assert unseen({**texts, REVIEW: shown}) == set()


def test_a_step_that_only_delivers_looks_at_nothing() -> None:
    kind = 'name="kind" value="review"'
    texts = files()
    texts[DIAGRAM] = texts[DIAGRAM].replace(kind, 'name="kind" value="deliver"')
    assert unseen(texts) == {"草图 (sketch)"}


def test_what_is_handed_in_later_is_looked_at_later() -> None:
    """After the review the applicant hands in the sketch anew, and nobody looks at that one."""
    later = """<userTask id="anew" name="补图"><extensionElements><gl:property name="kind" value="supplement"/>
      <gl:property name="post" value="applicant"/><gl:property name="form" value="anew"/>
      <gl:property name="outcomes" value="submit"/></extensionElements></userTask>
      <sequenceFlow id="done" sourceRef="anew" targetRef="granted"/><endEvent id="granted">"""
    form = """{"type": "default", "id": "anew", "components": [{"type": "filepicker", "key": "sketch", "label": "草图",
      "properties": {"label_en": "Sketch"}}]}"""
    step = "  review:\n    name: {zh: 审查"
    texts = {**files(), "forms/bench-permit/anew.json": form}
    texts[MANIFEST] = texts[MANIFEST].replace(
        step, "  anew: {name: {zh: 补图, en: Anew}, outcomes: {submit: {zh: 交, en: Submit}}}\n" + step
    )
    texts[DIAGRAM] = texts[DIAGRAM].replace('targetRef="granted"', 'targetRef="anew"')
    texts[DIAGRAM] = texts[DIAGRAM].replace('<endEvent id="granted">', later)
    found = [one for one in rules.check(encoded(texts)).findings if one.code.startswith("material")]
    assert [(one.code, one.params["step"]) for one in found] == [("material-unseen-later", "补图 (anew)")]


def test_limits_in_parallel_are_not_added_and_excluded_time_is_not_counted() -> None:
    short = changed(MANIFEST, "promised: {days: 10,", "promised: {days: 4,")
    excluded = {
        path: content.replace(b'name="kind" value="review"/>', b'name="excluded" value="testing"/>')
        for path, content in short.items()
    }
    assert "path-too-long" in {code for code, _element in found(short)}
    assert "path-too-long" not in {code for code, _element in found(excluded)}


def drawn(texts: dict[str, str], old: str, new: str) -> dict[str, str]:
    assert old in texts[DIAGRAM], old
    return {**texts, DIAGRAM: texts[DIAGRAM].replace(old, new)}


def told(texts: dict[str, str], code: str) -> list[tuple[str | None, dict[str, object]]]:
    return [(one.element, dict(one.params)) for one in rules.check(encoded(texts)).findings if one.code == code]


def test_of_three_outcomes_two_that_lead_the_same_way_are_told() -> None:
    """The gateway asks for the refusal; accept goes by the default, and so does what was meant to go elsewhere."""
    texts = drawn(files(), 'value="accept refuse"', 'value="accept refuse wait"')
    texts[MANIFEST] = texts[MANIFEST].replace(
        "      refuse: {zh: 不予受理", "      wait: {zh: 待补, en: Wait}\n      refuse: {zh: 不予受理", 1
    )
    [(element, params)] = told(texts, "outcomes-unused")
    assert (element, params["step"], params["outcomes"]) == ("accept", "受理 (accept)", "accept, wait")
    asked = drawn(texts, 'accept.outcome == "refuse"', 'accept.outcome in ("refuse", "wait")')
    assert told(asked, "outcomes-unused") == []


def test_a_text_names_the_step_by_its_name_and_id() -> None:
    texts = drawn(files(), 'name="kind" value="review"', 'name="kind" value="decide"')
    [(_element, params)] = told(texts, "decision-never-refuses")
    assert params["step"] == "审查 (review)"


LEGS = """<parallelGateway id="f"/><parallelGateway id="j"/>
<userTask id="review2" name="复审"><extensionElements><gl:property name="kind" value="review"/>
  <gl:property name="post" value="fire-reviewer"/><gl:property name="form" value="review"/>
  <gl:property name="outcomes" value="done"/></extensionElements></userTask>
<sequenceFlow id="p1" sourceRef="f" targetRef="leg"/><sequenceFlow id="p2" sourceRef="f" targetRef="review2"/>
<sequenceFlow id="p3" sourceRef="review2" targetRef="j"/><sequenceFlow id="p4" sourceRef="j" targetRef="granted"/>
<endEvent id="granted">"""
NO_LEG = '<gl:property name="leg" value="parks"/><gl:property name="lead" value="true"/>'


def parallel() -> dict[str, str]:
    texts = drawn(files(), '<endEvent id="granted">', LEGS)
    texts = drawn(texts, 'sourceRef="accepted" targetRef="leg"', 'sourceRef="accepted" targetRef="f"')
    texts = drawn(texts, 'sourceRef="leg" targetRef="granted"', 'sourceRef="leg" targetRef="j"')
    texts[MANIFEST] = texts[MANIFEST].replace(
        "milestones:\n",
        "  review2: {name: {zh: 复审, en: Second}, outcomes: {done: {zh: 完成, en: Done}}}\nmilestones:\n",
    )
    return texts


def test_posts_that_judge_at_the_same_time_have_one_that_leads() -> None:
    """Drawn as legs they are told by no-lead; drawn without legs by what they do."""
    assert told(parallel(), "parallel-unled") == []
    texts = drawn(parallel(), NO_LEG, "")
    texts[MANIFEST] = texts[MANIFEST].replace(
        "legs:\n  parks: {name: {zh: 园林, en: Parks}, limit: {days: 8, illustrative: true}}\n", ""
    )
    [(_element, params)] = told(texts, "parallel-unled")
    assert set(str(params["steps"]).split(", ")) == {"审查 (review)", "复审 (review2)"}
    same = drawn(texts, 'value="fire-reviewer"', 'value="parks-reviewer"')
    assert told(same, "parallel-unled") == [], "one post cannot be at odds with itself"


def test_two_supplements_at_the_same_time_are_two() -> None:
    texts = parallel()
    for old in (
        'name="kind" value="review"/><gl:property name="form" value="review"/>',
        'name="kind" value="review"/>',
    ):
        texts[DIAGRAM] = texts[DIAGRAM].replace(old, old.replace('"review"', '"supplement"', 1))
    [(element, params)] = told(texts, "supplement-twice")
    assert (element, params["step"], params["other"]) == ("review", "审查 (review)", "复审 (review2)")


def test_an_item_that_can_only_be_granted_is_told_though_no_step_is_called_a_decision() -> None:
    texts = drawn(files(), '<gl:property name="result" value="refused"/>', "")
    texts[MANIFEST] = texts[MANIFEST].replace("  refused: {zh: 不予受理, en: Refused}\n", "")
    assert [element for element, _params in told(texts, "never-refused")] == ["granted"]
    assert told(files(), "never-refused") == []
