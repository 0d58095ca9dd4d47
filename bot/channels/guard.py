"""What holds for every request over HTTP: errors are JSON, the API may need a token, browsers keep safe."""

from __future__ import annotations

import hmac
import json
import logging
import re
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.typedefs import Handler, Middleware

from bot import metrics
from bot.channels.visits import VISITOR, Visits
from bot.logs import request_id
from bot.message import UnavailableError

API = "/api/"
VISIT = f"{API}visit"
BY_PAGE = web.RequestKey("by_page", bool)
"""Whether a request comes with a visit to the page in place of the token."""
LONGEST_PATH = 200
REQUEST_ID = "X-Request-ID"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_CODES = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
}
_ID = web.RequestKey("request_id", str)
_WELL_FORMED = re.compile(r"[0-9A-Za-z_-]{20,64}")
"""What proxies make, and longer than any number of a person; anything else may be what a user wrote."""
_log = logging.getLogger(__name__)


class RequestError(Exception):
    """A request that is refused.

    Attributes:
        status: the HTTP status; code: a fixed word for programs; message: what is wrong, for people.
        faults: each fault of a body, as the name of its field and what is wrong.
        headers: what the response carries besides.

    """

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        message: str,
        *,
        faults: tuple[tuple[str, str], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.faults = faults
        self.headers = headers


def json_response(
    content: object, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Make a response of JSON that people can read, too."""
    text = json.dumps(content, ensure_ascii=False)
    return web.json_response(text=text, status=status, headers=headers)


@web.middleware
async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give a request its id, for the log and the response, and count it."""
    given = request.headers.get(REQUEST_ID, "")
    request[_ID] = given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
    token = request_id.set(request[_ID])
    try:
        response = await handler(request)
        resource = request.match_info.route.resource
        method = request.method if request.method in hdrs.METH_ALL else "other"
        route = resource.canonical if resource is not None else "other"
        metrics.REQUESTS.labels(method, route, str(response.status)).inc()
        return response
    finally:
        request_id.reset(token)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a JSON error; what nobody foresaw is logged, without the content."""
    try:
        return await handler(request)
    except RequestError as error:
        refusal = error
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST:
            raise
        refusal = _refused(error)
    except UnavailableError as error:
        _log.error("%s %s: %s", request.method, request.path, error)  # the message says it all
        refusal = RequestError(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "暂时无法回答，请稍后再试")
    except Exception:  # noqa: BLE001  # logged; the next request is served
        _log.exception("%s %s failed", request.method, request.path)
        refusal = RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "出错了，请稍后再试")
    return _error_response(refusal)


def _refused(error: web.HTTPException) -> RequestError:
    """Put a refusal of the HTTP library into the form of our own."""
    status = HTTPStatus(error.status)
    headers = {name: value for name, value in error.headers.items() if name == "Allow"}
    return RequestError(status, _CODES.get(status, "refused"), status.phrase, headers=headers)


def _error_response(error: RequestError) -> web.Response:
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.faults:
        told["faults"] = [{"field": field, "message": message} for field, message in error.faults]
    return json_response({"error": told}, error.status, error.headers)


def bearer(token: str, visits: Visits | None) -> Middleware:
    """Make the middleware that lets nobody use the API without the token or a visit to the chat page."""
    expected = token.encode()

    @web.middleware
    async def needs_token(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(API) or (visits is not None and request.path == VISIT):
            return await handler(request)
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        given = given.strip() if scheme.lower() == "bearer" else ""
        known = hmac.compare_digest(given.encode("utf-8", "replace"), expected)
        if not known and visits is not None and visits.allow(given):
            known = request[BY_PAGE] = True
        if not known:
            raise RequestError(
                HTTPStatus.UNAUTHORIZED,
                "unauthorized",
                "the API needs its bearer token",
                headers={"WWW-Authenticate": "Bearer"},
            )
        return await handler(request)

    return needs_token


def check_speaker(request: web.Request, user: str) -> None:
    """Keep visitors of the page from speaking as the users of the programs that have the token.

    Raises:
        RequestError: they do.

    """
    if request.get(BY_PAGE, False) and not user.startswith(VISITOR):
        raise RequestError(
            HTTPStatus.FORBIDDEN, "forbidden", f"without the token a user's name begins with {VISITOR}"
        )


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers that every response carries, unless it has its own (as the page has)."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "yibao"
    if _ID in request:
        response.headers[REQUEST_ID] = request[_ID]


class AccessLog(AbstractAccessLogger):
    """One line a request: method, path, status, milliseconds; no query, no address, nothing of the body."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write the line for a request that has been answered."""
        path = request.raw_path.partition("?")[0][:LONGEST_PATH]
        ms = round(1000 * time, 1)
        fields = {"method": request.method, "path": path, "status": response.status, "ms": ms}
        self.logger.info(
            "%(method)s %(path)s %(status)d %(ms).1f ms",
            fields,
            extra={"fields": fields, "request_id": request.get(_ID)},
        )
