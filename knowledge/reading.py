"""Reading YAML into plain values, with the place of every value for error messages.

Every scalar is read as text: a type is given to it by the model that it is meant for, so that 012, no and
1:30 stay what was written and an amount never passes through a float.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from knowledge.faults import Fault

Key = str | int
_QUOTES = "text with { } [ ] : or # in it may need quotes"
_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C parser where PyYAML was built with it


class FileError(Exception):
    """A file that cannot be read at all; holds the one fault that stopped it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class _StrictLoader(_Base):  # type: ignore[misc]  # the C loader has no types
    """Builds text, lists and mappings, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                problem = "a key must be text (text that begins with { or [ needs quotes)"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if key.value in seen:
                problem = f"the key {key.value} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        built: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return built


def _build_mapping(loader: Any, node: yaml.MappingNode) -> dict[Hashable, Any]:  # noqa: ANN401  # the C loader has no types
    built: dict[Hashable, Any] = loader.construct_mapping(node, deep=True)
    return built


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _build_mapping)


def read_yaml(path: Path, shown_as: str) -> Any:  # noqa: ANN401  # plain values of any shape
    """Read a YAML file into text, lists and dictionaries; an empty file is an empty dictionary.

    Args:
        path: the file.
        shown_as: how faults name the file.

    Raises:
        FileError: not UTF-8, not YAML, a key that is no text, or one that stands twice in one mapping.

    """
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506  # a BaseLoader builds only text, lists and dictionaries
    except UnicodeDecodeError as error:
        raise FileError(
            Fault(shown_as, 1, 1, "", f"not UTF-8 at byte {error.start}; save the file as UTF-8")
        ) from error
    except yaml.constructor.ConstructorError as error:
        raise FileError(_fault_at(error, shown_as, str(error.problem))) from error
    except yaml.MarkedYAMLError as error:
        said = ", ".join(part for part in (error.context, error.problem) if part)
        raise FileError(_fault_at(error, shown_as, f"not YAML: {said}; {_QUOTES}")) from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise FileError(Fault(shown_as, 1, 1, "", f"not YAML: {reason}")) from error
    return {} if loaded in ("", None) else loaded


def _fault_at(error: yaml.MarkedYAMLError, shown_as: str, message: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Fault(shown_as, line, column, "", message)


def locate(path: Path, keys: Sequence[Key]) -> tuple[int, int]:
    """Find the line and column (from 1) of the value that `keys` lead to, or of its nearest ancestor.

    Only called for files with faults: it parses the file anew, with positions.
    """
    node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line, column = 1, 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        mark, node = found
        line, column = mark.line + 1, mark.column + 1
    return line, column


def _child(node: yaml.Node | None, key: Key) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child: yaml.Node = node.value[key]
        return child.start_mark, child
    return None
