"""What time it is where the residents live."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""The time by which residents read dates; it has no summer time."""


def now() -> datetime:
    """Return the present moment, in China's time."""
    return datetime.now(CHINA)
