"""What the views of the console work with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from bot.clock import CHINA
from bot.console.access import Access
from bot.console.additions import Additions
from bot.console.trials import Trials
from bot.core import Core
from bot.dialogue.reply import Reply
from bot.storage.protocols import Journal, State
from bot.understanding.index import SCOPE, TALK
from knowledge.overlay import OTHER, OTHER_TITLE


@dataclass
class Services:
    """What the console has to do with.

    Attributes:
        core: the knowledge and the assistant that are in use.
        journal, state: where turns and visits are kept.
        access: who may come in.
        additions, trials: what the office adds, and how that is tried.
        clock: tells the time, in China's.
        faults: tells what is wrong with the knowledge that was to be loaded last; an older one is used.
        address: tells where a request comes from.

    """

    core: Core
    journal: Journal
    state: State
    access: Access
    additions: Additions
    trials: Trials
    clock: Callable[[], datetime]
    faults: Callable[[], tuple[str, ...]]
    address: Callable[[web.Request], str]

    @property
    def today(self) -> date:
        """The day."""
        return self.clock().date()

    def place(self, region: str | None) -> str:
        """Name a region in words; one that is gone by its id."""
        if region is None:
            return "没说地方"
        known = self.core.knowledge.regions.get(region)
        return known.info.place.name if known is not None else region

    def title(self, name: str | None) -> str:
        """Name in words what a message may be taken for: a topic, small talk, or a kind out of scope."""
        if name is None:
            return "话题不明"
        national = self.core.knowledge.national
        if name.startswith(TALK):
            return "闲聊"
        if name.startswith(SCOPE):
            return f"不归医保管：{self.scope_title(name.removeprefix(SCOPE))}"
        topic = national.topics.get(name)
        return topic.title if topic is not None else name

    def scope_title(self, kind: str) -> str:
        """Name a kind of question out of scope in words; one that is gone by its id."""
        known = self.core.knowledge.national.out_of_scope.get(kind)
        return known.title if known is not None else OTHER_TITLE if kind == OTHER else kind

    @property
    def no_document(self) -> str:
        """How every reply begins that says that there is no document for a place."""
        return self.core.knowledge.national.wording.no_document.partition("{")[0] or "\0"

    def is_outside(self, reply: Reply) -> bool:
        """Whether a reply says that no document is about this kind of question."""
        return is_outside(self.core, reply)

    def circumstance(self, name: str, value: str) -> str:
        """Say in words what was found in a message: a circumstance with its values, an amount or a day."""
        national = self.core.knowledge.national
        dimension = national.dimensions.get(name)
        if dimension is not None:
            named = {**dimension.values, **{key: group.name for key, group in dimension.groups.items()}}
            return f"{dimension.name}：{'、'.join(named.get(one, one) for one in value.split('、'))}"
        cues = national.amount_roles.get(name) or national.day_roles.get(name)
        words = (*cues.before, *cues.after) if cues is not None else ()
        return f"{words[0] if words else '金额'}：{value}"

    def topics(self) -> Iterator[tuple[str, str]]:
        """List the topics with their titles."""
        for name, topic in self.core.knowledge.national.topics.items():
            yield name, topic.title

    def scopes(self) -> Iterator[tuple[str, str]]:
        """List the kinds of questions out of scope with their titles, the nameless one first."""
        yield OTHER, OTHER_TITLE
        for name, kind in self.core.knowledge.national.out_of_scope.items():
            if name != OTHER:
                yield name, kind.title


def is_outside(core: Core, reply: Reply) -> bool:
    """Whether a reply says that no document is about this kind of question."""
    kinds = core.knowledge.national.out_of_scope
    return reply.topic is None and any(
        reply.text == kind.text for name, kind in kinds.items() if name != OTHER
    )


def start_of(day: date) -> datetime:
    """Give the moment at which a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
