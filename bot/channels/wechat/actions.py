"""What each kind of message calls for, decided without doing anything yet."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

from bot.channels.wechat import wording
from bot.channels.wechat.messages import (
    Event,
    LocationMessage,
    MediaMessage,
    Message,
    TextMessage,
    VoiceMessage,
)
from bot.channels.wechat.phone import CONTINUE

Way = Literal["text", "voice", "location", "menu", "scene"]
"""How a question came: typed, spoken, as a place on the map, by a menu button, by scanning a QR code."""

_AROUND: Final = " \t\r\n。.！!~～“”\"'"


class Phrases(Protocol):
    """What the buttons of the account's menu and its QR codes ask, in words."""

    def for_menu(self, key: str) -> str | None:
        """Give the question behind a menu key (a topic); None for a key that is not known."""

    def for_scene(self, scene: str) -> str | None:
        """Give what the scene of a QR code says (a place); None for a scene that is not known."""

    def for_location(self, label: str) -> str | None:
        """Give the place that an address names, as far as it matters here; None where it names none."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the channel says by itself; an office may word it its own way."""

    welcome: str = wording.WELCOME
    abilities: str = wording.ABILITIES
    please_type: str = wording.PLEASE_TYPE
    please_name_place: str = wording.PLEASE_NAME_PLACE
    still_working: str = wording.STILL_WORKING
    on_its_way: str = wording.ON_ITS_WAY
    sorry: str = wording.SORRY


@dataclass(frozen=True, slots=True)
class Ask:
    """Pass a text on as the user's question; `greeting` goes in front of the answer."""

    text: str
    way: Way
    greeting: str = ""

    @property
    def is_continue(self) -> bool:
        """Whether the user asks for the rest of an answer."""
        return self.text.strip(_AROUND) == CONTINUE


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with a fixed text."""

    text: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what is known of the user, and say nothing."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Take note and say nothing."""


Action = Ask | Say | Forget | Ignore


def action(message: Message, phrases: Phrases, texts: Texts) -> Action:
    """Decide what a message calls for."""
    match message:
        case TextMessage(content=content):
            return Ask(content, "text") if content else Say(texts.abilities)
        case VoiceMessage(recognition=recognition):
            return Ask(recognition, "voice") if recognition else Say(texts.please_type)
        case LocationMessage(label=label):
            place = phrases.for_location(label)
            return Ask(place, "location") if place else Say(texts.please_name_place)
        case MediaMessage():
            return Say(texts.abilities)
        case Event():
            return _event_action(message, phrases, texts)
        case _:
            return Ignore()


def _event_action(event: Event, phrases: Phrases, texts: Texts) -> Action:
    match event.name:
        case "subscribe" | "SCAN":
            says = phrases.for_scene(event.scene) if event.scene else None
            return Ask(says, "scene", texts.welcome) if says else Say(texts.welcome)
        case "CLICK" | "click":  # the second is how 企业微信 writes it
            asks = phrases.for_menu(event.event_key)
            return Ask(asks, "menu") if asks else Say(texts.welcome)
        case "unsubscribe":
            return Forget()
        case _:
            return Ignore()
