"""Item, diagram and forms name what stands in each other; each row breaks one thing and quotes what is said."""

import pytest

from app.catalog import rules
from tests.unit.catalog.small_item import APPLY, DIAGRAM, MANIFEST, REVIEW, changed, encoded, files
from tests.unit.engine.decisions.tables import decision as decision_of
from tests.unit.engine.decisions.tables import dmn, table

REVOKED = (
    'sourceRef="leg" targetRef="granted"/>',
    'sourceRef="leg" targetRef="undo"/><serviceTask id="undo"><extensionElements><gl:property name="operation" '
    'value="revoke-licence"/></extensionElements></serviceTask>'
    '<sequenceFlow id="f7" sourceRef="undo" targetRef="granted"/>',
)

NOT_DRAWN = [
    # what is broken, where, how; the finding, its weight, the element that it names
    (MANIFEST, "days: 10,", "days: 21,", "promise-too-long", "error", "limits.promised.days"),
    (MANIFEST, "days: 8,", "days: 11,", "leg-too-long", "error", "legs.parks.limit.days"),
    (MANIFEST, "code: bench-permit", "code: chair-permit", "other-code", "error", "code"),
    (MANIFEST, "窗口: window-clerk, ", "", "post-missing", "question", "window"),
    (
        MANIFEST,
        "materials: [sketch]",
        "materials: [sketch, map]",
        "step-material-unknown",
        "error",
        "steps.review.materials",
    ),
    (
        MANIFEST,
        "园林局: parks-reviewer}",
        "园林局: parks-reviewer, 保安: guard}",
        "lane-unknown",
        "error",
        "lanes.保安",
    ),
    (MANIFEST, "  parks: {name", "  trees: {name", "leg-unnamed", "error", "leg"),
    (MANIFEST, "  parks: {name", "  trees: {name", "leg-unknown", "error", "legs.trees"),
    (DIAGRAM, '<gl:property name="lead" value="true"/>', "", "no-lead", "error", "leg"),
    (MANIFEST, "  review:\n", "  inspect:\n", "step-unnamed", "error", "review"),
    (MANIFEST, "  review:\n", "  inspect:\n", "step-unknown", "error", "steps.inspect"),
    (DIAGRAM, 'name="审查"', 'name="复审"', "step-named-otherwise", "warning", "steps.review.name"),
    (DIAGRAM, 'value="grant deny"', 'value="grant deny wait"', "outcome-unnamed", "error", "review"),
    (DIAGRAM, 'value="grant deny"', 'value="grant"', "outcome-unknown", "error", "steps.review.outcomes.deny"),
    (DIAGRAM, '<gl:property name="outcomes" value="grant deny"/>', "", "no-outcome", "error", "review"),
    (MANIFEST, ", requires_opinion: true", "", "reason-not-asked", "error", "steps.accept.outcomes.refuse"),
    (MANIFEST, "    opinion: required\n", "", "reason-not-asked", "error", "steps.review.outcomes.deny"),
    (DIAGRAM, '== "refuse"', '== "reject"', "condition-on-nothing", "error", "f3"),
    (DIAGRAM, 'accept.outcome == "refuse"', "width > 3", "condition-unknown-name", "error", "f3"),
    (DIAGRAM, 'accept.outcome == "refuse"', '"no" in review.outcome', "condition-on-nothing", "error", "f3"),
    (
        MANIFEST,
        "    opinion: required\n",
        "    opinion: required\n    limit: {days: 5, illustrative: true}\n",
        "light-twice",
        "error",
        "steps.review.limit",
    ),
    (DIAGRAM, "P3D", "P5D", "yellow-not-before-red", "error", "yellow"),
    (
        MANIFEST,
        "    limit: {days: 5, source: 行政许可法第三十二条, yellow: -P1D}\n",
        "",
        "no-red-light",
        "warning",
        "accept",
    ),
    (DIAGRAM, 'name="form" value="review"', 'name="form" value="revue"', "form-unknown", "error", "review"),
    (DIAGRAM, 'name="form" value="review"', 'name="form" value="revue"', "form-unused", "warning", None),
    (MANIFEST, "applicant_form: apply", "applicant_form: request", "form-unknown", "error", "applicant_form"),
    (MANIFEST, "title_field: bench_name", "title_field: width", "case-field-unknown", "error", "title_field"),
    (
        APPLY,
        '"申请人", "validate": {"required": true}',
        '"申请人"',
        "case-field-unknown",
        "error",
        "applicant_field",
    ),
    (APPLY, '"owner"', '"review_width"', "field-twice-in-item", "error", "review_width"),
    (APPLY, '"owner"', '"accept"', "field-like-step", "error", "accept"),
    (APPLY, '"key": "sketch"', '"key": "photo"', "file-slot-unknown", "error", "photo"),
    (APPLY, '"=sketch"', '"=photo"', "preview-unknown", "error", "seen"),
    (DIAGRAM, "review review_width", "review depth", "hand-out-unknown", "error", "leg"),
    (DIAGRAM, "review review_width", "review bench_name", "hand-out-unknown", "error", "leg"),
    (MANIFEST, "  accepted: {", "  received: {", "milestone-unnamed", "error", "accepted"),
    (MANIFEST, "  accepted: {", "  received: {", "milestone-unknown", "error", "milestones.received"),
    (MANIFEST, "  granted: {", "  denied: {", "result-unnamed", "error", "granted"),
    (MANIFEST, "  granted: {", "  denied: {", "result-unknown", "error", "results.denied"),
    (MANIFEST, "  grant: {zh: 许可证", "  renew: {zh: 许可证", "document-for-nothing", "error", "documents.renew"),
    (
        MANIFEST,
        "  grant: {zh: 许可证",
        "  special: {zh: 告知书",
        "document-without-occasion",
        "error",
        "documents.special",
    ),
    (
        MANIFEST,
        "  grant: {zh: 许可证",
        "  delivery: {zh: 回证",
        "document-without-occasion",
        "error",
        "documents.delivery",
    ),
    (
        MANIFEST,
        "  grant: {zh: 许可证",
        "  revoke: {zh: 决定书",
        "document-without-occasion",
        "error",
        "documents.revoke",
    ),
    (
        DIAGRAM,
        'name="kind" value="review"/>',
        'name="excluded" value="testing"/>',
        "special-untold",
        "warning",
        "review",
    ),
    (DIAGRAM, *REVOKED, "revocation-unwritten", "error", "undo"),
]


