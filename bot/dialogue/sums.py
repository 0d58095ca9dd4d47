"""Which calculator a message calls for: it brings amounts, days or people that only a calculator takes."""

from __future__ import annotations

import math
from collections import defaultdict

from bot.dialogue.brought import brings_something, only_wonders, told_apart
from bot.dialogue.likelihood import SURE
from bot.dialogue.session import Facts
from bot.dialogue.turn import Turn
from bot.dialogue.workings import Workings
from bot.understanding.index import TALK
from bot.understanding.money import OUTSIDE, PATIENT_SHARE, ROOM
from calculators.calculator import Calculator
from calculators.known import COST, STAYS
from knowledge.contents import Knowledge, Region
from knowledge.model import Topic
from knowledge.names import ASPECTS, CARE, OVERVIEW, Circumstance, Notion

_WANTED = frozenset({Notion.HOW_MUCH, Notion.TOTAL})
"""They ask for an amount: with them, amounts in a message are there to be worked with."""
_ASKED_WITH_A_DAY = _WANTED | {Notion.CALCULATE, Notion.SURCHARGE, Notion.PREMIUM}
"""With them a day of paying calls for an amount; without them it is asked whether it is in time."""
_WHEN = frozenset({Notion.WHEN, Notion.HOW_LONG, Notion.WAIT_FOR})
_COVER = frozenset({Notion.REIMBURSE, Notion.USE, Notion.COVERAGE, Notion.WAITING})
"""With one of the above they ask from when a day's payment gives cover."""
_ASKED_OF_DAYS = _WHEN | _COVER | {Notion.BEGIN, Notion.UNCOVERED, Notion.NEWBORN}
"""With them a day calls for other days."""
_PARAMETERS = frozenset(
    {*ASPECTS, Notion.WHY, Notion.WHICH, Notion.WHICH_DISEASE, Notion.COUNTS_AS, Notion.APPLY}
)
"""They ask for a parameter or a reason, not for a sum."""
_OF_ANY_BENEFIT = frozenset({Notion.INSURANCE, Notion.ELIGIBLE, Notion.HOSPITAL, Notion.SEE_DOCTOR})
"""They fit a cost of any benefit."""
_OF_ANYBODY = frozenset(
    {
        Circumstance.PERSON,
        Circumstance.IDENTITY,
        Circumstance.POVERTY,
        Circumstance.TIER,
        Circumstance.PERIOD,
    }
)
"""Circumstances of the person and of the time: they fit a cost of any benefit, too."""
_CLEAR = 0.6
_LIKELY = 0.05
_PART = 0.05
_MEANT = 1.5
"""How much a message that expresses what a topic needs speaks for it."""
_RIVAL = 2.5
"""A topic that is worked out by no calculator must be so many times likelier to be answered instead."""
_BESIDE_A_COST = frozenset({OUTSIDE, ROOM})
"""Roles of amounts that tell more of a cost, and call for nothing by themselves."""
_OF_STAYS = frozenset({Notion.INPATIENT, Notion.REMOTE, Notion.CRITICAL})
_FEW = 2
_UNFIT = 0.2
"""A circumstance that at most so many calculators take, and a benefit that is named, speak that much against
the others."""


