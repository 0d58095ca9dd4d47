"""Signs of life: a lock, a lease and a process count until a moment that their holder puts off."""

from __future__ import annotations

from bot.storage.leases import LEASE_SECONDS
from bot.storage.queueing import LOCK_SECONDS

FARTHEST_SIGN = 2 * max(LOCK_SECONDS, LEASE_SECONDS)
"""No sign of life reaches as far, in seconds, unless the clock was put back since."""
