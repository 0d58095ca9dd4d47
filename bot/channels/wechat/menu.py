"""The custom menu of an account, built from the topics that its document answers."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from knowledge.contents import Knowledge
from knowledge.model import Topic

MOST_ENTRIES: Final = 5
"""How many entries WeChat shows under a button."""
LONGEST_NAME: Final = 60
"""The longest name of an entry, in bytes of UTF-8."""

BUTTONS: Final[Mapping[str, tuple[str, ...]]] = {
    "参保缴费": (
        "premium",
        "payment_channels",
        "payment_window",
        "newborn_enrolment",
        "evoucher",
        "enrol_first",
        "payment_late",
        "renewal",
    ),
    "看病报销": (
        "inpatient",
        "outpatient",
        "two_diseases",
        "chronic",
        "critical",
        "maternity",
        "accident",
        "special_drugs",
    ),
    "异地和其他": (
        "remote_filing",
        "coverage_period",
        "waiting_period",
        "claim_materials",
        "contacts",
        "remote_rate",
        "claim_deadline",
        "policy_change",
        "document",
    ),
}
"""For each button the topics under it, the most asked first; those that are answered fill it up."""


def menu(knowledge: Knowledge, region: str | None) -> dict[str, Any]:
    """Build the menu of an account for a region (None: for all), as WeChat's API takes it."""
    regions = knowledge.regions.values() if region is None else (knowledge.regions[region],)
    answered = {topic for each in regions for topic in each.answers}
    topics = knowledge.national.topics
    filled = {name: _entries(chosen, topics, answered) for name, chosen in BUTTONS.items()}
    return {"button": [{"name": name, "sub_button": entries} for name, entries in filled.items() if entries]}


def _entries(
    chosen: Iterable[str], topics: Mapping[str, Topic], answered: Collection[str]
) -> list[dict[str, str]]:
    fitting = [topic for topic in chosen if topic in answered][:MOST_ENTRIES]
    return [{"type": "click", "name": _name(topics[topic].title), "key": topic} for topic in fitting]


def _name(title: str) -> str:
    return title.encode()[:LONGEST_NAME].decode(errors="ignore")
