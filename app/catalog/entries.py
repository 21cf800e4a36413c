"""One answer: from what a browser or a program sent to the value that is kept. Hostile input ends here.

A browser sends texts, a program JSON; both are taken, nothing else is guessed. An empty text is no answer.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError as StdnumError

from app.catalog import patterns
from app.catalog.feel import MOST
from app.catalog.fields import Field
from app.kernel.errors import Message
from app.kernel.marking import _

LONGEST = {"textfield": 500, "textarea": 10_000}
"""Characters, where the form says nothing."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""What cannot be stored; and marks that turn the direction of writing, so that a text shows what it does not say."""
_PHONE = re.compile(r"\+?[0-9](?:[ -]?[0-9]){4,19}", re.ASCII)
_CITIZEN_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]{1,63}(?:\.[^@\s.]{1,63}){1,8}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A value, or what is wrong with it. None is no answer."""

    value: Any = None
    fault: Message | None = None


REQUIRED = Message(_("This must be filled in."))
COMMITMENT = Message(_("This must be confirmed."))
NOTHING_CHOSEN = Message(_("Choose at least one."))
_NOT_TEXT = Message(_("A text is expected here."))
_UNKNOWN_VALUE = Message(_("This is not one of the values to choose from."))
_NOT_NUMBER = Message(_("A number is expected here, such as 1200 or 3.5."))


def read(field: Field, given: Any) -> Entry:
    """The answer to `field`, checked by itself. Whether it had to be given is the form's question."""
    return _READERS[field.type](field, given) if field.type in _READERS else Entry()


def empty(field: Field) -> Any:
    """What a condition sees of a field without an answer, as form-js has it."""
    return {"textfield": "", "textarea": "", "checkbox": False, "checklist": [], "taglist": []}.get(field.type)


def _text(field: Field, given: Any) -> Entry:
    if given is None:
        return Entry()
    if not isinstance(given, str):
        return Entry(fault=_NOT_TEXT)
    most = field.rules.max_length or LONGEST[field.type]
    if len(given) > 2 * most + 100:  # lines from a browser end in two characters; what is longer is not even read
        return Entry(fault=_too_long(most))
    value = given.replace("\r\n", "\n").strip()
    if not value:
        return Entry()
    if _UNFIT.search(value) or (field.type == "textfield" and ("\n" in value or "\t" in value)):
        return Entry(fault=Message(_("There are characters here that cannot be kept.")))
    if len(value) > most:
        return Entry(fault=_too_long(most))
    if field.rules.min_length and len(value) < field.rules.min_length:
        return Entry(fault=Message(_("At least %(least)s characters are needed."), least=field.rules.min_length))
    if field.rules.pattern and not patterns.found(field.rules.pattern, value):
        return Entry(fault=Message(_("This is not written as it should be. See the note beside the field.")))
    return _FORMATS[field.rules.format](value) if field.rules.format else Entry(value)


def _too_long(most: int) -> Message:
    return Message(_("At most %(most)s characters are possible."), most=most)


def _phone(value: str) -> Entry:
    plain = unicodedata.normalize("NFKC", value)
    return Entry(plain) if _PHONE.fullmatch(plain) else Entry(fault=Message(_("This is not a telephone number.")))


def _email(value: str) -> Entry:
    return Entry(value) if _EMAIL.fullmatch(value) else Entry(fault=Message(_("This is not an e-mail address.")))


def _credit_code(value: str) -> Entry:
    code = unicodedata.normalize("NFKC", value).upper()
    if uscc.is_valid(code):
        return Entry(uscc.compact(code))
    return Entry(fault=Message(_("This is not a unified social credit code: a digit or letter is wrong (GB 32100).")))


def _citizen_number(value: str) -> Entry:
    number = unicodedata.normalize("NFKC", value).upper()
    if _is_citizen_number(number):
        return Entry(number)
    return Entry(fault=Message(_("This is not a citizen number: a digit is wrong (GB 11643).")))


def _is_citizen_number(number: str) -> bool:
    """GB 11643: form, date of birth, check character. The place is not held against the date: numbers were first given
    out in the 1980s, so that whoever is older bears the code of a county that was not there yet."""
    if not _CITIZEN_NUMBER.fullmatch(number) or number[-1] != ric.calc_check_digit(number):
        return False
    try:
        ric.get_birth_date(number)
    except StdnumError:
        return False
    return True


