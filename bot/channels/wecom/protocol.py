"""The callback protocol of 企业微信, where it differs from that of an Official Account.

Everything is encrypted for the corporation, also the echostr; silence is an empty body.
"""

import time
from collections.abc import Callable, Mapping

from bot.channels.wechat.crypto import AesKey, decrypt
from bot.channels.wechat.errors import CiphertextError, MalformedError
from bot.channels.wechat.messages import SUCCESS
from bot.channels.wechat.protocol import Opened, WeChatProtocol


class WeComProtocol(WeChatProtocol):
    """The protocol of one application: its token and key, and the id of its corporation."""

    def __init__(
        self, *, token: str, corp_id: str, aes_key: AesKey, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(token=token, app_id=corp_id, aes_key=aes_key, clock=clock)
        self._corp_id = corp_id
        self._corp_key = aes_key

    def verify(self, query: Mapping[str, str]) -> str:
        """Check the GET request by which 企业微信 tries an address; give what its echostr holds.

        Raises SignatureError, StaleError, CiphertextError, AppIdError or (no echostr) MalformedError.
        """
        sealed = query.get("echostr", "").replace(" ", "+")  # a plus that was not escaped in the address
        if not sealed:
            raise MalformedError("the request has no echostr")
        self._authenticate(query, query.get("msg_signature", ""), sealed)
        try:
            return decrypt(self._corp_key, sealed, self._corp_id).decode()
        except UnicodeDecodeError as error:
            raise CiphertextError("the echostr is no text") from error

    def seal(self, opened: Opened, reply: str, random: bytes | None = None) -> str:
        """Give the encrypted response body for a reply; an empty one for silence."""
        return "" if reply == SUCCESS else super().seal(opened, reply, random)
