"""Marks on the fields of rules: they tell the lint what the text or table in a field stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, TypeVar, get_args

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from knowledge.figures import Kind
from knowledge.model import When


@dataclass(frozen=True)
class Refers:
    """The field holds the id of a figure of one of these kinds."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class Holds:
    """The field holds a table whose cells are figures of these kinds.

    Attributes:
        kinds: what a figure may be; nothing: whether `none` may stand; brackets: whether a list of
            brackets may stand.

    """

    kinds: tuple[Kind, ...]
    nothing: bool = False
    brackets: bool = False


@dataclass(frozen=True)
class NamesCircumstances:
    """The field maps dimensions to values or groups of them."""


@dataclass(frozen=True)
class SaysToResidents:
    """The field is a template over figures, without digits of its own.

    Attributes:
        computed: names that the calculator puts in besides figures.

    """

    computed: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamesRule:
    """The field names another rule of the same region, of the kind reimbursement."""


@dataclass(frozen=True)
class CoversAll:
    """The field holds parts with conditions of which exactly one must apply under any circumstances."""


def _not_empty(written: object) -> object:
    if written == []:
        raise ValueError("is empty")
    return written


NotEmpty = BeforeValidator(_not_empty)
"""Refuses a list without items; pydantic's own check counts only the items that are sound."""

Mark = Refers | Holds | NamesCircumstances | SaysToResidents | NamesRule | CoversAll
M = TypeVar("M", bound=Mark)

YuanId = Annotated[str, Refers(("yuan",))]
RateId = Annotated[str, Refers(("rate",))]
DayId = Annotated[str, Refers(("date",))]
LengthId = Annotated[str, Refers(("months", "days"))]
RuleId = Annotated[str, NamesRule()]
Text = Annotated[str, SaysToResidents()]
Where = Annotated[When, NamesCircumstances()]


def marks(field: FieldInfo) -> Iterator[Mark]:
    """Find the marks of a field, also where it may be absent."""
    yield from (mark for mark in field.metadata if isinstance(mark, Mark))
    for part in get_args(field.annotation):
        yield from (mark for mark in getattr(part, "__metadata__", ()) if isinstance(mark, Mark))
