"""What users think of answers: POST /api/feedback."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.channels.bodies import User, read_body
from bot.channels.guard import API, check_speaker, json_response
from bot.message import Rate, Verdict

LONGEST_REASON = 2_000


class FeedbackRequest(BaseModel):
    """What POST /api/feedback takes; `turn` is the id that came with the answer."""

    model_config = ConfigDict(strict=True)

    user: User
    turn: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    verdict: Verdict
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""


class FeedbackApi:
    """Takes what users think, and hands it to `rate`."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate

    def register(self, app: web.Application) -> None:
        """Serve the call."""
        app.router.add_post(f"{API}feedback", self.feedback)

    async def feedback(self, request: web.Request) -> web.Response:
        """Take what a user thinks of an answer; what they said of it before counts no longer."""
        given = await read_body(request, FeedbackRequest)
        check_speaker(request, given.user)
        await self._rate("http", given.user, given.turn, given.verdict, given.reason)
        return json_response({"status": "ok"})
