"""Visits to the chat page: what lets it use the API where programs need a token.

A visit is a signed moment until which it lasts. Every worker with the key knows it, and nothing is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

VISIT_LIFE = timedelta(hours=12)
"""How long a page may be used before it has to begin another visit."""

VISITOR = "page-"
"""What the names of the page's users begin with."""


class Visits:
    """Begins visits, and knows those that it began.

    Args:
        key: what signs them, the same for all workers; clock: tells the time.

    """

    def __init__(self, key: bytes, clock: Callable[[], datetime]) -> None:
        self._key = hmac.digest(key, b"visits to the page", hashlib.sha256)
        self._clock = clock

    def begin(self) -> str:
        """Begin a visit; return what shows it."""
        until = str(int((self._clock() + VISIT_LIFE).timestamp()))
        return f"{until}.{self._sign(until)}"

    def allow(self, shown: str) -> bool:
        """Tell whether a text shows a visit that still lasts."""
        until, _, signature = shown.partition(".")
        signed = hmac.compare_digest(signature.encode("utf-8", "replace"), self._sign(until).encode())
        return signed and int(until) > self._clock().timestamp()

    def _sign(self, until: str) -> str:
        return hmac.digest(self._key, until.encode("utf-8", "replace"), hashlib.sha256).hex()
