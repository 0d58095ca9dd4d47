"""What machines ask of the bot: whether it lives, whether it answers, and how much it does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from aiohttp import web

from bot import metrics
from bot.channels.guard import json_response


class Probes:
    """The probes and the metrics.

    Args:
        regions: tells the regions that messages are answered for.
        away: tells which of its backends are away; messages are answered without them.
        faults: tells what is wrong with the knowledge that was to be loaded last; an older one is used.

    """

    def __init__(
        self,
        regions: Callable[[], Collection[str]],
        away: Callable[[], Awaitable[Sequence[str]]],
        faults: Callable[[], Sequence[str]],
    ) -> None:
        self._regions = regions
        self._away = away
        self._faults = faults

    def register(self, app: web.Application) -> None:
        """Serve the probes and the metrics."""
        app.router.add_get("/healthz", self.health)
        app.router.add_get("/readyz", self.ready)
        app.router.add_get("/metrics", self.metrics)

    async def health(self, _: web.Request) -> web.Response:
        """Tell that the process is alive."""
        return json_response({"status": "ok"})

    async def ready(self, _: web.Request) -> web.Response:
        """Tell that messages can be answered, and which backends are away meanwhile.

        An outage of a backend that all workers share must not take all of them out of service.
        """
        away = list(await self._away())
        told = {"status": "ready", "away": away, "regions": list(self._regions())}
        faults = list(self._faults())
        return json_response({**told, "knowledge_faults": faults} if faults else told)

    async def metrics(self, _: web.Request) -> web.Response:
        """Tell the numbers that Prometheus collects."""
        told = await asyncio.to_thread(metrics.exposition)
        return web.Response(body=told, headers={"Content-Type": metrics.CONTENT_TYPE})
