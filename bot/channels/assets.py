"""Files that come with the package for browsers: read once when the bot starts, revalidated by their tags."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class _Asset:
    content: bytes
    content_type: str
    etag: str


class Assets:
    """The files of a folder, by their names; nothing else can be asked for."""

    def __init__(self, folder: Path) -> None:
        self._assets = {
            path.name: _Asset(content, _TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:16])
            for path in sorted(folder.iterdir())
            if (content := path.read_bytes())
        }

    def serve(self, request: web.Request, name: str, headers: Mapping[str, str]) -> web.Response:
        """Serve a file with these headers, or tell a browser that it has it already.

        Raises:
            HTTPNotFound: there is no such file.

        """
        asset = self._assets.get(name)
        if asset is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "no-cache", **headers}
        held = request.if_none_match or ()
        if any(etag.value == asset.etag for etag in held):
            response = web.Response(status=304, headers=headers)
        else:
            response = web.Response(
                body=asset.content, content_type=asset.content_type, charset="utf-8", headers=headers
            )
        response.etag = asset.etag
        return response
