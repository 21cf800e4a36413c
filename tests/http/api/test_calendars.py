"""Calendars through the API: reading is everybody's, loading the platform's, and nobody overwrites another."""

from io import BytesIO

import pytest

from tests.http.api.conftest import Client

CALENDARS = "/api/v1/calendars"
YEAR = f"{CALENDARS}/cn/years/2031"
BODY = {"status": "announced", "source": "国办发明电〔2030〕7号", "days": [{"date": "2031-01-01", "is_working": False}]}


@pytest.fixture
def platform(as_person) -> Client:
    """The administrator of the platform."""
    return as_person("platform")


def test_everybody_reads_calendars(as_person) -> None:
    [found] = [one for one in as_person().get(CALENDARS).get_json()["data"] if one["code"] == "cn"]
    assert found["hours"] == [["09:00", "12:00"], ["13:30", "17:00"]]
    assert {year["status"] for year in found["years"]} == {"announced", "provisional"}
    year = as_person().get(f"{CALENDARS}/cn/years/2026").get_json()
    assert {"date": "2026-09-20", "is_working": True, "name": "National Day"} in year["days"]
    assert as_person().get(f"{CALENDARS}/nowhere").status_code == 404
    assert as_person().get(f"{CALENDARS}/cn/years/1850").status_code == 404


def test_a_year_is_previewed_loaded_and_not_loaded_over(platform: Client) -> None:
    preview = platform.post(f"{YEAR}/preview", json=BODY).get_json()
    assert preview["changes"] == [{"date": "2031-01-01", "was_working": True, "is_working": False, "name": ""}]
    assert preview["effect"]["moved"] == 0
    assert platform.get(YEAR).status_code == 404
    assert platform.put(YEAR, json=BODY).status_code == 428
    tag = {"If-Match": f'"{preview["version"]}"'}
    loaded = platform.put(YEAR, json=BODY, headers=tag)
    assert loaded.status_code == 200
    assert loaded.get_json()["status"] == "announced"
    assert platform.put(YEAR, json=BODY, headers=tag).status_code == 412
    assert platform.put(YEAR, json=BODY, headers={"If-Match": loaded.headers["ETag"]}).status_code == 200
    again = platform.put(YEAR, json={**BODY, "status": "provisional"}, headers={"If-Match": "*"})
    assert again.status_code == 422
    assert list(again.get_json()["errors"]) == ["status"]
    [change, *_] = platform.get(f"{CALENDARS}/cn/changes").get_json()["data"]
    assert (change["year"], change["by"]) == (2031, "platform")


def test_a_provisional_year_needs_no_days(platform: Client) -> None:
    body = {"status": "provisional", "source": "statutory days"}
    assert platform.put(f"{CALENDARS}/cn/years/2032", json=body, headers={"If-Match": "*"}).status_code == 200
    names = {day["name"] for day in platform.get(f"{CALENDARS}/cn/years/2032").get_json()["days"]}
    assert "Spring Festival" in names
    missing = platform.put(
        f"{CALENDARS}/cn/years/2033", json={**body, "status": "announced"}, headers={"If-Match": "*"}
    )
    assert list(missing.get_json()["errors"]) == ["days"]


@pytest.mark.parametrize(
    ("sheet", "status"),
    [
        ("日期,是否上班,名称\n2031-01-01,否,元旦\n".encode("gb18030"), 200),
        (b"date,is_working\n2031-01-01,perhaps\n", 422),
        (b"\x00\x01", 422),
    ],
)
def test_a_sheet_is_read_and_nothing_loaded(platform: Client, sheet: bytes, status: int) -> None:
    sent = platform.post(
        f"{CALENDARS}/cn/years/2031/sheet",
        data={"file": (BytesIO(sheet), "2031.csv")},
        content_type="multipart/form-data",
        headers={"Accept-Language": "en"},
    )
    assert sent.status_code == status
    if status == 200:
        assert sent.get_json()["days"] == [{"date": "2031-01-01", "is_working": False, "name": "New Year's Day"}]
    else:
        [said, *_] = sent.get_json()["errors"]["file"]
        assert said.startswith(("Row 2", "This file"))


def test_a_calendar_of_ones_own(platform: Client) -> None:
    hours = [["08:30", "12:00"], ["14:00", "17:30"]]
    body = {"code": "summer", "name_zh": "夏令", "name_en": "Summer", "hours": hours, "years_of": "cn"}
    made = platform.post(CALENDARS, json=body)
    assert made.status_code == 201
    assert made.get_json()["hours"] == hours
    assert len(made.get_json()["years"]) > 10
    assert platform.post(CALENDARS, json=body).status_code == 422
    change = {"name_zh": "夏令时间", "name_en": "Summer", "hours": hours}
    path = f"{CALENDARS}/summer"
    renamed = platform.put(path, json=change, headers={"If-Match": made.headers["ETag"]})
    assert renamed.get_json()["name_zh"] == "夏令时间"
    assert platform.put(path, json=change, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    wrong = platform.put(path, json={**change, "hours": hours[::-1]}, headers={"If-Match": "*"})
    assert list(wrong.get_json()["errors"]) == ["hours"]
    assert platform.post(f"{path}/recount").status_code == 204


def test_only_the_platform_loads(as_person) -> None:
    for name in ("admin", "designer", "land"):
        client = as_person(name)
        assert client.put(YEAR, json=BODY, headers={"If-Match": "*"}).status_code == 403
        assert client.post(f"{YEAR}/preview", json=BODY).status_code == 403
        assert client.post(f"{CALENDARS}/cn/recount").status_code == 403
    assert as_person().put(YEAR, json=BODY, headers={"If-Match": "*"}).status_code == 401
