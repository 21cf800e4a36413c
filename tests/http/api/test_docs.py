"""The API's description, and the page that shows it."""

import re

from jsonschema import Draft202012Validator


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
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
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
    assert without == {"/api/v1/items/check", "/api/v1/sessions", "/api/v1/notices/read"}


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
