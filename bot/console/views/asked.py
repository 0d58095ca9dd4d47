"""没答上的: what went without an answer, why, and what to do about it."""

from __future__ import annotations

import asyncio
from typing import get_args

from aiohttp import web

from bot.console.questions import Question, Sort, collect, explained, sorted_out
from bot.console.reasons import reasons
from bot.console.services import Services, start_of
from bot.console.statistics import first_day
from bot.console.tables import as_csv
from bot.console.views.overview import download
from bot.console.views.shell import PERIODS, days_of, region_of, shown
from bot.understanding.index import SCOPE, TALK
from knowledge.overlay import LONGEST_PHRASING

SORTS: dict[Sort, str] = {"unknown": "没听懂的", "disliked": "被点踩的", "left_out": "文件里没写的"}
_A_PAGE = 30


class AskedQuestions:
    """The questions and their table."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: web.Application) -> None:
        """Serve the questions."""
        app.router.add_get("/questions", self.page)
        app.router.add_get("/questions/{turn}", self.one)
        app.router.add_get("/export/questions.csv", self.table)

    async def page(self, request: web.Request) -> web.Response:
        """List groups of questions."""
        found, is_cut = await self._found(request)
        settled = [question for question in found if question.is_settled]
        with_settled = request.query.get("settled") == "1"
        listed = found if with_settled else [question for question in found if not question.is_settled]
        asked = request.query.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < len("10000") else 1
        pages = max(1, -(-len(listed) // _A_PAGE))
        number = min(max(1, number), pages)
        return shown(
            request,
            self._services,
            "questions",
            active="questions",
            sort=_sort(request),
            sorts=SORTS,
            days=days_of(request),
            periods=PERIODS,
            region=region_of(request, self._services),
            regions=list(self._services.core.knowledge.regions),
            listed=listed[(number - 1) * _A_PAGE : number * _A_PAGE],
            count=len(listed),
            turns=sum(len(question.asked) for question in listed),
            settled=len(settled),
            with_settled=with_settled,
            is_cut=is_cut,
            page=number,
            pages=pages,
        )

    async def one(self, request: web.Request) -> web.Response:
        """Show a question with its trace, and what can be done about it."""
        services = self._services
        name = request.match_info["turn"]
        turn = await services.journal.turn(name) if name.isprintable() else None
        if turn is None:
            raise web.HTTPNotFound
        told = await explained(services.journal, turn, services.core.assistant)
        candidates = [
            one for one in told.alone.trace.candidates if not one.topic.startswith(TALK) and one.score > 0
        ]
        return shown(
            request,
            services,
            "question",
            active="questions",
            told=told,
            reasons=reasons(told.now, services),
            candidates=candidates,
            phrasing=told.alone.trace.text[:LONGEST_PHRASING],
            longest=LONGEST_PHRASING,
            topics=list(services.topics()),
            scopes=list(services.scopes()),
            scope_prefix=SCOPE,
        )

    async def table(self, request: web.Request) -> web.Response:
        """Give the groups of questions as CSV."""
        services = self._services
        found, _ = await self._found(request)
        head = ("问题", "次数", "人数", "地区", "最近一次", "当时的回答", "已解决", "不满的原因")
        rows = [
            (
                question.text,
                len(question.asked),
                question.users,
                "、".join(services.place(region) for region, _ in question.regions),
                f"{question.newest.at:%Y-%m-%d %H:%M}",
                question.newest.answered,
                "是" if question.is_settled else "否",
                "；".join(asked.reason for asked in question.asked if asked.reason),
            )
            for question in found
        ]
        return download(f"yibao-{services.today}-{_sort(request)}.csv", as_csv(head, rows))

    async def _found(self, request: web.Request) -> tuple[tuple[Question, ...], bool]:
        services, region = self._services, region_of(request, self._services)
        since = start_of(first_day(services.today, days_of(request)))
        asked = await collect(services.journal, _sort(request), since, services.clock())
        if region is not None:
            asked = [one for one in asked if one.turn.region == region]
        kept = await asyncio.to_thread(services.additions.all)
        found = await asyncio.to_thread(
            sorted_out, asked, services.core, kept.additions.values(), services.today
        )
        return found.questions, found.is_cut


def _sort(request: web.Request) -> Sort:
    asked = request.query.get("sort", "")
    return next((sort for sort in get_args(Sort) if sort == asked), "unknown")
