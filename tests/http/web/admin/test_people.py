"""People: joining with a password that is shown once, a further post, moving, leaving, how they come in."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from app.identity.models import Account
from app.kernel.ids import GLOBAL_TENANT
from app.org.models import Post
from tests.http.web.house import House, Reader, words
from tests.office import TENANT


@pytest.fixture
def admin(house: House) -> Reader:
    return house.reader("admin")


def account(house: House, username: str) -> UUID:
    with house.database.transaction(GLOBAL_TENANT) as session:
        return session.scalars(select(Account.id).where(Account.username == username)).one()


def post(house: House, code: str) -> UUID:
    with house.database.transaction(TENANT) as session:
        return session.scalars(select(Post.id).where(Post.tenant == TENANT, Post.code == code)).one()


def joined(house: House, admin: Reader, username: str, code: str = "planning-reviewer") -> str:
    """Somebody who joined; the address of their page."""
    sent = admin.send("/admin/people/join", form="join", name="新同事", username=username, post=str(post(house, code)))
    assert sent.status_code == 303, words_of(sent)
    return f"/admin/people/{account(house, username)}"


def words_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())[:2000]


def password(admin: Reader, path: str) -> str:
    sent = admin.send(f"{path}/password", form="password")
    assert sent.status_code == 200
    found = re.search(r'class="once code">([a-z0-9-]+)<', sent.text)
    assert found is not None
    assert found[1] not in admin.get(path).text
    return found[1]


def test_somebody_joins_and_chooses_a_password_of_their_own(house: House, admin: Reader) -> None:
    path = joined(house, admin, "new.one")
    given = password(admin, path)
    newcomer: Reader = house.app.test_client()
    assert newcomer.send("/login", username="new.one", password=given).status_code == 303
    for wanted in ("/desk", "/account", "/notices"):
        assert newcomer.get(wanted).location == "/new-password"
    page = newcomer.page("/new-password")
    assert "设置新密码" in words(page)
    same = newcomer.send("/new-password/set", old=given, new=given)
    assert same.status_code == 422
    assert "与收到的密码不同" in same.text
    done = newcomer.send("/new-password/set", old=given, new="我自己的一句话密码")
    assert done.status_code == 303
    assert newcomer.get("/desk").status_code == 200
    assert newcomer.get("/new-password").location == "/account"


def test_what_was_typed_is_kept_when_joining_is_refused(house: House, admin: Reader) -> None:
    sent = admin.send("/admin/people/join", form="join", name=" ", username="land", post="", phone="12x")
    assert sent.status_code == 422
    assert 'value="land"' in sent.text
    assert 'id="join-post-error"' in sent.text
    sent = admin.send(
        "/admin/people/join", form="join", name="甲", username="admin", post=str(post(house, "land-head"))
    )
    assert sent.status_code == 422
    assert "已被使用" in sent.text


def test_posts_are_given_moved_between_and_left(house: House, admin: Reader) -> None:
    path = joined(house, admin, "mover")
    reform, land = str(post(house, "reform-reviewer")), str(post(house, "land-reviewer"))
    assert admin.send(f"{path}/posts", form="give", post=reform).status_code == 303
    twice = admin.send(f"{path}/posts", form="give", post=reform)
    assert twice.status_code == 409
    assert admin.send(f"{path}/move", form="move", from_post=reform, to_post=land).status_code == 303
    past = admin.send(f"{path}/leave-post", form="leave-post", post=land, at="2020-01-01")
    assert past.status_code == 422
    assert 'id="leave-post-at-error"' in past.text
    assert admin.send(f"{path}/leave-post", form="leave-post", post=land, at="2099-01-01").status_code == 303
    assert "2099年1月1日" in words(admin.page(path))
    assert admin.send(f"{path}/leave", form="leave").status_code == 303
    assert "已不任岗" in words(admin.page(path))
    assert "mover" in words(admin.page("/admin/people?show=left"))


def test_what_somebody_has_in_hand_is_shown_and_handed_over(house: House, admin: Reader) -> None:
    path = joined(house, admin, "handing.over", "land-reviewer")
    given = password(admin, path)
    worker: Reader = house.app.test_client()
    worker.send("/login", username="handing.over", password=given)
    worker.send("/new-password/set", old=given, new="我自己的一句话密码")
    code = house.accepted("交接项目")
    step = house.step(code, "review_land")
    assert worker.send(f"/desk/{step}/claim").status_code == 303
    page = admin.page(path)
    assert code in words(page)
    successor = str(house.office.land.account_id)
    assert successor in page.xpath("//select[@id='leave-successor']//option/@value")
    nobody = admin.send(f"{path}/leave", form="leave", successor=str(house.office.planning.account_id))
    assert nobody.status_code == 422
    assert 'id="leave-successor-error"' in nobody.text
    assert admin.send(f"{path}/leave", form="leave", successor=successor).status_code == 303
    assert code in words(house.reader("land").page("/desk?show=mine"))
    assert worker.get("/desk").status_code == 303


def test_sessions_tokens_and_the_account(house: House, admin: Reader) -> None:
    path = joined(house, admin, "looked.after")
    given = password(admin, path)
    worker: Reader = house.app.test_client()
    worker.send("/login", username="looked.after", password=given)
    worker.send("/new-password/set", old=given, new="我自己的一句话密码")
    assert "gl_" in worker.send("/account/tokens", name="cron", days="30", scopes="case.read").text
    page = admin.page(path)
    assert "cron" in words(page)
    (session,) = page.xpath("//button[@name='session']/@value")
    (token,) = page.xpath("//button[@name='token']/@value")
    assert admin.send(f"{path}/tokens/revoke", token=token).status_code == 303
    assert admin.send(f"{path}/sessions/end", session=session).status_code == 303
    assert worker.get("/account").status_code == 303
    assert admin.send(f"{path}/close", form="close").status_code == 303
    assert worker.send("/login", username="looked.after", password="我自己的一句话密码").status_code == 401
    assert admin.send(f"{path}/reopen", form="close").status_code == 303
    assert worker.send("/login", username="looked.after", password="我自己的一句话密码").status_code == 303


def test_what_is_kept_is_masked_until_it_is_asked_for(house: House, admin: Reader) -> None:
    path = joined(house, admin, "kept.whole")
    assert admin.send(f"{path}/edit").status_code == 200
    fields = {"form": "kept", "name": "全名", "phone": "13812345678", "email": "", "id_number": "", "language": "en"}
    assert admin.send(f"{path}/kept", **fields, version="1").status_code == 303
    assert "13812345678" not in admin.get(path).text
    assert "13812345678" in admin.send(f"{path}/edit").text
    assert admin.send(f"{path}/kept", **fields | {"name": "另名"}, version="1").status_code == 409


def test_whoever_is_mightier_is_not_touched_and_the_page_says_why(house: House, admin: Reader) -> None:
    path = f"/admin/people/{account(house, 'platform')}"
    page = admin.page(path)
    assert "平台" in words(page)
    assert page.xpath("//form[contains(@action, '/password')]") == []
    assert admin.send(f"{path}/password").status_code == 403
    assert admin.send(f"{path}/close").status_code == 403
    assert admin.get(f"/admin/people/{house.office.applicant.account_id}").status_code == 404
