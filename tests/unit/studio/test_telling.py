"""Texts of findings: what is a word of ours is said in the reader's language, what is the designer's stays."""

import pytest

from app.studio.telling import filled

CHINESE = {"timer": "定时", "date": "日期", "duration": "时长", "a post code": "岗位编码", "": "headers"}


def say(msgid: str) -> str:
    return CHINESE.get(msgid, msgid)


@pytest.mark.parametrize(
    ("text", "params", "told"),
    [
        ("%(trigger)s", {"trigger": "timer"}, "定时"),
        ("%(wanted)s", {"wanted": "date, duration"}, "日期, 时长"),
        ("%(allowed)s", {"allowed": "a post code"}, "岗位编码"),
        ("%(allowed)s", {"allowed": ""}, ""),
        ("%(type)s", {"type": "complexGateway"}, "complexGateway"),
        ("%(element)s %(way)s", {"element": "timer", "way": ["timer"]}, "timer ['timer']"),
        ("100 %", {}, "100 %"),
    ],
)
def test_terms_are_said_and_names_are_left(text: str, params: dict[str, object], told: str) -> None:
    assert filled(text, params, say) == told