class Sums:
    """Tells which calculator a message calls for."""

    def __init__(self, knowledge: Knowledge, workings: Workings) -> None:
        self.workings = workings
        self._topics = knowledge.national.topics
        self._by_subject = knowledge.national.by_subject
        self._subjects = frozenset(
            entry.subject
            for entry in knowledge.national.topics.values()
            if entry.calculator is not None and entry.aspect == OVERVIEW
        )
        self._asking = knowledge.national.asking - knowledge.national.vague
        self._narrowing = knowledge.national.concepts.keys() - knowledge.national.asking - _OF_ANY_BENEFIT

    def called_for(self, turn: Turn, topic: str) -> bool:
        """Whether a message wants a topic worked out rather than told."""
        assert turn.region is not None
        if only_wonders(turn) or not brings_something(turn):
            return False
        calculator = self.workings.calculator(turn.region, topic)
        return calculator is not None and self._fits(turn, self._topics[topic], calculator) > 0

    def is_of_a_day_told(self, turn: Turn, topic: str, facts: Facts) -> bool:
        """Whether a message asks when, and the chat has told the day from which a topic works that out."""
        if not facts.days or not turn.heard.features & {*_WHEN, Notion.BEGIN}:
            return False
        calculator = self.workings.calculator(turn.here, topic)
        return (
            calculator is not None
            and not calculator.gives_amounts
            and not calculator.takes.isdisjoint(facts.days)
        )

    def topic(self, turn: Turn) -> str | None:
        """Choose the topic whose calculator a message calls for; None where it calls for none.

        The likelihood of topics that share a calculator adds up:住院花了两万 may be meant as a question about
        the rate or about the deductible, but it is one sum.
        """
        if turn.region is None or only_wonders(turn):
            return None
        ongoing = self._ongoing(turn)
        if ongoing is not None:
            return ongoing
        likely = self._likely(turn)
        best = max(likely, key=likely.__getitem__, default=None)
        if best is None:
            return None
        wanted = self._is_wanted(turn)
        rival = max(
            (
                found.score
                for found in turn.heard.ranking.topics
                if not self._works_out(turn, found.topic) and not found.topic.startswith(TALK)
            ),
            default=0,
        )
        if not wanted and (likely[best] < _LIKELY or rival > _RIVAL * likely[best]):
            return None
        topic = next(
            found.topic
            for found in turn.heard.ranking.topics
            if self._works_out(turn, found.topic) and self._topics[found.topic].calculator == best
        )
        if self._is_of_another_benefit(turn, topic):
            return None
        topic = self._giving_amounts(turn, topic)
        topic = self.over_a_year(turn, topic) if self._is_of_both(turn) else topic
        return self.workings.of_several(turn.here, topic) if turn.told.stays else topic

    def _is_wanted(self, turn: Turn) -> bool:
        """Whether a message is sure to want something worked out, of whatever topic its words remind."""
        features = turn.heard.features
        if COST in turn.told.amounts:
            asks_back = features & _WANTED and features & {Notion.REIMBURSE, Notion.DIFFERENCE}
            given = turn.told.amounts.keys() | (
                {Notion.BEYOND} if Notion.DEDUCTIBLE in turn.told.amounts else set()
            )
            if turn.told.sides and Notion.DIFFERENCE in features:
                return True
            only_told = turn.told.values and not features & self._asking - given
            return bool(asks_back or Notion.CAP in features or only_told)
        if turn.told.days and features & _WHEN and features & _COVER:
            return True
        besides = features & self._asking - _WANTED
        wanted = {Notion.HOW_MUCH} if besides or Notion.NEWBORN in features else _WANTED
        return bool(features & wanted and (turn.told.people or turn.told.amounts))

    def _is_of_another_benefit(self, turn: Turn, topic: str) -> bool:
        """Whether a message surely means a benefit that nothing works out (特殊疾病门诊 is not 普通门诊)."""
        first = turn.heard.ranking.topics[0]
        entry = self._topics.get(first.topic)
        if entry is None or first.score < SURE or self.called_for(turn, first.topic):
            return False
        return entry.subject in self._subjects and entry.subject != self._topics[topic].subject

    def _giving_amounts(self, turn: Turn, topic: str) -> str:
        """Choose what tells an amount where one is asked for, rather than the days of the same matter."""
        calculator = self.workings.calculator(turn.here, topic)
        if Notion.HOW_MUCH not in turn.heard.features or calculator is None or calculator.gives_amounts:
            return topic
        others = self._by_subject[self._topics[topic].subject]
        giving = (name for name in others if self._gives_amounts(turn, name) and self.called_for(turn, name))
        return next(giving, topic)

    def _gives_amounts(self, turn: Turn, topic: str) -> bool:
        calculator = self.workings.calculator(turn.here, topic)
        return calculator is not None and calculator.gives_amounts

    def _is_of_both(self, turn: Turn) -> bool:
        """Whether it asks about critical illness insurance after a stay, which the basic one pays first."""
        features, amounts = turn.heard.features, turn.told.amounts
        stay = Notion.INPATIENT in features or Circumstance.LEVEL in turn.told.values
        return Notion.CRITICAL in features and stay and COST in amounts and PATIENT_SHARE not in amounts

    def over_a_year(self, turn: Turn, topic: str) -> str:
        """Choose the topic that works out all that is paid for stays in hospital, one after the other."""
        if self._topics[topic].subject not in _OF_STAYS:
            return topic
        taking = (name for name in self._topics if self._takes_stays(turn, name))
        return next(taking, topic)

    def days_asked_besides(self, turn: Turn, topic: str) -> str | None:
        """Name the topic of the days that a message asks for beside an amount (得交多少 啥时候能报)."""
        features = turn.heard.features
        days = turn.told.days or turn.session.facts.days
        asked = Notion.HOW_MUCH in features and features & {*_WHEN, Notion.BEGIN}
        if not asked or not days or not self._gives_amounts(turn, topic):
            return None
        for name in self._by_subject[self._topics[topic].subject]:
            calculator = self.workings.calculator(turn.here, name)
            if calculator is not None and not calculator.gives_amounts and calculator.takes & days.keys():
                return name
        return None

    def tells_of(self, turn: Turn, topic: str, other: str) -> bool:
        """Whether a sum says all that a message asks of another topic: it works that out as well."""
        return self._takes_stays(turn, topic) and self._topics[other].subject in _OF_STAYS

    def _takes_stays(self, turn: Turn, topic: str) -> bool:
        calculator = self.workings.calculator(turn.here, topic)
        return calculator is not None and STAYS in calculator.takes

    def besides(self, turn: Turn, topic: str) -> str | None:
        """Name another topic for an amount of another role that a message brings (其中诊查费五十)."""
        for name, entry in self._topics.items():
            other_role = entry.amount not in (COST, self._topics[topic].amount)
            if other_role and entry.amount in told_apart(turn) and self.called_for(turn, name):
                return name
        return None

    def _works_out(self, turn: Turn, topic: str) -> bool:
        return topic in self._topics and self.called_for(turn, topic)

    def _likely(self, turn: Turn) -> dict[str, float]:
        """Tell how likely each calculator is meant: by its topics and by how well it takes the message."""
        assert turn.region is not None
        likely: dict[str, float] = defaultdict(float)
        whole = 1 - sum(
            found.score for found in turn.heard.ranking.topics if self._is_of_part(turn, found.topic)
        )
        for found in turn.heard.ranking.topics if brings_something(turn) else ():
            entry = self._topics.get(found.topic)
            calculator = self.workings.calculator(turn.region, found.topic) if entry is not None else None
            if entry is None or calculator is None:
                continue
            fit = self._fits(turn, entry, calculator)
            if fit:
                meant = _MEANT if turn.heard.features & frozenset(entry.needs) else 1.0
                if self._is_of_part(turn, found.topic):
                    meant = _PART  # the benefit of the part comes besides that of the whole
                elif whole > 0:
                    meant /= whole
                if self._is_named_otherwise(turn, entry):
                    meant *= _UNFIT
                likely[calculator.id] += fit * found.score * meant * self._takes(turn, calculator)
        return likely

    def _is_of_part(self, turn: Turn, topic: str) -> bool:
        """Whether a topic is about a part of a cost that is told with it (其中诊查费五十)."""
        entry = self._topics.get(topic)
        return entry is not None and entry.amount in told_apart(turn) and COST in turn.told.amounts

    def _is_named_otherwise(self, turn: Turn, topic: Topic) -> bool:
        """Whether a message names the other kind of care (儿童医院住院 is no 门诊)."""
        named = turn.heard.features & CARE
        care = topic.calculator if topic.subject == Notion.REMOTE else topic.subject
        care = Notion.OUTPATIENT if topic.subject == Notion.CHRONIC else care
        told = named | turn.heard.features & {topic.subject}
        return bool(named) and care in CARE and care not in told and topic.subject not in told

    def rivals(self, turn: Turn, topic: str) -> tuple[str, ...]:
        """Name the topics of the same subject that a cost may be for as well: no kind of care is named."""
        if COST not in turn.told.amounts or turn.heard.features & {*CARE, Notion.EMERGENCY}:
            return ()
        entry = self._topics[topic]
        of_subject = {
            found.topic: self._topics[found.topic]
            for found in turn.heard.ranking.topics
            if self._works_out(turn, found.topic) and self._topics[found.topic].subject == entry.subject
        }
        return tuple(
            name
            for name, other in of_subject.items()
            if other.calculator != entry.calculator
            and CARE & {entry.aspect, other.aspect}
            and {entry.aspect, other.aspect} <= {*CARE, OVERVIEW}
        )

    def is_open(self, turn: Turn, *, sure: bool = False) -> bool:
        """Whether a message brings a cost, but neither it nor the chat says clearly what for.

        `sure`: whether it must say nothing else at all.
        """
        if COST not in turn.told.amounts or self._named(turn) or self._ongoing(turn) is not None:
            return False
        wanted = bool(turn.heard.features & _WANTED)
        narrowing = turn.told.values.keys() - (_OF_ANYBODY if wanted else frozenset())
        if not narrowing and not turn.heard.features & self._narrowing:
            return True
        likely = self._likely(turn)
        return not sure and max(likely.values(), default=0.0) < _CLEAR * sum(likely.values())

    def goes_on_otherwise(self, turn: Turn, topic: str) -> bool:
        """Whether the amounts of a message go on with the chat rather than with another topic."""
        if not turn.told.amounts:
            return False
        ongoing = self._ongoing(turn) if turn.region is not None else None
        other = ongoing is not None and self._topics[ongoing].calculator != self._topics[topic].calculator
        return other or not self.called_for(turn, topic)

    def _ongoing(self, turn: Turn) -> str | None:
        """Return the topic of the chat where it takes what a message brings that names no benefit.

        A message that surely asks for something else to be worked out is about that.
        """
        topic = self._worked_out_of(turn.here, turn.session.topic)
        if topic is None or self._named(turn) or not self.called_for(turn, topic):
            return None
        first = turn.heard.ranking.topics[0]
        asks_another = first.score >= SURE and self._works_out(turn, first.topic)
        same = asks_another and self._topics[first.topic].calculator == self._topics[topic].calculator
        return topic if same or not asks_another else None

    def _worked_out_of(self, region: Region, topic: str | None) -> str | None:
        """Return a topic that is worked out, or for another one that which works its subject out."""
        if topic is None or self.workings.calculator(region, topic) is not None:
            return topic
        subject = self._topics[topic].subject
        of_subject = (name for name, entry in self._topics.items() if entry.subject == subject)
        return next((name for name in of_subject if self.workings.calculator(region, name) is not None), None)

    def _named(self, turn: Turn) -> bool:
        """Whether a message names a benefit, or circumstances that only one or two benefits turn on."""
        assert turn.region is not None
        if turn.heard.features & self._subjects:
            return True
        return any(self._few_take(turn.region, told) for told in turn.told.values)

    def _takes(self, turn: Turn, calculator: Calculator) -> float:
        """How well a calculator takes the circumstances told that few calculators turn on."""
        assert turn.region is not None
        unfit = [told for told in turn.told.values if self._few_take(turn.region, told)]
        return float(math.prod(_UNFIT for told in unfit if told not in calculator.takes))

    def _few_take(self, region: Region, told: str) -> bool:
        """Whether only one or two calculators of a region turn on a circumstance of the care."""
        if told in _OF_ANYBODY:
            return False
        takers = sum(told in calculator.takes for calculator in self.workings.calculators(region).values())
        return 0 < takers <= _FEW

    def _may_be_worked_out(self, turn: Turn, calculator: Calculator) -> bool:
        """Whether a day is something to work with: the chat works with days, or the message asks for it."""
        chat = turn.session.topic
        if chat is not None and self._topics[chat].calculator == calculator.id:
            return True
        features = turn.heard.features
        asked = _ASKED_WITH_A_DAY if calculator.gives_amounts else _ASKED_OF_DAYS
        own, other = (_WANTED, _WHEN) if calculator.gives_amounts else (_WHEN, _WANTED)
        only_the_other = features & other and not features & own
        return bool(features & asked) and not only_the_other

    def _is_about(self, turn: Turn, role: str) -> bool:
        """Whether the chat is about amounts of a role, so that another amount has it, too."""
        topic = self._worked_out_of(turn.here, turn.session.topic)
        return topic is not None and self._topics[topic].amount == role

    def _fits(self, turn: Turn, topic: Topic, calculator: Calculator) -> float:
        """How much of what a message brings a calculator takes (0: nothing)."""
        names = calculator.takes
        roles = turn.told.amounts.keys() - _BESIDE_A_COST - (told_apart(turn) - {topic.amount})
        if topic.amount in turn.told.amounts:
            roles -= {COST} - {topic.amount}
        brought = {COST if role == topic.amount else role for role in roles} | set(turn.told.days)
        if turn.told.people:
            brought.add("people")
        if brought and brought <= turn.told.days.keys() and not self._may_be_worked_out(turn, calculator):
            return 0.0
        told_of_all = turn.told.values.keys() | turn.session.facts.values.keys()
        identified = Circumstance.IDENTITY in turn.told.values or (
            turn.follows_on and Circumstance.IDENTITY in turn.session.facts.values
        )
        if (
            identified
            and COST not in names
            and (Circumstance.TIER in told_of_all or Circumstance.TIER not in names)
        ):
            brought.add(Circumstance.IDENTITY)
        if (
            Notion.SPENT in turn.heard.features
            and not turn.told.amounts
            and not turn.heard.features & _PARAMETERS
        ):
            brought.add(COST)
        if topic.amount != COST and COST in roles and not self._is_about(turn, topic.amount):
            brought.discard(COST)
            brought.add("cost of another kind")
        paid_of_it = turn.heard.features & {*CARE, Notion.REIMBURSE, Notion.SPENT}
        if COST in brought and COST not in names and paid_of_it:
            return 0.0  # whatever else is told of the person
        return len(brought & names) / len(brought) if brought else 0.0
