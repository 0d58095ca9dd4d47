"""Which of the choices that were offered a message picks: by number or by words."""

from __future__ import annotations

import re

from bot.dialogue.session import Offer

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER = re.compile(
    r"(?:我?选|选择|要|第|是|就)*\s*(?P<number>\d{1,2}|[一二两三四五六七八九])\s*(?:个|项|号|条|、|\.|吧|的|那个)*"
)
_SAID = re.compile(r"^(我?(是|要|选|问|想问)|就是|选择|问的是)+|(的|吧|呀|啊|呢)+$")
_LAST = re.compile(r"(?:选|要|就)*最后(?:一个|那个|一项)?")
_SHORTEST_LABEL = 2


def pick(text: str, offers: tuple[Offer, ...]) -> Offer | None:
    """Tell which offer a cleaned message picks; None where it picks none, or several alike."""
    message = text.strip(" ,.。!?")
    if not offers or not message:
        return None
    if _LAST.fullmatch(message):
        return offers[-1]
    if match := _NUMBER.fullmatch(message):
        written = match["number"]
        number = _DIGITS.get(written) or int(written)
        return offers[number - 1] if 1 <= number <= len(offers) else None
    return _by_label(_SAID.sub("", message), offers)


def _by_label(message: str, offers: tuple[Offer, ...]) -> Offer | None:
    same = [offer for offer in offers if offer.label == message]
    if same:
        return same[0]
    if len(message) < _SHORTEST_LABEL:
        return None
    near = [offer for offer in offers if message in offer.label]
    return near[0] if len(near) == 1 else None
