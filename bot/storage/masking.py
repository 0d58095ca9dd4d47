"""Personal numbers taken out of text before it is stored or logged.

Masked are identity cards (18 characters, or the old 15 digits), bank cards, mobile and landline numbers, and
any other run of fifteen digits or more, which no amount, date or menu of this field has; however their digits
are written (full width, 一三八) and parted (spaces, dashes, dots, invisible characters).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

MASK = "***"
"""Stands in the place of a personal number."""

_WORDS = str.maketrans("〇零一幺二三四五六七八九", "001123456789")
_PARTED = r"[^\S.]|[-‐‑‒–—―－_·/\u00ad\u200b-\u200f\u2060\ufeff]"
_RUN = re.compile(
    rf"""[+]?\d+
    (?:(?:(?:{_PARTED}){{1,3}}|[.](?=\d{{3}})|[)）][\ ]?)\d+)*  # behind a point, two digits are a price's
    (?:(?:{_PARTED}){{0,3}}[Xx](?![A-Za-z]))?""",
    re.VERBOSE,
)
_PART = re.compile(r"\d+|[Xx]")
_LONGEST = 22
"""Digits: a bank card has nineteen; more than this in several parts are several numbers."""

_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_IDENTITY = re.compile(rf"{_PROVINCE}\d{{4}}(?:(?:19|20)\d\d{_DAY}\d{{3}}[\dXx]|\d\d{_DAY}\d{{3}})")
_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})")
_BETWEEN_DIGITS = re.compile(r"1[3-9]\d{9}$|^1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}|0\d{9,11}")
_UNIONPAY = re.compile(r"62\d{14,17}")
_CARD = re.compile(r"[3-69]\d{3}(?: \d{4}){3}(?: ?\d{1,3})?")

_MOBILE_PARTS = {(11,), (3, 4, 4), (3, 3, 5), (3, 5, 3), (3, 8), (7, 4), (3, 2, 2, 2, 2), (3, 2, 3, 3)}
"""How people part a mobile number, and no amounts or dates beside one another."""
_ASKS_FOR_CALL = re.compile(r"(?:电话|電話|手机|手機|联系|聯繫)[^\d。；\n]{0,8}$")
_CARD_RUN, _CARD_DIGITS, _FEW, _SHORTEST = 10, 15, 3, 10


def mask(text: str) -> str:
    """Put MASK in the place of each personal number; any other text stays as it is."""
    text = _masked(text, "".join(map(_plain, text)))
    return _masked(text, text.translate(_WORDS), least=11)


def _plain(character: str) -> str:
    """Give a digit of any script as one of ours; any other character as it is."""
    if character < "\x80":
        return character
    if character in "Ｘｘ":
        return "X"
    if character == "．":
        return "."
    return str(unicodedata.decimal(character, character))


def _masked(text: str, plain: str, least: int = 0) -> str:
    """Mask what is found in `plain`, which has a character for each of the text's."""
    for run in reversed(list(_RUN.finditer(plain))):
        if len(run[0]) < max(least, _SHORTEST):
            continue
        called = _ASKS_FOR_CALL.search(plain, max(0, run.start() - 12), run.start()) is not None
        for start, end in reversed(list(_personal(run, called=called))):
            text = text[:start] + MASK + text[end:]
    return text


def _personal(run: re.Match[str], *, called: bool) -> Iterator[tuple[int, int]]:
    """Find the personal numbers among digits that stand beside one another, the longest from the left."""
    parts = [
        (part[0], run.start() + part.start(), run.start() + part.end()) for part in _PART.finditer(run[0])
    ]
    first = 0
    while first < len(parts):
        last = max(_ends(parts, first, called=called), default=None)
        if last is None:
            first += 1
        else:
            yield parts[first][1] if first else run.start(), parts[last][2]
            first = last + 1


def _ends(parts: Sequence[tuple[str, int, int]], first: int, *, called: bool) -> Iterator[int]:
    """Tell at which parts a personal number may end that begins at the part `first`."""
    taken: list[str] = []
    size = 0
    for last in range(first, len(parts)):
        taken.append(parts[last][0])
        size += len(taken[-1])
        if size >= _SHORTEST and _is_personal(taken, called=called):
            yield last
        if size > _LONGEST:
            return


def _is_personal(parts: Sequence[str], *, called: bool) -> bool:
    digits = "".join(parts)
    if len(parts) == 1 and (len(digits) >= _CARD_DIGITS or _BETWEEN_DIGITS.search(digits)):
        return True
    return (
        _IDENTITY.fullmatch(digits) is not None
        or _UNIONPAY.fullmatch(digits) is not None
        or _CARD.fullmatch(" ".join(parts)) is not None
        or (len(digits) >= _CARD_DIGITS and _are_of_one_card(parts))
        or _is_telephone(parts, digits, called=called)
    )


def _are_of_one_card(parts: Sequence[str]) -> bool:
    return max(map(len, parts)) in (1, *range(_CARD_RUN, _LONGEST)) and sum(map(len, parts)) < _LONGEST


def _is_telephone(parts: Sequence[str], digits: str, *, called: bool) -> bool:
    if _LANDLINE.fullmatch(digits):
        return len(parts[0]) in (3, 4, len(digits))
    found = _MOBILE.fullmatch(digits)
    if found is None:
        return False
    sizes = tuple(map(len, parts))
    if called or max(sizes) == 1 or (len(parts) <= _FEW and any(part.startswith("0") for part in parts[1:])):
        return True
    before = len(digits) - len(found[1])  # digits of the country
    if sizes[0] == before:
        return sizes[1:] in _MOBILE_PARTS
    return (sizes[0] - before, *sizes[1:]) in _MOBILE_PARTS
