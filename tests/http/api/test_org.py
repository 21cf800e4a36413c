"""The office administered through the API: as its description says, within one's own jurisdiction only."""

from datetime import timedelta
from io import BytesIO

import pytest

from app.deadlines import seed
from app.identity.operations import issue_token
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.org.operations import add_department, add_post, add_region
from app.org.queries import post_by_code
from tests.http.api.conftest import hire
from tests.office import TENANT

ELSEWHERE = "330399"
BASE = "/api/v1/office"


@pytest.fixture(scope="module")
def platform(house):
    """A token of the administrator of the platform."""
    if "platform" not in house.tokens:
        with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
            actor = hire(session, "platform")
            ends = real_now() + timedelta(days=1)
            house.tokens["platform"] = issue_token(session, actor, "test", ["*"], ends, real_now())
    return house.tokens["platform"]


@pytest.fixture(scope="module")
def elsewhere(house):
    """A department and a post of another jurisdiction."""
    with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        add_region(
            session, code=ELSEWHERE, name_zh="别处", name_en="Elsewhere", parent=None, is_tenant=True,
            calendar=seed.CODE,
        )  # fmt: skip
        enter_tenant(session, ELSEWHERE)
        department = add_department(session, ELSEWHERE, code="far", name_zh="远", name_en="Far")
        post = add_post(session, ELSEWHERE, department_id=department.id, code="far", name_zh="远", name_en="Far")
    return department.id, post.id


@pytest.fixture
def admin(as_person):
    return as_person("admin")


def tag(answer):
    return {"If-Match": answer.headers["ETag"]}


def test_a_department_from_beginning_to_end(admin):
    body = {"code": "archives", "name_zh": "档案局", "name_en": "Archives"}
    added = admin.post(f"{BASE}/departments", json=body)
    assert added.status_code == 201
    path = f"{BASE}/departments/{added.get_json()['id']}"
    assert admin.post(f"{BASE}/departments", json=body).get_json()["code"] == "code-taken"
    assert admin.patch(path, json={"name_en": "x"}).status_code == 428
    renamed = admin.patch(path, json={"name_en": "Archive"}, headers=tag(added))
    assert renamed.get_json()["name_en"] == "Archive"
    assert admin.patch(path, json={"name_en": "y"}, headers=tag(added)).status_code == 412
    post = admin.post(
        f"{BASE}/posts",
        json={
            "department_id": added.get_json()["id"], "code": "archivist", "name_zh": "档案员", "name_en": "Archivist",
            "roles": ["reviewer"],
        },
    )  # fmt: skip
    assert post.status_code == 201
    refused = admin.post(f"{path}/close", headers=tag(renamed))
    assert refused.get_json()["code"] == "in-the-way"
    assert "archivist" in refused.get_json()["detail"]
    assert admin.post(f"{BASE}/posts/{post.get_json()['id']}/close", headers=tag(post)).status_code == 200
    closed = admin.post(f"{path}/close", headers=tag(renamed))
    assert closed.get_json()["closed_at"]
    codes = [row["code"] for row in admin.get(f"{BASE}/departments").get_json()["data"]]
    assert "archives" not in codes
    assert "archives" in [row["code"] for row in admin.get(f"{BASE}/departments?closed=true").get_json()["data"]]
    assert admin.post(f"{path}/reopen", headers=tag(closed)).get_json()["closed_at"] is None


def join(admin, house, username, post="land-reviewer"):
    with house.database.transaction(TENANT) as session:
        post_id = post_by_code(session, TENANT, post).id
    body = {"username": username, "name": "王芳", "phone": "13800000000", "post_id": str(post_id)}
    answer = admin.post(f"{BASE}/people", json=body)
    assert answer.status_code == 201, answer.get_json()
    return answer


def test_somebody_joins_moves_and_leaves(admin, house):
    joined = join(admin, house, "mover")
    person = joined.get_json()
    assert person["phone"] == "138****0000"
    path = f"{BASE}/people/{person['id']}"
    whole = admin.get(f"{path}/particulars")
    assert whole.get_json()["phone"] == "13800000000"
    assert admin.patch(path, json={"email": "m@example.org"}, headers=tag(whole)).get_json()["version"] == 2
    posts = {row["code"]: row["id"] for row in admin.get(f"{BASE}/posts").get_json()["data"]}
    body = {"from_post_id": posts["land-reviewer"], "to_post_id": posts["planning-reviewer"]}
    moved = admin.post(f"{path}/move", json=body).get_json()
    assert [held["post"] for held in moved["posts"] if held["until"] is None] == ["planning-reviewer"]
    assert admin.get(f"{path}/in-hand").get_json() == {"data": []}
    key = {"Idempotency-Key": "leave-once"}
    assert [admin.post(f"{path}/leave", json={}, headers=key).status_code for _ in range(2)] == [204, 204]
    assert admin.get(path).get_json()["disabled_at"]
    assert admin.get(f"{BASE}/people?presence=left&text=mover").get_json()["data"][0]["id"] == person["id"]


