"""How people cut a message up and link those whom they name: pauses, 和, 还有, 再加."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

PAUSE: Final = re.compile(r"(?:[,，。;；\n!！?？（）() ]|[:：](?! ?[\d一二两三四五六七八九十俩仨]))+")
JOIN: Final = re.compile(
    r"、|\+|再加上?|(?<![参增追])加上?(?![起强入油])|外加|还有|另外|以及|(?<![总平暖缓温])和(?![平谐好解])"
    r"|跟(?!着|前|踪)|与(?!否)|同(?=[我俺他她爸妈老])|(?<![连携不])带[着上]?(?![来病])"
)
_PARENTHESIS: Final = re.compile(r"(?<=\w)\(([^()个口名位俩仨]{1,10})\)")
_DESCRIBED_LINK: Final = re.compile(rf"(?:{JOIN.pattern})[^,，。;；、 ]{{1,8}}的$")
"""A link, and what somebody is described by (和上大学的姐姐)."""
_ADDING: Final = re.compile(r"加|还有|另外|带")


@dataclass(frozen=True)
class Part:
    """A part of a message between pauses and words that link."""

    start: int
    end: int
    clause: int
    joined: bool
    added: bool


def without_parentheses(text: str) -> str:
    """Say of somebody what stands in parentheses straight behind (我(研究生)), unless it counts people."""
    return _PARENTHESIS.sub(r"是\1,", text)


def parts(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Part]:
    """Cut a message at pauses and at words that link people, but not inside a mention (五口 人)."""
    cuts = [(match, True) for match in PAUSE.finditer(text)]
    cuts += [
        (match, False)
        for match in JOIN.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in spans)
    ]
    start, clause, joined, added = 0, 0, False, False
    for match, pause in sorted(cuts, key=lambda cut: cut[0].start()):
        if match.start() > start:
            yield Part(start, match.start(), clause, joined, added)
            joined = added = False
        start = match.end()
        if pause:
            clause += 1
        else:
            joined, added = True, _ADDING.search(match[0]) is not None
    if start < len(text):
        yield Part(start, len(text), clause, joined, added)


def ends(text: str, at: int) -> bool:
    """Whether a pause, a word that links or the end stands at a place of a text."""
    return at >= len(text) or PAUSE.match(text, at) is not None or JOIN.match(text, at) is not None


def is_linked(text: str, start: int, end: int) -> bool:
    """Whether a word for people is linked to others (和表妹, 表妹跟我, 和上大学的表妹)."""
    if JOIN.match(text, end) or _DESCRIBED_LINK.search(text, 0, start):
        return True
    return any(match.end() == start for match in JOIN.finditer(text, max(0, start - 3), start))