def test_small_item_has_no_findings() -> None:
    checked = rules.check(encoded(files()))
    assert checked.findings == ()
    assert not checked.refused


@pytest.mark.parametrize(
    ("path", "old", "new", "code", "severity", "element"), NOT_DRAWN, ids=[f"{row[3]}-{row[5]}" for row in NOT_DRAWN]
)
def test_each_slip_is_found(path: str, old: str, new: str, code: str, severity: str, element: str | None) -> None:
    findings = rules.check(changed(path, old, new)).findings
    found = next((finding for finding in findings if finding.code == code and finding.element == element), None)
    assert found is not None, [(finding.code, finding.element) for finding in findings]
    assert found.severity == severity
    assert found.file is not None
    assert "%" not in found.text
    assert found.remedy


def test_two_legs_of_one_kind_and_two_leads_are_found() -> None:
    second = '<subProcess id="again"><extensionElements><gl:property name="leg" value="{leg}"/>'
    second += '<gl:property name="lead" value="true"/></extensionElements><startEvent id="s2"/>'
    second += '<sequenceFlow id="s3" sourceRef="s2" targetRef="s4"/><endEvent id="s4"/></subProcess>'
    second += '<sequenceFlow id="f7" sourceRef="again" targetRef="granted"/><endEvent id="granted">'
    old, target = '<endEvent id="granted">', 'sourceRef="leg" targetRef="granted"'
    for leg, code in (("parks", "leg-twice"), ("trees", "several-leads")):
        texts = files()
        texts[DIAGRAM] = (
            texts[DIAGRAM].replace(old, second.format(leg=leg)).replace(target, 'sourceRef="leg" targetRef="again"')
        )
        texts[MANIFEST] = texts[MANIFEST].replace("legs:\n", "legs:\n  trees: {name: {zh: 树, en: Trees}}\n")
        assert code in {finding.code for finding in rules.check(encoded(texts)).findings}


def test_two_materials_with_one_code_are_found() -> None:
    row = "  - {code: sketch, name"
    extra = "  - {code: sketch, name: {zh: 图, en: Plan}, required: false, key: false, grade: A, formats: [pdf], "
    checked = rules.check(changed(MANIFEST, row, f"{extra}max_size_mb: 1, copies: 1}}\n{row}"))
    assert [(finding.code, finding.element) for finding in checked.findings] == [
        ("material-twice", "materials[2].code")
    ]


def test_a_limit_in_the_manifest_is_enough_for_a_light() -> None:
    """“A light both in the diagram and in item.yaml for one step is a finding”; in one of them it is right."""
    checked = rules.check(encoded(files()))
    assert checked.contents.manifest is not None
    assert checked.contents.manifest.steps["accept"].limit is not None