def test_people_come_in_pages(admin, house):
    for number in range(3):
        join(admin, house, f"paged.{number}")
    first = admin.get(f"{BASE}/people?text=paged&limit=2").get_json()
    second = admin.get(first["next"]).get_json()
    assert [row["username"] for row in first["data"] + second["data"]] == ["paged.0", "paged.1", "paged.2"]
    assert second["next"] is None


def test_the_last_administrator_stays(as_person, platform):
    root = as_person("platform")
    me = root.get("/api/v1/me").get_json()
    refused = root.post(f"{BASE}/people/{me['id']}/leave", json={})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "last-platform-administrator")


def test_an_administrator_of_a_jurisdiction_makes_no_platform_administrator(admin, platform):
    posts = {row["code"]: row for row in admin.get(f"{BASE}/posts").get_json()["data"]}
    body = {
        "department_id": posts["admin"]["department_id"], "code": "mine", "name_zh": "我", "name_en": "I",
        "roles": ["platform"],
    }  # fmt: skip
    refused = admin.post(f"{BASE}/posts", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "beyond-lending")
    taken = admin.post(f"{BASE}/posts/{posts['platform']['id']}/holders", json={"username": "admin"})
    assert taken.get_json()["code"] == "beyond-lending"
    assert admin.post(f"{BASE}/roles", json={}).status_code == 403
    assert admin.post(f"{BASE}/regions", json={}).status_code == 403
    roles = {row["code"]: row["lendable"] for row in admin.get(f"{BASE}/roles").get_json()["data"]}
    assert (roles["reviewer"], roles["admin"], roles["platform"], roles["designer"]) == (True, True, False, False)


def test_roles_of_ones_own(as_person, platform):
    root = as_person("platform")
    body = {"code": "observer", "name_zh": "观察员", "name_en": "Observer", "permissions": ["case.read-all"]}
    added = root.post(f"{BASE}/roles", json=body)
    assert added.status_code == 201, added.get_json()
    path = f"{BASE}/roles/observer"
    changed = root.patch(path, json={"permissions": ["case.read-all", "step.read"]}, headers=tag(added))
    assert changed.get_json()["permissions"] == ["case.read-all", "step.read"]
    assert root.patch(f"{BASE}/roles/clerk", json={}, headers={"If-Match": "*"}).get_json()["code"] == "role-fixed"
    assert root.post(f"{BASE}/roles", json={**body, "code": "x2", "permissions": ["case.apply"]}).status_code == 422
    assert root.delete(path, headers=tag(added)).status_code == 412
    assert root.delete(path, headers=tag(changed)).status_code == 204
    assert root.get(path).status_code == 404


def test_a_new_jurisdiction_is_administered_by_whom_one_names(as_person, platform):
    root = as_person("platform")
    body = {"code": "330381", "name_zh": "瑞安市", "name_en": "Rui'an", "parent": TENANT, "calendar": seed.CODE}
    added = root.post(f"{BASE}/regions", json=body)
    assert added.status_code == 201, added.get_json()
    path = f"{BASE}/regions/330381"
    assert root.post(f"{path}/tenant", json={"administrator": "nobody"}).status_code == 422
    made = root.post(f"{path}/tenant", json={"administrator": "platform"}, headers=tag(added))
    assert made.get_json()["is_tenant"]
    assert root.post(f"{path}/tenant", json={"administrator": "platform"}).get_json()["code"] == "wrong-state"
    renamed = root.patch(path, json={"name_en": "Ruian"}, headers=tag(made))
    assert renamed.get_json()["version"] == 3
    assert root.get(f"{BASE}/regions/330381").headers["ETag"] == renamed.headers["ETag"]


