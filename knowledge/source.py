"""A folder of YAML that is read into types, with all its faults noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from knowledge.faults import Fault
from knowledge.reading import FileError, Key, locate, read_yaml
from knowledge.shapes import shape_faults

T = TypeVar("T")


@dataclass
class Source:
    """The folder that knowledge is read from, and the faults found in it so far."""

    root: Path
    faults: list[Fault] = field(default_factory=list)

    def fault(self, file: Path, keys: tuple[Key, ...], message: str) -> None:
        """Note a fault at the place that `keys` lead to in a file."""
        line, column = locate(file, keys) if keys else (1, 1)
        shown = ".".join(str(key) for key in keys)
        self.faults.append(Fault(self._shown(file), line, column, shown, message))

    def read(self, file: Path, adapter: TypeAdapter[T]) -> T | None:
        """Read one file into its type; None, with the faults noted, where that fails."""
        try:
            plain: Any = read_yaml(file, self._shown(file))
        except FileNotFoundError:
            self.faults.append(Fault(self._shown(file), 1, 1, "", "the file is missing"))
            return None
        except FileError as error:
            self.faults.append(error.fault)
            return None
        try:
            return adapter.validate_python(plain)
        except ValidationError as error:
            for keys, message in shape_faults(error, plain, adapter.json_schema()):
                self.fault(file, keys, message)
            return None

    def read_all(self, folder: Path, adapter: TypeAdapter[dict[str, T]]) -> dict[str, T]:
        """Read the mappings of a folder into one; a key of two files is a fault, as is an empty folder."""
        files = sorted(folder.glob("*.yaml"))
        if not files:
            self.faults.append(Fault(self._shown(folder), 1, 1, "", "there is no .yaml file in this folder"))
        merged: dict[str, T] = {}
        for file in files:
            for key, value in (self.read(file, adapter) or {}).items():
                if key in merged:
                    self.fault(file, (key,), "stands in another file of this folder, too")
                merged[key] = value
        return merged

    def _shown(self, file: Path) -> str:
        return str(file.relative_to(self.root)) if file.is_relative_to(self.root) else str(file)
