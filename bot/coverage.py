"""The table city x topic: what each document answers, what can be worked out, and what it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.table import Table

from knowledge.contents import Knowledge, Region
from knowledge.model import Topic

ANSWER, CALCULATOR, GAP = "答", "答 算", "—"
CAPTION = f"{ANSWER} 文件里有答案 · {CALCULATOR} 还能按个人情况计算 · {GAP} 文件没有写"


def coverage(knowledge: Knowledge, calculators: Mapping[str, Collection[str]]) -> Table:
    """Lay out the table.

    Args:
        knowledge: what is known.
        calculators: for each region, the names of its calculators.

    """
    table = Table(caption=CAPTION, caption_justify="left")
    table.add_column("话题")
    regions = knowledge.regions.values()
    for region in regions:
        table.add_column(region.info.place.name, justify="center", no_wrap=True)
    for topic_id, topic in knowledge.national.topics.items():
        cells = (_cell(region, topic_id, topic, calculators[region.id]) for region in regions)
        table.add_row(topic.title, *cells)
    table.add_section()
    table.add_row("有答案的话题", *(f"{len(region.answers)}" for region in regions))
    return table


def as_markdown(knowledge: Knowledge, calculators: Mapping[str, Collection[str]]) -> str:
    """Write the table as Markdown, as the README shows it; arguments as for `coverage`."""
    regions = knowledge.regions.values()
    rows = [
        ["话题", *(region.info.place.name for region in regions)],
        ["---", *(":-:" for _ in regions)],
        *(
            [topic.title, *(_cell(region, topic_id, topic, calculators[region.id]) for region in regions)]
            for topic_id, topic in knowledge.national.topics.items()
        ),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(region: Region, topic_id: str, topic: Topic, calculators: Collection[str]) -> str:
    if topic_id not in region.answers:
        return GAP
    return CALCULATOR if topic.calculator in calculators else ANSWER
