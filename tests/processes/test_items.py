"""Every item of processes/: it can be published without a single finding, and it runs to each of its ends."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from lxml import etree

from app import engine
from app.catalog import folder, rules
from app.catalog.types import APPLICANT, Manifest, ServiceItem
from app.engine import CASE, Activity, Instance, Variables

Choose = Callable[[str], str]
LAND = "land-preliminary-review"
BPMN, GL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{urn:greenlight:bpmn:1}"


def service_item(files: Mapping[str, bytes]) -> ServiceItem:
    checked = rules.check(files)
    assert {finding.kind for finding in checked.findings} <= {"rewritten"}
    manifest = checked.contents.manifest
    assert manifest is not None
    return ServiceItem(
        code=manifest.code,
        version=1,
        digest=engine.digest(files),
        manifest=manifest,
        definition=engine.load(checked.contents.diagrams),
        forms=checked.contents.forms,
    )


@pytest.fixture
def item(item_files: dict[str, bytes]) -> ServiceItem:
    return service_item(item_files)


@pytest.fixture
def land(root: Path) -> ServiceItem:
    return service_item(folder.read(root, LAND))


def test_every_item_has_no_findings(item: ServiceItem) -> None:
    assert item.manifest.code == item.code


def test_every_step_is_done_by_somebody_within_a_limit(item: ServiceItem) -> None:
    """“Every user task has both lights except the applicant's.”"""
    for element in item.steps:
        post = item.post_of(element)
        assert post
        colours = {light.colour for light in item.definition.lights.get(element, ())}
        if post == APPLICANT:
            assert not colours
            assert item.step_limit(element) is None
        elif limit := item.step_limit(element):
            assert limit.yellow
        else:
            assert colours == {"yellow", "red"}


def test_every_step_has_a_form_and_every_negative_outcome_asks_for_reasons(item: ServiceItem) -> None:
    """Art. 38: a refusal states its reasons; Art. 32: what is missing is told completely."""
    for element in item.steps:
        assert item.form_of(element) is not None
        for code, outcome in item.outcomes(element).items():
            if code in {"refuse", "reject", "deny", "supplement"}:
                assert outcome.requires_opinion


def test_the_applicants_time_is_excluded(item: ServiceItem) -> None:
    for element in item.steps:
        properties = item.definition.elements[element].properties
        if properties.get("kind") == "supplement":
            assert item.post_of(element) == APPLICANT
            assert properties["excluded"] == "supplement"
            assert properties["announced"].startswith("P")


def boundary_timers(files: Mapping[str, bytes]) -> dict[str, tuple[str, str, str]]:
    """What interrupts a step when its time has come: step → (duration, calendar, where the case goes next)."""
    found = {}
    for path, content in files.items():
        for event in etree.fromstring(content).iter(f"{BPMN}boundaryEvent") if path.endswith(".bpmn") else ():
            duration = event.findtext(f".//{BPMN}timeDuration")
            if duration and event.get("cancelActivity") != "false":
                given = {one.get("name"): one.get("value") for one in event.iter(f"{GL}property")}
                flow = event.findtext(f"{BPMN}outgoing")
                target = event.getparent().xpath(f"*[@id='{flow}']/@targetRef")[0]
                found[str(event.get("attachedToRef"))] = (duration, str(given.get("calendar", "")), str(target))
    return found


def test_silence_at_the_window_is_acceptance_after_five_days(
    item: ServiceItem, item_files: Mapping[str, bytes]
) -> None:
    """Art. 32: whatever is missing is told within five days, or else the application counts as accepted."""
    timers = boundary_timers(item_files)
    for element in item.steps:
        if item.definition.elements[element].properties.get("kind") == "accept":
            assert timers[element][:2] == ("P5D", "working"), element


def test_no_case_waits_for_ever_for_its_applicant(item: ServiceItem, item_files: Mapping[str, bytes]) -> None:
    """What never comes lets the application lapse before acceptance, and is judged without afterwards."""
    timers = boundary_timers(item_files)
    for element in item.steps:
        if item.definition.elements[element].properties.get("kind") == "supplement":
            assert timers[element][1] != "working", "working time stands still while the applicant is asked"
    ends = {one.properties["result"] for one in item.definition.elements.values() if "result" in one.properties}
    assert {"granted", "denied", "refused", "lapsed"} <= ends


def test_what_the_law_wants_in_writing_has_a_document(item: ServiceItem) -> None:
    """Art. 32, 38, 44: receipt, acceptance, what is missing, refusal, decision, delivery; and the remedies."""
    wanted = {"receipt", "accept", "supplement", "refuse", "grant", "deny", "delivery"}
    assert wanted <= item.documents.keys()
    texts = [section.text for section in item.manifest.guide]
    assert any("复议" in text.zh and "诉讼" in text.zh for text in texts), "the guide names the remedies"


