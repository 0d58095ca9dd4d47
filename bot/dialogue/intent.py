"""What a message wants: a sum to be worked out, a topic, or a detail of what was offered."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.cases import Cases, other_year
from bot.dialogue.sums import Sums
from bot.dialogue.topics import Aim, Aimer
from bot.dialogue.turn import Turn
from bot.understanding.money import ELIGIBLE_COST
from bot.understanding.sides import DIFFERENCE_ASKED
from calculators.known import COST
from knowledge.contents import National
from knowledge.names import BENEFITS, CARE

_COMMON_BENEFITS = BENEFITS[:3]
_MOST_OFFERED = 3
_AFTER_ALL = re.compile("最后|最终|总共|一共|全部|所有|[都全]报完|报完补完|[都全]补完")
"""What somebody pays in the end is what all benefits leave."""


class Intent:
    """Decides what messages want; amounts, days and people speak louder than the likeness of words."""

    def __init__(self, national: National, aimer: Aimer, sums: Sums, cases: Cases) -> None:
        self._topics = national.topics
        self._aimer = aimer
        self._sums = sums
        self._workings = sums.workings
        self._cases = cases

    def of(self, turn: Turn) -> Aim:
        """Tell what a message wants."""
        offered = self._detail_of_an_offer(turn)
        if len(offered) == 1:
            return Aim("answer", offered, "a detail that fits one of the topics offered", follows=True)
        if offered:
            return Aim("offer", offered, "a detail that fits several of the topics offered", follows=True)
        aim = self._of_two_sums(turn)
        aim = aim or self._aimer.aim(turn, details_matter=self._cases.turns_on_details(turn))
        if aim.follows and not self._sums.goes_on_otherwise(turn, aim.topics[0]):
            return self._going_on(turn, aim)
        topic = self._sums.topic(turn) if turn.region is not None else None
        open_between = self._open_between(turn, topic)
        if open_between:
            return Aim("offer", open_between, "a cost, but not of what", of_cost=True)
        if topic is None:
            return _of_another_year(turn, aim)
        besides = [name for name in aim.topics[1:] if name in self._topics]
        besides = [name for name in besides if not self._sums.called_for(turn, name)]
        besides = [name for name in besides if not self._sums.tells_of(turn, topic, name)]
        apart = self._sums.besides(turn, topic) or self._sums.days_asked_besides(turn, topic)
        besides = [apart] if apart is not None else besides
        follows = turn.session.topic is not None and self._aimer.is_same_matter(turn.session.topic, topic)
        return Aim("answer", (topic, *besides[:1]), f"a sum; {aim.decided}", follows=follows)

    def _going_on(self, turn: Turn, aim: Aim) -> Aim:
        """Tell what a message wants that goes on with what the chat is about."""
        if turn.region is None:
            return aim
        topic = aim.topics[0]
        told = turn.session.facts
        worked_out = COST in told.amounts or bool(told.stays)
        if worked_out and self._aimer.asks_for_own_share(turn) and _AFTER_ALL.search(turn.heard.rest):
            return replace(aim, topics=(self._sums.over_a_year(turn, topic),))
        apart = self._sums.besides(turn, topic) or self._sums.days_asked_besides(turn, topic)
        return aim if apart is None else replace(aim, topics=(topic, apart))

    def _of_two_sums(self, turn: Turn) -> Aim | None:
        """Take a message that asks how far what was worked out is from the same of another case."""
        topic = turn.session.topic
        if topic is None or turn.region is None or not (turn.session.calculated and turn.told.sides):
            return None
        others = turn.heard.features & {*BENEFITS} - {self._topics[topic].subject}
        calculator = self._workings.calculator(turn.region, topic)
        if calculator is None or others or not DIFFERENCE_ASKED.search(turn.heard.rest):
            return None
        if all(calculator.takes.isdisjoint(side.values) for side in turn.told.sides):
            return None
        return Aim("answer", (topic,), "the sum set against that of another case", follows=True)

    def _open_between(self, turn: Turn, topic: str | None) -> tuple[str, ...]:
        """Name the topics between which a message that brings a cost leaves open what it is for."""
        if turn.region is None:
            return ()
        likeliest = [topic] if topic is not None else []
        if self._sums.is_open(turn, sure=topic is None) or (topic is None and self._is_of_a_gap(turn)):
            return tuple(dict.fromkeys((*likeliest, *_COMMON_BENEFITS)))[:_MOST_OFFERED]
        rivals = self._sums.rivals(turn, topic) if topic is not None else ()
        return (*likeliest, *rivals)[:_MOST_OFFERED] if rivals else ()

    def _is_of_a_gap(self, turn: Turn) -> bool:
        """Whether a cost seems to be for a benefit that the document leaves out, and that nothing names."""
        likeliest = self._topics.get(turn.heard.ranking.topics[0].topic)
        money = any(found.role in (COST, ELIGIBLE_COST) for found in turn.heard.entities.money)
        if likeliest is None or not money:
            return False
        if turn.heard.features & {*BENEFITS, likeliest.subject, *likeliest.needs}:
            return False
        return turn.heard.ranking.topics[0].topic in turn.here.gaps and likeliest.calculator is not None

    def _detail_of_an_offer(self, turn: Turn) -> tuple[str, ...]:
        """Choose among topics that the bot was unsure between by a detail that they turn on (三甲的)."""
        unsure = [offer.topic for offer in turn.session.offers if offer.unsure and offer.topic is not None]
        if not unsure or self._aimer.asks(turn):
            return ()
        fitting = tuple(topic for topic in unsure if self._fits(turn, topic))
        kinds = {self._topics[topic].subject for topic in fitting}
        return fitting if kinds >= CARE else fitting[:1]

    def _fits(self, turn: Turn, topic: str) -> bool:
        fits = self._workings.takes(turn, topic) or self._sums.called_for(turn, topic)
        return fits and self._workings.is_covered(turn, topic)


def _of_another_year(turn: Turn, aim: Aim) -> Aim:
    """Settle on one of the topics that a message may mean where its year is another: none of them is told."""
    if aim.kind != "offer" or turn.region is None or other_year(turn) is None:
        return aim
    return replace(aim, kind="answer", topics=aim.topics[:1])
