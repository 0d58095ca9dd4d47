"""Texts over figures: {figure.id} stands for the figure, said with its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.figures import Figure, say

_REFERENCE = re.compile(r"\{([^{}]*)\}")
_DIGIT = re.compile(r"[0-9０-９]")


def references(template: str) -> tuple[str, ...]:
    """Name the figures that a template stands on, in order."""
    return tuple(_REFERENCE.findall(template))


def typed_digits(template: str) -> str:
    """Return the digits that stand in the template itself, outside references; empty when it is sound."""
    return "".join(_DIGIT.findall(_REFERENCE.sub("", template)))


def stray_braces(template: str) -> bool:
    """Whether a brace stands in the template that belongs to no reference."""
    return any(brace in _REFERENCE.sub("", template) for brace in "{}")


def fill(template: str, figures: Mapping[str, Figure]) -> str:
    """Put the figures into a template.

    Raises:
        KeyError: a reference to a figure that does not exist; checked knowledge has none.

    """
    return _REFERENCE.sub(lambda match: say(figures[match[1]]), template)
