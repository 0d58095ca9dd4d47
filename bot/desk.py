"""The desk: one message of a user at a time, with what was said before, and each turn into the journal."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import metrics
from bot.clock import now
from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply, Trace
from bot.dialogue.session import Session
from bot.message import Message, UnavailableError
from bot.storage.masking import mask
from bot.storage.protocols import Feedback, Held, Journal, State, StorageError, Turn, Verdict
from bot.storage.pseudonyms import pseudonym

LONGEST_ENTRY = 2_000
"""How many characters of a question, or of what somebody thinks of an answer, the journal keeps."""

PLEASE_SEND_NO_NUMBERS = "（为了您的安全，消息里的证件、银行卡或电话号码没有保存，以后也请不要发。）"

I_FORGOT = "（系统暂时记不起前面聊过的话。如果这不是您要问的，请把地方和问题放在一句话里再发一次。）"

_log = logging.getLogger(__name__)


class Chat(BaseModel):
    """What is kept of a chat: where it stands, its last turn, and the reply to that if it may be repeated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: Session = Field(default_factory=Session)
    turn: str = ""
    reply: Reply | None = None


class Desk:
    """Answers the messages of all channels.

    Personal numbers are masked before anything else sees the text, and users are known by pseudonyms only.
    The state and the journal are such that bear an outage (see `storage`): no message goes without a reply.
    """

    def __init__(
        self,
        assistant: Assistant,
        state: State,
        journal: Journal,
        *,
        key: bytes,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._assistant = assistant
        self._state = state
        self._journal = journal
        self._key = key
        self._clock = clock

    def use(self, assistant: Assistant) -> None:
        """Answer by another assistant from the next message on."""
        self._assistant = assistant

    async def answer(self, message: Message) -> Reply:
        """Answer a message; its turn is kept by the time that the reply is there.

        A message that was answered just before, though its reply may never have got through, has the same
        reply again and no turn of its own. While the state is away a message is answered as if it were the
        first one, and the reply says so where that makes a difference.
        """
        user = self.name(message.channel, message.user)
        with metrics.ANSWER_SECONDS.labels(message.channel).time():
            async with self._state.lock(user) as held:
                return await self._answer(user, held, message)

    async def _answer(self, user: str, held: Held, message: Message) -> Reply:
        chat = _chat(held)
        turn_id = self._turn_id(user, message)
        if chat is not None and chat.reply is not None and chat.turn == turn_id:
            return chat.reply
        text = mask(message.text)
        session = Session() if chat is None else chat.session
        at = self._clock()
        later, reply = self._assistant.reply(session, text, today=at.date(), preset=message.region)
        if chat is None and not self._stands_alone(text, at):
            reply = reply.model_copy(update={"text": f"{reply.text}\n{I_FORGOT}"})
        if text != message.text:
            reply = reply.model_copy(update={"text": f"{reply.text}\n{PLEASE_SEND_NO_NUMBERS}"})
        reply = reply.model_copy(update={"turn": turn_id})
        turn = Turn(
            id=turn_id,
            at=at,
            channel=message.channel,
            user=user,
            region=reply.region,
            topic=reply.topic,
            kind=reply.kind,
            asked=text[:LONGEST_ENTRY],
            answered=reply.text,
        )
        _count(turn)
        await self._append(turn)
        if chat is not None:  # else what is kept of the chat would be overwritten by its last message
            repeatable = reply.model_copy(update={"trace": Trace()}) if message.id is not None else None
            await _save(held, Chat(session=later, turn=turn_id, reply=repeatable))
        return reply

    def _turn_id(self, user: str, message: Message) -> str:
        if message.id is None:
            return uuid.uuid4().hex
        return self.name(f"turn of {user}", f"{message.id} {message.text}")

    async def _append(self, turn: Turn) -> None:
        try:
            await self._journal.append(turn)
        except StorageError as error:
            _log.error("a turn is not in the journal: %s", error)

    def _stands_alone(self, text: str, at: datetime) -> bool:
        """Whether a message can be understood, and its place told, without what was said before it."""
        _, reply = self._assistant.reply(Session(), text, today=at.date())
        return reply.kind != "clarify" and (reply.kind != "decline" or reply.topic is not None)

    async def rate(self, channel: str, user: str, turn: str, verdict: Verdict, reason: str) -> None:
        """Keep what a user thinks of an answer; the reason as far as the journal keeps entries.

        Raises:
            UnavailableError: neither the journal nor what stands in for it takes it.

        """
        name, said = self.name(channel, user), mask(reason)[:LONGEST_ENTRY]
        try:
            await self._journal.rate(Feedback(turn, name, self._clock(), verdict, said))
        except StorageError as error:
            raise UnavailableError(str(error)) from error

    async def forget(self, channel: str, user: str) -> None:
        """Forget what was said in a user's chat.

        Raises:
            UnavailableError: the state does not work now.

        """
        name = self.name(channel, user)
        try:
            async with self._state.lock(name):
                await self._state.forget(name)
        except StorageError as error:
            raise UnavailableError(str(error)) from error

    def name(self, channel: str, user: str) -> str:
        """Give the pseudonym by which state and journal know a channel's user."""
        return pseudonym(self._key, channel, user)


def _count(turn: Turn) -> None:
    metrics.MESSAGES.labels(turn.channel, turn.kind, turn.region or metrics.NOWHERE).inc()
    if turn.kind == "decline":
        metrics.DECLINES.labels("gap" if turn.topic is not None else "out of scope").inc()


def _chat(held: Held) -> Chat | None:
    """Return what is kept of a chat; None when that cannot be told now."""
    try:
        return _readable(held.session)
    except StorageError:
        return None


async def _save(held: Held, chat: Chat) -> None:
    """Keep a chat; the user's next message may come in then."""
    try:
        await held.save(chat.model_dump_json())
    except StorageError as error:
        _log.warning("what was said last in a chat is not remembered: %s", error)


def _readable(kept: str | None) -> Chat:
    """Read a chat; one that an earlier version kept in another form is begun anew."""
    if kept is None:
        return Chat()
    try:
        return Chat.model_validate_json(kept)
    except ValidationError:
        _log.warning("a session of another version cannot be read and is begun anew")
        return Chat()
