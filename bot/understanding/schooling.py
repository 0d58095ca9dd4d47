"""School years by their short names: 念高一一个念初二, 大三的儿子.

Written out as the kind of school they are read like any other word; as they stand, their numeral would run
into the number behind it, or be one.
"""

from __future__ import annotations

import re
from typing import Final

_SCHOOLS: Final = {"高": "高中", "初": "初中", "大": "大学", "研": "研究生"}
_YEAR: Final = (
    r"(?:(?P<{0}school>[高初])[一二三123]"
    r"|(?<!老)(?P<{0}university>大)[一二三四五12345]|(?P<{0}graduate>研)[一二三123])"
)
_BEHIND: Final = (
    r"(?=$|[ ,，。;；、?!和跟与的了呢还另再有在也都要该学新]|[一1]个?(?![点些级档成倍截大]|百分)"
    r"|[两二俩](?:个|娃|孩)|儿|女|闺|娃|孩|男|一共|总共|合计)"
)
_SCHOOL_YEAR: Final = re.compile(
    r"(?<=[念读上升])" + _YEAR.format("a_") + r"(?![级档])"
    r"|(?<![最更要能得级比提月年老一二两俩三四五六七八九十\d偏较院])" + _YEAR.format("b_") + _BEHIND
)


def school_years_written_out(text: str) -> str:
    """Write the short names of school years out as the school: 高一 as 高中, 大三 as 大学."""
    return _SCHOOL_YEAR.sub(_school, text)


def _school(match: re.Match[str]) -> str:
    return next(_SCHOOLS[letter] for letter in match.groups() if letter)
