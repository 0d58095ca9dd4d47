"""What every calculator is: a title, inputs that describe themselves, a pure function over what is known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Literal, get_args

from calculators import inputs as raw_inputs
from calculators.inputs import Input
from calculators.known import Known
from calculators.outcomes import Fact, Outcome

Aspect = Literal["rate", "deductible", "cap"]


@dataclass(frozen=True)
class Calculator(ABC):
    """A calculator of one region.

    Attributes:
        id: its name in commands and calls; title: what it works out, for residents.
        inputs: what it takes.

    """

    gives_amounts: ClassVar[bool] = True
    """Whether what comes out is yuan, which can be set side by side, and not days."""

    id: str
    title: str
    inputs: tuple[Input, ...]

    @cached_property
    def takes(self) -> frozenset[str]:
        """The names of the inputs."""
        return frozenset(entry.name for entry in self.inputs)

    @property
    def adds_up(self) -> bool:
        """Whether the costs of several visits may be worked out as one."""
        return False

    @property
    def limits(self) -> frozenset[str]:
        """The figures that limit what it pays in a year: with a common one two benefits share a limit."""
        return frozenset()

    @abstractmethod
    def run(self, known: Known) -> Outcome:
        """Work it out from what is known: a result, the next thing to ask for, or that it is not covered."""

    def room(self, known: Known) -> Outcome | None:  # noqa: ARG002  # most kinds have no limit
        """Tell what the year's limit still leaves after what was paid; None where there is no limit."""
        return None

    def facts(self, known: Known, aspect: Aspect) -> tuple[Fact, ...]:  # noqa: ARG002  # most kinds state none
        """Tell what the document states about an aspect, as far as what is known leaves it open."""
        return ()

    @cached_property
    def general_facts(self) -> Mapping[Aspect, tuple[Fact, ...]]:
        """What the document states about each aspect while nothing is known of the case."""
        aspects: tuple[Aspect, ...] = get_args(Aspect)
        return {aspect: self.facts({}, aspect) for aspect in aspects}

    def json_schema(self) -> dict[str, Any]:
        """Describe the inputs as JSON Schema."""
        return raw_inputs.json_schema(self.title, self.inputs)

    def parse(self, raw: Mapping[str, object]) -> Known:
        """Turn raw values into known ones.

        Raises:
            InputError: with everything that is wrong.

        """
        return raw_inputs.parse(raw, self.inputs)
