"""The bodies of requests: JSON of the form that a call takes, or a refusal that names every fault."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from bot.channels.guard import RequestError

LONGEST_USER = 128

User = Annotated[str, Field(min_length=1, max_length=LONGEST_USER)]
"""How a program tells its users apart."""

B = TypeVar("B", bound=BaseModel)


async def read_body(request: web.Request, model: type[B]) -> B:
    """Read a request's body.

    Raises:
        RequestError: not JSON, or not of the form that the call takes.

    """
    try:
        body = await request.read()
    except web.RequestPayloadError as error:
        raise RequestError(HTTPStatus.BAD_REQUEST, "bad_body", "the body cannot be decoded") from error
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        if faults[0]["type"] == "json_invalid":
            raise RequestError(HTTPStatus.BAD_REQUEST, "bad_json", faults[0]["msg"]) from error
        told = [(".".join(str(part) for part in fault["loc"]), fault["msg"]) for fault in faults]
        message = "; ".join(f"{field}: {what}" if field else what for field, what in told)
        raise unprocessable("invalid_request", message, *told) from error


def unprocessable(code: str, message: str, *faults: tuple[str, str]) -> RequestError:
    """Make the refusal of a body that cannot be worked with."""
    return RequestError(HTTPStatus.UNPROCESSABLE_ENTITY, code, message, faults=faults)
