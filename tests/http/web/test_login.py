"""Coming in and going out."""

import re

import pytest

from app.edge import SESSION_COOKIE
from tests.http.web.house import PASSWORD, House, words


def test_each_starts_where_their_work_is(house: House) -> None:
    for name, path in {
        "applicant": "/my/cases",
        "clerk": "/window",
        "land": "/desk",
        "supervisor": "/supervision",
        "operator": "/admin/incidents",
    }.items():
        sent = house.app.test_client().send("/login", username=getattr(house.office, name).username, password=PASSWORD)
        assert sent.location == path


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(house: House) -> None:
    sent = house.app.test_client().send("/login", username=house.office.land.username, password=PASSWORD)
    (cookie,) = [value for value in sent.headers.getlist("Set-Cookie") if value.startswith(SESSION_COOKIE + "=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=28800" in cookie


def test_a_wrong_password_is_told_without_saying_what_was_wrong(house: House) -> None:
    client = house.app.test_client()
    for name in (house.office.land.username, "nobody-has-this-name"):
        sent = client.send("/login", username=name, password="wrong password")
        assert sent.status_code == 401
        assert "用户名" in sent.text
        assert f'value="{name}"' in sent.text
        assert "wrong password" not in sent.text
    assert client.get("/desk").status_code == 303


def test_after_ten_wrong_attempts_one_has_to_wait(house: House) -> None:
    client = house.app.test_client()
    for _ in range(10):
        assert client.send("/login", username="Guessed ", password="guess").status_code == 401
    refused = client.send("/login", username="guessed", password="guess")
    assert refused.status_code == 429
    assert "稍" in refused.text or "等" in refused.text
    assert client.send("/login", username=house.office.land.username, password=PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/cases?status=accepted", "/cases?status=accepted"),
        ("https://elsewhere.example/", "/desk"),
        ("//elsewhere.example/", "/desk"),
        ("/\\elsewhere.example", "/desk"),
        ("javascript:alert(1)", "/desk"),
    ],
)
def test_one_is_led_on_within_this_site_only(house: House, wanted: str, led_to: str) -> None:
    client = house.app.test_client()
    sent = client.send("/login", username=house.office.land.username, password=PASSWORD, next=wanted)
    assert sent.location == led_to


def test_a_page_that_needs_a_person_comes_back_after_the_login(house: House) -> None:
    client = house.app.test_client()
    asked = client.get("/desk?show=mine")
    assert asked.status_code == 303
    (wanted,) = client.page(asked.location).xpath("//input[@name='next']/@value")
    assert wanted == "/desk?show=mine"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(house: House) -> None:
    client = house.app.test_client()
    token = client.token()
    sent = client.post("/account/password", data={"csrf_token": token}, headers={"Referer": "http://localhost/account"})
    assert sent.location == "/login?next=/account"
    sent = client.post("/account/password", data={"csrf_token": token}, headers={"Referer": "http://evil.example/x"})
    assert sent.location == "/login"


def test_a_poll_of_somebody_logged_out_leads_the_whole_page_to_the_login(house: House) -> None:
    answer = house.app.test_client().get("/desk/lines", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login"


def test_going_out_ends_the_session(house: House) -> None:
    reader = house.app.test_client()
    secret = house.log_in(reader, "land")
    assert reader.send("/logout").location == "/"
    assert reader.get("/desk").status_code == 303
    other = house.app.test_client()
    other.set_cookie(SESSION_COOKIE, secret)
    assert other.get("/desk").status_code == 303


def test_every_write_needs_the_token_of_a_page(house: House) -> None:
    """Cross-site request forgery: whoever the cookie says it is."""
    reader = house.reader("clerk")
    writes = [
        rule
        for rule in house.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    ]
    assert len(writes) > 20
    for rule in writes:
        path = re.sub(r"<uuid:[^>]+>", "0198a1b2-0000-7000-8000-000000000000", rule.rule)
        path = re.sub(r"<[^>]+>", "x", path)
        answer = reader.post(path, data={"csrf_token": "forged"})
        assert answer.status_code == 400, rule
        assert "重新加载" in answer.text or "重新" in answer.text, rule


def test_a_demo_names_its_people(house: House) -> None:
    """Only a demo does; this database is none."""
    assert "demo" not in words(house.app.test_client().page("/login")).lower()
    assert house.app.test_client().page("/login").xpath("//ul[@class='accounts']") == []


def test_password_sessions_and_tokens(house: House) -> None:
    reader, other = house.app.test_client(), house.app.test_client()
    house.log_in(reader, "land_head")
    page = reader.send("/account/tokens", name="", days="30")
    assert page.status_code == 422
    page = reader.send("/account/tokens", name="cron", days="30", scopes="case.read")
    assert page.status_code == 200
    secret = re.search(r"gl_[\w-]+", page.text)
    assert secret is not None
    assert secret[0] not in reader.get("/account").text
    (revoke,) = reader.page("/account").xpath("//form[contains(@action, '/revoke')]/@action")
    assert reader.send(revoke).status_code == 303
    assert reader.page("/account").xpath("//form[contains(@action, '/revoke')]") == []
    refused = reader.send("/account/password", old="wrong", new="another good password")
    assert refused.status_code == 422
    house.log_in(other, "land_head")
    assert reader.send("/account/password", old=PASSWORD, new="another good password").status_code == 303
    assert reader.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert reader.send("/account/password", old="another good password", new=PASSWORD).status_code == 303
    house.secrets.pop("land_head", None)
