"""Moving cases and asking what if, on the pages, without a script."""

from app.jobs import work
from tests.http.web.house import House, words
from tests.office import LAND


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
