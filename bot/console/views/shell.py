"""What all views show around their own matter, and how they read a query."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bot.console.guarding import VISIT
from bot.console.pages import page
from bot.console.services import Services

PERIODS = {7: "7 天", 28: "4 周", 91: "13 周"}
USUAL = 28


def shown(
    request: web.Request,
    services: Services,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    **values: object,
) -> web.Response:
    """Show a view to a visitor."""
    visit = request[VISIT]
    around = {
        "visitor": visit.name,
        "form": visit.form,
        "faults": services.faults(),
        "path": request.rel_url.path,
        "name_of": services,
    }
    return page(template, {**around, **values}, status)


def days_of(request: web.Request) -> int:
    """Read for how many days the view is asked; the usual ones, where it is none of the periods."""
    asked = request.query.get("days", "")
    return int(asked) if asked in map(str, PERIODS) else USUAL


def region_of(request: web.Request, services: Services) -> str | None:
    """Read for which region the view is asked; None for all of them."""
    asked = request.query.get("region", "")
    return asked if asked in services.core.knowledge.regions else None
