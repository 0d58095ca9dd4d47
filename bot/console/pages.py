"""Pages out of templates, every value escaped; and the files that belong to them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from bot.clock import CHINA

ROOT = "/admin"
"""Where the console stands."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = {
    "answer": "答了",
    "calculation": "算了",
    "clarify": "反问",
    "decline": "没答",
    "chat": "闲聊",
    "handoff": "转人工",
}
PARTS = {"answered": "答上了", "asked_back": "反问", "declined": "没答上", "talk": "闲聊"}
STATUSES = {"trying": "正在试跑", "live": "已上线", "held": "没上线", "undone": "已撤下"}

_ASSETS = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.0f}%"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


_templates = Environment(
    loader=PackageLoader("bot.console"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(root=ROOT, kinds=KINDS, parts=PARTS, statuses=STATUSES)
_templates.filters.update(number=_number, percent=_percent, moment=_moment)


def page(template: str, values: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    """Make a page out of a template.

    Args:
        template: its name, without ending.
        values: what it shows.
        status: the HTTP status.

    """
    text = _templates.get_template(f"{template}.html").render(values)
    headers = {"Content-Security-Policy": POLICY}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def see(path: str) -> web.HTTPSeeOther:
    """Send the browser on to another page of the console, by a GET."""
    return web.HTTPSeeOther(f"{ROOT}{path}")


class Assets:
    """The files of the pages, read once; nothing else can be asked for by path."""

    def __init__(self) -> None:
        self._files = {path.name: (path.read_bytes(), _TYPES[path.suffix]) for path in _ASSETS.iterdir()}

    async def serve(self, request: web.Request) -> web.Response:
        """Serve a file; a browser that has it is told so."""
        found = self._files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        content, kind = found
        etag = hashlib.sha256(content).hexdigest()[:16]
        if any(held.value == etag for held in request.if_none_match or ()):
            response = web.Response(status=HTTPStatus.NOT_MODIFIED)
        else:
            response = web.Response(body=content, content_type=kind, charset="utf-8")
        response.headers["Cache-Control"] = "no-cache"
        response.etag = etag
        return response
