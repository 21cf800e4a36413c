"""Every address of the application, pages too, says who may use it. How each person is answered:
tests/http/security/test_routes.py."""

from typing import Any

from app.org.roles import PERMISSIONS
from tests.http.api.conftest import House


def views(house: House) -> dict[str, Any]:
    """What answers each address, by the name of its endpoint."""
    found = {rule.endpoint: house.app.view_functions[rule.endpoint] for rule in house.app.url_map.iter_rules()}
    assert len(found) > 50
    return found


def test_every_route_says_who_may_use_it(house) -> None:
    assert [name for name, view in views(house).items() if not hasattr(view, "permissions")] == []


def test_every_permission_asked_for_is_one_that_some_role_carries(house) -> None:
    asked = {name for view in views(house).values() for name in view.permissions}
    assert asked - PERMISSIONS == set()