def _number(field: Field, given: Any) -> Entry:
    if given is None or given == "":
        return Entry()
    written = _written(given)
    if not _NUMBER.fullmatch(written) or abs(value := Decimal(written)) > MOST:
        return Entry(fault=_NOT_NUMBER)
    rules = field.rules
    places = max(0, -int(value.normalize().as_tuple().exponent))
    if rules.digits is not None and places > rules.digits:
        if rules.digits == 0:
            return Entry(fault=Message(_("A whole number is expected here.")))
        return Entry(fault=Message(_("At most %(digits)s digits after the point are possible."), digits=rules.digits))
    if rules.minimum is not None and value < rules.minimum:
        return Entry(fault=Message(_("This must be at least %(least)s."), least=format(rules.minimum, "f")))
    if rules.maximum is not None and value > rules.maximum:
        return Entry(fault=Message(_("This must be at most %(most)s."), most=format(rules.maximum, "f")))
    if rules.step and (over := _over(value, rules.minimum or Decimal(0), rules.step)):
        near = {"below": value - over, "above": value - over + rules.step}
        words = {name: format(number.normalize(), "f") for name, number in near.items()}
        return Entry(fault=Message(_("The nearest possible numbers are %(below)s and %(above)s."), **words))
    if rules.as_text:
        return Entry(format(value, "f"))
    return Entry(int(value) if places == 0 else float(value))


def _over(value: Decimal, start: Decimal, step: Decimal) -> Decimal:
    """How far a number is above the last that the steps from `start` come to."""
    try:
        return (value - start) % step
    except InvalidOperation:  # so far from the start that no step can be told from the next
        return Decimal(0)


def _written(given: Any) -> str:
    """The digits of a number that came as JSON or as text, in full width too; "" for anything else."""
    if isinstance(given, str):
        return unicodedata.normalize("NFKC", given[:70]).strip()
    if isinstance(given, bool) or not isinstance(given, int | float) or not abs(given) <= MOST:
        return ""
    return format(Decimal(str(given)), "f")


def _yes_no(_field: Field, given: Any) -> Entry:
    if given is True or (isinstance(given, str) and given in ("true", "on", "1")):
        return Entry(True)
    if given is None or given is False or (isinstance(given, str) and given in ("", "false", "off", "0")):
        return Entry(False)
    return Entry(fault=Message(_("Only yes or no is possible here.")))


def _one(field: Field, given: Any) -> Entry:
    if given is None or given == "":
        return Entry()
    if not isinstance(given, str) or field.option(given) is None:
        return Entry(fault=_UNKNOWN_VALUE)
    return Entry(given)


def _several(field: Field, given: Any) -> Entry:
    if given is None or given == "":
        return Entry([])
    chosen = [given] if isinstance(given, str) else given
    if not isinstance(chosen, list) or len(chosen) > 2 * len(field.options) + 1:
        return Entry(fault=_UNKNOWN_VALUE)
    if any(not isinstance(value, str) or (value and field.option(value) is None) for value in chosen):
        return Entry(fault=_UNKNOWN_VALUE)
    return Entry([option.value for option in field.options if option.value in chosen])


def _date(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def _time(value: str) -> str:
    return time.fromisoformat(value).replace(tzinfo=None).isoformat("minutes")


def _instant(value: str) -> str:
    return datetime.fromisoformat(value).isoformat(timespec="minutes")


_SHAPES: dict[str, tuple[re.Pattern[str], Callable[[str], str], Message]] = {
    "date": (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII),
        _date,
        Message(_("A date is expected here, such as 2026-03-31.")),
    ),
    "time": (
        re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?", re.ASCII),
        _time,
        Message(_("A time is expected here, such as 14:30.")),
    ),
    "datetime": (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII),
        _instant,
        Message(_("A date and a time are expected here, such as 2026-03-31T14:30.")),
    ),
}


def _when(field: Field, given: Any) -> Entry:
    if given is None or given == "":
        return Entry()
    shape, convert, fault = _SHAPES[field.subtype]
    if not isinstance(given, str) or not shape.fullmatch(given):
        return Entry(fault=fault)
    try:
        return Entry(convert(given))
    except ValueError:
        return Entry(fault=fault)


_FORMATS: dict[str, Callable[[str], Entry]] = {
    "phone": _phone,
    "email": _email,
    "credit-code": _credit_code,
    "citizen-number": _citizen_number,
}
_READERS: dict[str, Callable[[Field, Any], Entry]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _yes_no,
    "radio": _one,
    "select": _one,
    "checklist": _several,
    "taglist": _several,
    "datetime": _when,
}