def test_every_text_is_in_two_languages(item: ServiceItem) -> None:
    def chinese(text: str) -> bool:
        return any("一" <= sign <= "鿿" for sign in text)

    def look(value: object, path: str) -> None:
        if isinstance(value, dict) and value.keys() == {"zh", "en"}:
            assert chinese(value["zh"]), path
            assert not chinese(value["en"]), path
        elif isinstance(value, dict):
            for key, inner in value.items():
                look(inner, f"{path}.{key}")
        elif isinstance(value, list | tuple):
            for inner in value:
                look(inner, path)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                look(getattr(value, name), f"{path}.{name}")

    look(item.manifest, item.code)


def run(item: ServiceItem, choose: Choose) -> tuple[str | None, list[str], list[str]]:
    """Run a case to its end: (result, milestones, steps in order). `choose` gives the outcome of a step. The tokens are
    stored and restored between any two steps."""
    variables = Variables()
    instance = Instance.start(item.definition, variables)
    milestones: list[str] = []
    steps: list[str] = []
    open_steps: list[Activity] = []
    while True:
        movement = instance.movement()
        milestones += [milestone for _element, milestone in movement.milestones]
        open_steps += [one for one in movement.entered if one.type == "userTask"]
        if movement.ended:
            assert not open_steps
            return movement.result, milestones, steps
        assert len(steps) < 50, "the case does not end"
        instance = Instance.restore(item.definition, instance.dump(), variables)
        if movement.requested:
            [request] = movement.requested
            assert request.operation == "issue-decision"
            instance.resume(request.token)
            continue
        step = open_steps.pop(0)
        outcome = choose(step.element)
        assert outcome in item.outcomes(step.element)
        steps.append(step.element)
        variables.set_outcome(step.scopes[-1] if step.scopes else CASE, step.element, outcome)
        instance.complete(step.token)


def choices(**outcomes: str) -> Choose:
    """Each named outcome once, then what leads on."""
    onward = {"accept": "accept", "decide": "grant", "deliver": "deliver"}

    def choose(element: str) -> str:
        if element in outcomes:
            return outcomes.pop(element)
        return onward.get(element, "submit" if element.startswith("supplement") else "approve")

    return choose


ALL = ["received", "accepted", "decided", "concluded", "delivered"]
REVIEWS = {"review_land", "review_planning", "review_reform"}


def test_land_is_granted(land: ServiceItem) -> None:
    result, milestones, steps = run(land, choices())
    assert (result, milestones) == ("granted", ALL)
    assert steps[0] == "accept"
    assert set(steps[1:4]) == REVIEWS
    assert steps[4:] == ["decide", "deliver"]


def test_land_is_denied_and_that_is_delivered_too(land: ServiceItem) -> None:
    result, milestones, _steps = run(land, choices(review_planning="reject", decide="deny"))
    assert (result, milestones) == ("denied", ALL)


def test_land_is_refused_at_the_window(land: ServiceItem) -> None:
    assert run(land, choices(accept="refuse")) == ("refused", ["received"], ["accept"])


def test_land_is_supplemented_at_the_window_and_in_each_leg(land: ServiceItem) -> None:
    wanted = {"accept": "supplement", **dict.fromkeys(REVIEWS, "supplement")}
    result, milestones, steps = run(land, choices(**wanted))
    assert (result, milestones) == ("granted", ALL)
    assert steps[:3] == ["accept", "supplement", "accept"]
    for leg in ("land", "planning", "reform"):
        assert [step for step in steps if step.endswith(leg)] == [f"review_{leg}", f"supplement_{leg}", f"review_{leg}"]


def test_land_legs_are_three_departments_and_one_leads(land: ServiceItem) -> None:
    elements = land.definition.elements.values()
    legs = {one.properties["leg"]: one.lane for one in elements if "leg" in one.properties}
    assert legs == {"land": "自然资源局", "planning": "规划局", "development-reform": "发展和改革局"}
    assert [one.properties["leg"] for one in elements if one.properties.get("lead") == "true"] == ["development-reform"]
    assert land.post_of("decide") == "reform-decider"
    assert land.lead_post == "reform-reviewer"
    assert {land.post_of(review) for review in REVIEWS} == {"land-reviewer", "planning-reviewer", "reform-reviewer"}


def test_land_decider_sees_what_each_review_wrote(land: ServiceItem) -> None:
    for review in REVIEWS:
        scope = land.definition.elements[review].scope
        assert scope is not None
        form = land.form_of(review)
        assert form is not None
        handed_out = land.definition.elements[scope].properties["hands-out"].split()
        assert handed_out == [review, *form.variables]


def test_land_limits_are_the_laws_or_marked_as_illustrative(land: ServiceItem) -> None:
    """Art. 42: departments that decide jointly have 45 days. Art. 32: 5 days to ask. Art. 44: 10 days to deliver."""
    manifest: Manifest = land.manifest
    assert manifest.limits.statutory.days == 45
    assert manifest.limits.statutory.source
    assert manifest.limits.promised.days < 45
    assert manifest.limits.promised.illustrative
    lights = {step: {light.colour: light.duration for light in found} for step, found in land.definition.lights.items()}
    assert lights["accept"]["red"] == "P5D"
    assert lights["deliver"]["red"] == "P10D"
    assert all(light.calendar == "working" for found in land.definition.lights.values() for light in found)
