"""Late answers, sent as customer-service messages."""

import logging
from typing import Final

from bot.channels.wechat.api.client import WeChatApi
from bot.channels.wechat.api.faults import ApiError, CountError, WindowError
from bot.channels.wechat.queueing import Produced

log: Final = logging.getLogger(__name__)


class ApiSender:
    """Sends what is late by the API of an account (named in the log); what WeChat refuses, users ask for."""

    def __init__(self, api: WeChatApi, channel: str = "wechat") -> None:
        self._api = api
        self._channel = channel

    async def send(self, openid: str, produced: Produced) -> bool:
        """Send the first part of an answer, with its choices to tap where it is the only one."""
        try:
            if produced.choices:
                await self._api.send_choices(openid, produced.heading, produced.choices)
            else:
                await self._api.send_text(openid, produced.parts[0])
        except (WindowError, CountError) as error:
            log.warning("%s: a late answer was not sent: %s", self._channel, error)
            return False
        except ApiError as error:
            log.error("%s: a late answer could not be sent: %s", self._channel, error)  # noqa: TRY400
            return False
        log.info("%s: a late answer was sent", self._channel)
        return True
