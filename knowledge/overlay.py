"""What an office adds to the knowledge, in a folder of its own beside it.

The folder holds `additions/`, one YAML file for each way of asking that the office added (so that two people
who add at once write two files), and `questions/`, the office's own test questions. A packaged file is never
changed: what is added lies over it, and goes away with the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, TypeAdapter, model_validator

from knowledge.contents import Knowledge, National
from knowledge.faults import KnowledgeError
from knowledge.model import Frozen, OutOfScope
from knowledge.source import Source

ADDITIONS = "additions"
QUESTIONS = "questions"
VERSION = "version"
"""The file whose content changes whenever what is live does."""

OTHER = "other"
"""The kind of question out of scope that none of the packaged kinds names."""
OTHER_TITLE = "其他问题"
LONGEST_PHRASING = 200

Status = Literal["trying", "live", "held", "undone"]


class Broken(Frozen):
    """A question that is answered worse with an addition than without it.

    Attributes:
        asked: the messages of the chat; region: what it is preset to.
        was, now: the replies to the last of them, without and with the addition.

    """

    asked: Annotated[tuple[str, ...], Field(min_length=1)]
    region: str | None = None
    was: str
    now: str


class Addition(Frozen):
    """A way of asking that an office added.

    Attributes:
        phrasing: the words.
        topic: what they ask; or out_of_scope: the kind of question that they are, which no document answers.
        region: the region in which somebody asked so, if it was told.
        by, at: who added it, and when.
        status: trying (its trial is not over), live (in use), held (it broke something), undone.
        why_held: why it is not used, in words; breaks: what it would break.
        undone_by, undone_at: who took it back, and when.

    """

    phrasing: Annotated[str, Field(max_length=LONGEST_PHRASING)]
    topic: str | None = None
    out_of_scope: str | None = None
    region: str | None = None
    by: str
    at: AwareDatetime
    status: Status
    why_held: str | None = None
    breaks: tuple[Broken, ...] = ()
    undone_by: str | None = None
    undone_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if (self.topic is None) == (self.out_of_scope is None):
            raise ValueError("give either topic or out_of_scope")
        return self

    @property
    def since(self) -> dt.datetime:
        """When it came to where it stands."""
        return self.undone_at or self.at


_ADDITION = TypeAdapter(Addition)


def read_additions(source: Source) -> dict[str, Addition]:
    """Read the additions of an overlay, whatever became of them, by the names of their files.

    Args:
        source: the overlay's folder; one that does not exist holds none. Faults are noted there.

    """
    files = sorted((source.root / ADDITIONS).glob("*.yaml"))
    read = {file.stem: source.read(file, _ADDITION) for file in files}
    return {name: addition for name, addition in read.items() if addition is not None}


def with_overlay(knowledge: Knowledge, folder: Path) -> Knowledge:
    """Lay what is live in an overlay over knowledge.

    Args:
        knowledge: what it is laid over; it stays as it is.
        folder: the overlay; one that does not exist changes nothing.

    Raises:
        KnowledgeError: an addition that cannot be read, or that does not fit the knowledge or another one.

    """
    source = Source(folder)
    live = {name: one for name, one in read_additions(source).items() if one.status == "live"}
    owners = owners_of(knowledge.national)
    for name, addition in live.items():
        for key, message in misfits(addition, knowledge.national, owners):
            source.fault(folder / ADDITIONS / f"{name}.yaml", (key,), message)
        owners.setdefault(addition.phrasing, meaning(addition))
    if source.faults:
        raise KnowledgeError(source.faults)
    return added(knowledge, live.values())


def version_of(folder: Path) -> str:
    """Tell two states of an overlay apart by what is live in them; empty where nothing was ever added."""
    try:
        return (folder / VERSION).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""


def meaning(addition: Addition) -> str:
    """Name what an addition asks: a topic, or a kind of question out of scope."""
    return addition.topic or addition.out_of_scope or ""


def owners_of(national: National) -> dict[str, str]:
    """Tell what each packaged phrasing means."""
    intents = (national.topics, national.small_talk, national.out_of_scope)
    return {
        phrasing: name
        for entries in intents
        for name, intent in entries.items()
        for phrasing in intent.phrasings
    }


def misfits(
    addition: Addition, national: National, owners: Mapping[str, str]
) -> Iterable[tuple[Literal["phrasing", "topic", "out_of_scope"], str]]:
    """Tell why an addition cannot be used: the field, and what is wrong with it.

    Args:
        addition: what is to be added.
        national: what it is added to.
        owners: what phrasings mean already.

    """
    if addition.topic is not None and addition.topic not in national.topics:
        yield "topic", f"there is no topic {addition.topic} in national/topics"
    kinds = (*national.out_of_scope, OTHER)
    if addition.out_of_scope is not None and addition.out_of_scope not in kinds:
        yield "out_of_scope", f"there is no {addition.out_of_scope}; allowed: {', '.join(kinds)}"
    if (owner := owners.get(addition.phrasing, meaning(addition))) != meaning(addition):
        yield "phrasing", f"{addition.phrasing} is a phrasing of {owner}, too"


def added(knowledge: Knowledge, additions: Iterable[Addition]) -> Knowledge:
    """Give knowledge with additions that fit it."""
    national = knowledge.national
    topics, out_of_scope = dict(national.topics), dict(national.out_of_scope)
    for addition in additions:
        if addition.topic is not None:
            topic = topics[addition.topic]
            phrasings = _with(topic.phrasings, addition.phrasing)
            topics[addition.topic] = topic.model_copy(update={"phrasings": phrasings})
        elif addition.out_of_scope is not None:
            kind = out_of_scope.get(addition.out_of_scope) or _other(national)
            phrasings = _with(kind.phrasings, addition.phrasing)
            out_of_scope[addition.out_of_scope] = kind.model_copy(update={"phrasings": phrasings})
    return replace(knowledge, national=replace(national, topics=topics, out_of_scope=out_of_scope))


def _with(phrasings: tuple[str, ...], phrasing: str) -> tuple[str, ...]:
    return phrasings if phrasing in phrasings else (*phrasings, phrasing)


def _other(national: National) -> OutOfScope:
    wording = national.wording
    return OutOfScope(title=OTHER_TITLE, phrasings=(), text=f"{wording.unknown}\n{wording.unknown_hint}")
