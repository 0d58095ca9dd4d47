"""The Official Account over HTTP: to each request one fitting answer, within the time that WeChat waits."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from aiohttp import web

from bot.channels.wechat import phone, wording
from bot.channels.wechat.actions import (
    Ask,
    Forget,
    Ignore,
    Phrases,
    Say,
    Texts,
    Way,
    action,
)
from bot.channels.wechat.delivery import HELD_SECONDS, Delivery, ReplyStore
from bot.channels.wechat.errors import (
    EncodingError,
    MalformedError,
    TooLargeError,
    TooSlowError,
    UnreadableError,
    WeChatError,
)
from bot.channels.wechat.markup import MAX_BODY
from bot.channels.wechat.messages import (
    SUCCESS,
    Event,
    Message,
    text_reply,
    transfer_reply,
    with_addressee,
    without_addressee,
)
from bot.channels.wechat.protocol import WeChatProtocol
from bot.channels.wechat.queueing import Produced

__all__ = ["Answer", "Incoming", "Phrases", "ReplyStore", "Settings", "Texts", "WeChatHandler"]

log: Final = logging.getLogger(__name__)

BUDGET_SECONDS: Final = 4.0
"""The time for an answer: WeChat waits five seconds, and the way there and back takes some."""
CLOSING_SECONDS: Final = 10.0
"""How long late answers may still take when the server stops."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A question to the bot.

    Attributes:
        user: the sender, told apart from users of other channels.
        text: what they ask.
        source: how it came.
        key: the same for every repeat of a message, and for no other.

    """

    user: str
    text: str
    source: Way
    key: str


class Answer(Protocol):
    """What the channel needs of the bot's reply."""

    @property
    def text(self) -> str:
        """What the user reads, without the options."""

    @property
    def kind(self) -> str:
        """`clarify` (the options are choices), `handoff` (pass on to people) or another kind."""

    @property
    def options(self) -> Sequence[str]:
        """What the user may send next."""


class Sender(Protocol):
    """Sends messages by itself, for an account that may."""

    async def send(self, openid: str, produced: Produced) -> bool:
        """Send the first part of an answer; False when WeChat refuses it (the reason is logged)."""


def _nobody() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Settings:
    """How an account is run.

    Attributes:
        channel: its users are told apart from those of other channels and accounts by this name.
        texts: what the channel says by itself.
        write: how something that the user may send next is written.
        budget: the seconds after which an answer counts as late.
        staffed: whether people are at the customer service now; then a handoff goes to them.
        service_account: the one of them who gets it; None: anyone.

    """

    channel: str = "wechat"
    texts: Texts = field(default_factory=Texts)
    write: phone.Writer = phone.link
    budget: float = BUDGET_SECONDS
    staffed: Callable[[], bool] = _nobody
    service_account: str | None = None


