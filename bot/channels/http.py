"""The JSON API: chat, the regions and their calculators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from bot.channels.bodies import User, read_body, unprocessable
from bot.channels.guard import API, RequestError, check_speaker, json_response
from bot.channels.limits import Limits
from bot.message import Answer, Message
from calculators.calculator import Calculator
from calculators.comparison import Comparison
from calculators.inputs import InputError
from calculators.outcomes import Ask, NotCovered, Result
from calculators.service import describe, work_out
from knowledge.contents import Knowledge, Region
from knowledge.model import Document

LONGEST_TEXT = 20_000
LARGEST_BODY = 256 * 1024
"""Bytes: the longest text, with every character written as an escape."""


class ChatRequest(BaseModel):
    """What POST /api/chat takes; `region` is what the chat is preset to."""

    model_config = ConfigDict(strict=True)

    user: User
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]
    region: str | None = None


class CalculateRequest(BaseModel):
    """What POST /api/calculate takes."""

    model_config = ConfigDict(strict=True)

    region: str
    calculator: str
    inputs: dict[str, JsonValue]


class Api:
    """The API over the bot.

    Args:
        answer: answers a message.
        knowledge: what is known; calculators: for each region, its calculators by id.
        limits: how often a user may ask.

    """

    def __init__(
        self,
        answer: Answer,
        knowledge: Knowledge,
        calculators: Mapping[str, Mapping[str, Calculator]],
        limits: Limits,
    ) -> None:
        self._answer = answer
        self._limits = limits
        self.use(knowledge, calculators)

    @property
    def regions(self) -> Mapping[str, Region]:
        """The regions that are served."""
        return self._regions

    def use(self, knowledge: Knowledge, calculators: Mapping[str, Mapping[str, Calculator]]) -> None:
        """Serve this knowledge and these calculators from the next request on."""
        self._knowledge = knowledge
        self._regions = knowledge.regions
        self._calculators = calculators

    def register(self, app: web.Application) -> None:
        """Serve the API."""
        app.router.add_post(f"{API}chat", self.chat)
        app.router.add_get(f"{API}regions", self.list_regions)
        app.router.add_get(f"{API}regions/{{id}}/calculators", self.list_calculators)
        app.router.add_post(f"{API}calculate", self.calculate)

    async def chat(self, request: web.Request) -> web.Response:
        """Answer a message."""
        asked = await read_body(request, ChatRequest)
        check_speaker(request, asked.user)
        if asked.region is not None:
            self._region(asked.region, HTTPStatus.UNPROCESSABLE_ENTITY)
        await self._limits.check_user(asked.user)
        reply = await self._answer(Message("http", asked.user, asked.text, asked.region))
        return json_response(reply.to_json())

    async def list_regions(self, _: web.Request) -> web.Response:
        """Tell the regions, each with its document, its calculators, and what one may ask first."""
        regions = [
            {
                "id": region.id,
                "name": region.info.place.name,
                "province": region.info.place.province,
                "document": region.info.document.model_dump(mode="json"),
                "calculators": list(self._calculators[region.id]),
                "starters": list(self._knowledge.starters(region.id)),
            }
            for region in self._regions.values()
        ]
        return json_response({"regions": regions})

    async def list_calculators(self, request: web.Request) -> web.Response:
        """Tell a region's calculators, each with its inputs as JSON Schema and with what it can compare."""
        region = self._region(request.match_info["id"], HTTPStatus.NOT_FOUND)
        calculators = [
            {"id": calculator.id, "title": calculator.title, "inputs": describe(calculator)}
            for calculator in self._calculators[region.id].values()
        ]
        return json_response({"region": region.id, "calculators": calculators})

    async def calculate(self, request: web.Request) -> web.Response:
        """Work something out, or the same case under several circumstances (`compare` in the inputs)."""
        asked = await read_body(request, CalculateRequest)
        region = self._region(asked.region, HTTPStatus.UNPROCESSABLE_ENTITY)
        calculators = self._calculators[region.id]
        if asked.calculator not in calculators:
            message = f"{region.id} has no calculator of this name; it has: {', '.join(calculators)}"
            raise unprocessable("unknown_calculator", message, ("calculator", message))
        return json_response(_run(calculators, asked, region))

    def _region(self, name: str, otherwise: HTTPStatus) -> Region:
        region = self._regions.get(name)
        if region is None:
            message = f"there is no region of this id; there are: {', '.join(self._regions)}"
            raise RequestError(otherwise, "unknown_region", message, faults=(("region", message),))
        return region


def _run(calculators: Mapping[str, Calculator], asked: CalculateRequest, region: Region) -> dict[str, Any]:
    try:
        outcome = work_out(calculators, asked.calculator, asked.inputs)
    except InputError as error:
        faults = [(fault.input, fault.message) for fault in error.faults]
        raise unprocessable("invalid_inputs", str(error), *faults) from error
    match outcome:
        case Ask(name, question, options):
            choices = f"（{'、'.join(option.label for option in options)}）" if options else ""
            raise unprocessable("missing_input", question, (name, question + choices))
        case NotCovered(text):
            raise unprocessable("not_covered", text)
        case Result() | Comparison():
            return {
                "region": region.id,
                "inputs": asked.inputs,
                **outcome.to_json(),
                "sources": _sources(outcome.clauses, region.info.document),
            }


def _sources(clauses: Iterable[str], document: Document) -> list[dict[str, str]]:
    return [{"document": document.title, "clause": clause, "year": document.year} for clause in clauses]
