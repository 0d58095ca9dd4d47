"""Coming in and going out."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from aiohttp import web

from bot import metrics
from bot.console.access import LONGEST_NAME, TooManyTriesError, WrongPasswordError
from bot.console.guarding import (
    COOKIE,
    FORM_COOKIE,
    check_form,
    read_form,
    remember,
)
from bot.console.pages import ROOT, page, see
from bot.console.services import Services


class Entrance:
    """The login."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: web.Application) -> None:
        """Serve the login and the logout."""
        app.router.add_get("/login", self.form)
        app.router.add_post("/login", self.enter)
        app.router.add_post("/logout", self.leave)

    async def form(self, request: web.Request) -> web.Response:
        """Show the form."""
        return _form(request, "")

    async def enter(self, request: web.Request) -> web.Response:
        """Let in whoever knows the password."""
        form = await read_form(request)
        check_form(request, form, request.cookies.get(FORM_COOKIE, ""))
        name = " ".join("".join(filter(str.isprintable, form.get("name", ""))).split())[:LONGEST_NAME]
        if not name:
            return _form(request, "请写上您的名字。", HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            address = self._services.address(request)
            token = await self._services.access.enter(name, form.get("password", ""), address)
        except WrongPasswordError:
            return _form(request, "密码不对。", HTTPStatus.UNAUTHORIZED, name)
        except TooManyTriesError as error:
            metrics.REFUSALS.labels("login").inc()
            minutes = -(-error.seconds // 60)
            words = f"试错的次数太多，请 {minutes} 分钟后再试。"
            refused = _form(request, words, HTTPStatus.TOO_MANY_REQUESTS, name)
            refused.headers["Retry-After"] = str(error.seconds)
            return refused
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{ROOT}/"})
        remember(request, response, COOKIE, token)
        response.del_cookie(FORM_COOKIE, path=ROOT)
        return response

    async def leave(self, request: web.Request) -> web.Response:
        """End the visit."""
        await self._services.access.leave(request.cookies.get(COOKIE, ""))
        response = see("/login")
        response.del_cookie(COOKIE, path=ROOT)
        raise response


def _form(
    request: web.Request, fault: str, status: HTTPStatus = HTTPStatus.OK, name: str = ""
) -> web.Response:
    """Show the form, with a value that must come back both with it and as a cookie."""
    value = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    response = page("login", {"form": value, "fault": fault, "name": name}, status)
    remember(request, response, FORM_COOKIE, value)
    return response
