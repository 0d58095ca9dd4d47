"""知识: what the documents say on which topic, as residents see it, with the origin of every figure."""

from __future__ import annotations

from aiohttp import web

from bot.console.browsing import article, is_past, source
from bot.console.services import Services
from bot.console.views.shell import shown
from knowledge.contents import Region


class Known:
    """The knowledge browser."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: web.Application) -> None:
        """Serve the table of regions and topics, and what stands behind each cell."""
        app.router.add_get("/knowledge", self.page)
        app.router.add_get("/knowledge/{region}", self.region)
        app.router.add_get("/knowledge/{region}/{topic}", self.topic)

    async def page(self, request: web.Request) -> web.Response:
        """Show the table region × topic."""
        services, core = self._services, self._services.core
        regions = list(core.knowledge.regions.values())
        return shown(
            request,
            services,
            "knowledge",
            active="knowledge",
            regions=regions,
            past={region.id for region in regions if is_past(region, services.today)},
            topics=core.knowledge.national.topics,
            calculators=core.calculators,
        )

    async def region(self, request: web.Request) -> web.Response:
        """Show a region's document with all its figures and gaps."""
        services = self._services
        region = self._region(request)
        return shown(
            request,
            services,
            "region",
            active="knowledge",
            region=region,
            is_past=is_past(region, services.today),
            topics=services.core.knowledge.national.topics,
            figures=[source(region, name) for name in region.figures],
        )

    async def topic(self, request: web.Request) -> web.Response:
        """Show what a region's document gives on a topic."""
        services = self._services
        region, topic = self._region(request), request.match_info["topic"]
        if topic not in services.core.knowledge.national.topics:
            raise web.HTTPNotFound
        return shown(
            request,
            services,
            "topic",
            active="knowledge",
            told=article(services.core, region, topic, services.today),
            entry=services.core.knowledge.national.topics[topic],
        )

    def _region(self, request: web.Request) -> Region:
        region = self._services.core.knowledge.regions.get(request.match_info["region"])
        if region is None:
            raise web.HTTPNotFound
        return region
