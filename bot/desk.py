"""The desk: one message of a user at a time, with what was said before, and each turn into the journal."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import datetime

from pydantic import ValidationError

from bot.clock import now
from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.message import Message, UnavailableError
from bot.storage.masking import mask
from bot.storage.protocols import Journal, State, StorageError, Turn
from bot.storage.pseudonyms import pseudonym

LONGEST_ENTRY = 2_000
"""How many characters of a question the journal keeps."""

PLEASE_SEND_NO_NUMBERS = "（为了您的安全，消息里的证件、银行卡或电话号码没有保存，以后也请不要发。）"

I_FORGOT = "（系统暂时记不起前面聊过的话。如果这不是您要问的，请把地方和问题放在一句话里再发一次。）"

_log = logging.getLogger(__name__)


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

    async def answer(self, message: Message) -> Reply:
        """Answer a message; its turn is kept by the time that the reply is there.

        While the state is away the message is answered as if it were the first one, and the reply says so
        where that makes a difference.
        """
        user = self._name(message.channel, message.user)
        async with self._state.lock(user):
            return await self._answer(user, message)

    async def _answer(self, user: str, message: Message) -> Reply:
        text = mask(message.text)
        session = await self._session(user)
        at = self._clock()
        later, reply = self._assistant.reply(
            session or Session(), text, today=at.date(), preset=message.region
        )
        if session is None and not self._stands_alone(text, at):
            reply = reply.model_copy(update={"text": f"{reply.text}\n{I_FORGOT}"})
        if text != message.text:
            reply = reply.model_copy(update={"text": f"{reply.text}\n{PLEASE_SEND_NO_NUMBERS}"})
        turn = Turn(
            id=uuid.uuid4().hex,
            at=at,
            channel=message.channel,
            user=user,
            region=reply.region,
            topic=reply.topic,
            kind=reply.kind,
            asked=text[:LONGEST_ENTRY],
            answered=reply.text,
        )
        await self._journal.append(turn)
        if session is not None:  # else what is kept of the chat would be overwritten by its last message
            await self._save(user, later)
        return reply

    async def _session(self, user: str) -> Session | None:
        """Return the chat so far; None when that cannot be told now."""
        try:
            return _readable(await self._state.session(user))
        except StorageError:
            return None

    async def _save(self, user: str, session: Session) -> None:
        try:
            await self._state.save(user, session.model_dump_json())
        except StorageError as error:
            _log.warning("what was said last in a chat is not remembered: %s", error)

    def _stands_alone(self, text: str, at: datetime) -> bool:
        """Whether a message can be understood, and its place told, without what was said before it."""
        _, reply = self._assistant.reply(Session(), text, today=at.date())
        return reply.kind != "clarify" and (reply.kind != "decline" or reply.topic is not None)

    async def forget(self, channel: str, user: str) -> None:
        """Forget what was said in a user's chat.

        Raises:
            UnavailableError: the state does not work now.

        """
        name = self._name(channel, user)
        try:
            async with self._state.lock(name):
                await self._state.forget(name)
        except StorageError as error:
            raise UnavailableError(str(error)) from error

    def _name(self, channel: str, user: str) -> str:
        return pseudonym(self._key, channel, user)


def _readable(kept: str | None) -> Session:
    """Read a session; one that an earlier version kept in another form is begun anew."""
    if kept is None:
        return Session()
    try:
        return Session.model_validate_json(kept)
    except ValidationError:
        _log.warning("a session of another version cannot be read and is begun anew")
        return Session()
