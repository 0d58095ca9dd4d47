"""Making an answer fit a phone: parts that WeChat delivers, and choices that a thumb can tap."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final
from urllib.parse import quote

MAX_BYTES: Final = 2000
"""The longest part in bytes of UTF-8; WeChat does not deliver texts of more than 2,048."""

_SENTENCE: Final = re.compile(r"[^\n。！？；!?;]*(?:[\n。！？；!?;]+[”’」』）)]*|$)")
_CLAUSE: Final = re.compile(r"[^，、：,:\s]*(?:[，、：,:\s]+|$)")


def link(text: str, number: int) -> str:
    """Give a link that sends `text` as the user's own message when tapped (the phone decodes the content)."""
    content = quote(text.strip(), safe="", errors="replace")
    label = text.strip().replace("<", "＜").replace(">", "＞")
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={number}">{label}</a>'


def unlinked(text: str, _: int) -> str:
    """Give the text as it is, for phones that know no such links; the user types it, or its number."""
    return text.strip()


Writer = Callable[[str, int], str]
"""How something that the user may send next is written: its text and its number."""

CONTINUE: Final = "继续"
"""What the user sends for the next part."""


def more(write: Writer) -> str:
    """Give the last line of every part but the last."""
    return f"\n（还没说完，回复“{write(CONTINUE, 1)}”看下面的）"


MORE: Final = more(link)


def parts(text: str, options: Sequence[str] = (), heading: str = "", write: Writer = link) -> tuple[str, ...]:
    """Split an answer with its numbered options into parts of at most MAX_BYTES.

    A part ends at the end of a line or sentence; a sentence that is longer than a part is split at a pause
    or, last of all, between two characters. Options follow the text, each on a line of its own that is
    never split. Every part but the last ends by saying how to get the next. Nothing to say gives no part.
    """
    choices = [option for option in options if option.strip()]
    lines = [f"\n{number} {write(choice, number)}" for number, choice in enumerate(choices, 1)]
    if lines and heading:
        lines[0] = f"\n{heading}{lines[0]}"
    whole = "".join([text.strip(), *lines]).strip()
    if size(whole) <= MAX_BYTES:
        return (whole,) if whole else ()
    last_line = more(write)
    room = MAX_BYTES - size(last_line)
    packed = list(_pack([*_units(text.strip(), room), *(line for line in lines if size(line) <= room)], room))
    return (*(part + last_line for part in packed[:-1]), packed[-1])


def size(text: str) -> int:
    """Give the length in bytes as WeChat counts it."""
    return len(text.encode("utf-8", "replace"))


def _pack(units: Sequence[str], room: int) -> Iterator[str]:
    """Join units in their order to parts of at most `room` bytes; no unit is longer than that."""
    part = ""
    for unit in units:
        if size(part) + size(unit) > room and part.strip():
            yield part.strip()
            part = ""
        part += unit
    if part.strip():
        yield part.strip()


def _units(text: str, room: int) -> Iterator[str]:
    """Cut a text into its sentences, and those that are longer than `room` bytes into smaller pieces."""
    for sentence in _SENTENCE.findall(text):
        if size(sentence) <= room:
            yield sentence
            continue
        for clause in _CLAUSE.findall(sentence):
            yield from _slices(clause, room)


def _slices(text: str, room: int) -> Iterator[str]:
    """Cut a text between characters into pieces of at most `room` bytes."""
    start = used = 0
    for position, character in enumerate(text):
        used += size(character)
        if used > room:
            yield text[start:position]
            start, used = position, size(character)
    yield text[start:]
