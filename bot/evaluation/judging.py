"""Running cases through the bot and judging the replies.

Numbers are compared by their value and only as wholes: 70000 is found in "7万元" and in "70,000.00", and 350
is not found in 1350. Width, spaces, case and how a date is spelt do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.evaluation.cases import NO_ANSWER, Case

_SCALE = {"万": 10_000, "亿": 100_000_000}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)[元块%]?")
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3})")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_ZERO = re.compile(r"(?<!\d)0(?=\d[月日])")


@dataclass(frozen=True)
class Verdict:
    """How a case went: the last reply, and what is wrong with it (nothing, when it passed)."""

    case: Case
    reply: Reply
    faults: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether nothing is wrong with the reply."""
        return not self.faults

    @property
    def tells(self) -> bool:
        """Whether the reply tells what the documents say: it is an answer or a calculation."""
        return self.reply.kind not in NO_ANSWER


def evaluate(assistant: Assistant, cases: Iterable[Case], today: date) -> Iterator[Verdict]:
    """Run cases, each in a chat of its own."""
    return (judge(assistant, case, today) for case in cases)


def judge(assistant: Assistant, case: Case, today: date) -> Verdict:
    """Run a case and judge its last reply."""
    session, reply = Session(), None
    for turn in case.turns:
        session, reply = assistant.reply(session, turn, today=today, preset=case.region)
    assert reply is not None  # a case has a turn
    return Verdict(case, reply, faults(case, reply))


def faults(case: Case, reply: Reply) -> tuple[str, ...]:
    """Tell what is wrong with the reply to a case."""
    said = Said(reply.with_choices)
    wrong = [f"lacks {' | '.join(group)}" for group in case.must if not any(map(said.holds, group))]
    wrong += [f"has {text}" for text in case.must_not if said.holds(text)]
    if case.kinds and reply.kind not in case.kinds:
        wrong.append(f"is kind {reply.kind}, not {' | '.join(sorted(case.kinds))}")
    if not reply.text.strip():
        wrong.append("is empty")
    return tuple(wrong)


class Said:
    """What a reply says, ready to be searched."""

    def __init__(self, text: str) -> None:
        self._text = _plain(text)
        self._numbers = {_value(match) for match in _NUMBER.finditer(self._text)}

    def holds(self, wanted: str) -> bool:
        """Whether the reply holds a text, or an amount of the same value."""
        plain = _plain(wanted)
        if amount := _AMOUNT.fullmatch(plain):
            return _value(amount) in self._numbers
        before = r"(?<![\d.])" if plain[:1].isdigit() else ""
        after = r"(?!\.?\d)" if plain[-1:].isdigit() else ""
        return re.search(before + re.escape(plain) + after, self._text) is not None


def _plain(text: str) -> str:
    text = _SEPARATOR.sub("", unicodedata.normalize("NFKC", text))
    text = _DATE.sub(lambda match: f"{match[1]}年{int(match[2])}月{int(match[3])}日", text)
    return "".join(_ZERO.sub("", text).split()).lower()


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match[1]) * _SCALE.get(match[2], 1)
