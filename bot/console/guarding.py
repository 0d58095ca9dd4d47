"""What holds for every request to the console: who asks, that the form is ours, and that errors are pages."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.console.access import VISIT_SECONDS, Access, Visit
from bot.console.pages import ROOT, page, see
from bot.storage.protocols import StorageError

COOKIE = "yibao_admin"
FORM_COOKIE = "yibao_admin_form"
FORM_FIELD = "form"
OPEN = (f"{ROOT}/login", f"{ROOT}/assets/")
"""The paths that need no visit."""

VISIT: web.RequestKey[Visit] = web.RequestKey("visit", Visit)
_MOST_FIELDS = 50
_WORDS = {
    HTTPStatus.NOT_FOUND: "没有这个页面，或者它说的东西已经不在了。",
    HTTPStatus.METHOD_NOT_ALLOWED: "这个地址不能这样用。",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "发来的内容太长。",
    HTTPStatus.FORBIDDEN: "这个表单不是从您现在的登录里打开的，没有生效。请回到页面重新提交。",
    HTTPStatus.BAD_REQUEST: "发来的内容看不懂。",
}
_log = logging.getLogger(__name__)


@web.middleware
async def errors_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a page; what nobody foresaw is logged, without the content."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        status = HTTPStatus(error.status)
        return error_page(status, _WORDS.get(status, "这个请求没有被接受。"))
    except StorageError as error:
        _log.error("%s %s: %s", request.method, request.path, error)  # the message says it all
        return error_page(HTTPStatus.SERVICE_UNAVAILABLE, "现在连不上记录，请稍后再试。机器人仍在回答居民。")
    except Exception:  # noqa: BLE001  # logged; the next request is served
        _log.exception("%s %s failed", request.method, request.path)
        return error_page(HTTPStatus.INTERNAL_SERVER_ERROR, "出错了，请稍后再试；还不行就请管理员看日志。")


def error_page(status: HTTPStatus, words: str) -> web.Response:
    """Make a page that says what went wrong."""
    return page("error", {"words": words, "status": int(status)}, status)


def visitors_only(access: Access) -> Middleware:
    """Make the middleware that lets nobody in without a visit, and takes only forms of that visit."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(OPEN):
            return await handler(request)
        token = request.cookies.get(COOKIE, "")
        visit = await access.visit(token) if token else None
        if visit is None:
            raise see("/login")
        if request.method not in {"GET", "HEAD"}:
            check_form(request, await read_form(request), visit.form)
        request[VISIT] = visit
        return await handler(request)

    return guard


def check_form(request: web.Request, form: Mapping[str, str], expected: str) -> None:
    """Refuse a form that was not made for whoever sends it.

    Raises:
        HTTPForbidden: it comes from another site, or without what it should carry.

    """
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    given = form.get(FORM_FIELD, "").encode("utf-8", "replace")
    if elsewhere or not expected or not hmac.compare_digest(given, expected.encode("utf-8", "replace")):
        raise web.HTTPForbidden


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Read the fields of a form as it was sent; of several of one name, the last.

    Raises:
        HTTPBadRequest: it has far too many fields.

    """
    try:
        body = (await request.read()).decode("utf-8", "replace")
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except (ValueError, web.RequestPayloadError) as error:
        raise web.HTTPBadRequest from error


def remember(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """Have the browser keep a value for the console only, out of reach of scripts and of other sites."""
    response.set_cookie(
        name,
        value,
        path=ROOT,
        max_age=VISIT_SECONDS,
        httponly=True,
        samesite="Strict",
        secure=_is_over_tls(request),
    )


def _is_over_tls(request: web.Request) -> bool:
    return request.secure or request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"
