"""How often something may be done: so many times within a minute, evenly or all at once."""

from __future__ import annotations

MINUTE = 60.0
_ROUNDING = 0.001
"""Seconds: what floating point makes of a moment, many times over."""


def admitted(full_at: float, now: float, per_minute: int) -> tuple[float, float]:
    """Tell whether one more may be done now.

    The whole minute's number may be used up at once; from then on it grows back steadily.

    Args:
        full_at: when all of it will have grown back; any moment in the past where nothing was used.
        now: the moment, by the same clock, in seconds.
        per_minute: how many a minute.

    Returns:
        The seconds to wait (0: it may be done), and from when on all will have grown back.

    """
    full_at = min(max(full_at, now), now + MINUTE)  # farther away only if the clock was put back
    after = full_at + MINUTE / per_minute
    wait = after - now - MINUTE
    return (0.0, after) if wait < _ROUNDING else (wait, full_at)
