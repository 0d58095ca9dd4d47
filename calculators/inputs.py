"""The inputs of a calculator: what they are called, what they may be, how raw values become known ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from calculators.known import UNKNOWN, Known, Value, choice
from calculators.money import AmountError, parse_yuan
from knowledge.model import Dimension

InputKind = Literal["choice", "choices", "amount", "count", "date", "list"]
MOST_PEOPLE = 200
CANNOT_TELL = "不知道"
"""Written for an amount that the user cannot tell; in JSON, null says the same."""


@dataclass(frozen=True)
class Choice:
    """One value or group of a dimension, as an input may name it: by id or by name."""

    id: str
    label: str
    values: frozenset[str]


@dataclass(frozen=True)
class Input:
    """One input.

    Attributes:
        name: its key in JSON and on the command line.
        kind: choice (a dimension), choices (several values at once), amount (yuan), count, date, or list.
        label: what it is called; question: how it is asked for.
        choices: for choice and choices, what is allowed.
        needed: whether there is no result without it.
        zero: for an amount, whether zero is allowed.
        untold: for an amount, whether people may say that they cannot tell it.
        items: for a list, the inputs of each of its cases.

    """

    name: str
    kind: InputKind
    label: str
    question: str
    choices: tuple[Choice, ...] = ()
    needed: bool = False
    zero: bool = False
    untold: bool = False
    items: tuple[Input, ...] = ()


@dataclass(frozen=True)
class InputFault:
    """What is wrong with one input, for the person who gave it."""

    input: str
    message: str


class InputError(ValueError):
    """Raw inputs that cannot be used; `faults` holds everything that is wrong with them."""

    def __init__(self, faults: Iterable[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(f"{fault.input}：{fault.message}" for fault in self.faults))


def from_dimension(name: str, dimension: Dimension, *, several: bool = False) -> Input:
    """Make the input that a dimension stands for; `several`: more than one value may hold at once."""
    choices = [Choice(value, label, frozenset({value})) for value, label in dimension.values.items()]
    choices += [Choice(key, group.name, frozenset(group.of)) for key, group in dimension.groups.items()]
    kind: InputKind = "choices" if several else "choice"
    return Input(name, kind, dimension.name, dimension.ask, tuple(choices))


def json_schema(title: str, inputs: tuple[Input, ...]) -> dict[str, Any]:
    """Describe inputs as a JSON Schema object."""
    return {
        "type": "object",
        "title": title,
        "properties": {item.name: _schema_of(item) for item in inputs},
        "required": [item.name for item in inputs if item.needed],
        "additionalProperties": False,
    }


def _schema_of(item: Input) -> dict[str, Any]:
    about = {"title": item.label, "description": item.question}
    named = {"enum": [option.id for option in item.choices]}
    if item.choices:
        about["x-labels"] = {option.id: option.label for option in item.choices}  # type: ignore[assignment]  # a mapping beside the texts
        about["x-values"] = {option.id: sorted(option.values) for option in item.choices}  # type: ignore[assignment]  # another
    match item.kind:
        case "choice":
            return {"type": "string", **named, **about}
        case "choices":
            return {"type": "array", "items": {"type": "string", **named}, "uniqueItems": True, **about}
        case "amount":
            types = ["string", "number", "null"] if item.untold else ["string", "number"]
            pattern = r"^\d+(\.\d{1,2})?$" if not item.untold else rf"^(\d+(\.\d{{1,2}})?|{CANNOT_TELL})$"
            least = {"minimum": 0} if item.zero else {"exclusiveMinimum": 0}
            return {"type": types, "pattern": pattern, **least, **about}
        case "count":
            return {"type": "integer", "minimum": 1, "maximum": MOST_PEOPLE, **about}
        case "date":
            return {"type": "string", "format": "date", **about}
        case "list":
            return {"type": "array", "minItems": 1, "items": json_schema(item.label, item.items), **about}


def parse(raw: Mapping[str, object], inputs: tuple[Input, ...]) -> Known:
    """Turn raw values (JSON, or text of the command line) into known ones.

    Raises:
        InputError: an unknown input or a value that is not allowed; all of them are named.

    """
    known: dict[str, Value] = {}
    untold: set[str] = set()
    faults: list[InputFault] = []
    by_name = {item.name: item for item in inputs}
    for name, written in raw.items():
        item = by_name.get(name)
        try:
            if name == UNKNOWN:
                untold |= _untold(written, inputs)
            elif item is None:
                faults.append(InputFault(name, f"没有这一项，可以填：{'、'.join(by_name)}"))
            elif item.untold and written in (None, CANNOT_TELL):
                untold.add(name)
            else:
                known[name] = _read(item, written)
        except InputError as error:
            faults += [
                InputFault(f"{name}.{fault.input}" if fault.input else name, fault.message)
                for fault in error.faults
            ]
    if untold:
        known[UNKNOWN] = frozenset(untold)
    if faults:
        raise InputError(faults)
    return known


def as_raw(known: Known, inputs: tuple[Input, ...]) -> dict[str, Any]:
    """Write known values of these inputs as JSON holds them, such that `parse` reads the same again.

    Values of a dimension that no single choice stands for are left out: they are open again.
    """
    raw = {item.name: said for item in inputs if (said := _as_raw(item, known.get(item.name))) is not None}
    untold = sorted(choice(known, UNKNOWN) or () if any(item.untold for item in inputs) else ())
    return raw | {item.name: None for item in inputs if item.untold and item.name in untold}


def _as_raw(item: Input, value: Value | None) -> str | int | list[Any] | None:
    match value:
        case None | int():
            return value
        case Decimal():
            return f"{value:f}"
        case dt.date():
            return value.isoformat()
        case tuple():
            return [as_raw(case, item.items) for case in value]
        case _ if item.kind == "choices":
            return [
                option.id
                for option in item.choices
                if option.values <= value and option.values == {option.id}
            ]
        case _:
            return next((option.id for option in item.choices if option.values == value), None)


def _untold(written: object, inputs: tuple[Input, ...]) -> set[str]:
    """Read the list of inputs that the user cannot tell."""
    allowed = [item.name for item in inputs if item.untold]
    names = {str(word) for word in _texts(written)}
    if names - set(allowed):
        raise InputError([InputFault("", f"可以说不知道的只有：{'、'.join(allowed) or '（没有）'}")])
    return names


def _read(item: Input, written: object) -> Value:
    match item.kind:
        case "choice":
            return _choose(item, [written])
        case "choices":
            return _choose(item, _texts(written))
        case "amount":
            try:
                return parse_yuan(written, zero=item.zero)
            except AmountError as error:
                raise InputError([InputFault("", str(error))]) from error
        case "count":
            return _read_count(written)
        case "date":
            return _read_day(written)
        case "list":
            return _read_cases(item, written)


def _texts(written: object) -> list[object]:
    """Split a list that may come as text with commas."""
    if isinstance(written, str):
        return [part.strip() for part in written.replace("，", ",").split(",") if part.strip()]
    return list(written) if isinstance(written, list | tuple | set | frozenset) else [written]


def _choose(item: Input, written: Iterable[object]) -> frozenset[str]:
    allowed = {name: option.values for option in reversed(item.choices) for name in (option.label, option.id)}
    unknown = [str(word)[:20] for word in written if str(word).strip() not in allowed]
    if unknown:
        known = "、".join(f"{option.id}（{option.label}）" for option in item.choices)
        raise InputError([InputFault("", f"不认识“{'、'.join(unknown)}”，可以填：{known}")])
    return frozenset(value for word in written for value in allowed[str(word).strip()])


def _read_count(written: object) -> int:
    text = str(written).strip()
    if isinstance(written, bool) or not (
        text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_PEOPLE
    ):
        raise InputError([InputFault("", f"要填 1 到 {MOST_PEOPLE} 的整数")])
    return int(text)


def _read_day(written: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(written).strip())
    except ValueError as error:
        raise InputError([InputFault("", "日期要写成 2024-01-31 这样")]) from error


def _read_cases(item: Input, written: object) -> tuple[Known, ...]:
    if isinstance(written, str):
        try:
            written = json.loads(written)
        except ValueError as error:
            raise InputError([InputFault("", "要写成 JSON 列表")]) from error
    if not isinstance(written, list | tuple) or not written or len(written) > MOST_PEOPLE:
        raise InputError([InputFault("", f"要填一个列表，1 到 {MOST_PEOPLE} 项")])
    found: list[Known] = []
    faults: list[InputFault] = []
    for number, case in enumerate(written, 1):
        if not isinstance(case, Mapping):
            faults.append(InputFault(str(number), "每一项要写成对象"))
            continue
        try:
            found.append(parse(case, item.items))
        except InputError as error:
            faults += [InputFault(f"{number}.{fault.input}", fault.message) for fault in error.faults]
    if faults:
        raise InputError(faults)
    return tuple(found)
