"""Answering a topic for the case at hand: by the document's text, its parameters, or a calculation."""

from __future__ import annotations

import re
from typing import get_args

from bot.dialogue.calculating import Calculating
from bot.dialogue.compose import Composer
from bot.dialogue.facts import of_each_visit, unusable_amount
from bot.dialogue.reply import Reply
from bot.dialogue.session import VISITS, Facts, Session
from bot.dialogue.sums import Sums
from bot.dialogue.topics import Aim, Aimer
from bot.dialogue.turn import Turn
from bot.understanding.money import APART, PATIENT_SHARE
from calculators.calculator import Aspect, Calculator
from calculators.known import COST, PAID, PAY_DATE
from calculators.outcomes import NotCovered
from knowledge.contents import National
from knowledge.names import OVERVIEW, Circumstance, Notion

_OF_THE_PERSON = frozenset(
    {
        Circumstance.TIER,
        Circumstance.PERSON,
        Circumstance.IDENTITY,
        Circumstance.POVERTY,
        Circumstance.HUKOU,
        Circumstance.HISTORY,
    }
)
"""Circumstances that stay true when the talk turns to another benefit."""
_ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
_ASKS_BACK = frozenset({Notion.HOW_MUCH, Notion.REIMBURSE})
"""They ask what one gets back, which rate, deductible and cap together answer."""
_PARAMETERS = frozenset({*_ASPECTS, Notion.COUNTS_AS})
"""What is asked of the rule itself, whatever amount stands beside it."""
_OF_THE_RULE = frozenset({Notion.SURCHARGE, Notion.WHY})
_OF_A_SUM = frozenset({Notion.HOW_MUCH, Notion.TOTAL, Notion.CALCULATE})
"""With the former alone a message asks whether, or why, one pays more; with the latter how much."""
_YEAR_NAMED = re.compile(r"\d{2,4} ?年")
_SHORT_MESSAGE = 4
_MOST_NAMED = 3
_MOST_STATED = 8


