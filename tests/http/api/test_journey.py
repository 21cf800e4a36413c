"""The whole journey of a case through the API, each part by the person whose part it is."""

from io import BytesIO

from tests.http.api.conftest import do_outbox, live_step, work
from tests.office import APPLICATION, LAND


def test_from_application_to_delivery(house, as_person, submitted) -> None:
    case = submitted()
    assert case["status"] == "received"
    assert case["title"] == APPLICATION["project_name"]
    clerk = as_person("clerk")
    view = clerk.get(f"/api/v1/steps/{live_step(clerk, case['id'], 'accept')['id']}").get_json()
    assert [outcome["code"] for outcome in view["outcomes"]] == ["accept", "supplement", "refuse"]
    assert view["form"]["components"]
    assert view["application"]["project_name"] == APPLICATION["project_name"]

    opened = work(as_person, case["id"], "accept")["opened"]
    assert len(opened) == 3
    for element in ("review_land", "review_planning", "review_reform"):
        work(as_person, case["id"], element)
    work(as_person, case["id"], "decide")
    do_outbox(house)
    done = work(as_person, case["id"], "deliver")
    assert done["ended"]

    applicant = as_person("applicant")
    shown = applicant.get(f"/api/v1/cases/{case['code']}").get_json()
    assert (shown["status"], shown["result"]) == ("delivered", "granted")
    assert {document["kind"] for document in shown["documents"]} == {"receipt", "accept", "grant"}
    assert [opinion["outcome"] for opinion in shown["opinions"]][-2:] == ["grant", "deliver"]
    assert shown["notices"]

    grant = next(document for document in shown["documents"] if document["kind"] == "grant")
    pdf = applicant.get(f"/api/v1/cases/{case['code']}/documents/{grant['id']}/content")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    public = as_person().get(f"/api/v1/verify/{grant['verification_code']}").get_json()
    assert (public["number"], public["sha256"]) == (grant["number"], grant["sha256"])
    track = as_person().get(f"/api/v1/track/{case['code']}").get_json()
    assert (track["status"], track["result"]) == ("delivered", "granted")
    assert APPLICATION["unit_name"] not in str(track)


def test_what_one_may_look_at_while_it_runs(as_person, accepted) -> None:
    land = as_person("land")
    marks = land.get(f"/api/v1/cases/{accepted['code']}/marks").get_json()["marks"]
    assert {name for name, mark in marks.items() if mark["state"] == "active"} >= {"review_land", "review_reform"}
    diagram = land.get(f"/api/v1/cases/{accepted['code']}/diagram")
    assert b"review_land" in diagram.data
    assert diagram.mimetype == "application/xml"
    ledger = land.get(f"/api/v1/cases/{accepted['code']}/ledger", headers={"Accept-Language": "en"}).get_json()["data"]
    assert {(entry["clock"]["level"], entry["clock"]["basis"]) for entry in ledger} >= {("case", "statutory")}
    tags = [line["tag"] for line in land.get(f"/api/v1/cases/{accepted['code']}/history").get_json()["data"]]
    assert tags[0] == "api:case:drafted"
    assert "api:step:completed" in tags
    materials = land.get(f"/api/v1/cases/{accepted['code']}/materials").get_json()["data"]
    content = land.get(f"/api/v1/cases/{accepted['code']}/materials/{materials[0]['id']}/content")
    assert content.data.startswith(b"%PDF-")
    assert content.headers["Content-Disposition"].startswith("attachment")
    assert content.headers["X-Content-Type-Options"] == "nosniff"


def test_a_case_of_others_does_not_exist(as_person, accepted) -> None:
    stranger = as_person("stranger")
    for part in ("", "/history", "/ledger", "/marks", "/diagram", "/materials", "/documents"):
        assert stranger.get(f"/api/v1/cases/{accepted['code']}{part}").status_code == 404


