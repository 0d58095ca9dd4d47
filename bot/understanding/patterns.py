"""Patterns that most messages do not need: those that are tried only where a number or a day is told.

To compile one takes as long as to read several messages, and there are many.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, cast


class _Pattern:
    """Stands for a pattern; has the methods of the compiled one as its own from the first use of each."""

    def __init__(self, written: str, flags: int) -> None:
        self._written = written
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._written, self._flags)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # called for what is not there yet
        found = self.__dict__[name] = getattr(self._compiled, name)
        return found


def lazily(written: str, flags: int = 0) -> re.Pattern[str]:
    """Give a pattern that is compiled when it is first used."""
    return cast("re.Pattern[str]", _Pattern(written, flags))
