"""Checks that know what an approval is: one slip in a small item, one finding."""

import pytest

from app.catalog import rules
from tests.unit.catalog.small_item import DIAGRAM, MANIFEST, changed, encoded, files

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


def test_materials_are_looked_at_in_a_form_or_by_a_checklist() -> None:
    """The steps that accept and review have forms; without them nobody sees what was handed in."""
    texts = files()
    for kind in ("accept", "review"):
        texts[DIAGRAM] = texts[DIAGRAM].replace(f'<gl:property name="form" value="{kind}"/>', "")
    assert ("materials-unseen", "materials") in found(encoded(texts))


def test_limits_in_parallel_are_not_added_and_excluded_time_is_not_counted() -> None:
    short = changed(MANIFEST, "promised: {days: 10,", "promised: {days: 4,")
    excluded = {
        path: content.replace(b'name="kind" value="review"/>', b'name="excluded" value="testing"/>')
        for path, content in short.items()
    }
    assert "path-too-long" in {code for code, _element in found(short)}
    assert "path-too-long" not in {code for code, _element in found(excluded)}