class WeChatHandler:
    """Answers the requests of one Official Account.

    Takes its protocol, the bot (`answer` is called once for a message, whatever its repeats), the store
    that its workers share, what to do when a user leaves, the words behind its menu keys and QR codes, and
    what sends late answers, where the account may.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that the wiring provides
        self,
        protocol: WeChatProtocol,
        answer: Callable[[Incoming], Awaitable[Answer]],
        store: ReplyStore,
        *,
        forget: Callable[[str], Awaitable[None]],
        phrases: Phrases,
        sender: Sender | None = None,
        settings: Settings | None = None,
    ) -> None:
        self._protocol = protocol
        self._answer = answer
        self._store = store
        self._forget = forget
        self._phrases = phrases
        self._sender = sender
        self._settings = settings or Settings()
        texts = self._settings.texts
        self._delivery = Delivery(store, still_working=texts.still_working, sorry=texts.sorry)

    def register(self, app: web.Application, path: str = "/wechat") -> None:
        """Serve the account at `path`, and let late answers finish when the application stops.

        The store has to outlive them: append its own context to the application before this.
        """
        app.router.add_get(path, self.verify, allow_head=False)
        app.router.add_post(path, self.receive)
        app.cleanup_ctx.append(self._lifetime)

    async def verify(self, request: web.Request) -> web.Response:
        """Answer the request by which WeChat tries the address."""
        try:
            return web.Response(text=self._protocol.verify(request.query))
        except WeChatError as error:
            return self._refusal(error)

    async def receive(self, request: web.Request) -> web.Response:
        """Answer a message or an event; what is wrong with a request from elsewhere is said by a 4xx."""
        deadline = asyncio.get_running_loop().time() + self._settings.budget
        try:
            body = await _read(request, deadline)
            opened = self._protocol.open(request.query, body)
        except UnreadableError as error:
            log.warning("%s: passed over a request that holds no message (%s)", self._settings.channel, error)
            return web.Response(text=SUCCESS)
        except WeChatError as error:
            return self._refusal(error)
        reply = await self._reply(opened.message, deadline)
        sealed = self._protocol.seal(opened, reply)
        return web.Response(text=sealed, content_type="text/plain" if reply == SUCCESS else "application/xml")

    async def _reply(self, message: Message, deadline: float) -> str:
        texts = self._settings.texts
        decided = action(message, self._phrases, texts)
        if isinstance(decided, Ignore):
            return SUCCESS
        if isinstance(decided, Say):
            return self._text(message, decided.text)
        try:
            reply = await self._deliver(message, decided, deadline)
        except Exception:
            log.exception("%s: no answer to a message of kind %r", self._settings.channel, message.kind)
            reply = self._text(message, texts.sorry)
        if reply is None:
            log.warning(
                "%s: the answer to a message of kind %r is late", self._settings.channel, message.kind
            )
            reply = self._text(message, texts.on_its_way if self._sender else texts.still_working)
        return reply

    async def _deliver(self, message: Message, decided: Ask | Forget, deadline: float) -> str | None:
        user = f"{self._settings.channel}:{message.user}"

        async def push(produced: Produced) -> bool:
            return self._sender is not None and await self._sender.send(message.user, produced)

        async def produce() -> Produced:
            if isinstance(decided, Ask):
                produced = await self._produce(message, decided, user)
                return replace(produced, body=without_addressee(produced.body, message))
            await self._forget(user)
            return Produced(SUCCESS)

        if (
            isinstance(decided, Ask)
            and decided.is_continue
            and not await self._delivery.is_settled(user, deadline)
        ):
            return None
        key = _key(self._settings.channel, message)
        kept = await self._delivery.deliver(user, key, produce, deadline, push)
        return None if kept is None else with_addressee(kept, message)

    async def _produce(self, message: Message, ask: Ask, user: str) -> Produced:
        """Answer a question; where the user asks for more and there is more, give the next part."""
        if ask.is_continue and (part := await self._store.take_held(user)) is not None:
            return Produced(self._text(message, part), (part,))
        key = _key(self._settings.channel, message)
        answer = await self._answer(Incoming(user, ask.text, ask.way, key))
        heading = "" if answer.kind == "clarify" else wording.OTHERS
        text = f"{ask.greeting}\n\n{answer.text}" if ask.greeting else answer.text
        parts = phone.parts(text, answer.options, heading, self._settings.write)
        if rest := parts[1:]:
            await self._store.hold(user, rest, HELD_SECONDS)
        if answer.kind == "handoff" and not isinstance(message, Event) and self._settings.staffed():
            return Produced(
                transfer_reply(message, self._protocol.now(), self._settings.service_account), parts
            )
        body = self._text(message, parts[0]) if parts else SUCCESS
        if len(parts) == 1:
            return Produced(body, parts, f"{text}\n{heading}".strip(), tuple(answer.options))
        return Produced(body, parts)

    def _text(self, message: Message, text: str) -> str:
        return text_reply(message, text, self._protocol.now())

    def _refusal(self, error: WeChatError) -> web.Response:
        log.warning("%s: refused a request: %s (%s)", self._settings.channel, error.code, error)
        return web.json_response({"error": {"code": error.code, "message": str(error)}}, status=error.status)

    async def _lifetime(self, _: web.Application) -> AsyncIterator[None]:
        yield
        await self._delivery.close(CLOSING_SECONDS)


def _key(channel: str, message: Message) -> str:
    """Give the store's key of a message: short, and of one account."""
    told = f"{channel}|{message.account}|{message.key}"
    return f"wechat:{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


async def _read(request: web.Request, deadline: float) -> bytes:
    """Read the body: at most MAX_BODY bytes, as they are, until `deadline` (loop time)."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EncodingError("compressed bodies are not accepted")
    body = bytearray()
    if (request.content_length or 0) > MAX_BODY:
        raise TooLargeError(f"the body has more than {MAX_BODY} bytes")
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY:
                    raise TooLargeError(f"the body has more than {MAX_BODY} bytes")
    except TimeoutError as error:
        raise TooSlowError("the body did not arrive in time") from error
    except (web.RequestPayloadError, ConnectionError) as error:
        raise MalformedError("the body broke off") from error
    return bytes(body)
