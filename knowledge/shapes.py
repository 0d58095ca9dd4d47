"""What is wrong with the shape of a file (a missing field, a word for a number), in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.reading import Key

Keys = tuple[Key, ...]
Schema = Mapping[str, Any]

_FIELDS = "must hold fields (lines of `name: value`)"
_FORMS = {
    "string_type": "must be text (text that begins with { or [ needs quotes)",
    "tuple_type": "must be a list (lines that begin with `-`, or [one, two])",
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
}
_MESSAGES = {
    "int_parsing": "{input!r} is not a whole number",
    "int_type": "must be a whole number",
    "decimal_parsing": "{input!r} is not a number",
    "decimal_type": "must be a number",
    "finite_number": "{input!r} is not a number",
    "bool_parsing": "{input!r} is neither yes nor no",
    "bool_type": "must be yes or no",
    "date_type": "must be a day, written like 2023-01-31",
    "date_from_datetime_parsing": "{input!r} is not a day; write it like 2023-01-31",
    "date_from_datetime_inexact": "{input!r} is not a day; write it like 2023-01-31",
    "greater_than_equal": "{input!r} is negative",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "literal_error": "{input!r} cannot stand here; allowed: {expected}",
    "union_tag_invalid": "there is no {discriminator} {tag}; allowed: {expected_tags}",
    "union_tag_not_found": "the field {discriminator} is missing",
}


def shape_faults(error: ValidationError, plain: object, schema: Schema) -> Iterator[tuple[Keys, str]]:
    """Tell what is wrong with plain values that do not fit a type.

    Args:
        error: what pydantic found.
        plain: the values, as read from the file.
        schema: the JSON Schema of the type.

    Returns:
        the keys that lead to each fault, and the fault in words.

    """
    details = error.errors(include_url=False)
    places = [_keys_in(plain, detail["loc"]) for detail in details]
    forms: dict[Keys, list[str]] = {}
    fitting: set[Keys] = set()
    for keys, detail in zip(places, details, strict=True):
        if detail["type"] in _FORMS:
            forms.setdefault(keys, []).append(_FORMS[detail["type"]])
        else:
            fitting.add(keys)
            yield keys, _explain(detail, schema)
    for keys, allowed in forms.items():
        # Where one of several forms fits, its own faults stand here or below, and the others do not matter.
        if keys not in fitting and not any(_below(other, keys) for other in places):
            yield keys, " or ".join(allowed)


def _keys_in(plain: object, location: tuple[int | str, ...]) -> Keys:
    """Keep of a pydantic location what leads through the file (it also names union members and the like)."""
    keys: list[Key] = []
    for part in location:
        if isinstance(plain, dict) and str(part) in plain:
            plain = plain[str(part)]
        elif isinstance(plain, list) and isinstance(part, int) and part < len(plain):
            plain = plain[part]
        else:
            continue
        keys.append(part)
    return tuple(keys)


def _below(other: Keys, keys: Keys) -> bool:
    return len(other) > len(keys) and other[: len(keys)] == keys


def _explain(detail: ErrorDetails, schema: Schema) -> str:
    *parents, name = detail["loc"] or ("",)
    match detail["type"]:
        case "missing":
            return f"the field {name} is missing"
        case "extra_forbidden":
            return f"there is no field {name} here; allowed: {', '.join(_fields(schema, parents))}"
        case "value_error":
            return detail["msg"].removeprefix("Value error, ")
        case kind if kind in _MESSAGES:
            context = {key: _bare(str(value)) for key, value in detail.get("ctx", {}).items()}
            return _MESSAGES[kind].format_map({**context, "input": detail["input"]})
        case _:
            return detail["msg"]


def _bare(text: str) -> str:
    """Take pydantic's quotes and its last `or` out of a list of words."""
    return text.replace(" or ", ", ").replace("'", "")


def _fields(schema: Schema, location: Iterable[Key]) -> list[str]:
    """Name the fields of the type that a location leads to."""
    definitions: Mapping[str, Schema] = schema.get("$defs", {})
    nodes = [*_members(schema, definitions)]
    for part in location:
        children = [child for node in nodes for child in _children(node, part)]
        if children:  # else the part is the name of a union's member
            nodes = [member for child in children for member in _members(child, definitions)]
    return list(dict.fromkeys(name for node in nodes for name in node.get("properties", {})))


def _members(node: Schema, definitions: Mapping[str, Schema]) -> Iterator[Schema]:
    """Follow references and spread a union out; the union itself stays, for its discriminator."""
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]]
    yield node
    for member in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _members(member, definitions)


def _children(node: Schema, part: Key) -> Iterator[Schema]:
    values = node.get("additionalProperties")
    if part in node.get("properties", {}):
        yield node["properties"][part]
    elif isinstance(values, dict):
        yield values
    elif isinstance(part, int) and "items" in node:
        yield node["items"]
    elif part in (tags := node.get("discriminator", {}).get("mapping", {})):
        yield {"$ref": tags[part]}
