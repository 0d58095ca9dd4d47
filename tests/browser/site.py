"""The real application on a port of its own on loopback, which can go away and come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import STORAGE, build_app
from bot.config import Config
from bot.core import Core
from bot.storage.protocols import Journal


class Site:
    """A server in the loop of its test.

    Args:
        folder: where it keeps its files; core: the core that is read already.
        settings: further settings.

    """

    def __init__(self, folder: Path, core: Core, **settings: Any) -> None:
        self._folder = folder
        self._core = core
        self._settings = settings
        self._port = 0
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def core(self) -> Core:
        """The core that it began with."""
        return self._core

    @property
    def folder(self) -> Path:
        """Where it keeps its files."""
        return self._folder

    @property
    def app(self) -> web.Application:
        """The application that answers now."""
        assert self._runner is not None
        app = self._runner.app
        assert isinstance(app, web.Application)
        return app

    @property
    def journal(self) -> Journal:
        """The journal that it writes."""
        return self.app[STORAGE].journal

    async def start(self) -> None:
        """Serve, at the same address as before if there was one."""
        config = Config(data_dir=self._folder, **self._settings)
        runner = web.AppRunner(build_app(config, self._core), access_log=None)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        _, self._port = runner.addresses[0]

    async def stop(self) -> None:
        """Go away; what was kept stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
