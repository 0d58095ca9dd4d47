"""Personal numbers taken out of text before it is stored or logged, and pseudonyms for users.

Masked are identity cards (18 characters, or the old 15 digits), bank cards, mobile and landline numbers, and
any other run of fifteen digits or more, which no amount, date or menu of this field has.
"""

from __future__ import annotations

import hashlib
import hmac
import re

_WIDE = str.maketrans(
    "０１２３４５６７８９Ｘｘ－　＋", "0123456789Xx- +"
)  # one character for one, so that places stay
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID = re.compile(
    rf"(?<!\d)\d{{6}}[ -]?(?:19|20)\d{{2}}{_DAY}[ -]?\d{{3}}[\dXx](?!\d)|(?<!\d)\d{{8}}{_DAY}\d{{3}}(?!\d)"
)
_GROUPED_CARD = re.compile(r"(?<!\d)[3-69]\d{3}(?:[ -]\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_LONG = re.compile(r"(?<!\d)\d{15,}(?!\d)")
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"
    r"|(?<!\d)0\d{2,3}[ -]?\d{7,8}(?!\d)",
)
_MASKS = (
    (_ID, "[身份证号]"),
    (_GROUPED_CARD, "[银行卡号]"),
    (_CARD, "[银行卡号]"),
    (_LONG, "[号码]"),
    (_PHONE, "[电话号码]"),
)


def mask(text: str) -> str:
    """Put a word in brackets in the place of each personal number; any other text stays as it is."""
    for pattern, word in _MASKS:
        narrow = text.translate(_WIDE)
        for match in reversed(list(pattern.finditer(narrow))):
            text = text[: match.start()] + word + text[match.end() :]
    return text


def pseudonym(key: bytes, *names: str) -> str:
    """Return a name for a channel's user: always the same under one key, with no way back from it."""
    return hmac.new(key, "\0".join(names).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
