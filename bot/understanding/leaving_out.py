"""Who is named but not meant: 没有孩子, 孩子不算, 除了我老公, 爸妈都交过了."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.understanding.mentions import Mention

_LEFT_OUT: Final = re.compile(
    r"(?:(?P<absent>没有?|没得|莫得|冇|无)|不带|不算|不含|不包括|不加|除了|除去|不要算|先不管|不管)$"
)
_LEAVES_OUT: Final = re.compile(
    r"们?(?:就|都|也)?先?(?:不算|不[交缴买参]|不用[交缴算]|除外|另算|已经[交缴参]|[交缴]过了|早就?[交缴]了"
    r"|(?:是|有|参加|上班|交)?了?(?:职工|单位)"
    r"|在(?:外地|外面|外头|别处|别的地方|单位|老家)[^,，。;； ]{0,4}[交缴买参])"
)
_PAID: Final = re.compile(
    r"[^,，。;；]{0,8}?"
    r"(?:已经?[交缴参]|(?:早就?|刚)[^,，。;；]{0,6}?[交缴买参][保费]?[了过]|[交缴买参][保费]?(?:[完过]|好(?![多几])))"
    r"[保费]?了?(?!吗|没|不|么|多少|[一二两]档|[再还])"
    r"|[^,，。;；]{0,8}?[交缴买参]保?了(?:好?[几多]|半|[一两二三四五六七八九十\d]+)个?[年月]"
)
"""Who has paid already is not who is to pay."""
ABSENT: Final = "absent"
_NOT_MEANT: Final = "not meant"


def left_out_as(text: str, mention: Mention, spans: Sequence[Mention]) -> str:
    """Tell whether somebody is left out: absent (没有孩子), or not meant (孩子不算, 他们交过了)."""
    if before := _LEFT_OUT.search(text[: mention.start]):
        return ABSENT if before["absent"] else _NOT_MEANT
    end = min((other.start for other in spans if other.start >= mention.end), default=len(text))
    if _LEAVES_OUT.match(text, mention.end) or _PAID.match(text, mention.end, end):
        return _NOT_MEANT
    return ""
