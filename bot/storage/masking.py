"""Personal numbers taken out of text before it is stored or logged.

Masked are identity cards (18 characters, or the old 15 digits), bank cards, mobile and landline numbers, and
any other run of fifteen digits or more, which no amount, date or menu of this field has.
"""

from __future__ import annotations

import re

MASK = "***"
"""Stands in the place of a personal number."""

_PLAIN = str.maketrans(
    "０１２３４５６７８９Ｘｘ－　＋", "0123456789Xx- +"
)  # one for one, so that places stay
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PERSONAL = re.compile(
    rf"""(?<!\d)(?:
        \d{{6}}[ -]?(?:19|20)\d{{2}}{_DAY}[ -]?\d{{3}}[\dXx]    # an identity card, perhaps in groups
        |[3-69]\d{{3}}(?:[ -]\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?   # a bank card in groups of four
        |\d{{15,}}                                              # an old identity card, a bank card, an order
        |(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{{4}}){{2}}           # a mobile telephone
        |0\d{{2,3}}[ -]?\d{{7,8}}                               # a landline with its area code
    )(?!\d)""".replace("[ -]", r"[\ -]"),
    re.VERBOSE,
)


def mask(text: str) -> str:
    """Put MASK in the place of each personal number; any other text stays as it is."""
    for match in reversed(list(_PERSONAL.finditer(text.translate(_PLAIN)))):
        text = text[: match.start()] + MASK + text[match.end() :]
    return text
