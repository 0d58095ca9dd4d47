"""The chat page: a few files that speak with the JSON API, read once when the bot starts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent / "assets"
_PAGE = "chat.html"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class _Asset:
    content: bytes
    content_type: str
    etag: str


class Page:
    """Serves the chat page and what belongs to it; nothing else can be asked for by path."""

    def __init__(self) -> None:
        self._assets = {
            path.name: _Asset(content, _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:16])
            for path in sorted(_FOLDER.iterdir())
            if (content := path.read_bytes())
        }

    def register(self, app: web.Application) -> None:
        """Serve the page at / and its files under /assets/."""
        app.router.add_get("/", self.page)
        app.router.add_get("/assets/{name}", self.asset)

    async def page(self, request: web.Request) -> web.Response:
        """Serve the page itself."""
        return _served(request, self._assets[_PAGE])

    async def asset(self, request: web.Request) -> web.Response:
        """Serve a file of the page."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        return _served(request, asset)


def _served(request: web.Request, asset: _Asset) -> web.Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    held = request.if_none_match or ()
    if any(etag.value == asset.etag for etag in held):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(
            body=asset.content, content_type=asset.content_type, charset="utf-8", headers=headers
        )
    response.etag = asset.etag
    return response