class Cases:
    """Answers topics in regions."""

    def __init__(
        self, national: National, aimer: Aimer, sums: Sums, composer: Composer, calculating: Calculating
    ) -> None:
        self._national = national
        self._aimer = aimer
        self._sums = sums
        self._workings = sums.workings
        self._composer = composer
        self._calculating = calculating

    def open(self, turn: Turn, aim: Aim) -> tuple[Session, Reply]:
        """Answer the topic, or the two topics, that a message is about."""
        topic = aim.topics[0]
        aspects = self._aspects_of_bare(turn, topic) if not aim.follows else ()
        if aspects:
            title = self._national.topics[topic].title
            examples = "、".join(self._national.topics[name].title for name in aspects[1 : 1 + _MOST_NAMED])
            ask = self._national.wording.which_aspect.format(title=title, examples=examples)
            reply, offers = self._composer.which_topic(aspects, turn.here.id, ask, unsure=False)
            update = {"topic": topic, "offers": offers, "question": None}
            return turn.session.model_copy(update=update), reply.model_copy(update={"topic": topic})
        year = other_year(turn)
        if year is not None:
            reply = self._composer.other_year(turn.here, topic, year)
            return turn.session.model_copy(update={"topic": topic}), reply
        session, reply = self._answer(turn, topic, self._gathered(turn, topic, follows=aim.follows))
        for second in aim.topics[1:]:
            _, other = self._answer(turn, second, self._gathered(turn, second, follows=aim.follows))
            if other.kind != "clarify" and not _says_no_more(other, reply):
                apart = self._national.topics[second].amount in APART
                reply = (self._composer.added_up if apart else self._composer.joined)(reply, other)
        return session, reply

    def go_on(self, turn: Turn, topic: str, facts: Facts) -> tuple[Session, Reply]:
        """Work a topic out with what is known by now."""
        if VISITS in facts.counts and self._workings.settles_each(turn.here, topic):
            if VISITS in turn.told.counts:
                return self._calculating.ask_each(turn, topic, facts)
            facts = of_each_visit(facts)
        topic = self._workings.of_several(turn.here, topic) if facts.stays else topic
        calculator = self._workings.calculator(turn.here, topic)
        if calculator is None:
            return self._answer(turn, topic, facts)
        room = self._room(turn, topic, calculator, facts)
        if room is not None:
            return room
        return self._calculating.run(turn, topic, calculator, facts)

    def _room(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts
    ) -> tuple[Session, Reply] | None:
        """Say what is left of a limit, where that is asked after what was paid (报过5万2 还剩多少)."""
        limit = self._national.topics[topic].aspect == Notion.CAP
        if not limit or PAID not in facts.amounts or COST in facts.amounts:
            return None
        return self._calculating.room(turn, topic, calculator, facts)

    def turns_on_details(self, turn: Turn) -> bool:
        """Whether what a message tells makes a difference to the topic of the chat."""
        topic = turn.session.topic
        if topic is None or turn.region is None:
            return False
        calculator = self._workings.calculator(turn.region, topic)
        people = turn.told.people and self._workings.is_premium(turn.region, topic)
        brought = turn.told.amounts or turn.told.days or people
        if calculator is not None and (brought or self._workings.takes(turn, topic)):
            return True
        return self._composer.has_case(turn.region, topic, turn.told)

    def _gathered(self, turn: Turn, topic: str, *, follows: bool) -> Facts:
        """Put together what was told before and still holds, and what the message tells."""
        before = turn.session.facts
        if not follows:
            values = {name: held for name, held in before.values.items() if name in _OF_THE_PERSON}
            amounts = {name: held for name, held in before.amounts.items() if name == PATIENT_SHARE}
            before = Facts(values=values, amounts=amounts)
        before = before.without(self._denied(turn.told))
        told = self._workings.in_all(turn.here, topic, turn.told)
        return before.updated(self._workings.in_role(topic, told))

    def _denied(self, told: Facts) -> frozenset[str]:
        """Name the circumstances told before that a message takes back by what it tells (那普通人呢)."""
        dimensions = self._national.dimensions
        return frozenset(
            denied
            for name, said in told.values.items()
            for denied in dimensions[name].denied(said)
            if all(denied in dimensions[name].denied([value]) for value in said)
        )

    def _answer(self, turn: Turn, topic: str, facts: Facts) -> tuple[Session, Reply]:
        reply = self._composer.silent(turn.here, topic, turn.heard.features)
        if self._workings.works_out(turn.here, topic) and (reply is None or turn.told.amounts):
            wrong = unusable_amount(turn.heard.entities, self._national.topics[topic].amount)
            if wrong is not None and not turn.heard.features & _PARAMETERS:
                return self._calculating.ask_amount(turn, topic, facts, wrong)
            if self._is_a_sum(turn, topic, facts):
                session, worked_out = self.go_on(turn, topic, facts)
                if worked_out.kind != "clarify" or not self._asks_for_the_rule(turn, topic):
                    return session, worked_out
            if topic in turn.here.answers:
                reply = self._of_the_case(turn, topic, facts)
        reply = reply or self._composer.answer(turn.here, topic, facts, turn.today)
        return turn.settled(topic, facts, reply, self._composer.next_offers(turn.here, topic))

    def _is_a_sum(self, turn: Turn, topic: str, facts: Facts) -> bool:
        """Whether something is to be worked out: the message calls for it, or changes what was worked out."""
        if self._sums.called_for(turn, topic) or self._sums.is_of_a_day_told(turn, topic, facts):
            return True
        if COST in facts.amounts and self._aimer.asks_for_own_share(turn):
            return True
        if not turn.session.calculated:
            return False
        if turn.told.sides:
            return True
        if turn.told.values and turn.heard.features >= _ASKS_BACK and self._is_worked_out_alike(turn, topic):
            return True
        goes_on = self._national.topics[topic].amount == PATIENT_SHARE and PATIENT_SHARE in facts.amounts
        changes = self._aimer.only_details(turn, topic) or turn.follows
        return changes or (goes_on and Notion.HOW_MUCH in turn.heard.features)

    def _is_worked_out_alike(self, turn: Turn, topic: str) -> bool:
        """Whether a topic is worked out by the calculator that the chat has just used."""
        before = turn.session.topic
        ours = self._workings.calculator(turn.here, topic)
        return (
            before is not None and ours is not None and self._workings.calculator(turn.here, before) is ours
        )

    def _asks_for_the_rule(self, turn: Turn, topic: str) -> bool:
        """Whether a message that tells no amount asks what holds, rather than how much it comes to."""
        told = turn.told.amounts or turn.told.people or turn.session.calculated
        asked = turn.heard.features & _OF_THE_RULE and not turn.heard.features & _OF_A_SUM
        return topic in turn.here.answers and bool(asked) and not told

    def _not_covered(self, turn: Turn, topic: str, facts: Facts) -> Reply | None:
        """Say that the document is silent about circumstances that the message tells."""
        calculator = self._workings.calculator(turn.here, topic) if turn.told.values else None
        if calculator is None:
            return None
        outcome = calculator.run(self._workings.known(topic, facts))
        return (
            self._composer.not_covered(turn.here, topic, outcome) if isinstance(outcome, NotCovered) else None
        )

    def _of_the_case(self, turn: Turn, topic: str, facts: Facts) -> Reply | None:
        """Say what holds for the case at hand, where that is more than the answer's text tells."""
        if self._composer.has_case(turn.here, topic, facts):
            several = Circumstance.LEVEL in turn.told.values and len(turn.told.values) > 1
            stay = self._national.topics[topic].subject == Notion.INPATIENT
            return self._stated(turn, topic, facts, definite=True) if several and stay else None
        return self._not_covered(turn, topic, facts) or self._stated(turn, topic, facts)

    def _stated(self, turn: Turn, topic: str, facts: Facts, *, definite: bool = False) -> Reply | None:
        """State the parameters that were asked for, where what is known says more than the general answer.

        `definite`: whether it must leave one figure for each.
        """
        own = self._national.topics[topic].aspect
        aspects = [aspect for aspect in _ASPECTS if aspect == own or aspect in turn.heard.features]
        detail = turn.session.topic == topic and self._aimer.only_details(turn, topic)
        if not aspects and (detail or (own == OVERVIEW and turn.heard.features & _ASKS_BACK)):
            aspects = list(_ASPECTS)
        calculator = self._workings.calculator(turn.here, topic) if aspects else None
        if calculator is None:
            return None
        known = {name: value for name, value in facts.known().items() if not self._is_of_amounts(name)}
        stated = {aspect: calculator.facts(known, aspect) for aspect in aspects}
        general = calculator.general_facts
        narrowed = any(found and found != general[aspect] for aspect, found in stated.items())
        if not narrowed or sum(map(len, stated.values())) > (len(stated) if definite else _MOST_STATED):
            return None
        return self._composer.stated(turn.here, topic, stated, turn.today)

    def _is_of_amounts(self, name: str) -> bool:
        dimension = self._national.dimensions.get(name)
        return dimension is not None and dimension.of_amounts

    def _aspects_of_bare(self, turn: Turn, topic: str) -> tuple[str, ...]:
        """Name what can be asked of a subject that a message names and nothing else (门诊, 大病)."""
        entry = self._national.topics[topic]
        long = len(turn.heard.rest) > _SHORT_MESSAGE
        if not entry.overview or long or turn.heard.entities.values or turn.told.amounts or turn.follows_on:
            return ()
        topics = self._national.topics.items()
        near = [
            name for name, other in topics if other.subject == entry.subject and name in turn.here.answers
        ]
        return tuple(near[:_MOST_STATED]) if len(near) > 1 else ()


def _says_no_more(second: Reply, first: Reply) -> bool:
    """Whether all that a second answer tells stands in the first one already."""
    told = [line for line in second.text.splitlines() if not line.endswith("：")]
    return all(line in first.text for line in told)


def other_year(turn: Turn) -> str | None:
    """Return the year that a message asks about, where the document holds for another one."""
    document = turn.here.info.document
    for day in turn.heard.entities.days:
        moment = day.moment
        named = moment.granularity == "year" and any(character.isdigit() for character in moment.text)
        if named and (moment.last.year > document.valid_to.year or moment.last < document.opens):
            return moment.text
        dated = day.role == PAY_DATE and _YEAR_NAMED.search(moment.text) is not None
        if dated and moment.first > document.valid_to:
            return moment.text
    return None
