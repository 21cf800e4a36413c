"""Concrete requests for every route: what stands in its address, what it brings, and whose it is.

A route whose address names something that is not listed here fails the tests with the place where to list it.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from werkzeug.routing import Rule

from tests.http.security.everybody import Everybody
from tests.http.web.house import COLLEAGUE, PASSWORD
from tests.office import LAND, TENANT

Belongs = Literal["all", "office", "owner"]
"""To all (the catalogue, calendars), to the jurisdiction and the applicant of its case, or to the applicant alone."""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Sample:
    """What stands in an address: the name of a thing of the office (see `everybody`), or a text."""

    thing: str = ""
    text: Any = None
    belongs: Belongs = "office"


def _all(given: Any) -> Sample:
    return Sample(text=given, belongs="all")


ARGUMENTS: dict[str, Sample] = {
    "item": _all(LAND),
    "code": _all(LAND),
    "version": _all(1),
    "number": _all(1),
    "form": _all("apply"),
    "unknown": _all("nowhere"),
    "requirement": _all("site-map"),
    "key": Sample("case"),
    "case_id": Sample("draft", belongs="owner"),
    "step_id": Sample("step"),
    "entry_id": Sample("entry"),
    "material_id": Sample("material"),
    "document_id": Sample("document"),
    "incident_id": Sample("incident"),
    "webhook_id": Sample("webhook"),
    "delivery_id": Sample("delivery"),
    "account_id": Sample("person"),
    "person_id": Sample("person"),
    "post_id": Sample("post"),
    "department_id": Sample("department"),
    "year": _all(2026),
    "kind": _all("departments"),
    "extension": _all("csv"),
    "session_id": Sample("session", belongs="owner"),
    "token_id": Sample("token", belongs="owner"),
    "bench_id": Sample("bench", belongs="all"),
    "batch_id": Sample("batch"),
    "what_if_id": Sample("what_if"),
}
"""By the name of the argument."""

OF_ENDPOINT: dict[str, dict[str, Sample]] = {
    "accounts": {"session_id": Sample("person_session"), "token_id": Sample("person_token")},
    "calendars": {"code": _all("cn")},
    "calendar-sheets": {"code": _all("cn")},
    "admin": {"code": _all("cn")},
    "admin.change_region": {"code": _all(TENANT)},
    "admin.region": {"code": _all(TENANT)},
    "admin.change_role": {"code": _all("designer")},
    "admin.role": {"code": _all("designer")},
    "order": {"code": _all("designer")},
    "order.make_tenant": {"code": _all(TENANT)},
    "order.one_region": {"code": _all(TENANT)},
    "order.rename_region": {"code": _all(TENANT)},
    "api-docs.file": {"name": _all("swagger-ui.css")},
    "assets.file": {"name": _all("manifest.json")},
    "playing.schema": {"name": _all("trace-1")},
    "applicant.attach": {"step_id": Sample("applicant_step", belongs="owner")},
    "applicant.complete": {"step_id": Sample("applicant_step", belongs="owner")},
    "applicant.check": {"step_id": Sample("applicant_step", belongs="owner")},
    "applicant.step": {"step_id": Sample("applicant_step", belongs="owner")},
    "desk.attach": {"step_id": Sample("clerk_step")},
    "case.document": {"key": Sample("decided")},
    "documents.content": {"key": Sample("decided")},
    "cases.save": {"key": Sample("draft", belongs="owner")},
    "cases.submit": {"key": Sample("draft", belongs="owner")},
    "materials.attach": {"key": Sample("draft", belongs="owner")},
    "documents.track": {"code": Sample("case", belongs="all")},
    "documents.verify": {"code": Sample("document_code", belongs="all")},
    "verification.compare": {"code": Sample("document_code", belongs="all")},
    "public.verify": {"code": Sample("document_code", belongs="all")},
    "incidents.retry_case": {"case_id": Sample("case_id")},
}
"""Where an argument means something else: by the view, or by the blueprint of several."""

for _view in ("step", "complete", "check", "attach"):
    OF_ENDPOINT[f"window.{_view}"] = {"step_id": Sample("window_step")}

QUERIES: dict[str, dict[str, Any]] = {
    "catalogue.comparison": {"before": "1", "after": "1"},
    "studio.compare_marks": {"before": "1", "after": "1"},
    "materials.attach": {"requirement": "site-map"},
    "moving.suggestions": {"from_version": "1", "to_version": "1"},
}
"""What must stand behind the question mark."""

JSON: dict[str, dict[str, Any]] = {
    "cases.deliver": {"name": "survey", "data": {"verdict": "fit", "hardness": None}},
    "cases.draft": {"item": LAND, "tenant": TENANT, "title": "t", "applicant": "a", "data": {}},
    "cases.save": {"title": "t", "data": {}},
    "order.add_post": {
        "department_id": Sample("department"),
        "code": "typist",
        "name_zh": "打字",
        "name_en": "Typist",
        "roles": ["clerk"],
    },
    "order.give": {"username": COLLEAGUE},
    "staff.join": {"username": "wang.fang", "name": "王芳", "post_id": Sample("post")},
    "staff.move": {"from_post_id": Sample("post"), "to_post_id": Sample("other_post")},
    "people.log_in": {"username": "applicant", "password": PASSWORD},
    "steps.report": {"event": "closed", "reason": "words"},
}
"""Bodies of the API that its description does not give away; the others are made from it."""

WORDS = dict.fromkeys(("explanation", "finding", "message", "question", "reason", "text", "title", "note"), "words")
"""What every form of a page is sent with: fields that are only there to be filled in keep nobody out."""

FORMS: dict[str, dict[str, Any]] = {
    "account.log_in": {"username": "applicant", "password": PASSWORD},
    "admin.preview_table": {"kind": "departments"},
    "admin.take_over": {"kind": "departments"},
    "board.urge": {"step": Sample("step")},
    "case.deliver": {"what": "message:survey", "data.verdict": "fit"},
    "desk.report": {"event": "closed", "opinion": "words"},
    "studio.take": {"do": "check"},
    "studio.move": {"from": "1", "to": "1", "do": "look"},
    "studio.ask": {"version": "1"},
    "desk.attach": {"requirement": "site-map"},
    "public.verify_file": {"code": Sample("document_code", belongs="all")},
}
"""What forms of pages are sent with besides."""


class Unlisted(AssertionError):
    """A route that no sample fits."""


@dataclass(frozen=True)
class Request:
    """One request: to a view, with what it needs, about something that belongs to somebody."""

    endpoint: str
    method: str
    path: str
    given: dict[str, Any]
    permissions: tuple[str, ...]
    belongs: Belongs
    secrets: tuple[str, ...]
    """What stands in the address: no secret in the answer."""

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} {self.path}"

    def opening(self) -> dict[str, Any]:
        """Arguments for the client: streams are made anew each time."""
        if "files" in self.given:
            name = self.given["files"]
            return {"data": {name: (BytesIO(PDF), "file.pdf")}, "content_type": "multipart/form-data"}
        return self.given


def requests(office: Everybody) -> list[Request]:
    """Every route with each of its methods. Raises Unlisted."""
    made, unlisted = [], []
    for rule in sorted(office.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            try:
                made.append(_request(office, rule, method))
            except Unlisted as missing:
                unlisted.append(str(missing))
    if unlisted:
        raise Unlisted("\n".join(unlisted))
    return made


def _request(office: Everybody, rule: Rule, method: str) -> Request:
    view = office.app.view_functions[rule.endpoint]
    own = OF_ENDPOINT.get(rule.endpoint.partition(".")[0], {}) | OF_ENDPOINT.get(rule.endpoint, {})
    samples = {}
    for argument in sorted(rule.arguments):
        sample = own.get(argument) or ARGUMENTS.get(argument)
        if sample is None:
            raise Unlisted(f"{rule.rule}: say in tests/http/security/samples.py what “{argument}” stands for")
        samples[argument] = sample
    values = {name: _known(office, sample) for name, sample in samples.items()}
    query = QUERIES.get(rule.endpoint, {})
    path = office.app.url_map.bind("localhost").build(rule.endpoint, {**values, **query}, method=method)
    bodies = {**FORMS, **JSON}.get(rule.endpoint, {})
    said = [*samples.values(), *(sample for sample in bodies.values() if isinstance(sample, Sample))]
    kinds: list[Belongs] = [sample.belongs for sample in said]
    belongs: Belongs = "owner" if "owner" in kinds else "office" if "office" in kinds else "all"
    given = {} if method in ("GET", "DELETE") else _body(office, rule.endpoint, path, method)
    secrets = tuple(str(value) for value in values.values())
    return Request(rule.endpoint, method, path, given, view.permissions, belongs, secrets)


def _known(office: Everybody, given: Any) -> Any:
    """A thing of the office where a sample names one."""
    if not isinstance(given, Sample):
        return given
    return office.things[given.thing] if given.thing else given.text


def _body(office: Everybody, endpoint: str, path: str, method: str) -> dict[str, Any]:
    if not path.startswith("/api/"):
        return {"data": WORDS | {name: _known(office, one) for name, one in FORMS.get(endpoint, {}).items()}}
    headers = {"If-Match": "*"}
    if endpoint in JSON:
        return {"json": {name: _known(office, one) for name, one in JSON[endpoint].items()}, "headers": headers}
    spec = office.app.extensions["api"].spec.to_dict()
    operation = _operation(office, spec, path, method)
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        (name,) = _resolved(spec, content["multipart/form-data"]["schema"])["properties"]
        return {"files": name}
    if "application/json" in content:
        return {"json": example(spec, content["application/json"]["schema"]), "headers": headers}
    return {"headers": headers}


def _operation(office: Everybody, spec: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    rule, _ = office.app.url_map.bind("localhost").match(path.partition("?")[0], method, return_rule=True)
    documented = "".join(f"{{{data}}}" if dynamic else data for dynamic, data in rule._trace if data != "|")
    found: dict[str, Any] = spec["paths"]["/" + documented.lstrip("/")][method.lower()]
    return found


def _resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def example(spec: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Something that fits a schema of the API's description: what is required, as short as it may be."""
    schema = _resolved(spec, schema)
    if "example" in schema or "examples" in schema:
        return schema.get("example", (schema.get("examples") or [None])[0])
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        required = schema.get("required", [])
        return {name: example(spec, schema["properties"][name]) for name in required}
    if kind == "array":
        return [example(spec, schema["items"])] * schema.get("minItems", 0)
    if kind == "string":
        return _text(schema)
    return {"integer": schema.get("minimum", 1), "number": 1, "boolean": True}.get(str(kind))


def _text(schema: dict[str, Any]) -> str:
    fixed = {
        "uuid": "00000000-0000-0000-0000-000000000007",
        "date": "2026-03-02",
        "date-time": "2026-03-02T02:00:00+00:00",
        "uri": "https://example.org/",
        "url": "https://example.org/",
    }
    return fixed.get(schema.get("format", ""), "x" * max(1, schema.get("minLength", 1)))
