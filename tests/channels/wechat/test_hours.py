from __future__ import annotations

from datetime import datetime

import pytest

from bot.channels.wechat.hours import OfficeHours
from bot.clock import CHINA

HOURS = OfficeHours.parse("1-5 8:30-12:00 14:00-17:30; 6 09:00-12:00")


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-03-02T08:29", False),
        ("2026-03-02T08:30", True),
        ("2026-03-02T11:59", True),
        ("2026-03-02T12:00", False),
        ("2026-03-06T17:29", True),
        ("2026-03-07T09:00", True),
        ("2026-03-07T14:00", False),
        ("2026-03-08T09:00", False),
    ],
)
def test_people_are_there_within_the_hours(at: str, *, is_open: bool) -> None:
    assert HOURS.is_open(datetime.fromisoformat(at).replace(tzinfo=CHINA)) is is_open


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        (
            "1-5 8:30-12:00 14:00-17:30; 6 09:00-12:00",
            "周一至周五 08:30至12:00、14:00至17:30，周六 09:00至12:00",
        ),
        ("1,3,5 09:00-17:00", "周一、周三、周五 09:00至17:00"),
        ("6-7 09:00-17:00", "周六、周日 09:00至17:00"),
    ],
)
def test_hours_are_said_in_chinese(written: str, spoken: str) -> None:
    assert str(OfficeHours.parse(written)) == spoken


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "days and times are needed"),
        ("1-5", "days and times are needed"),
        ("1-8 09:00-17:00", "'1-8' is no day"),
        ("5-1 09:00-17:00", "'5-1' is no day"),
        ("周一 09:00-17:00", "'周一' is no day"),
        ("1 09:00", "'09:00' is no span"),
        ("1 09:00-25:00", "'09:00-25:00' is no span"),
        ("1 17:00-09:00", "'17:00-09:00' is no span"),
        ("1 09:00-17:00;", "days and times are needed"),
    ],
)
def test_what_is_no_hours_is_refused_with_an_example(written: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"{message}.*as in 1-5 08:30"):
        OfficeHours.parse(written)