def test_withdrawing_ends_it(as_person, accepted) -> None:
    applicant = as_person("applicant")
    answer = applicant.post(f"/api/v1/cases/{accepted['code']}/withdraw", json={"reason": "选址调整"})
    assert answer.get_json()["status"] == "withdrawn"
    again = applicant.post(f"/api/v1/cases/{accepted['code']}/withdraw", json={"reason": "选址调整"})
    assert (again.status_code, again.get_json()["code"]) == (409, "wrong-state")


def test_extending_moves_the_limit_and_has_an_end(as_person, accepted) -> None:
    decider = as_person("decider")
    for element in ("review_land", "review_planning", "review_reform"):
        work(as_person, accepted["id"], element)
    before = decider.get(f"/api/v1/cases/{accepted['code']}").get_json()
    body = {"basis": "statutory", "days": 10, "reason": "案情复杂"}
    answer = decider.post(f"/api/v1/cases/{accepted['code']}/extend", json=body)
    assert answer.status_code == 200, answer.get_json()
    after = decider.get(f"/api/v1/cases/{accepted['code']}").get_json()
    limits = [
        next(clock["red_at"] for clock in case["clocks"] if clock["basis"] == "statutory") for case in (before, after)
    ]
    assert limits[0] < limits[1]
    refused = decider.post(f"/api/v1/cases/{accepted['code']}/extend", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not-extendable")


def test_a_message_is_delivered_only_where_it_is_awaited(as_person, accepted) -> None:
    clerk = as_person("clerk")
    assert clerk.get(f"/api/v1/cases/{accepted['code']}").get_json()["awaited"] == []
    refused = clerk.post(f"/api/v1/cases/{accepted['code']}/messages", json={"name": "injunction"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "not-awaited")
    assert as_person("land").post(f"/api/v1/cases/{accepted['code']}/messages", json={"name": "x"}).status_code == 403


def test_a_file_is_compared_with_what_was_issued(house, as_person, submitted) -> None:
    case = submitted()
    work(as_person, case["id"], "accept")
    do_outbox(house)
    applicant = as_person("applicant")
    (notice,) = [
        one
        for one in applicant.get(f"/api/v1/cases/{case['code']}/documents").get_json()["data"]
        if one["kind"] == "accept"
    ]
    pdf = applicant.get(f"/api/v1/cases/{case['code']}/documents/{notice['id']}/content").data
    for content, same in ((pdf, True), (pdf + b" ", False)):
        answer = as_person().post(
            f"/api/v1/verify/{notice['verification_code']}",
            data={"file": (BytesIO(content), "notice.pdf")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 200, answer.get_json()
        assert answer.get_json()["same_file"] is same
        assert answer.get_json()["record"]["number"] == notice["number"]


def test_the_queue_is_narrowed_by_its_lights_and_counted(as_person, submitted) -> None:
    case, clerk = submitted(), as_person("clerk")
    step = live_step(clerk, case["id"], "accept")
    asked = "/api/v1/steps?light=green&order=newest&mine=true&unclaimed=true&limit=1"
    first = clerk.get(asked).get_json()
    assert first["data"][0]["id"] == step["id"]
    found, path = [], asked
    while path:
        page = clerk.get(path).get_json()
        found += [line["opened_at"] for line in page["data"]]
        path = page["next"]
    assert found == sorted(found, reverse=True)
    red = clerk.get("/api/v1/steps?light=red&limit=200").get_json()["data"]
    assert step["id"] not in {line["id"] for line in red}
    tallies = clerk.get(f"/api/v1/steps/tallies?q={case['code']}").get_json()["data"]
    assert [(one["held"], one["light"], one["element"], one["number"]) for one in tallies] == [
        ("unclaimed", "green", "accept", 1)
    ]
    assert clerk.get("/api/v1/steps?light=blue").status_code == 422


def test_the_catalogue_is_looked_through_as_on_the_page(as_person) -> None:
    nobody = as_person()
    [item] = nobody.get("/api/v1/items?q=预审&audience=organisation&department=自然资源局").get_json()["data"]
    assert (item["code"], "organisation" in (item["audience"] or ["organisation"])) == (LAND, True)
    assert nobody.get("/api/v1/items?department=no such office").get_json()["data"] == []
    assert nobody.get("/api/v1/items?audience=dog").status_code == 422
