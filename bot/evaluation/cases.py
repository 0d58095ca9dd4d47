"""Cases: what is said in a chat, and what the reply to its last message must be.

They are read from JSON Lines, a case a line, and from YAML in two shapes, questions by the fact that their
answer needs and a list of messages out of scope. A folder stands for all such files in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.dialogue.reply import Kind

NO_ANSWER: frozenset[Kind] = frozenset({"decline", "clarify", "chat", "handoff"})
"""The kinds of reply that pass where the documents hold no answer."""

GAPS = "gaps"
"""Stands in place of a fact above the questions on what a document leaves out."""

Text = Annotated[str, Field(min_length=1)]


class CaseError(Exception):
    """A file of cases that cannot be used; the message names file and place."""


class Case(BaseModel):
    """One case.

    Attributes:
        id: its name.
        region: what the chat is preset to.
        turns: the user's messages; the reply to the last one is judged.
        expect: the kind of reply that is asked for.
        kinds: the kinds that pass; where none is named, every kind does.
        topic: what the reply should be about, where the case tells.
        must: groups of texts; the reply holds one of each group. must_not: texts that it does not hold.
        why: what that rests on.
        city, fact: whose document it asks about, and for which of its facts, where the case tells.
        fails: why the bot is known not to get it right.

    """

    model_config = ConfigDict(frozen=True)

    id: str
    region: str | None = None
    turns: Annotated[tuple[str, ...], Field(min_length=1)]
    expect: Literal["answer", "calculation", "clarify", "decline", "chat", "handoff"]
    kinds: frozenset[Kind] = frozenset()
    topic: str | None = None
    must: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    must_not: tuple[Text, ...] = ()
    why: str = ""
    city: str | None = None
    fact: str | None = None
    fails: str | None = None


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Question(_Strict):
    """A question for a fact.

    Attributes:
        ask: the message, or the messages of a chat; the reply to the last one is judged.
        region: what the chat is preset to; the file's city where it is not told, none where it is empty.
        holds: texts that the reply holds; a list among them asks for any one of its texts.
        lacks: texts that it does not hold.
        kind: the kind of reply; in the gaps any kind that answers nothing, where it is not told.
        topic: what the reply should be about.
        fails: why the bot does not get it right yet.

    """

    ask: str | tuple[str, ...]
    region: str | None = None
    holds: tuple[str | tuple[str, ...], ...] = ()
    lacks: tuple[str, ...] = ()
    kind: Kind | None = None
    topic: str | None = None
    fails: str | None = None

    def case(self, city: str, row: str, number: int) -> Case:
        gap = row == GAPS
        unnamed = NO_ANSWER if gap else frozenset[Kind]()
        return Case(
            id=f"{city}-{row}-{number}",
            region=city if self.region is None else self.region or None,
            turns=(self.ask,) if isinstance(self.ask, str) else self.ask,
            expect=self.kind or ("decline" if gap else "answer"),
            kinds=frozenset({self.kind}) if self.kind else unnamed,
            topic=self.topic,
            must=tuple((wanted,) if isinstance(wanted, str) else wanted for wanted in self.holds),
            must_not=self.lacks,
            city=city,
            fact=None if gap else row,
            fails=self.fails,
        )


class _Message(_Strict):
    """A message out of scope, what its chat is preset to, and why the bot answers it all the same."""

    say: str
    region: str | None = None
    fails: str | None = None

    def case(self, file: str, number: int) -> Case:
        return Case(
            id=f"{file}-{number}",
            region=self.region,
            turns=(self.say,),
            expect="decline",
            kinds=NO_ANSWER,
            city=self.region,
            fails=self.fails,
        )


_QUESTIONS = TypeAdapter(dict[str, tuple[_Question, ...]])
_MESSAGES = TypeAdapter(list[_Message])


def read_cases(path: Path) -> list[Case]:
    """Read a file of cases, or all those of a folder.

    Raises:
        CaseError: a file cannot be read, something in it is no case, or there is no case at all.

    """
    files = [path]
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in {".jsonl", ".yaml"})
    cases = [case for file in files for case in _read(file)]
    if not cases:
        raise CaseError(f"{path}: there is no case")
    return cases


def _read(file: Path) -> Iterator[Case]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{file}: {error}") from error
    if file.suffix == ".yaml":
        yield from _from_yaml(file, text)
    else:
        yield from _from_lines(file, text)


def _from_lines(file: Path, text: str) -> Iterator[Case]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield _settled(Case.model_validate_json(line))
            except ValidationError as error:
                raise _fault(f"{file}:{number}", error) from error


def _settled(case: Case) -> Case:
    """Tell what a line leaves open: only where nothing is to be answered does the kind decide."""
    kinds = case.kinds or (NO_ANSWER if case.expect == "decline" else frozenset())
    return case.model_copy(update={"kinds": kinds, "city": case.city or case.region})


def _from_yaml(file: Path, text: str) -> Iterator[Case]:
    try:
        rows = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts, lists and mappings only
        if isinstance(rows, list):
            for number, message in enumerate(_MESSAGES.validate_python(rows), 1):
                yield message.case(file.stem, number)
            return
        for row, questions in _QUESTIONS.validate_python(rows or {}).items():
            for number, question in enumerate(questions, 1):
                yield question.case(file.stem, row, number)
    except yaml.YAMLError as error:
        raise CaseError(f"{file}: {error}") from error
    except ValidationError as error:
        raise _fault(str(file), error) from error


def _fault(where: str, error: ValidationError) -> CaseError:
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return CaseError(f"{where}: {place}: {fault['msg']}")
