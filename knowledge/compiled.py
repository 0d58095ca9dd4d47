"""Knowledge as it was read before: checked then, and read from the cache in a hundredth of the time.

The national part and what each region is are read at once; the figures, answers, gaps and rules of a region
when they are first asked for, and of its answers and gaps only those that are. The cache knows the knowledge
by the content of all its files, so that whatever has changed is read and checked anew, whole.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import pydantic

from knowledge import PACKAGED, cache
from knowledge.contents import Knowledge, Region
from knowledge.model import Answer, Gap, RegionInfo

T = TypeVar("T")

_KIND: Final = "knowledge"
_LENGTH: Final = 8
_PARTS: Final = ("figures", "answers", "gaps", "rules")
_MOST: Final = 800
"""The contents of so many regions are held at once, with their calculators a third of a MiB each; those read
first go first."""
_FAST: Final = 1
"""How hard a region is compressed: to a tenth already, and read again in no time."""


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
    """Answers or gaps by topic, as they are written down; each is read when it is first asked for."""

    def __init__(self, written: Mapping[str, bytes]) -> None:
        self._written = written
        self._read: dict[str, T] = {}

    def __getitem__(self, topic: str) -> T:
        entry = self._read.get(topic)
        if entry is None:
            self._read[topic] = entry = cache.restored(self._written[topic])
        return entry

    def __contains__(self, topic: object) -> bool:
        return topic in self._written

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


class _Stored(Region):
    """A region whose contents are read when one of them is first asked for."""

    _content: memoryview
    _held: deque[_Stored]

    @classmethod
    def of(cls, name: str, info: RegionInfo, content: memoryview, held: deque[_Stored]) -> Self:
        """Make a region of its head and its contents, which are still to be read.

        Args:
            name: its id; info: its head; content: where its contents stand.
            held: the regions beside it whose contents are held.

        """
        region = cls.__new__(cls)
        region.__dict__.update(id=name, info=info, _content=content, _held=held)
        return region

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # called for what is not there yet
        if name not in _PARTS:
            raise AttributeError(name)
        figures, answers, gaps, rules = cache.restored(zlib.decompress(self._content))
        contents = (figures, _Entries[Answer](answers), _Entries[Gap](gaps), rules)
        parts: dict[str, Any] = dict(zip(_PARTS, contents, strict=True))
        self.__dict__.update(parts)
        self._held.append(self)
        if len(self._held) > _MOST:
            self._held.popleft().let_go()
        return parts[name]

    def let_go(self) -> None:
        """Hold the contents no longer; they are read again when they are asked for."""
        for part in _PARTS:
            self.__dict__.pop(part, None)


def _key(root: Path) -> str:
    return cache.digest(_sources(root))


def _sources(root: Path) -> Iterator[bytes]:
    yield from cache.program(PACKAGED)
    yield pydantic.VERSION.encode()
    for path in sorted((root / "national").rglob("*")) + sorted((root / "regions").rglob("*")):
        yield str(path.relative_to(root)).encode()
        if path.suffix == ".yaml" and path.is_file():
            yield path.read_bytes()


def _compiled(knowledge: Knowledge) -> bytes:
    """Write knowledge down: the length of its head, the head, and the contents of each region."""
    contents = {
        name: zlib.compress(cache.pickled(_written(region)), _FAST)
        for name, region in knowledge.regions.items()
    }
    regions = {name: (region.info, len(contents[name])) for name, region in knowledge.regions.items()}
    head = cache.pickled((knowledge.national, regions))
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, *contents.values()))


def _written(region: Region) -> tuple[object, ...]:
    answers = {topic: cache.pickled(answer) for topic, answer in region.answers.items()}
    gaps = {topic: cache.pickled(gap) for topic, gap in region.gaps.items()}
    return region.figures, answers, gaps, region.rules


def _found(key: str) -> Knowledge | None:
    held = cache.look_up(_KIND, key)
    if held is None:
        return None
    start = _LENGTH + int.from_bytes(held[:_LENGTH], "big")
    try:
        national, infos = cache.restored(held[_LENGTH:start])
    except cache.BrokenEntryError:
        return None
    return Knowledge(national, _regions(infos, held[start:]))


def _regions(infos: Mapping[str, tuple[RegionInfo, int]], contents: memoryview) -> Mapping[str, Region]:
    regions: dict[str, Region] = {}
    held: deque[_Stored] = deque()
    start = 0
    for name, (info, length) in infos.items():
        regions[name] = _Stored.of(name, info, contents[start : start + length], held)
        start += length
    return regions
