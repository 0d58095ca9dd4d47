"""The accounts of a config, set up: each answers by the desk, under its own path and name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.accounts import Account, CorpApp, OfficialAccount
from bot.channels.wechat.api.client import WeChatApi
from bot.channels.wechat.api.sender import ApiSender
from bot.channels.wechat.api.token import Once
from bot.channels.wechat.crypto import AesKey
from bot.channels.wechat.handler import Incoming, Settings, Texts, WeChatHandler
from bot.channels.wechat.hours import OfficeHours
from bot.channels.wechat.phone import unlinked
from bot.channels.wechat.phrases import KnowledgePhrases
from bot.channels.wechat.protocol import WeChatProtocol
from bot.channels.wechat.wording import PLAIN_STILL_WORKING
from bot.channels.wecom.protocol import WeComProtocol
from bot.clock import now
from bot.config import PREFIX, Config, ConfigError
from bot.core import Core
from bot.desk import Desk
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.message import Message
from bot.storage.protocols import State

CONTACTS = "contacts"
"""The topic that says whom to call."""
NOBODY_THERE = "人工客服的时间是{hours}，现在没有人值班。"
NO_SERVICE = "我没法替您接通工作人员。"


@dataclass(frozen=True)
class Counter:
    """Answers for one account: its preset region, and people for those who ask for them."""

    channel: str
    region: str | None
    desk: Desk
    core: Callable[[], Core]
    hours: OfficeHours | None = None
    clock: Callable[[], datetime] = now

    def is_staffed(self) -> bool:
        """Whether people are at the customer service now."""
        return self.hours is not None and self.hours.is_open(self.clock())

    async def answer(self, incoming: Incoming) -> Reply:
        """Answer a message; who asks for people when nobody is there gets the contacts of the document."""
        message = Message(self.channel, incoming.user, incoming.text, self.region, incoming.key)
        reply = await self.desk.answer(message)
        return self._with_contacts(reply) if reply.kind == "handoff" and not self.is_staffed() else reply

    async def forget(self, user: str) -> None:
        """Forget what a user said who leaves."""
        await self.desk.forget(self.channel, user)

    def _with_contacts(self, reply: Reply) -> Reply:
        core = self.core()
        region = core.knowledge.regions.get(reply.region or self.region or "")
        nobody = NOBODY_THERE.format(hours=self.hours) if self.hours is not None else NO_SERVICE
        if region is None:
            text = f"{nobody}\n{reply.text}" if self.hours is not None else reply.text
            return reply.model_copy(update={"text": text})
        asked = core.knowledge.national.topics[CONTACTS].title
        today = self.clock().date()
        _, contacts = core.assistant.reply(Session(), asked, today=today, preset=region.id)
        return reply.model_copy(update={"text": f"{nobody}\n{contacts.text}", "sources": contacts.sources})


@dataclass(frozen=True)
class Shelf:
    """What the channel keeps for its users, who are known in the state by their pseudonyms only."""

    channel: str
    desk: Desk
    state: State

    async def once(self, key: str, produce: Callable[[], Awaitable[str]], ttl: float) -> str:
        """Give what `produce` gave for a message's key, which names nobody."""
        return await self.state.once(key, produce, ttl)

    async def hold(self, user: str, parts: Sequence[str], ttl: float) -> None:
        """Hold these parts for the user."""
        await self.state.hold(self.desk.name(self.channel, user), parts, ttl)

    async def take_held(self, user: str) -> str | None:
        """Take the first part that is held for the user."""
        return await self.state.take_held(self.desk.name(self.channel, user))


def register_accounts(
    app: web.Application, config: Config, core: Core, desk: Desk, state: State
) -> Callable[[Core], None]:
    """Serve all accounts of a config, each at its path.

    Returns:
        What has them use another core from then on.

    Raises:
        ConfigError: an account's region is unknown.

    """
    check_accounts(config, core)
    phrases = KnowledgePhrases(core.knowledge)
    used = core

    def use(another: Core) -> None:
        nonlocal used
        used = another
        phrases.use(another.knowledge)

    for path, account in config.official_accounts.items():
        hours = OfficeHours.parse(account.hours) if account.hours is not None else None
        counter = Counter("wechat", account.region, desk, lambda: used, hours)
        api = api_of(account, state)
        if api is not None:
            app.cleanup_ctx.append(_opened(api))  # before the handler, to close after it
        WeChatHandler(
            _protocol(account),
            counter.answer,
            Shelf(counter.channel, desk, state),
            forget=counter.forget,
            phrases=phrases,
            sender=ApiSender(api, path.removeprefix("/")) if api is not None else None,
            settings=Settings(
                channel=path.removeprefix("/"),
                staffed=counter.is_staffed,
                service_account=account.service_account,
            ),
        ).register(app, path)
    for path, corp_app in config.corp_apps.items():
        counter = Counter("wecom", corp_app.region, desk, lambda: used)
        WeChatHandler(
            _corp_protocol(corp_app),
            counter.answer,
            Shelf(counter.channel, desk, state),
            forget=counter.forget,
            phrases=phrases,
            settings=Settings(
                channel=path.removeprefix("/"),
                texts=Texts(still_working=PLAIN_STILL_WORKING),
                write=unlinked,
            ),
        ).register(app, path)
    return use


def check_accounts(config: Config, core: Core) -> None:
    """See that the accounts of a config are of regions that there are.

    Raises:
        ConfigError: an account's region is unknown.

    """
    for path, account in (*config.official_accounts.items(), *config.corp_apps.items()):
        _check_region(path, account, core)


def api_of(account: OfficialAccount, store: Once) -> WeChatApi | None:
    """Give the API as an account calls it; None for an account without a secret."""
    if account.app_secret is None:
        return None
    assert account.app_id is not None, "the settings see to it"
    return WeChatApi(account.app_id, account.app_secret.get_secret_value(), store, account.api)


def _opened(api: WeChatApi) -> Callable[[web.Application], AsyncIterator[None]]:
    async def hold(_: web.Application) -> AsyncIterator[None]:
        async with api:
            yield

    return hold


def _protocol(account: OfficialAccount) -> WeChatProtocol:
    key = AesKey.parse(account.aes_key.get_secret_value()) if account.aes_key is not None else None
    token = account.token.get_secret_value()
    return WeChatProtocol(token=token, app_id=account.app_id or "", aes_key=key)


def _corp_protocol(app: CorpApp) -> WeComProtocol:
    key = AesKey.parse(app.aes_key.get_secret_value())
    return WeComProtocol(token=app.token.get_secret_value(), corp_id=app.corp_id, aes_key=key)


def _check_region(path: str, account: Account, core: Core) -> None:
    regions = core.knowledge.regions
    if account.region is None or account.region in regions:
        return
    kind = "wecom" if isinstance(account, CorpApp) else "wechat"
    name = path.removeprefix(f"/{kind}").removeprefix("/")
    setting = f"{kind}_accounts.{name}.region" if name else f"{PREFIX}WECHAT_REGION"
    raise ConfigError(
        f"{setting}={account.region!r}: there is no such region; there are: {', '.join(regions)}"
    )