def test_unknown_operation_is_the_diagrams_finding() -> None:
    task = '<serviceTask id="s"><extensionElements><gl:property name="operation" value="fly"/></extensionElements>'
    task += '</serviceTask><sequenceFlow id="f9" sourceRef="s" targetRef="granted"/><endEvent id="granted">'
    texts = files()
    texts[DIAGRAM] = (
        texts[DIAGRAM].replace('targetRef="granted"', 'targetRef="s"').replace('<endEvent id="granted">', task)
    )
    assert not rules.check(encoded(texts)).refused
    assert [finding.code for finding in rules.check(encoded(texts), {"walk"}).findings] == ["operation-unknown"]


def test_a_script_may_set_what_a_condition_reads() -> None:
    script = '<scriptTask id="s"><script>width = 3</script></scriptTask><sequenceFlow id="f9" sourceRef="s" '
    texts = files()
    texts[DIAGRAM] = (
        texts[DIAGRAM]
        .replace('accept.outcome == "refuse"', "width > 3")
        .replace('id="f1" sourceRef="start" targetRef="accept"', 'id="f1" sourceRef="start" targetRef="s"')
        .replace('<userTask id="accept"', f'{script}targetRef="accept"/><userTask id="accept"')
    )
    assert not rules.check(encoded(texts)).refused


def asking(decision: str, condition: str) -> dict[str, bytes]:
    """The small item with a business rule task before its first step, and a table beside the diagram."""
    task = f'<businessRuleTask id="s"><extensionElements><gl:property name="decision" value="{decision}"/>'
    task += '<gl:property name="result" value="width"/></extensionElements></businessRuleTask>'
    texts = files()
    texts[DIAGRAM] = (
        texts[DIAGRAM]
        .replace('accept.outcome == "refuse"', condition)
        .replace('id="f1" sourceRef="start" targetRef="accept"', 'id="f1" sourceRef="start" targetRef="s"')
        .replace(
            '<userTask id="accept"',
            f'{task}<sequenceFlow id="f9" sourceRef="s" targetRef="accept"/><userTask id="accept"',
        )
    )
    rows = table([['"long"', "3"], ['not("long")', "1"]], inputs=["bench_name:string"])
    return {**encoded(texts), "processes/bench-permit/widths.dmn": dmn(decision_of(rows, "widths"))}


def test_a_decision_beside_the_diagram_is_asked_and_gives_what_a_condition_reads() -> None:
    checked = rules.check(asking("widths", '=accept.outcome = "refuse" or width > 2'))
    assert [finding.text for finding in checked.findings] == []
    assert checked.definition is not None
    assert checked.definition.given == {"width"}


def test_a_decision_that_reads_what_nobody_gives_is_found_with_what_is_alike() -> None:
    given = asking("widths", '=accept.outcome = "refuse" or width > 2')
    path = "processes/bench-permit/widths.dmn"
    given[path] = given[path].replace(b"bench_name", b"bench_nmae")
    [finding] = rules.check(given).findings
    assert (finding.code, finding.element, finding.params["name"]) == ("condition-unknown-name", "s", "bench_nmae")
    assert "bench_name" in finding.remedy % finding.params


def test_a_decision_that_is_not_there_is_asked_about() -> None:
    found = rules.check(asking("width", "=width > 2")).findings
    assert ("question", "decision-missing", "s") in {(one.kind, one.code, one.element) for one in found}


@pytest.mark.parametrize(
    "name", ["README.md", "processes/item.yaml", "processes/bench-permit/../x.bpmn", "forms/bench-permit/a/b.json", ""]
)
def test_stray_files_are_found(name: str) -> None:
    findings = rules.check({**encoded(files()), name: b"x"}).findings
    assert [(finding.code, finding.file) for finding in findings] == [("stray-file", name)]


def test_files_of_two_items_are_found() -> None:
    findings = rules.check({**encoded(files()), "forms/chair/x.json": b"{}"}).findings
    assert "other-code" in {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({}, {"no-manifest"}),
        ({MANIFEST: b""}, {"not-a-mapping", "no-diagram"}),
        ({MANIFEST: b"\xff\xfe", DIAGRAM: b"<a/>"}, {"not-yaml", "not-bpmn"}),
        ({DIAGRAM: b"<a/>"}, {"no-manifest"}),
        ({f"forms/a/{n}.json": b"{}" for n in range(61)}, {"too-many-item-files"}),
        ({MANIFEST: b"a" * 262_145, DIAGRAM: b"<a/>"}, {"item-file-too-large", "no-manifest"}),
    ],
)
def test_what_is_no_item_is_said_and_nothing_raises(given: dict[str, bytes], codes: set[str]) -> None:
    checked = rules.check(given)
    assert checked.refused
    assert codes <= {finding.code for finding in checked.findings}


def test_a_form_that_cannot_be_read_is_named_once() -> None:
    findings = rules.check({**encoded(files()), REVIEW: b"{"}).findings
    assert [finding.code for finding in findings if finding.file == REVIEW] == ["not-json"]
