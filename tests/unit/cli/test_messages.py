"""What is collected for translation."""

from io import BytesIO

from app.cli.messages import extract

SOURCE = b"""
class Late(Exception):
    message = "Too late."
    remedy: str = "Come earlier."
    code = "late"

    def say(self):
        return _("Never mind.")

class Silent(Exception):
    message = ""
"""


def test_calls_and_the_words_of_errors_are_collected_and_nothing_else() -> None:
    found = [message for _line, _function, message, _comments in extract(BytesIO(SOURCE), {"_": None}, [], {})]
    assert found == ["Never mind.", "Too late.", "Come earlier."]
