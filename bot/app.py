"""From a config to the application: the one place where core, storage and channels meet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.channels import guard
from bot.channels.addresses import address_of
from bot.channels.feedback import FeedbackApi
from bot.channels.http import LARGEST_BODY, Api
from bot.channels.limits import Limits
from bot.channels.page import Page
from bot.channels.probes import Probes
from bot.channels.visits import Visits
from bot.clock import now
from bot.clock_watch import watch_clock
from bot.config import Config, ConfigError
from bot.console.access import Access
from bot.console.additions import Additions
from bot.console.pages import ROOT
from bot.console.services import Services
from bot.console.site import console
from bot.console.trials import Basis, Trials
from bot.core import Core, read_core
from bot.desk import Desk
from bot.reloading import RELOADING, Reloading
from bot.storage.backends import Storage, storage
from bot.storage.protocols import StorageError
from bot.storage.pseudonyms import own_key
from bot.storage.retention import keep_for
from bot.wechat import check_accounts, register_accounts
from knowledge.overlay import version_of

STORAGE = web.AppKey("storage", Storage)

KEY_FILE = "pseudonyms.key"


def build_app(config: Config, core: Core | None = None) -> web.Application:
    """Build the application that a config describes, ready to be served.

    Args:
        config: the settings.
        core: the core that is read already; None to read that of the config.

    Raises:
        ConfigError: a setting that does not fit the knowledge or the backends.
        KnowledgeError: knowledge that cannot be used.
        StorageError: the data folder cannot be used.

    """
    version = version_of(config.overlay)
    read = partial(read_core, config.knowledge_dir, config.overlay, config.segmenter)
    core = core or read()
    try:
        kept = storage(config.state_url, config.journal_url, config.data_dir)
    except StorageError as error:
        raise ConfigError(str(error)) from error
    key = own_key(config.data_dir / KEY_FILE)
    desk = Desk(core.assistant, kept.state, kept.journal, key=key)

    middlewares: list[Middleware] = [guard.named, guard.errors_as_json]
    visits = Visits(key, now) if config.page and config.api_token is not None else None
    if config.api_token is not None:
        middlewares.append(guard.bearer(config.api_token.get_secret_value(), visits))

    async def admit(what: str, who: str, per_minute: int) -> float:
        return await kept.state.admit(desk.name(f"limit of {what}", who), per_minute)

    limits = Limits(admit, config.user_limit, config.address_limit, config.trusted_proxies)
    middlewares.append(limits.by_address())
    app = web.Application(middlewares=middlewares, client_max_size=LARGEST_BODY)
    app[STORAGE] = kept
    app.on_response_prepare.append(guard.set_headers)

    api = Api(desk.answer, core.knowledge, core.calculators, limits)
    api.register(app)
    FeedbackApi(desk.rate).register(app)
    Probes(lambda: api.regions, lambda: _away(kept), lambda: app[RELOADING].faults).register(app)
    if config.page:
        Page(config.embed_sites, visits).register(app)
    app.on_startup.append(_open)  # not a cleanup_ctx: those end before the accounts have finished
    use_in_accounts = register_accounts(app, config, core, desk, kept.state)
    users: list[Callable[[Core], None]] = [
        lambda new: desk.use(new.assistant),
        lambda new: api.use(new.knowledge, new.calculators),
        use_in_accounts,
    ]
    app[RELOADING] = Reloading(read, config.overlay, version, partial(check_accounts, config), users)
    _beside(app, watch_clock)
    if config.admin_password is not None:
        users.append(_add_console(app, config, core, key))
    if config.journal_days is not None:
        _beside(app, partial(keep_for, config.journal_days, kept.journal, now))
    app.on_cleanup.append(_close)
    return app


def _add_console(app: web.Application, config: Config, core: Core, key: bytes) -> Callable[[Core], None]:
    """Serve the console; return what takes a new core into use there."""
    assert config.admin_password is not None
    kept, reloading = app[STORAGE], app[RELOADING]
    additions = Additions(config.overlay)
    basis = Basis(config.knowledge_dir, config.overlay, config.segmenter)
    services = Services(
        core=core,
        journal=kept.journal,
        state=kept.state,
        access=Access(config.admin_password.get_secret_value(), kept.state, key),
        additions=additions,
        trials=Trials(additions, reloading, kept.state, basis, now),
        clock=now,
        faults=lambda: reloading.faults,
        address=lambda request: address_of(request, config.trusted_proxies),
    )
    app.add_subapp(ROOT, console(services))

    def use(new: Core) -> None:
        services.core = new

    return use


def _beside(app: web.Application, work: Callable[[], Coroutine[None, None, None]]) -> None:
    """Have something done while the application runs and its storage is open."""
    running: list[asyncio.Task[None]] = []

    async def start(_: web.Application) -> None:
        running.append(asyncio.create_task(work()))

    async def stop(_: web.Application) -> None:
        running.pop().cancel()

    app.on_startup.append(start)
    app.on_cleanup.append(stop)


async def _open(app: web.Application) -> None:
    kept = app[STORAGE]
    await kept.state.open()
    try:
        await kept.journal.open()
    except BaseException:
        await kept.state.close()
        raise


async def _close(app: web.Application) -> None:
    kept = app[STORAGE]
    await kept.journal.close()
    await kept.state.close()


async def _away(kept: Storage) -> list[str]:
    """Tell which backends do not work now."""
    away = []
    for name, backend in (("state", kept.state), ("journal", kept.journal)):
        try:
            await backend.ping()
        except StorageError:
            away.append(name)
    return away
