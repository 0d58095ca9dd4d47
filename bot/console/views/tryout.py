"""试一试: a chat with the bot that shows how it comes to its replies, and that no journal keeps."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.console.access import Visit
from bot.console.guarding import VISIT, read_form
from bot.console.pages import see
from bot.console.reasons import reasons
from bot.console.services import Services
from bot.console.views.shell import shown
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.storage.masking import mask

LONGEST_TEXT = 2_000
_MOST_TURNS = 12


class _Turn(BaseModel):
    model_config = ConfigDict(frozen=True)

    asked: str
    reply: Reply


class _Chat(BaseModel):
    """The chat of a visit: where it stands, and what was said last."""

    model_config = ConfigDict(frozen=True)

    session: Session = Session()
    region: str | None = None
    turns: tuple[_Turn, ...] = ()


class TryOut:
    """The try-out pane."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: web.Application) -> None:
        """Serve the pane."""
        app.router.add_get("/try", self.page)
        app.router.add_post("/try", self.say)

    async def page(self, request: web.Request) -> web.Response:
        """Show the chat, and how its last reply came about."""
        chat = await self._chat(request[VISIT])
        last = chat.turns[-1].reply if chat.turns else None
        return shown(
            request,
            self._services,
            "try",
            active="try",
            chat=chat,
            last=last,
            reasons=reasons(last, self._services) if last is not None else (),
            regions=list(self._services.core.knowledge.regions),
            longest=LONGEST_TEXT,
        )

    async def say(self, request: web.Request) -> web.Response:
        """Answer a message, or begin anew."""
        services, visit = self._services, request[VISIT]
        form = await read_form(request)
        region = form.get("region", "")
        preset = region if region in services.core.knowledge.regions else None
        chat = await self._chat(visit)
        if "anew" in form or preset != chat.region:
            chat = _Chat(region=preset)
        text = mask(form.get("text", ""))[:LONGEST_TEXT]
        if text.strip() and "anew" not in form:
            session, reply = services.core.assistant.reply(
                chat.session, text, today=services.today, preset=preset
            )
            turns = (*chat.turns, _Turn(asked=text, reply=reply))[-_MOST_TURNS:]
            chat = _Chat(session=session, region=preset, turns=turns)
        await services.state.save(_place(visit), chat.model_dump_json())
        raise see("/try")

    async def _chat(self, visit: Visit) -> _Chat:
        kept = await self._services.state.session(_place(visit))
        if kept is None:
            return _Chat()
        try:
            return _Chat.model_validate_json(kept)
        except ValidationError:  # of another version
            return _Chat()


def _place(visit: Visit) -> str:
    return f"console:try:{visit.form}"
