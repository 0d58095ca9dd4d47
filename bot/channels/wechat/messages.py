"""What WeChat sends, as typed values, and what it takes as an answer."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.channels.wechat.errors import MalformedError
from bot.channels.wechat.markup import cdata

SUCCESS: Final = "success"
"""The answer that says nothing to the user and stops WeChat from sending again."""

_MAX_TIME_DIGITS: Final = 12
_QR_PREFIX: Final = "qrscene_"


@dataclass(frozen=True, slots=True)
class Message:
    """What every message and event has; a kind that the bot does not know is just this.

    Attributes:
        account: the Official Account that it was sent to (its `gh_` name).
        user: the openid of the sender.
        created: seconds since 1970.
        kind: MsgType as sent.
        key: tells messages apart; the same for every time that WeChat sends one again.

    """

    account: str
    user: str
    created: int
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class TextMessage(Message):
    """Typed text; `menu_id` is set when it comes from a tap on a bizmsgmenu link."""

    content: str
    menu_id: str


@dataclass(frozen=True, slots=True)
class VoiceMessage(Message):
    """Speech; `recognition` is what WeChat understood of it, and may be empty."""

    recognition: str


@dataclass(frozen=True, slots=True)
class LocationMessage(Message):
    """A place from the map; `label` is its address in words, which may be empty."""

    label: str
    latitude: str
    longitude: str


@dataclass(frozen=True, slots=True)
class MediaMessage(Message):
    """An image, video, short video, link, file or mini-program card: something that the bot cannot read."""


@dataclass(frozen=True, slots=True)
class Event(Message):
    """Something that happened: `name` and `event_key` as sent (`CLICK`, `subscribe`; a menu key, a scene)."""

    name: str
    event_key: str

    @property
    def scene(self) -> str:
        """The scene of the QR code that was scanned; empty where there is none."""
        if self.name == "SCAN":
            return self.event_key
        if self.name == "subscribe" and self.event_key.startswith(_QR_PREFIX):
            return self.event_key.removeprefix(_QR_PREFIX)
        return ""


_MEDIA: Final = frozenset({"image", "video", "shortvideo", "link", "file", "miniprogrampage"})


def from_fields(fields: Mapping[str, str]) -> Message:
    """Make a message of its fields.

    Raises MalformedError where they lack what every message has (sender, receiver, type, time), and for an
    event without a name.
    """
    account, user, kind = (_required(fields, name) for name in ("ToUserName", "FromUserName", "MsgType"))
    created = _seconds(_required(fields, "CreateTime"))
    if kind == "event":
        name, event_key = _required(fields, "Event"), fields.get("EventKey", "")
        key = f"{user}|{created}|{name}|{event_key}"
        return Event(account, user, created, kind, key, name, event_key)
    key = f"{user}|{_message_id(fields)}"
    match kind:
        case "text":
            content, menu_id = fields.get("Content", ""), fields.get("bizmsgmenuid", "")
            return TextMessage(account, user, created, kind, key, content, menu_id)
        case "voice":
            return VoiceMessage(account, user, created, kind, key, fields.get("Recognition", ""))
        case "location":
            label, latitude, longitude = (
                fields.get(name, "") for name in ("Label", "Location_X", "Location_Y")
            )
            return LocationMessage(account, user, created, kind, key, label, latitude, longitude)
        case _ if kind in _MEDIA:
            return MediaMessage(account, user, created, kind, key)
        case _:
            return Message(account, user, created, kind, key)


def text_reply(message: Message, text: str, now: int) -> str:
    """Write the answer to `message` as text; `now` in seconds."""
    return _reply(message, "text", now, f"<Content>{cdata(text)}</Content>")


def transfer_reply(message: Message, now: int, service_account: str | None = None) -> str:
    """Hand the conversation over to the people at the customer service (or to one of them)."""
    to = (
        ""
        if service_account is None
        else f"<TransInfo><KfAccount>{cdata(service_account)}</KfAccount></TransInfo>"
    )
    return _reply(message, "transfer_customer_service", now, to)


_ANYBODY: Final = "<xml><ToUserName/>"


def without_addressee(answer: str, message: Message) -> str:
    """Take the openid out of the answer to `message`, so that it can be kept."""
    return answer.replace(_beginning(message), _ANYBODY, 1)


def with_addressee(answer: str, message: Message) -> str:
    """Put the openid into an answer that was kept without it."""
    return _beginning(message) + answer.removeprefix(_ANYBODY) if answer.startswith(_ANYBODY) else answer


def _beginning(message: Message) -> str:
    return f"<xml><ToUserName>{cdata(message.user)}</ToUserName>"


def _reply(message: Message, kind: str, now: int, content: str) -> str:
    return (
        f"{_beginning(message)}<FromUserName>{cdata(message.account)}</FromUserName>"
        f"<CreateTime>{now}</CreateTime><MsgType>{cdata(kind)}</MsgType>{content}</xml>"
    )


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not value:
        raise MalformedError(f"the message has no {name}")
    return value


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_TIME_DIGITS):
        raise MalformedError("CreateTime is no number of seconds")
    return int(text)


def _message_id(fields: Mapping[str, str]) -> str:
    """Give the message's id; a message without one is told by all that it says."""
    given = fields.get("MsgId") or fields.get("MsgID")
    return given or hashlib.sha256(repr(sorted(fields.items())).encode("utf-8", "surrogatepass")).hexdigest()
