"""一览: how much is asked, and how it goes."""

from __future__ import annotations

from aiohttp import web

from bot.console import charts
from bot.console.pages import KINDS
from bot.console.services import Services, start_of
from bot.console.statistics import Row, first_day, overview
from bot.console.tables import as_csv
from bot.console.views.shell import PERIODS, days_of, region_of, shown

MOST_OPINIONS = 2_000
"""So many thumbs of a sort are counted at most."""
_MOST_TOPICS = 12
_MOST_REGIONS = 30


class Overviews:
    """The overview and its figures as a table."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, app: web.Application) -> None:
        """Serve the overview."""
        app.router.add_get("", self.page)
        app.router.add_get("/", self.page)
        app.router.add_get("/export/days.csv", self.table)

    async def page(self, request: web.Request) -> web.Response:
        """Show the overview of some days, of all regions or of one."""
        services, days, region = self._services, days_of(request), region_of(request, self._services)
        today = services.today
        first = first_day(today, days)
        by_topic = await services.journal.by_topic(first_day(today, 2 * days), today, region)
        seen = overview(by_topic, await services.journal.by_region(first, today), today, days)
        since, until = start_of(first), services.clock()
        up, down = [
            await services.journal.feedback(since=since, until=until, verdict=verdict, limit=MOST_OPINIONS)
            for verdict in ("up", "down")
        ]
        return shown(
            request,
            services,
            "overview",
            active="overview",
            days=days,
            periods=PERIODS,
            region=region,
            seen=seen,
            chart=charts.by_day(seen.days),
            line=charts.line(sums.messages for _, sums in seen.days),
            regions=_bars(seen.regions[:_MOST_REGIONS]),
            more_regions=max(0, len(seen.regions) - _MOST_REGIONS),
            topics=_bars(seen.topics[:_MOST_TOPICS]),
            more_topics=max(0, len(seen.topics) - _MOST_TOPICS),
            up=len(up),
            down=len(down),
            most=MOST_OPINIONS,
        )

    async def table(self, request: web.Request) -> web.Response:
        """Give the figures of some days as CSV."""
        services, days, region = self._services, days_of(request), region_of(request, self._services)
        today = services.today
        tallies = await services.journal.by_topic(first_day(today, days), today, region)
        place = "全部" if region is None else services.place(region)
        head = ("日期", "地区", "话题", "怎么答的", "条数")
        rows = [
            (tally.day.isoformat(), place, services.title(tally.name), KINDS.get(tally.kind), tally.count)
            for tally in sorted(tallies, key=lambda tally: (tally.day, tally.name or "", tally.kind))
        ]
        return download(f"yibao-{today}-days.csv", as_csv(head, rows))


def _bars(rows: tuple[Row, ...]) -> list[tuple[Row, tuple[charts.Part, ...]]]:
    most = max((row.sums.messages for row in rows), default=1)
    return [(row, charts.share_parts(row.sums, most)) for row in rows]


def download(name: str, content: bytes) -> web.Response:
    """Give a file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type="text/csv", charset="utf-8", headers=headers)
