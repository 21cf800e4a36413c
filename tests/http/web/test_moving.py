"""Moving cases and asking what if, on the pages, without a script."""

from app.jobs import work
from tests.http.web.house import House, words
from tests.office import LAND
from tests.questions import begun


def test_the_pages_of_moving_say_what_there_is(house: House) -> None:
    publisher = house.reader("publisher", "en")
    page = publisher.page(f"/studio/{LAND}/moves")
    assert "Move running cases" in words(page)
    assert "No case of this item was moved yet." in words(page)
    refused = publisher.send(f"/studio/{LAND}/moves", **{"from": "1", "to": "1", "do": "look"})
    assert "on version 1 already" in refused.text
    assert house.reader("designer", "en").get(f"/studio/{LAND}/moves").status_code == 403


def test_what_if_is_asked_and_told(house: House) -> None:
    designer = house.reader("designer", "en")
    assert "What if" in words(designer.page(f"/studio/{LAND}/what-if"))
    asked = designer.send(f"/studio/{LAND}/what-if", version="1", times="none", since="2099-01-01")
    assert "that is over is among those" in asked.text
    wrong = designer.send(f"/studio/{LAND}/what-if", version="1", times="days", days="999")
    assert "from 0 to 366" in wrong.text
    work.replay(house.app.extensions["greenlight"])


def test_what_came_of_it_is_stamped_on_the_diagram_and_can_be_stopped(house: House) -> None:
    asked = begun(house.database)
    designer, there = house.reader("designer", "en"), f"/studio/{LAND}/what-if/{asked}"
    page = designer.page(there)
    assert "3 of 4 cases would have turned yellow or red; 1 did." in words(page)
    assert "200 of 2000 cases" in words(page)
    marks = designer.get(f"{there}/marks.json").json["elements"]
    assert marks["decide"] == {
        "state": "red",
        "stamps": [{"state": "yellow", "word": "1"}, {"state": "red", "word": "0 → 2"}],
    }
    assert marks["accept"] == {"state": "done", "stamps": [{"state": "yellow", "word": "1 → 0"}]}
    assert not [element for element in marks if element.startswith("case:")]
    assert designer.get(there.replace(LAND, "nothing")).status_code == 404
    assert designer.send(f"{there}/stop").status_code == 303
    assert "It was stopped after 200 of 2000 cases" in words(designer.page(there))
    assert designer.get(f"{there}/progress").text.count("hx-trigger") == 0
    assert house.reader("land", "en").send(f"{there}/stop").status_code == 403
