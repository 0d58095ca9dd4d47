"""Running a file of cases through the bot and judging the replies.

A case is a line of JSON: the messages of a chat, what kind of reply the last one should get, and what that
reply must and must not hold. Numbers are compared by their value and only as wholes: 70000 is found in
"7万元" and in "70,000.00", and 350 is not found in 1350. Width, spaces, case and how a date is spelt do not
count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session

NO_ANSWER = frozenset({"decline", "clarify", "chat", "handoff"})
"""The kinds of reply that pass where the documents hold no answer."""

_SCALE = {"万": 10_000, "亿": 100_000_000}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([万亿]?)[元块%]?")
_SEPARATOR = re.compile(r"(?<=\d),(?=\d{3})")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_ZERO = re.compile(r"(?<!\d)0(?=\d[月日])")

Text = Annotated[str, Field(min_length=1)]


class CaseError(Exception):
    """A file of cases that cannot be used; the message names file and line."""


class Case(BaseModel):
    """One case.

    Attributes:
        id: its name; region: what the chat is preset to.
        turns: the user's messages; the reply to the last one is judged.
        expect: the kind of reply that is right.
        must: groups of texts; the reply holds one of each group. must_not: texts that it does not hold.
        why: what that rests on.

    """

    model_config = ConfigDict(frozen=True)

    id: str
    region: str | None = None
    turns: Annotated[tuple[str, ...], Field(min_length=1)]
    expect: Literal["answer", "calculation", "clarify", "decline"]
    must: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    must_not: tuple[Text, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """How a case went: the last reply, and what is wrong with it (nothing, when it passed)."""

    case: Case
    reply: Reply
    faults: tuple[str, ...]


def read_cases(file: Path) -> list[Case]:
    """Read a file of cases.

    Raises:
        CaseError: the file cannot be read, a line is no case, or there is none.

    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{file}: {error}") from error
    cases: list[Case] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(Case.model_validate_json(line))
            except ValidationError as error:
                fault = error.errors(include_url=False)[0]
                place = ".".join(str(part) for part in fault["loc"])
                raise CaseError(f"{file}:{number}: {place}: {fault['msg']}") from error
    if not cases:
        raise CaseError(f"{file}: there is no case")
    return cases


def evaluate(assistant: Assistant, cases: Iterable[Case], today: date) -> Iterator[Verdict]:
    """Run cases, each in a chat of its own."""
    for case in cases:
        session, reply = Session(), None
        for turn in case.turns:
            session, reply = assistant.reply(session, turn, today=today, preset=case.region)
        assert reply is not None  # a case has a turn
        yield Verdict(case, reply, faults(case, reply))


def faults(case: Case, reply: Reply) -> tuple[str, ...]:
    """Tell what is wrong with the reply to a case."""
    said = Said(reply.with_choices)
    lacking = [f"lacks {' | '.join(group)}" for group in case.must if not any(map(said.holds, group))]
    wrong = [f"has {text}" for text in case.must_not if said.holds(text)]
    if case.expect == "decline" and reply.kind not in NO_ANSWER:
        wrong.append(f"is kind {reply.kind} where there is no answer")
    if not reply.text.strip():
        wrong.append("is empty")
    return (*lacking, *wrong)


def tally(verdicts: Iterable[Verdict]) -> dict[str, tuple[int, int]]:
    """Count, in all and by what is expected and by region: cases passed, and cases."""
    passed: Counter[str] = Counter()
    run: Counter[str] = Counter()
    for verdict in verdicts:
        for key in ("all", f"expect {verdict.case.expect}", f"region {verdict.case.region}"):
            run[key] += 1
            passed[key] += not verdict.faults
    return {key: (passed[key], run[key]) for key in sorted(run)}


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
