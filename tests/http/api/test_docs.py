"""The API's description, and the page that shows it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from app import edge
from app.api import pagination
from app.kernel import idempotency
from app.notices.delivery import DISABLED_AFTER, PAUSES
from app.notices.events import EVENTS, TEST
from app.notices.outgoing import PATIENCE
from app.notices.webhooks import OVERLAP

ONLY_LOOKS_OR_MAY_BE_REPEATED = {
    "check",
    "play",
    "preview",
    "read",
    "reopen",
    "scenarios",
    "sessions",
    "sheet",
    "{code}",
}
"""Last parts of addresses of POSTs that change nothing, or come to the same when they are repeated."""


def written(house: Any) -> dict[str, Any]:
    """The description."""
    spec: dict[str, Any] = house.app.extensions["api"].spec.to_dict()
    return spec


def operations_of(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation with its id."""
    for operations in spec["paths"].values():
        yield from ((one["operationId"], one) for name, one in operations.items() if name != "parameters")


def test_every_field_and_parameter_is_described(house) -> None:
    spec = written(house)
    silent = [
        f"{name}.{field}"
        for name, schema in spec["components"]["schemas"].items()
        for field, found in schema.get("properties", {}).items()
        if not found.get("description")
    ]
    silent += [
        f"{id_}: {parameter['name']}"
        for id_, operation in operations_of(spec)
        for parameter in operation.get("parameters", ())
        if "name" in parameter and not parameter.get("description")
    ]
    silent += [
        f"{path}: {parameter['name']}"
        for path, operations in spec["paths"].items()
        for parameter in operations.get("parameters", ())
        if not parameter.get("description")
    ]
    assert silent == [], "describe them where they stand, or in app/api/glossary.py"


def test_every_schema_and_room_says_what_it_is(house) -> None:
    spec = written(house)
    assert [name for name, schema in spec["components"]["schemas"].items() if not schema.get("description")] == []
    assert [tag["name"] for tag in spec["tags"] if not tag.get("description")] == []


def test_no_two_shapes_share_a_name(house) -> None:
    """apispec would number them: a client would speak of DayShape1."""
    assert [name for name in written(house)["components"]["schemas"] if name[-1].isdigit()] == []


def test_every_example_fits_its_schema(house) -> None:
    spec = written(house)
    illustrated = 0
    for id_, operation in operations_of(spec):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            found = body.get("content", {}).get("application/json")
            if found:
                illustrated += 1
                schema = {**found["schema"], "components": spec["components"]}
                faults = list(
                    Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(found["example"])
                )
                assert not faults, (id_, faults[0].message)
    assert illustrated > 100


def test_every_message_of_a_webhook_is_described(house) -> None:
    spec = written(house)
    assert set(spec["webhooks"]) == {*EVENTS, TEST}
    for name, hook in spec["webhooks"].items():
        schema = hook["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert schema["properties"]["type"]["const"] == name
        Draft202012Validator.check_schema(schema)


def test_every_operation_is_described(house) -> None:
    spec = house.app.extensions["api"].spec.to_dict()
    assert spec["openapi"] == "3.1.0"
    assert "Idempotency-Key" in spec["info"]["description"]
    operations = [
        operation for path in spec["paths"].values() for name, operation in path.items() if name != "parameters"
    ]
    assert len(operations) > 50
    for operation in operations:
        assert operation["summary"].endswith((".", "?"))
        assert "security" in operation
        assert bool(operation["security"]) == bool(operation.get("x-permissions"))


def test_every_shape_is_a_json_schema(house) -> None:
    schemas = house.app.extensions["api"].spec.to_dict()["components"]["schemas"]
    assert len(schemas) > 50
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
        assert schema.get("additionalProperties") is False


def test_writes_that_create_or_complete_take_a_key(house) -> None:
    paths = house.app.extensions["api"].spec.to_dict()["paths"]
    without = {
        path
        for path, operations in paths.items()
        if "post" in operations and "IdempotencyKey" not in str(operations["post"].get("parameters"))
    }
    fresh = {path for path in without if "IfMatch" in str(paths[path]["post"].get("parameters"))}
    assert {path.rpartition("/")[2] for path in without - fresh} <= ONLY_LOOKS_OR_MAY_BE_REPEATED, without


def test_the_page_and_all_it_loads_come_from_this_site(as_person) -> None:
    client = as_person()
    page = client.get("/api/docs")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href|data-description)="([^"]+)"', page.get_data(as_text=True))
    addresses.remove("data:,")  # no icon
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith("/api/")
        with client.get(address) as loaded:
            assert loaded.status_code == 200
    assert client.get("/api/docs/none.js").status_code == 404
    assert "unsafe" not in page.headers["Content-Security-Policy"]


# --- the guide


def test_what_the_guide_asks_for_is_there(house) -> None:
    """Every address and every body in its examples is one that the description knows."""
    spec = written(house)
    guide = spec["info"]["description"]
    patterns = {path: re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)) for path in spec["paths"]}
    addresses = re.findall(r"/api/v1/[\w/$-]+", guide)
    assert len(addresses) > 15
    assert [one for one in addresses if not any(found.fullmatch(one) for found in patterns.values())] == []
    bodies = re.findall(r"-d '(\{.*?\})' \\\n\s+\$BASE(/api/v1/[\w/$-]+)", guide, re.DOTALL)
    assert len(bodies) == 5
    for body, address in bodies:
        path = next(path for path, found in patterns.items() if found.fullmatch(address))
        schema = spec["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": spec["components"]}).validate(json.loads(body))


def test_the_guide_says_what_is_true(house) -> None:
    guide = written(house)["info"]["description"]
    assert [pause.total_seconds() for pause in PAUSES] == [
        5,
        60,
        300,
        1800,
        *(n * 3600 for n in (2, 5, 10, 14, 20, 24)),
    ]
    assert "after 5 seconds, 1, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours" in guide
    assert (DISABLED_AFTER.days, PATIENCE, OVERLAP.days) == (5, 10, 1)
    assert edge.TENANT_HEADER in guide
    assert pagination.MOST == 200
    assert timedelta(days=2) == idempotency.KEPT
