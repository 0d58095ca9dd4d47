"""Running a calculator for the case at hand: a result, a question for what is missing, a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from bot.dialogue.calculations import headline
from bot.dialogue.compose import Composer
from bot.dialogue.reply import Reply
from bot.dialogue.session import Facts, Question, Session
from bot.dialogue.turn import Turn
from bot.dialogue.workings import Workings
from bot.understanding.mentions import GROUPED
from bot.understanding.money import PATIENT_SHARE
from bot.understanding.numerals import Amount, Refusal
from calculators.calculator import Calculator
from calculators.combined import CRITICAL
from calculators.comparison import Comparison, Side, compare, option_of, set_against
from calculators.inputs import Input
from calculators.known import COST, COUNT, PAY_DATE, PEOPLE, STAYS, UNKNOWN, Known, cases
from calculators.money import NOTHING
from calculators.outcomes import Ask, NotCovered, Option, Result
from calculators.service import case_as_json
from calculators.visits import ADMISSION, work_out
from knowledge.contents import National
from knowledge.figures import say_date, say_yuan
from knowledge.names import Circumstance, Notion

_PREMIUM, _COVERAGE = "premium", "coverage"
_FROM = "from"
_PAYING = frozenset({Notion.PAY, Notion.PAY_LATE, Notion.ENROL})
"""With one of these a day is that of paying."""
_AGAINST = re.compile(r"比|分别|各(?![种地类])")
_TWO = 2


class _Values(NamedTuple):
    """Several values of a dimension."""

    name: str
    options: Sequence[Option]


class Calculating:
    """Runs calculators and words what comes of it."""

    def __init__(self, national: National, workings: Workings, composer: Composer) -> None:
        self._national = national
        self._workings = workings
        self._composer = composer

    def run(self, turn: Turn, topic: str, calculator: Calculator, facts: Facts) -> tuple[Session, Reply]:
        """Work a topic out from what is known."""
        known = self._known(topic, calculator, facts)
        unclear = self._unclear_people(calculator, facts)
        if unclear is not None:
            return self._ask_people(turn, topic, facts, unclear)
        compared = self._two_sides(turn, topic, calculator, facts)
        compared = compared or self._set_against(turn, topic, calculator, facts)
        if compared is not None:
            return compared
        match work_out(calculator, known):
            case Result() as result:
                return self._result(turn, topic, calculator, facts, result)
            case Ask() as ask if ask.input == Circumstance.PERSON and any(map(_is_open, facts.people)):
                return self._ask_people(turn, topic, facts, self._national.wording.which_people)
            case Ask() as ask:
                compared = self._compared(turn, topic, calculator, facts, ask)
                return compared or self._question(turn, topic, calculator, facts, ask)
            case NotCovered() as silent:
                reply = self._composer.not_covered(turn.here, topic, silent)
                return turn.settled(topic, facts, reply, self._composer.next_offers(turn.here, topic))

    def _known(self, topic: str, calculator: Calculator, facts: Facts) -> Known:
        """Give a calculator what is known of the case."""
        return self._workings.limited(calculator, self._workings.known(topic, facts), facts)

    def room(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts
    ) -> tuple[Session, Reply] | None:
        """Say what the year's limit still leaves after what was paid; None where there is none."""
        known = self._workings.known(topic, facts)
        match calculator.room(known):
            case Result() as result:
                given = _given(calculator, known)
                reply = self._composer.result(turn.here, topic, result, given, turn.today)
                return turn.settled(topic, facts, reply, self._composer.next_offers(turn.here, topic))
            case Ask() as ask:
                return self._question(turn, topic, calculator, facts, ask)
            case _:
                return None

    def _unclear_people(self, calculator: Calculator, facts: Facts) -> str | None:
        """Ask who the people are where it is open how many there are of some, or not all are named."""
        if PEOPLE not in calculator.takes:
            return None
        if any(person.counts.get(COUNT) == 0 for person in facts.people):
            return self._national.wording.which_people
        if facts.heads is None:
            return None
        named = sum(person.counts.get(COUNT, 1) for person in facts.people)
        return self._national.wording.people_differ.format(told=facts.heads, named=named)

    def _ask_people(self, turn: Turn, topic: str, facts: Facts, text: str) -> tuple[Session, Reply]:
        """Ask how many of whom there are."""
        reply, offers = self._composer.question(turn.here, topic, Ask(PEOPLE, text), None)
        question = Question(topic=topic, input=PEOPLE, facts=facts)
        update = {"topic": topic, "facts": facts, "question": question, "offers": offers, "waiting": None}
        return turn.session.model_copy(update=update), reply

    def ask_amount(
        self, turn: Turn, topic: str, facts: Facts, wrong: Amount | Refusal
    ) -> tuple[Session, Reply]:
        """Ask for an amount anew that cannot be worked with."""
        wording = self._national.wording
        if isinstance(wrong, Amount) and wrong.high == 0:
            text = wording.amount_zero
        elif isinstance(wrong, Amount):
            text = wording.amount_range.format(text=wrong.text)
        elif wrong.reason == "negative":
            text = wording.amount_negative
        else:
            text = wording.amount_unclear.format(text=wrong.text)
        return self._ask_cost(turn, topic, facts, text)

    def ask_each(self, turn: Turn, topic: str, facts: Facts) -> tuple[Session, Reply]:
        """Ask what each of several visits cost, of which only the sum is told."""
        others = {role: amount for role, amount in facts.amounts.items() if role != COST}
        facts = facts.model_copy(update={"amounts": others})
        return self._ask_cost(turn, topic, facts, self._national.wording.each_visit)

    def _ask_cost(self, turn: Turn, topic: str, facts: Facts, text: str) -> tuple[Session, Reply]:
        question = Question(topic=topic, input=COST, facts=facts)
        update = {"topic": topic, "facts": facts, "question": question, "offers": ()}
        return turn.session.model_copy(update=update), self._composer.ask_amount(turn.here, topic, text)

    def _result(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, result: Result
    ) -> tuple[Session, Reply]:
        if (COST in facts.amounts or facts.stays) and not facts.eligible:
            result = result.with_caveats(self._national.wording.eligible)
        if COST in calculator.takes:
            result = result.with_caveats(*self._of_cover(turn, topic, facts))
        known = self._known(topic, calculator, facts)
        reply = self._composer.result(turn.here, topic, result, _given(calculator, known), turn.today)
        if STAYS not in known or STAYS in calculator.takes:
            reply = _with_calculation(reply, calculator, known, result)
        patient = result.amounts.get("patient")
        if patient is not None and patient.is_exact and self._national.topics[topic].amount == COST:
            basic = patient + result.amounts.get(CRITICAL, NOTHING)  # critical illness insurance pays of it
            facts = facts.updated(Facts(amounts={PATIENT_SHARE: basic.low}))
        offers = self._composer.next_offers(turn.here, topic)
        session, reply = turn.settled(topic, facts.without_sides(), reply, offers)
        return session.model_copy(update={"calculated": True, "question": None}), reply

    def _of_cover(self, turn: Turn, topic: str, facts: Facts) -> Iterator[str]:
        """Say from when a cost counts, where it is told when the premium was paid, or that it was not."""
        if Notion.NOT_INSURED in turn.heard.features:
            yield self._national.wording.not_insured
        coverage = self._workings.calculators(turn.here).get(_COVERAGE)
        if coverage is None or PAY_DATE not in turn.told.days or not turn.heard.features & _PAYING:
            return
        outcome = coverage.run(self._workings.known(topic, facts))
        if isinstance(outcome, Result) and _FROM in outcome.dates:
            yield self._national.wording.covered_from.format(day=say_date(outcome.dates[_FROM]))

    def _question(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, ask: Ask
    ) -> tuple[Session, Reply]:
        """Ask for what is missing; while an amount is asked for, say what is clear already."""
        alike = not ask.options and not facts.sides
        so_far = self._so_far(calculator, self._workings.known(topic, facts), ask) if alike else None
        reply, offers = self._composer.question(turn.here, topic, ask, so_far)
        question = Question(topic=topic, input=ask.input, facts=facts)
        update = {"topic": topic, "facts": facts, "question": question, "offers": offers, "waiting": None}
        return turn.session.model_copy(update=update), reply

    def _so_far(self, calculator: Calculator, known: Known, ask: Ask) -> str | None:
        """Say what is clear without the amount asked for: the rate, or what comes out before it is added."""
        rates = calculator.facts(known, "rate")
        if len(rates) == 1:
            return self._national.wording.so_far_rate.format(rate=rates[0].said)
        outcome = None if rates else work_out(calculator, {**known, UNKNOWN: frozenset({ask.input})})
        if not isinstance(outcome, Result):
            return None
        return self._national.wording.so_far.format(result=headline(outcome))

    def _compared(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, ask: Ask
    ) -> tuple[Session, Reply] | None:
        """Work out each of the choices that a message sets against each other, or cannot tell between."""
        told = frozenset(turn.told.values.get(ask.input, ()))
        named = [option for option in ask.options if option.values & told]
        if ask.input in facts.untold:
            named = list(ask.options)
        elif not _sets_against(turn) and not self._names_several(ask.input, told):
            return None
        return self._side_by_side(turn, topic, calculator, facts, _Values(ask.input, named))

    def _two_sides(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts
    ) -> tuple[Session, Reply] | None:
        """Work out each of two cases that are set against each other, or ask for what both lack.

        None where the calculator does not turn on what they differ in, or they tell too little of it.
        """
        inputs = [
            entry
            for entry in calculator.inputs
            if entry.choices and any(entry.name in side.values for side in facts.sides)
        ]
        if not inputs:
            return None
        compared = self._apart(turn, topic, calculator, facts, inputs)
        match compared:
            case Comparison():
                return self._comparison(turn, topic, calculator, facts, compared)
            case NotCovered():
                reply = self._composer.not_covered(turn.here, topic, compared)
                return turn.settled(topic, facts.without_sides(), reply, ())
            case Ask() if compared.input not in {entry.name for entry in inputs}:
                return self._question(turn, topic, calculator, facts, compared)
        return None

    def _apart(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, inputs: Sequence[Input]
    ) -> Comparison | Ask | NotCovered:
        """Set two cases apart, which differ in one circumstance or in several."""
        names = [entry.name for entry in inputs]
        premium = self._premium(turn, calculator, names)
        told = [{name: frozenset(side.values[name]) for name in names} for side in facts.sides]
        known = self._workings.known(topic, facts)
        whole = [{**self._without_denied(known, case), **case} for case in told]
        if len(names) > 1 or whole[0].keys() != whole[1].keys():
            sides = [Side(_label(inputs, case), about) for case, about in zip(told, whole, strict=True)]
            return set_against(calculator, sides, premium)
        options = [option_of(inputs[0], sorted(case[names[0]])) for case in told]
        return compare(calculator, whole[0], names[0], options, premium)

    def _premium(self, turn: Turn, calculator: Calculator, compared: Sequence[str]) -> Calculator | None:
        """Return the calculator of the premium where it turns on what is compared, to be weighed against."""
        weighed = COST in calculator.takes  # against what is paid back
        premium = self._workings.calculators(turn.here).get(_PREMIUM) if weighed else None
        return premium if premium is not None and any(name in premium.takes for name in compared) else None

    def _names_several(self, name: str, told: frozenset[str]) -> bool:
        """Whether a message names several values of a circumstance, not one word for them (二级)."""
        dimension = self._national.dimensions.get(name)
        return dimension is not None and len(told) > 1 and not dimension.is_one_notion(told)

    def _set_against(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts
    ) -> tuple[Session, Reply] | None:
        """Work each of several values out that may hold at once, but are set against each other here.

        低保和低保边缘户分别交多少 is about two kinds of people, not about one who is both.
        """
        if not _sets_against(turn) or facts.people:
            return None
        for entry in calculator.inputs:
            told = frozenset(turn.told.values.get(entry.name, ()))
            if entry.kind == "choices" and len(told) > 1:
                named = [
                    Option(choice.label, choice.values)
                    for choice in entry.choices
                    if choice.values <= told and len(choice.values) == 1
                ]
                return self._side_by_side(turn, topic, calculator, facts, _Values(entry.name, named))
        return None

    def _side_by_side(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, named: _Values
    ) -> tuple[Session, Reply] | None:
        """Work out each of several values of a dimension, where there are several and nothing is missing."""
        if len(named.options) < _TWO:
            return None
        premium = self._premium(turn, calculator, [named.name])
        values = frozenset[str]().union(*(option.values for option in named.options))
        known = self._without_denied(self._workings.known(topic, facts), {named.name: values})
        comparison = compare(calculator, known, named.name, named.options, premium)
        if not isinstance(comparison, Comparison):
            return None
        return self._comparison(turn, topic, calculator, facts, comparison)

    def _comparison(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, comparison: Comparison
    ) -> tuple[Session, Reply]:
        """Say what came out side by side; a page can work it out anew where one circumstance differs."""
        reply = self._composer.comparison(turn.here, topic, comparison, turn.today)
        if comparison.name:
            reply = _with_calculation(reply, calculator, self._workings.known(topic, facts), comparison)
        offers = self._composer.next_offers(turn.here, topic)
        return turn.settled(topic, facts.without_sides(), reply, offers)

    def _without_denied(self, known: Known, compared: Mapping[str, frozenset[str]]) -> Known:
        """Leave out what does not hold for one of the values compared (普通人 are no 低保户)."""
        denied = {
            name for told, said in compared.items() for name in self._national.dimensions[told].denied(said)
        }
        return {name: value for name, value in known.items() if name not in denied}


