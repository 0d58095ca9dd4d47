"""The chat page: a few files that speak with the JSON API, and a script that puts it into other sites."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from bot.channels.assets import Assets
from bot.channels.guard import VISIT, json_response
from bot.channels.visits import Visits

_PAGE = "chat.html"
_EMBED = "embed.js"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


class Page:
    """Serves the chat page and what belongs to it.

    Args:
        sites: the sites, besides its own, that may show the page within theirs.
        visits: what lets the page use an API that needs a token; None where it needs none.

    """

    def __init__(self, sites: Sequence[str] = (), visits: Visits | None = None) -> None:
        self._assets = Assets(Path(__file__).parent / "assets")
        self._visits = visits
        ancestors = " ".join(("'self'", *sites))
        self._headers = {
            "Content-Security-Policy": f"{_POLICY}; frame-ancestors {ancestors}",
            "X-Frame-Options": "SAMEORIGIN",  # for browsers that know no frame-ancestors
        }

    def register(self, app: web.Application) -> None:
        """Serve the page at /, its files under /assets/, and the script for other sites at /embed.js."""
        app.router.add_get("/", self.page)
        app.router.add_get("/assets/{name}", self.asset)
        app.router.add_get(f"/{_EMBED}", self.embed)
        if self._visits is not None:
            app.router.add_post(VISIT, self.visit)

    async def page(self, request: web.Request) -> web.Response:
        """Serve the page itself."""
        return self._assets.serve(request, _PAGE, self._headers)

    async def asset(self, request: web.Request) -> web.Response:
        """Serve a file of the page."""
        return self._assets.serve(request, request.match_info["name"], self._headers)

    async def embed(self, request: web.Request) -> web.Response:
        """Serve the script that other sites load; whether they may show the page is another matter."""
        headers = {**self._headers, "Cross-Origin-Resource-Policy": "cross-origin"}
        return self._assets.serve(request, _EMBED, headers)

    async def visit(self, _: web.Request) -> web.Response:
        """Begin a visit."""
        assert self._visits is not None, "the route is there with them only"
        return json_response({"visit": self._visits.begin()})
