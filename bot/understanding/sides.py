"""Two cases that a message sets against each other: 市三甲和北京三甲差多少, 娃儿一档比大人二档多报多少."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from bot.understanding.entities import CUMULATIVE, EntityReader
from bot.understanding.lexicon import Lexicon
from knowledge.model import Dimension
from knowledge.names import Circumstance

Said = Mapping[str, frozenset[str]]

DIFFERENCE_ASKED: Final = re.compile(
    r"相?差(?:了|得|出)?(?:多少|好多|几多|多大|几|别|距)"
    r"|(?<![最至])[多少](?:能|可以)?[报给赔付补掏出得花](?:销|回来?|到)?(?:多少|好多|几多|几|钱)"
    r"|(?<![最至多少])[多少高低](?:出|了)?(?:多少|好多|几多)"
)
"""It asks how far two amounts are apart."""
_SETS_AGAINST: Final = re.compile(
    rf"{DIFFERENCE_ASKED.pattern}|哪[个家边种样头]|区别|对比|分别|各(?![种地类])|划算|合算"
)
_BETWEEN: Final = re.compile(
    r"(?<![总平暖缓温])和(?![平谐好解])|跟|与(?!否)|同(?![一样时])|比(?![例较如方率重])|还是|或者?|、|vs|对"
)
_CLAUSE_END: Final = re.compile(r"[,，。;；!！?？\n]")


class SideReader:
    """Reads the two sides of a comparison off a message."""

    def __init__(self, reader: EntityReader, lexicon: Lexicon, dimensions: Mapping[str, Dimension]) -> None:
        self._reader = reader
        self._lexicon = lexicon
        self._dimensions = dimensions

    def read(self, text: str) -> tuple[Said, ...]:
        """Read the two sides, each by what it is in otherwise than the other; none where there are not two.

        `text`: a cleaned message, its places named by where they lie from here.
        """
        if _SETS_AGAINST.search(text) is None:
            return ()
        for between in _BETWEEN.finditer(text):
            start = max((end.end() for end in _CLAUSE_END.finditer(text, 0, between.start())), default=0)
            end = _CLAUSE_END.search(text, between.end())
            ahead = self._said(text[start : between.start()])
            behind = self._said(text[between.end() : end.start() if end else len(text)])
            sides = self._apart(ahead, behind)
            if sides:
                return sides
        return ()

    def _said(self, text: str) -> Said:
        said = self._reader.circumstances(text, self._lexicon.tokens(text)) if text.strip() else {}
        return {name: values for name, values in said.items() if self._sets_apart(name)}

    def _sets_apart(self, name: str) -> bool:
        return name not in CUMULATIVE and not self._dimensions[name].of_amounts

    def _apart(self, ahead: Said, behind: Said) -> tuple[Said, ...]:
        """Tell what two sides differ in.

        What only one of them tells is of both where they differ in something else, but for a place away from
        home; where they do not, the other is what holds while nothing is said.
        """
        if not ahead or not behind:
            return ()
        differ = {name for name in ahead.keys() & behind.keys() if ahead[name].isdisjoint(behind[name])}
        lone = {
            name
            for name in ahead.keys() ^ behind.keys()
            if self._is_no_default(name, ahead.get(name) or behind[name])
        }
        differ |= lone & {Circumstance.PLACE} if differ else lone
        return (
            tuple({name: side.get(name, self._default(name)) for name in differ} for side in (ahead, behind))
            if differ
            else ()
        )

    def _default(self, name: str) -> frozenset[str]:
        dimension = self._dimensions[name]
        return dimension.spread([dimension.default]) if dimension.default is not None else frozenset()

    def _is_no_default(self, name: str, said: frozenset[str]) -> bool:
        default = self._default(name)
        return bool(default) and said.isdisjoint(default)
