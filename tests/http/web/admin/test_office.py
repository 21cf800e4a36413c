"""Departments, posts, roles, regions, and building them from tables."""

import re
from io import BytesIO

import pytest
from lxml import html

from tests.http.web.house import House, Reader, words


@pytest.fixture
def admin(house: House) -> Reader:
    return house.reader("admin")


@pytest.fixture
def platform(house: House) -> Reader:
    return house.reader("platform")


def test_a_department_with_a_post_is_added_changed_and_closed(admin: Reader) -> None:
    fields = {"form": "department", "code": "archive", "name_zh": "档案馆", "name_en": "Archive"}
    assert admin.send("/admin/departments", **fields).status_code == 303
    twice = admin.send("/admin/departments", **fields)
    assert twice.status_code == 409
    wrong = admin.send("/admin/departments", **fields | {"code": "A b", "name_en": ""})
    assert wrong.status_code == 422
    assert 'value="A b"' in wrong.text
    assert 'id="department-code-error"' in wrong.text
    (path,) = [
        link.getparent() is not None and link.get("href")
        for link in admin.page("/admin/departments").xpath("//section[.//h2[@id='d-archive']]//a")
        if "/admin/departments/" in link.get("href")
    ]
    key = path.rpartition("/")[2]
    post = {"form": "post", "code": "archivist", "name_zh": "档案员", "name_en": "Archivist", "department": key}
    made = admin.send("/admin/posts/new", **post, roles=["reviewer"])
    assert made.status_code == 303
    seat = made.location
    assert "审查人" in words(admin.page("/admin/departments"))
    stolen = admin.send("/admin/posts/new", **post | {"code": "mighty"}, roles=["platform"])
    assert stolen.status_code == 403
    assert admin.send(seat, **post, version="1", act="save", roles=["reviewer", "head"], is_head="1").status_code == 303
    assert admin.send(seat, **post, version="1", act="save").status_code == 409
    assert admin.send(path, form="department", act="close").status_code == 409
    assert admin.send(seat, form="post", act="close").status_code == 303
    assert admin.send(path, form="department", act="close").status_code == 303
    assert admin.send(path, form="department", act="reopen").status_code == 303


def test_roles_of_ones_own(platform: Reader, admin: Reader) -> None:
    fields = {"form": "role", "code": "looker", "name_zh": "查阅", "name_en": "Looker"}
    none = platform.send("/admin/roles/new", **fields)
    assert none.status_code == 422
    assert 'id="role-permissions-error"' in none.text
    assert platform.send("/admin/roles/new", **fields, permissions=["case.read"]).status_code == 303
    assert "查阅" in words(admin.page("/admin/roles"))
    assert platform.send("/admin/roles/looker", **fields, permissions=["case.read", "item.read"]).status_code == 303
    assert platform.send("/admin/roles/looker", form="role", act="remove").status_code == 303
    assert platform.send("/admin/roles/reviewer", **fields, permissions=["case.read"]).status_code == 409
    assert admin.send("/admin/roles/new", **fields).status_code == 403


def test_a_region_is_added_and_opens_its_office(platform: Reader) -> None:
    fields = {"form": "region", "code": "330329", "name_zh": "泰顺县", "name_en": "Taishun"}
    wrong = platform.send("/admin/regions", **fields | {"code": "33"}, parent="", calendar="cn")
    assert wrong.status_code == 422
    assert platform.send("/admin/regions", **fields, parent="", calendar="cn").status_code == 303
    path = "/admin/regions/330329"
    renamed = {"form": "region", "name_zh": "泰顺", "name_en": "Taishun"}
    assert platform.send(path, **renamed, version="1").status_code == 303
    nobody = platform.send(path, form="open", act="open", administrator="no.such.person")
    assert nobody.status_code == 422
    assert 'id="open-administrator-error"' in nobody.text


def table(text: str) -> tuple[BytesIO, str]:
    return BytesIO(text.encode("gb18030")), "table.csv"


def test_a_table_is_previewed_and_taken_over(admin: Reader) -> None:
    text = "部门代码,中文名称,英文名称\nweather,气象局,Weather\nwater,水利局,Water\n"
    shown = admin.send("/admin/tables/preview", form="table", kind="departments", file=table(text))
    assert shown.status_code == 200
    (form,) = html.fromstring(shown.text).xpath("//form[@action='/admin/tables']")
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input[@name]") if one.get("name") != "once"}
    assert "气象局" not in words(admin.page("/admin/departments"))
    assert admin.send("/admin/tables", **fields).status_code == 303
    assert "气象局" in words(admin.page("/admin/departments"))
    assert admin.send("/admin/tables", **fields).status_code == 409


def test_faults_of_a_table_are_shown_by_row_and_nothing_is_done(admin: Reader) -> None:
    text = "部门代码,中文名称,英文名称\nfine,好,Fine\nB A D,坏,Bad\n"
    shown = admin.send("/admin/tables/preview", form="table", kind="departments", file=table(text))
    assert shown.status_code == 200
    page = html.fromstring(shown.text)
    assert page.xpath("//section[contains(@class, 'preview')]//tbody/tr/td[1]/text()") == ["3"]
    assert page.xpath("//form[@action='/admin/tables']") == []
    assert "fine" not in words(admin.page("/admin/departments"))
    empty = admin.send("/admin/tables/preview", form="table", kind="departments")
    assert empty.status_code == 422
    assert 'id="table-file-error"' in empty.text


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_templates_can_be_filled_in(admin: Reader, extension: str) -> None:
    for kind in ("departments", "posts", "people"):
        given = admin.get(f"/admin/tables/{kind}.{extension}")
        assert given.status_code == 200
        assert re.search(rf"{kind}\.{extension}", given.headers["Content-Disposition"])
    assert admin.get("/admin/tables/people.exe").status_code == 404
    assert admin.get("/admin/tables/secrets.csv").status_code == 404
