"""Roles of amounts and days, told by the words that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from knowledge.model import Cues

_CLAUSE_END = re.compile(r"[,，。;；!！?？\n ]")
_UNDONE = re.compile(r"(不含|不包括|不算|除去|除了|除|没算|扣除|减去)[^,，。;；]{0,4}$")
_UNIT = re.compile(r"^(元整|元|块钱|块)?的?")
_AMOUNT = r"(?:\d[\d.,]+|[\d一二两三四五六七八九十半]+[百千万]+)(?![\d百千万%.月日号年个位名次人级档岁])"
_THEIR_OWN = re.compile(rf"(?:了|是|为|花了|有)?{_AMOUNT}")
"""An amount straight behind a cue: the cue speaks of that one (花了两万自付五千)."""
_BETWEEN = re.compile(_AMOUNT)
"""An amount between a cue and another amount takes the cue (起付线八百花了两万)."""
_ASKED = re.compile("怎么|咋|多少|几|吗|么")
"""Behind a cue it asks, and tells the role of nothing (自付怎么算 一共花了五千)."""
_ANOTHER = re.compile(r"[\d日号元块万千百]$")
"""An amount or day straight before a cue that a pause follows: the cue spoke of that one (一日生 二日交)."""
_REACH = 18
"""How many characters away a cue may stand."""
_GAP = "…"
"""Stands in a cue for a few characters of any kind (自己…掏了)."""
_ANYTHING = r"[^,，。;；!！?？\n \d]{0,6}"
LABEL = r"(?:[一二三四五六七八九十\d]{1,3}月份?|[上下]半年|第?[一二三四两\d]+[次回趟])"
"""It only tells apart what is listed (自己垫的 一月份两万 五月份三万)."""
_LABELLED = re.compile(rf"[,， ]*{LABEL}[,， ]?$")
_ADVERB = re.compile(r"^[才就刚又再都]")


@cache
def _pattern(cue: str) -> re.Pattern[str]:
    """Compile what finds a cue: of several hundred few are ever met."""
    return re.compile(_ANYTHING.join(map(re.escape, cue.split(_GAP))))


def stands_in(text: str, cue: str) -> bool:
    """Whether a text has a cue, whatever stands in its gaps (中药…没用)."""
    return cue.partition(_GAP)[0] in text and _pattern(cue).search(text) is not None


class CueReader:
    """Tells the role of a piece of text by the cues around it."""

    def __init__(self, roles: Mapping[str, Cues], default: str) -> None:
        self._before = [
            (cue.split(_GAP)[0], cue, role) for role, cues in roles.items() for cue in cues.before
        ]
        self._after = {role: cues.after for role, cues in roles.items()}
        self._default = default

    def role(self, text: str, start: int, end: int) -> str:
        """Tell the role of text[start:end]: that of the nearest cue in its clause, else the default."""
        ahead = _LABELLED.sub("", text[max(0, start - _REACH) : start])
        before = _CLAUSE_END.split(ahead.rstrip(" "))[-1]
        after = _UNIT.sub("", _CLAUSE_END.split(text[end : end + _REACH], maxsplit=1)[0])
        cues = self._cues(before, after, paused=ahead.endswith(" "))
        return max(cues, default=(0, 0, self._default))[2]

    def _cues(self, before: str, after: str, *, paused: bool) -> Iterator[tuple[int, int, str]]:
        """Tell every role that a cue speaks for, with how near the cue stands and how long it is."""
        for opening, cue, role in self._before:
            if opening not in before:
                continue
            for found in _pattern(cue).finditer(before):
                taken = _BETWEEN.search(before, found.end())
                spent = paused and _ANOTHER.search(before[: found.start()])
                asked = _ASKED.match(before, found.end())
                if not (taken or spent or asked or _UNDONE.search(before[: found.start()])):
                    yield _REACH - len(before) + found.end(), found.end() - found.start(), role
        for text in {after, _ADVERB.sub("", after)}:
            for role, cues in self._after.items():
                if not text.startswith(cues):
                    continue
                cue_after = max(filter(text.startswith, cues), key=len)
                if not _THEIR_OWN.match(text, len(cue_after)):
                    yield _REACH + len(cue_after), len(cue_after), role
