"""新增说法: what the office adds: assigned, tried, live or held, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from bot.channels.guard import json_response
from bot.console.additions import AdditionError
from bot.console.guarding import VISIT, read_form
from bot.console.pages import STATUSES, see
from bot.console.services import Services
from bot.console.tables import as_csv
from bot.console.views.overview import download
from bot.console.views.shell import shown
from bot.dialogue.session import Session
from bot.understanding.text import clean
from knowledge.overlay import LONGEST_PHRASING, Addition

TOPIC, KIND = "topic:", "scope:"
"""What the meaning of a form begins with: a topic, or a kind of question out of scope."""


class AddedPhrasings:
    """The office's additions."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: web.Application) -> None:
        """Serve the additions, and take new ones."""
        app.router.add_get("/additions", self.page)
        app.router.add_post("/additions", self.add)
        app.router.add_get("/additions/{name}", self.one)
        app.router.add_get("/additions/{name}/progress", self.progress)
        app.router.add_post("/additions/{name}/undo", self.undo)
        app.router.add_post("/additions/{name}/retry", self.retry)
        app.router.add_get("/export/additions.csv", self.table)

    async def page(self, request: web.Request) -> web.Response:
        """List the additions, those that need attention first."""
        kept = await asyncio.to_thread(self._services.additions.all)
        by_status = {
            status: [(name, one) for name, one in kept.additions.items() if one.status == status]
            for status in ("trying", "held", "live", "undone")
        }
        return shown(
            request,
            self._services,
            "additions",
            active="additions",
            by_status=by_status,
            broken_files=kept.faults,
        )

    async def add(self, request: web.Request) -> web.Response:
        """Take a new addition and begin to try it."""
        services = self._services
        form = await read_form(request)
        phrasing = clean(form.get("phrasing", ""))
        try:
            addition = self._read(request, form, phrasing)
            national = services.core.knowledge.national
            name = await asyncio.to_thread(services.additions.add, addition, national)
        except AdditionError as error:
            return self._refused(request, str(error), form.get("turn", ""))
        await services.trials.start(name, addition, national)
        raise see(f"/additions/{name}")

    def _read(self, request: web.Request, form: Mapping[str, str], phrasing: str) -> Addition:
        if not phrasing:
            raise AdditionError("请写上这句话。")
        if len(phrasing) > LONGEST_PHRASING:
            raise AdditionError(f"这句话太长，请缩到 {LONGEST_PHRASING} 字以内。")
        meaning = form.get("meaning", "")
        if meaning in {TOPIC, KIND}:  # the choice stands in the list beside it
            meaning += form.get("topic" if meaning == TOPIC else "scope", "")
        kind, _, name = meaning.partition(":")
        if not name:
            raise AdditionError("请选一个话题，或者选“不归医保管”。")
        region = form.get("region", "")
        return Addition(
            phrasing=phrasing,
            topic=name if f"{kind}:" == TOPIC else None,
            out_of_scope=None if f"{kind}:" == TOPIC else name,
            region=region if region in self._services.core.knowledge.regions else None,
            by=request[VISIT].name,
            at=self._services.clock(),
            status="trying",
        )

    async def one(self, request: web.Request) -> web.Response:
        """Show an addition, and what the bot says to its words by now."""
        services = self._services
        name, addition = await self._found(request)
        _, now = services.core.assistant.reply(
            Session(), addition.phrasing, today=services.today, preset=addition.region
        )
        return shown(
            request,
            services,
            "addition",
            active="additions",
            name=name,
            addition=addition,
            now=now,
            progress=await services.trials.progress(name),
        )

    async def progress(self, request: web.Request) -> web.Response:
        """Tell a page how far the trial is; `over` when there is something new to show."""
        name, _ = await self._found(request)
        told = await self._services.trials.progress(name)
        done = {"done": 0, "of": 0} if told is None else told.model_dump()
        return json_response({**done, "over": told is None})

    async def undo(self, request: web.Request) -> web.Response:
        """Take an addition back."""
        services = self._services
        name, _ = await self._found(request)
        national = services.core.knowledge.national
        who, at = request[VISIT].name, services.clock()
        try:
            await asyncio.to_thread(
                lambda: services.additions.change(
                    name,
                    national,
                    expected=("trying", "live", "held"),
                    status="undone",
                    undone_by=who,
                    undone_at=at,
                )
            )
        except AdditionError as error:
            return self._refused(request, str(error), "")
        await services.trials.use_what_is_live()
        raise see(f"/additions/{name}")

    async def retry(self, request: web.Request) -> web.Response:
        """Try an addition again that was held, taken back, or whose trial was interrupted."""
        services = self._services
        name, addition = await self._found(request)
        if addition.status == "trying" and await services.trials.progress(name) is not None:
            raise see(f"/additions/{name}")
        national = services.core.knowledge.national
        fresh = {"status": "trying", "why_held": None, "breaks": (), "undone_by": None, "undone_at": None}
        who, at = request[VISIT].name, services.clock()
        try:
            again = await asyncio.to_thread(
                lambda: services.additions.change(
                    name, national, expected=("trying", "held", "undone"), by=who, at=at, **fresh
                )
            )
        except AdditionError as error:
            return self._refused(request, str(error), "")
        await services.trials.start(name, again, national)
        raise see(f"/additions/{name}")

    async def table(self, _: web.Request) -> web.Response:
        """Give the additions as CSV."""
        services = self._services
        kept = await asyncio.to_thread(services.additions.all)
        head = ("说法", "归到", "状态", "谁加的", "什么时候", "谁撤下的", "什么时候撤下", "没上线的原因")
        rows = [
            (
                one.phrasing,
                services.title(one.topic) if one.topic else services.scope_title(one.out_of_scope or ""),
                STATUSES[one.status],
                one.by,
                f"{one.at:%Y-%m-%d %H:%M}",
                one.undone_by,
                f"{one.undone_at:%Y-%m-%d %H:%M}" if one.undone_at else None,
                one.why_held,
            )
            for one in kept.additions.values()
        ]
        return download(f"yibao-{services.today}-additions.csv", as_csv(head, rows))

    async def _found(self, request: web.Request) -> tuple[str, Addition]:
        """Find the addition that a path names among those that there are."""
        name = request.match_info["name"]
        addition = await asyncio.to_thread(self._services.additions.get, name)
        if addition is None:
            raise web.HTTPNotFound
        return name, addition

    def _refused(self, request: web.Request, words: str, turn: str) -> web.Response:
        return shown(
            request,
            self._services,
            "refused",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            active="additions",
            words=words,
            turn=turn,
        )
