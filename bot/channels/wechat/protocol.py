"""Opening what WeChat posts and sealing what goes back, in the plain, the compatible and the secure mode.

Without a key the account runs in plain mode: the signature proves that the URL comes from WeChat, but it
does not cover the body. With a key only msg_signature counts, which covers the ciphertext, and only the
ciphertext is read: a plain body is refused, and of a compatible-mode body the plain fields are ignored.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.channels.wechat.crypto import AesKey, decrypt, encrypt, is_signed, sign
from bot.channels.wechat.errors import (
    CiphertextError,
    ForbiddenMarkupError,
    MalformedError,
    SignatureError,
    StaleError,
    UnencryptedError,
    UnreadableError,
)
from bot.channels.wechat.markup import cdata, read
from bot.channels.wechat.messages import SUCCESS, Message, from_fields

REPLAY_WINDOW: Final = 300
"""How far the timestamp of a request may be from the clock, either way, in seconds."""

_MAX_TIME_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that was authenticated and read; `nonce` is the one that an encrypted answer echoes."""

    message: Message
    nonce: str
    encrypted: bool


class WeChatProtocol:
    """The protocol of one Official Account.

    Takes the token and the app id of the account, its key (None: plain mode), and a clock in seconds since
    1970.
    """

    def __init__(
        self,
        *,
        token: str,
        app_id: str,
        aes_key: AesKey | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not token:
            raise ValueError("an account needs a token: without one anybody could sign")
        if aes_key is not None and not app_id:
            raise ValueError("an account with an EncodingAESKey needs its app id")
        self._token = token
        self._app_id = app_id
        self._key = aes_key
        self._clock = clock

    def verify(self, query: Mapping[str, str]) -> str:
        """Check the GET request by which WeChat tries an address; give the echostr that answers it.

        Raises SignatureError, StaleError or (no echostr) MalformedError.
        """
        self._authenticate(query, query.get("signature", ""))
        if "echostr" not in query:
            raise MalformedError("the request has no echostr")
        return query["echostr"]

    def open(self, query: Mapping[str, str], body: bytes) -> Opened:
        """Authenticate, decrypt and read a POST request; raises a WeChatError of any kind."""
        nonce = query.get("nonce", "")
        if self._key is None:
            self._authenticate(query, query.get("signature", ""))
            return Opened(_message(body), nonce, encrypted=False)
        if "msg_signature" not in query:
            raise SignatureError("the request has no msg_signature")
        encrypted = read(body).get("Encrypt")
        if encrypted is None:
            raise UnencryptedError("this account takes encrypted messages only")
        self._authenticate(query, query.get("msg_signature", ""), encrypted)
        plain = decrypt(self._key, encrypted, self._app_id)
        try:
            plain.decode()
        except UnicodeDecodeError as error:
            raise CiphertextError("the ciphertext holds no text") from error
        return Opened(_message(plain), nonce, encrypted=True)

    def seal(self, opened: Opened, reply: str, random: bytes | None = None) -> str:
        """Give the response body for a reply, encrypted where the request was; `success` needs no encryption.

        `random` is for tests: 16 bytes that make the result exact.
        """
        if self._key is None or not opened.encrypted or reply in {"", SUCCESS}:
            return reply
        encrypted = encrypt(self._key, reply.encode(), self._app_id, random)
        timestamp = str(self.now())
        signature = sign(self._token, timestamp, opened.nonce, encrypted)
        return (
            f"<xml><Encrypt>{cdata(encrypted)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{cdata(opened.nonce)}</Nonce></xml>"
        )

    def now(self) -> int:
        """Give the time in whole seconds since 1970."""
        return int(self._clock())

    def _authenticate(self, query: Mapping[str, str], signature: str, *signed: str) -> None:
        """Check the signature over timestamp, nonce and what else is signed, then the timestamp."""
        timestamp = query.get("timestamp", "")
        if not signature or not is_signed(signature, self._token, timestamp, query.get("nonce", ""), *signed):
            raise SignatureError("the signature is missing or wrong")
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MAX_TIME_DIGITS):
            raise StaleError("the timestamp is no number of seconds")
        if abs(self._clock() - int(timestamp)) > REPLAY_WINDOW:
            raise StaleError(f"the timestamp is more than {REPLAY_WINDOW} seconds away")


def _message(body: bytes) -> Message:
    """Read the message of an authentic request; raises UnreadableError where it holds none."""
    try:
        fields = read(body)
        if "Encrypt" not in fields or "MsgType" in fields:
            return from_fields(fields)
    except ForbiddenMarkupError:
        raise
    except MalformedError as error:
        raise UnreadableError(str(error)) from error
    raise MalformedError("the body is encrypted, but no EncodingAESKey is configured")
