"""Reading the XML that WeChat really sends, and writing the XML that it takes.

WeChat puts what people type into a CDATA section without escaping it: control characters and pasted `]]>`
or whole tags arrive raw, and break every strict parser. So the fields that hold typed text are quoted anew
first, and expat reads the repaired body. What WeChat never sends (document types, entities, deep nesting)
is refused.
"""

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from bot.channels.wechat.errors import ForbiddenMarkupError, MalformedError, TooLargeError

MAX_BODY: Final = 64 * 1024
"""The longest body in bytes; a compatible-mode message of the longest text has under 32 KiB."""
MAX_DEPTH: Final = 8
"""The deepest nesting of elements, the root included; WeChat's events need five."""

_ROOT: Final = "xml"
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TYPED: Final = re.compile(r"<(Content|Recognition|Label|Poiname|Title|Description)>(?P<cdata><!\[CDATA\[)")
_ONCE: Final = frozenset({"Content", "Recognition"})
"""Typed fields that stand once in a message: they reach to the last closing, whatever stands in them."""
_LAST_WINS: Final = "MsgId"


def read(body: bytes) -> Mapping[str, str]:
    """Give the text of every leaf by its path below the root (`MsgId`, `ScanCodeInfo.ScanResult`).

    Of fields that occur twice the first counts, so that nothing typed later can replace the sender; of
    MsgId, which follows the typed text, the last. Spaces around a value are dropped.

    Raises TooLargeError, ForbiddenMarkupError or MalformedError.
    """
    if len(body) > MAX_BODY:
        raise TooLargeError(f"the body has more than {MAX_BODY} bytes")
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise MalformedError("the body is not UTF-8") from error
    return _Reader().read(_repair(without_illegal(text)))


def without_illegal(text: str) -> str:
    """Drop the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


def cdata(text: str) -> str:
    """Write a text as CDATA that ends where it should, without the characters that XML cannot hold."""
    return f"<![CDATA[{without_illegal(text).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _repair(text: str) -> str:
    """Quote the typed fields anew, so that what stands in them cannot end them."""
    parts: list[str] = []
    start = 0
    while opening := _TYPED.search(text, start):
        closing = _closing(text, opening[1], opening.end())
        if closing is None:
            break
        parts += text[start : opening.start("cdata")], cdata(text[opening.end() : closing])
        start = closing + len("]]>")
    return "".join((*parts, text[start:]))


def _closing(text: str, name: str, start: int) -> int | None:
    """Give where the CDATA of a typed field that begins at `start` really ends; None where it never does."""
    closing = f"]]></{name}>"
    found = text.rfind(closing, start) if name in _ONCE else text.find(closing, start)
    return None if found < 0 else found


class _Reader:
    """One pass of expat over one body."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._is_leaf = False

    def read(self, text: str) -> Mapping[str, str]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text.append
        parser.EndElementHandler = self._end
        try:
            parser.Parse(text, True)  # noqa: FBT003 - expat takes its arguments by position only
        except expat.ExpatError as error:
            raise MalformedError("the body is not XML") from error
        return self._fields

    def _doctype(self, *_: object) -> None:
        raise ForbiddenMarkupError("document types are not accepted")

    def _start(self, name: str, _: Mapping[str, str]) -> None:
        if not self._path and name != _ROOT:
            raise MalformedError("the root of the body is not <xml>")
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise ForbiddenMarkupError(f"the body nests deeper than {MAX_DEPTH} elements")
        self._text.clear()
        self._is_leaf = True

    def _end(self, _: str) -> None:
        if self._is_leaf and len(self._path) > 1:
            path = ".".join(self._path[1:])
            value = "".join(self._text).strip()
            if path == _LAST_WINS or path not in self._fields:
                self._fields[path] = value
        self._path.pop()
        self._is_leaf = False
