"""Knowledge as it was read before: checked then, and read from the cache in a hundredth of the time.

The national part and what each region is are read at once; the figures, answers, gaps and rules of a region
when one of them is first asked for, and then only that one. The cache knows the knowledge
by the content of all its files, so that whatever has changed is read and checked anew, whole.
"""

from __future__ import annotations

import os
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import pydantic

from knowledge import PACKAGED, cache
from knowledge.contents import Knowledge, Region
from knowledge.model import RegionInfo

T = TypeVar("T")

_KIND: Final = "knowledge"
_LENGTH: Final = 8
_PARTS: Final = ("figures", "answers", "gaps", "rules")
MOST_HELD: Final = 1_300
"""So many regions hold their contents at once, a quarter of a MiB each with the calculators; the region asked
about longest ago lets go of its own."""
_FAST: Final = 1
"""How hard a part is compressed: to a fifth already, and read again in no time."""


def read(folder: Path | None = None) -> Knowledge:
    """Give the knowledge of a folder (None: that of the package), from the cache where it is held there.

    Raises:
        KnowledgeError: anything is wrong with it.

    """
    root = folder or PACKAGED
    key = _key(root)
    if (found := _found(key)) is not None:
        return found
    from knowledge.loader import load  # noqa: PLC0415  # with all that checks, which what is held has passed

    knowledge = load(root)
    if _key(root) != key:  # it was written to meanwhile: nobody knows which state was read
        return knowledge
    cache.keep(_KIND, key, _compiled(knowledge))
    return _found(key) or knowledge


class _Entries(Mapping[str, T]):
    """A part of a region by name, as it is written down; each entry is read when it is first asked for."""

    def __init__(self, written: Mapping[str, bytes]) -> None:
        self._written = written
        self._read: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        entry = self._read.get(name)
        if entry is None:
            self._read[name] = entry = cache.restored(self._written[name])
        return entry

    def __contains__(self, name: object) -> bool:
        return name in self._written

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


class _Stored(Region):
    """A region of whose contents each part is read when it is first asked for."""

    _written: Mapping[str, memoryview]
    _hold: Callable[[_Stored], None]

    @classmethod
    def of(
        cls, name: str, info: RegionInfo, written: Mapping[str, memoryview], hold: Callable[[_Stored], None]
    ) -> Self:
        """Make a region of its head and its contents, which are still to be read.

        Args:
            name: its id; info: its head; written: where each part of its contents stands.
            hold: is told whenever a part of it is read.

        """
        region = cls.__new__(cls)
        region.__dict__.update(id=name, info=info, _written=written, _hold=hold)
        return region

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # called for what is not there yet
        if name not in _PARTS:
            raise AttributeError(name)
        part: _Entries[object] = _Entries(cache.restored(zlib.decompress(self._written[name])))
        self.__dict__[name] = part
        self._hold(self)
        return part

    def let_go(self) -> None:
        """Hold the contents no longer; they are read again when they are asked for."""
        for part in _PARTS:
            self.__dict__.pop(part, None)


class _Regions(Mapping[str, Region]):
    """All regions; those that were asked about last hold what was read of their contents."""

    def __init__(self, heads: Mapping[str, tuple[RegionInfo, Sequence[int]]], contents: memoryview) -> None:
        self._stored: dict[str, _Stored] = {}
        self._held: OrderedDict[str, _Stored] = OrderedDict()
        start = 0
        for name, (info, lengths) in heads.items():
            ends = list(accumulate(lengths, initial=start))
            written = {part: contents[a:b] for part, (a, b) in zip(_PARTS, pairwise(ends), strict=True)}
            self._stored[name] = _Stored.of(name, info, written, self._hold)
            start = ends[-1]

    def __getitem__(self, name: str) -> Region:
        region = self._stored[name]
        if name in self._held:
            self._held.move_to_end(name)
        return region

    def __contains__(self, name: object) -> bool:
        return name in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)

    def _hold(self, region: _Stored) -> None:
        self._held[region.id] = region
        if len(self._held) > MOST_HELD:
            _, longest_ago = self._held.popitem(last=False)
            longest_ago.let_go()


def _key(root: Path) -> str:
    return cache.digest(_sources(root))


def _sources(root: Path) -> Iterator[bytes]:
    yield from cache.program(PACKAGED)
    yield pydantic.VERSION.encode()
    for part in ("national", "regions"):
        for folder, folders, files in os.walk(root / part):  # for many regions twice as fast as Path.rglob
            folders.sort()
            yield folder.removeprefix(str(root)).encode()
            for name in sorted(files):
                yield name.encode()
                if name.endswith(".yaml"):
                    yield _content(f"{folder}{os.sep}{name}")


def _content(name: str) -> bytes:
    """Read a file; one that cannot be read is told of where the knowledge is loaded."""
    try:
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123  # a Path takes longer to make than this
            return file.read()
    except OSError:
        return b""


def _compiled(knowledge: Knowledge) -> bytes:
    """Write knowledge down: the length of its head, the head, and the parts of each region."""
    regions: dict[str, tuple[RegionInfo, Sequence[int]]] = {}
    contents: list[bytes] = []
    for name, region in knowledge.regions.items():
        parts = [_written(getattr(region, part)) for part in _PARTS]
        regions[name] = region.info, [len(part) for part in parts]
        contents += parts
    head = cache.pickled((knowledge.national, regions))
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, *contents))


def _written(part: Mapping[str, object]) -> bytes:
    entries = {name: cache.pickled(entry) for name, entry in part.items()}
    return zlib.compress(cache.pickled(entries), _FAST)


def _found(key: str) -> Knowledge | None:
    held = cache.look_up(_KIND, key)
    if held is None:
        return None
    start = _LENGTH + int.from_bytes(held[:_LENGTH], "big")
    try:
        national, heads = cache.restored(held[_LENGTH:start])
    except cache.BrokenEntryError:
        return None
    return Knowledge(national, _Regions(heads, held[start:]))