def test_nothing_of_another_jurisdiction_is_there(admin, elsewhere):
    department, post = elsewhere
    anything = {"If-Match": "*"}
    answers = [
        admin.get(f"{BASE}/departments/{department}"),
        admin.patch(f"{BASE}/departments/{department}", json={"name_en": "x"}, headers=anything),
        admin.post(f"{BASE}/departments/{department}/close", headers=anything),
        admin.get(f"{BASE}/posts/{post}"),
        admin.patch(f"{BASE}/posts/{post}", json={"name_en": "x"}, headers=anything),
        admin.post(f"{BASE}/posts/{post}/close", headers=anything),
        admin.post(f"{BASE}/posts/{post}/holders", json={"username": "admin"}),
        admin.post(
            f"{BASE}/posts",
            json={"department_id": str(department), "code": "theirs", "name_zh": "x", "name_en": "x"},
        ),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    codes = [row["code"] for row in admin.get(f"{BASE}/posts?closed=true").get_json()["data"]]
    assert "far" not in codes


def table(client, path, content, name="t.csv"):
    body = {"file": (BytesIO(content), name)}
    return client.post(f"{BASE}/tables/{path}", data=body, content_type="multipart/form-data")


def test_a_table_is_previewed_then_taken_over(admin):
    content = "部门代码;中文名称;英文名称\nhealth;卫生健康委员会;Health\nland;自然资源局;Land\n".encode("gb18030")
    plan = table(admin, "departments/preview", content).get_json()
    assert (plan["added"], plan["changed"], plan["left"], plan["faults"]) == (1, 1, 0, [])
    assert plan["rows"][1]["changes"] == {"name_en": {"before": "Bureau of Natural Resources", "after": "Land"}}
    assert "health" not in [row["code"] for row in admin.get(f"{BASE}/departments").get_json()["data"]]
    assert table(admin, "departments?plan=another", content).status_code == 412
    done = table(admin, f"departments?plan={plan['digest']}", content)
    assert done.get_json()["digest"] == plan["digest"]
    assert "health" in [row["code"] for row in admin.get(f"{BASE}/departments").get_json()["data"]]


def test_a_fault_is_told_by_row_and_column_in_both_languages(admin):
    content = "code,name_zh,name_en\nbad code,坏,Bad\ngood,好,\n".encode()
    plan = table(admin, "departments/preview", content).get_json()
    assert [(fault["row"], fault["column"]) for fault in plan["faults"]] == [(3, "name_en")]
    content = "code,name_zh,name_en\nbad code,坏,Bad\ngood,好,Good\n".encode()
    (fault,) = table(admin, "departments/preview", content).get_json()["faults"]
    assert (fault["row"], fault["column"]) == (2, "code")
    assert fault["text"]["en"].startswith("A code has")
    assert fault["text"]["zh"].startswith("代码")
    refused = table(admin, "departments", content)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "import-refused")
    assert list(refused.get_json()["errors"]) == ["2.code"]
    assert "good" not in [row["code"] for row in admin.get(f"{BASE}/departments").get_json()["data"]]


@pytest.mark.parametrize("kind", ["departments", "posts", "people"])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_template_can_be_filled_in(admin, kind, format_):
    given = admin.get(f"{BASE}/tables/{kind}/template?format={format_}")
    assert given.status_code == 200
    plan = table(admin, f"{kind}/preview", given.data)
    assert plan.status_code == 200, plan.get_json()
    assert {fault["column"] for fault in plan.get_json()["faults"]} <= {"username", "department", "post"}


@pytest.mark.parametrize("kind", ["departments", "posts", "people"])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_what_is_there_reads_back_and_changes_nothing(as_person, platform, kind, format_):
    root = as_person("platform")
    given = root.get(f"{BASE}/tables/{kind}?format={format_}")
    assert given.status_code == 200
    assert b"13800000000" not in given.data
    plan = table(root, f"{kind}/preview", given.data).get_json()
    assert (plan["faults"], plan["added"], plan["changed"]) == ([], 0, 0)
    assert plan["left"] > 1


def test_regions_are_imported_by_the_platform_only(admin, as_person, platform):
    content = "code,name_zh,name_en,parent\n330327,苍南县,Cangnan,330300\n".encode()
    assert table(admin, "regions/preview", content).status_code == 403
    plan = table(as_person("platform"), "regions", content).get_json()
    assert plan["added"] == 1
    assert table(admin, "nothing/preview", content).status_code == 404


def test_what_was_done_is_in_the_record(admin):
    acts = admin.get(f"{BASE}/record").get_json()["data"]
    assert {act["tag"].split(":", 1)[1] for act in acts} >= {"department:added", "post:closed", "table:imported"}
