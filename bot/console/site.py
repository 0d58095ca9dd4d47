"""The console as an application of its own, to be served under /admin."""

from __future__ import annotations

from aiohttp import web

from bot.console.guarding import errors_as_pages, visitors_only
from bot.console.pages import Assets
from bot.console.services import Services
from bot.console.views.added import AddedPhrasings
from bot.console.views.asked import AskedQuestions
from bot.console.views.entrance import Entrance
from bot.console.views.known import Known
from bot.console.views.overview import Overviews
from bot.console.views.tryout import TryOut

_VIEWS = (Entrance, Overviews, AskedQuestions, AddedPhrasings, Known, TryOut)


def console(services: Services) -> web.Application:
    """Build the console."""
    app = web.Application(middlewares=[errors_as_pages, visitors_only(services.access)])
    app.router.add_get("/assets/{name}", Assets().serve)
    for view in _VIEWS:
        view(services).register(app)

    async def close(_: web.Application) -> None:
        await services.trials.close()

    app.on_shutdown.append(close)
    return app
