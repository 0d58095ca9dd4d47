"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from bot.understanding.patterns import lazily


def test_it_does_what_the_compiled_pattern_does() -> None:
    found = lazily("(?P<letter>[a-z])", re.IGNORECASE)

    for _ in range(2):
        assert found.findall("1aB") == ["a", "B"]
        assert (match := found.search("1aB")) is not None
        assert match["letter"] == "a"
    assert found.pattern == "(?P<letter>[a-z])"


def test_what_is_wrong_with_it_comes_out_when_it_is_used() -> None:
    wrong = lazily("(")

    with pytest.raises(re.error):
        wrong.search("")
