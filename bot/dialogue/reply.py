"""What the bot says back, with all that a channel, a page or a curious reader may want to show of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["answer", "calculation", "clarify", "decline", "chat", "handoff"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Frozen):
    """Where an answer stands: the document's title, the clause, and the scheme year."""

    document: str
    clause: str
    year: str


class Candidate(_Frozen):
    """A topic that the message may be about: its probability, and how near its nearest phrasing is (0..1)."""

    topic: str
    score: float
    near: float
    phrasing: str


class Trace(_Frozen):
    """How the bot came to its reply, for /why: nothing in it is needed to show the reply.

    Attributes:
        text: the message as understood (normalised, typos recovered); tokens: its segments.
        entities: what was found in it, by name, in words.
        candidates: the best topics; known: how much of the message is known words (0..1).
        decided: the rule of the dialogue that made the decision, with the thresholds that it used.

    """

    text: str = ""
    tokens: tuple[str, ...] = ()
    entities: Mapping[str, str] = Field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    known: float = 0.0
    decided: str = ""


class Reply(_Frozen):
    """A reply.

    Attributes:
        text: what the user reads, source line included.
        kind: answer, calculation, clarify, decline, chat or handoff (see the contract in the README).
        topic, region: what it is about, where that is known.
        options: texts that the user may send next, ready to show as buttons.
        calculation: the calculator's result, JSON-ready, where one ran.
        sources: the clauses that the reply rests on.
        turn: by which id feedback speaks of it; None where nobody keeps turns.
        trace: how it came about.

    """

    text: str
    kind: Kind
    topic: str | None = None
    region: str | None = None
    options: tuple[str, ...] = ()
    calculation: Mapping[str, Any] | None = None
    sources: tuple[Source, ...] = ()
    turn: str | None = None
    trace: Trace = Field(default_factory=Trace)

    @property
    def with_choices(self) -> str:
        """The text for surfaces without buttons: where it asks to choose, the numbered choices follow."""
        if self.kind != "clarify" or not self.options:
            return self.text
        return "\n".join(
            [self.text, *(f"{number} {option}" for number, option in enumerate(self.options, 1))]
        )

    def to_json(self) -> dict[str, Any]:
        """Give the reply as the API does."""
        return {"reply": self.text, **self.model_dump(mode="json", exclude={"text", "trace"})}