def _label(inputs: Sequence[Input], case: Mapping[str, frozenset[str]]) -> str:
    """Name a case by all that it has otherwise than another: 三级甲等医院（省外）."""
    first, *others = (option_of(entry, sorted(case[entry.name])).label for entry in inputs)
    return f"{first}（{'、'.join(others)}）" if others else first


def _sets_against(turn: Turn) -> bool:
    """Whether a message sets several things against each other."""
    return Notion.DIFFERENCE in turn.heard.features or _AGAINST.search(turn.heard.rest) is not None


def _is_open(person: Facts) -> bool:
    """Whether there are several of them, and nothing tells who they are."""
    return person.counts.get(COUNT, 1) > 1 and Circumstance.PERSON not in person.values


def _with_calculation(
    reply: Reply, calculator: Calculator, known: Known, outcome: Result | Comparison
) -> Reply:
    """Put what was worked out into a reply, with all that a page needs to work it out for another case."""
    sources = [source.model_dump() for source in reply.sources]
    case = case_as_json(calculator, known, outcome)
    return reply.model_copy(update={"calculation": {"region": reply.region, **case, "sources": sources}})


def _given(calculator: Calculator, known: Known) -> str:
    """Say back what a sum was worked out with; its steps tell what holds for each group or each visit."""
    apart = {name for stay in cases(known, STAYS) for name in (*stay, ADMISSION)}
    told = known.keys() - apart - (GROUPED if PEOPLE in known else frozenset())
    said = [_said(entry, known[entry.name]) for entry in calculator.inputs if entry.name in told]
    return "、".join(text for text in said if text)


def _said(entry: Input, value: object) -> str:
    if isinstance(value, Decimal):
        return f"{entry.label} {say_yuan(value)}"
    if isinstance(value, frozenset):
        fitting = [choice.label for choice in entry.choices if choice.values == value]
        return fitting[0] if fitting else ""
    if entry.kind == "date":
        return f"{entry.label} {say_date(value)}"  # type: ignore[arg-type]  # a date input holds a date
    return ""
