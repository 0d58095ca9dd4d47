"""The settings of the accounts that the bot answers for: 公众号 and applications of 企业微信."""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from bot.channels.wechat.hours import OfficeHours

WECHAT_API = "https://api.weixin.qq.com"


def _key(value: SecretStr) -> SecretStr:
    from bot.channels.wechat.crypto import AesKey  # noqa: PLC0415  # takes long, and only a key needs it

    AesKey.parse(value.get_secret_value())
    return value


def _hours(value: str) -> str:
    OfficeHours.parse(value)
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("write an address as https://HOST")
    return value.rstrip("/")


AccountName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""The last part of an account's path."""
Secret = Annotated[SecretStr, Field(min_length=1)]
EncodingAESKey = Annotated[SecretStr, AfterValidator(_key)]
Hours = Annotated[str, AfterValidator(_hours)]
"""Office hours, as OfficeHours reads them."""
Identifier = Annotated[str, Field(min_length=1)]


class Account(BaseModel):
    """What both kinds have.

    Attributes:
        token: the Token of the account's callback.
        region: the region that its users mean while they name no other.

    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: Secret
    region: Identifier | None = None


class OfficialAccount(Account):
    """A 公众号.

    Attributes:
        app_id, aes_key: its AppID and EncodingAESKey; with a key, messages are encrypted.
        app_secret: its AppSecret; with it late answers are sent by themselves, and the menu can be set.
        hours: when people are at its customer service; without it nobody ever is.
        service_account: the one of them who gets what is handed over; None: anyone.
        api: where WeChat's API is reached; a proxy whose address stands on the account's IP list, say.

    """

    app_id: Identifier | None = None
    aes_key: EncodingAESKey | None = None
    app_secret: Secret | None = None
    hours: Hours | None = None
    service_account: Identifier | None = None
    api: Annotated[str, AfterValidator(_address)] = WECHAT_API

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for name, given in (("aes_key", self.aes_key), ("app_secret", self.app_secret)):
            if given is not None and self.app_id is None:
                raise ValueError(f"{name} needs app_id beside it")
        if self.service_account is not None and self.hours is None:
            raise ValueError("service_account needs hours beside it")
        return self


class CorpApp(Account):
    """An application of 企业微信: always encrypted, for the corporation `corp_id`."""

    corp_id: Identifier
    aes_key: EncodingAESKey
