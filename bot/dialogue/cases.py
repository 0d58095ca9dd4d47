"""Answering a topic for the case at hand: from the document's text, from its parameters, or by calculating."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import get_args

from bot.dialogue.compose import Composer
from bot.dialogue.facts import unusable_amount
from bot.dialogue.reply import Reply
from bot.dialogue.session import Facts, Question, Session
from bot.dialogue.sums import Sums
from bot.dialogue.topics import OVERVIEW, SURE, Aim, Aimer
from bot.dialogue.turn import Turn
from bot.understanding.entities import COST
from bot.understanding.numerals import Amount, Refusal, amount_alone
from bot.understanding.understand import TALK
from calculators.calculator import Aspect, Calculator
from calculators.comparison import Comparison, compare
from calculators.inputs import Input
from calculators.known import Known
from calculators.outcomes import Ask, NotCovered, Result
from knowledge.contents import Knowledge, Region
from knowledge.figures import say_date, say_yuan

_OF_THE_PERSON = frozenset({"tier", "person", "identity", "poverty", "hukou", "history"})
"""Circumstances that stay true when the talk turns to another benefit."""
_PATIENT_SHARE = "self_paid"
_ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
_MOST_ASKED = 3
_CANNOT_TELL = re.compile(r"不知道|不清楚|不晓得|忘了|没有单子|说不清|记不得|记不清|不懂|唔知")
_NOTHING = re.compile(r"(都)?(没有|没|无|冇|没得|莫得|没用|没花|零|0)(用|花|啊|的|了|呢|元|块)*[。!]?")
_SHORT_MESSAGE = 4
_MOST_STATED = 6
_TWO = 2
_DIFFERENCE = "difference"
_ELIGIBLE = "eligible"
_AGAINST = re.compile(r"比|分别|各报|各能")
_PREMIUM = "premium"


class Cases:
    """Answers topics in regions."""

    def __init__(self, knowledge: Knowledge, aimer: Aimer, sums: Sums, composer: Composer) -> None:
        self._national = knowledge.national
        self._aimer = aimer
        self._sums = sums
        self._composer = composer

    # --- ways in ----------------------------------------------------------------------------------------

    def open(self, turn: Turn, aim: Aim) -> tuple[Session, Reply]:
        """Answer the topic, or the two topics, that a message is about."""
        region = _known_region(turn)
        topic = aim.topics[0]
        if self._national.topics[topic].overview and self._is_bare(turn) and not aim.follows:
            subject = self._national.topics[topic].subject
            near = [name for name, entry in self._national.topics.items() if entry.subject == subject]
            near = [name for name in near if name in region.answers]
            if len(near) > 1:
                ask = self._national.wording.which_aspect
                reply, offers = self._composer.which_topic(near[:_MOST_STATED], region.id, ask)
                update = {"topic": topic, "offers": offers, "question": None}
                return turn.session.model_copy(update=update), reply.model_copy(update={"topic": topic})
        other_year = self._other_year(turn)
        if other_year is not None:
            return turn.session.model_copy(update={"topic": topic}), self._composer.other_year(region, topic, other_year)
        session, reply = self._answer(turn, topic, self._gathered(turn, topic, follows=aim.follows))
        for second in aim.topics[1:]:
            _, other = self._answer(turn, second, self._gathered(turn, second, follows=aim.follows))
            if other.text != reply.text and other.kind != "clarify":
                reply = self._composer.joined(reply, other)
        return session, reply

    def _other_year(self, turn: Turn) -> str | None:
        """Return the year that a message asks about, where the document holds for another one."""
        document = _known_region(turn).info.document
        for day in turn.heard.entities.days:
            moment = day.moment
            named = moment.granularity == "year" and any(character.isdigit() for character in moment.text)
            if named and (moment.last.year > document.valid_to.year or moment.last < document.opens):
                return moment.text
        return None

    def turns_on_details(self, turn: Turn) -> bool:
        """Whether what a message tells makes a difference to the topic of the chat."""
        topic = turn.session.topic
        if topic is None or turn.region is None:
            return False
        calculator = self._sums.calculator(turn.region, topic)
        if calculator is not None and (turn.told.amounts or turn.told.days or self._sums.takes(turn, topic)):
            return True
        answer = turn.region.answers.get(topic)
        return answer is not None and any(case.when.keys() & turn.told.values.keys() for case in answer.cases)

    def answered(self, turn: Turn) -> tuple[Session, Reply] | None:
        """Take a message as the answer to what the bot asked; None where it is something else."""
        question = turn.session.question
        if question is None or turn.region is None:
            return None
        facts = self._told(turn, question)
        if facts is None or _DIFFERENCE in turn.heard.features or (self._aimer.asks(turn) and self._is_another_matter(turn, question)):
            return None
        facts = self._sums.in_role(question.topic, facts)
        return self.go_on(turn, question.topic, question.facts.updated(facts))

    def _is_another_matter(self, turn: Turn, question: Question) -> bool:
        """Whether a message surely asks something that is worked out otherwise than what the bot asked for."""
        assert turn.region is not None
        best = turn.heard.ranking.topics[0]
        if best.topic not in self._national.topics:
            return best.score >= SURE
        ours, other = (self._sums.calculator(turn.region, topic) for topic in (question.topic, best.topic))
        return best.score >= SURE and other is not ours

    def ask_again(self, turn: Turn) -> tuple[Session, Reply] | None:
        """Ask once more where the answer was not understood; None where nothing is open or it was asked enough."""
        question = turn.session.question
        if question is None or turn.region is None or question.times >= _MOST_ASKED:
            return None
        session, reply = self.go_on(turn, question.topic, question.facts)
        if session.question is None:
            return None
        again = session.question.model_copy(update={"times": question.times + 1})
        text = self._national.wording.ask_again.format(question=reply.text)
        return session.model_copy(update={"question": again}), reply.model_copy(update={"text": text})

    def go_on(self, turn: Turn, topic: str, facts: Facts) -> tuple[Session, Reply]:
        """Run a topic's calculator with what is known by now."""
        calculator = self._sums.calculator(_known_region(turn), topic)
        if calculator is None:
            return self._answer(turn, topic, facts)
        return self._run(turn, topic, calculator, facts)

    # --- what is known ----------------------------------------------------------------------------------

    def _gathered(self, turn: Turn, topic: str, *, follows: bool) -> Facts:
        """Put together what was told before and still holds, and what the message tells."""
        before = turn.session.facts
        if not follows:
            values = {name: held for name, held in before.values.items() if name in _OF_THE_PERSON}
            amounts = {name: held for name, held in before.amounts.items() if name == _PATIENT_SHARE}
            before = Facts(values=values, amounts=amounts)
        return before.updated(self._sums.in_role(topic, turn.told))

    def _told(self, turn: Turn, question: Question) -> Facts | None:
        """Tell what a message answers to a question: the input asked for, or other facts out of order."""
        facts = turn.told
        kind = self._input_kind(turn, question)
        if _CANNOT_TELL.search(turn.heard.text):
            return facts.updated(Facts(untold=(question.input,)))
        if kind == "amount" and _NOTHING.fullmatch(turn.heard.rest):
            return Facts(amounts={question.input: Decimal(0)})
        if kind == "amount" and question.input not in facts.amounts:
            alone = amount_alone(turn.heard.rest)
            amount = facts.amounts.get("cost")
            if isinstance(alone, Amount) and alone.low == alone.high:
                amount = alone.low
            if amount is not None:
                others = {name: held for name, held in facts.amounts.items() if name != "cost"}
                return Facts(values=facts.values, amounts={**others, question.input: amount}, days=facts.days)
        if question.input in {*facts.values, *facts.amounts, *facts.days} or (facts.people and question.input == "people"):
            return facts
        return facts if self._aimer.only_details(turn, question.topic) else None

    def _input_kind(self, turn: Turn, question: Question) -> str:
        calculator = self._sums.calculator(_known_region(turn), question.topic)
        inputs = calculator.inputs if calculator is not None else ()
        return next((entry.kind for entry in inputs if entry.name == question.input), "")

    # --- answering --------------------------------------------------------------------------------------

    def _answer(self, turn: Turn, topic: str, facts: Facts) -> tuple[Session, Reply]:
        region = _known_region(turn)
        calculator = self._sums.calculator(region, topic)
        if calculator is not None:
            wrong = unusable_amount(turn.heard.entities)
            if wrong is not None:
                return self._ask_amount(turn, topic, facts, wrong)
            if self._is_a_sum(turn, topic, facts):
                return self._run(turn, topic, calculator, facts)
            if topic in region.answers and not self._composer.has_case(region, topic, facts):
                silent = calculator.run(self._sums.known(topic, facts)) if turn.told.values else None
                if isinstance(silent, NotCovered):
                    return self._settled(turn, topic, facts, self._composer.not_covered(region, topic, silent))
                stated = self._stated(turn, topic, calculator, facts)
                if stated is not None:
                    return self._settled(turn, topic, facts, stated)
        reply = self._composer.answer(region, topic, facts, turn.today)
        return self._settled(turn, topic, facts, reply)

    def _is_a_sum(self, turn: Turn, topic: str, facts: Facts) -> bool:
        """Whether something is to be worked out: the message calls for it, or changes what was worked out."""
        if self._sums.called_for(turn, topic):
            return True
        if not turn.session.calculated:
            return False
        goes_on = self._national.topics[topic].amount == _PATIENT_SHARE and _PATIENT_SHARE in facts.amounts
        return self._aimer.only_details(turn, topic) or turn.follows or (goes_on and "how_much" in turn.heard.features)

    def _stated(self, turn: Turn, topic: str, calculator: Calculator, facts: Facts) -> Reply | None:
        """State the parameters that were asked for, where what is known says more than the general answer."""
        entry = self._national.topics[topic]
        asked = [aspect for aspect in _ASPECTS if aspect in turn.heard.features]
        general = entry.aspect == OVERVIEW or self._aimer.only_details(turn, topic)
        aspects = [aspect for aspect in _ASPECTS if entry.aspect == aspect] or asked or (list(_ASPECTS) if general else [])
        known = {name: value for name, value in facts.known().items() if not self._is_of_amounts(name)}
        stated = {aspect: calculator.facts(known, aspect) for aspect in aspects}
        narrowed = any(found and found != calculator.facts({}, aspect) for aspect, found in stated.items())
        if not narrowed or sum(map(len, stated.values())) > _MOST_STATED:
            return None
        return self._composer.stated(_known_region(turn), topic, stated, turn.today)

    def _is_of_amounts(self, name: str) -> bool:
        dimension = self._national.dimensions.get(name)
        return dimension is not None and dimension.of_amounts

    def _run(self, turn: Turn, topic: str, calculator: Calculator, facts: Facts) -> tuple[Session, Reply]:
        region = _known_region(turn)
        known = self._sums.known(topic, facts)
        match calculator.run(known):
            case Result() as result:
                given = self._given(calculator, known)
                if COST in turn.told.amounts and not turn.heard.features & {_ELIGIBLE}:
                    result = result.with_caveats(self._national.wording.eligible)
                reply = self._composer.result(region, topic, result, given, turn.today)
                patient = result.amounts.get("patient")
                if patient is not None and patient.is_exact and self._national.topics[topic].amount == "cost":
                    facts = facts.updated(Facts(amounts={_PATIENT_SHARE: patient.low}))
                session, reply = self._settled(turn, topic, facts, reply)
                return session.model_copy(update={"calculated": True, "question": None}), reply
            case Ask() as ask:
                compared = self._compared(turn, topic, calculator, facts, ask)
                if compared is not None:
                    return compared
                reply, offers = self._composer.question(region, topic, ask, self._so_far(calculator, known, ask))
                asked = Question(topic=topic, input=ask.input, facts=facts)
                update = {"topic": topic, "facts": facts, "question": asked, "offers": offers, "waiting": None}
                return turn.session.model_copy(update=update), reply
            case NotCovered() as silent:
                return self._settled(turn, topic, facts, self._composer.not_covered(region, topic, silent))

    def _compared(
        self, turn: Turn, topic: str, calculator: Calculator, facts: Facts, ask: Ask
    ) -> tuple[Session, Reply] | None:
        """Work out each of the choices that a message sets against each other (一级比三级多报多少)."""
        told = frozenset(turn.told.values.get(ask.input, ()))
        named = [option for option in ask.options if option.values & told]
        if ask.input in facts.untold:
            named = list(ask.options)
        elif not (_DIFFERENCE in turn.heard.features or _AGAINST.search(turn.heard.rest)):
            return None
        if len(named) < _TWO:
            return None
        premium = self._sums.calculator(_known_region(turn), _PREMIUM)
        turns_on_it = premium is not None and any(entry.name == ask.input for entry in premium.inputs)
        known = self._sums.known(topic, facts)
        comparison = compare(calculator, known, ask.input, named, premium if turns_on_it else None)
        if not isinstance(comparison, Comparison):
            return None
        return self._settled(turn, topic, facts, self._composer.comparison(_known_region(turn), topic, comparison, turn.today))

    def _so_far(self, calculator: Calculator, known: Known, ask: Ask) -> str | None:
        """Say the rate that is clear already while an amount is asked for."""
        if ask.options:
            return None
        rates = calculator.facts(known, "rate")
        return rates[0].said if len(rates) == 1 else None

    def _ask_amount(self, turn: Turn, topic: str, facts: Facts, wrong: Amount | Refusal) -> tuple[Session, Reply]:
        wording = self._national.wording
        if isinstance(wrong, Amount) and wrong.high == 0:
            text = wording.amount_zero
        elif isinstance(wrong, Amount):
            text = wording.amount_range.format(text=wrong.text)
        elif wrong.reason == "negative":
            text = wording.amount_negative
        else:
            text = wording.amount_unclear.format(text=wrong.text)
        reply = self._composer.ask_amount(_known_region(turn), topic, text)
        update = {"topic": topic, "facts": facts, "question": Question(topic=topic, input=COST, facts=facts), "offers": ()}
        return turn.session.model_copy(update=update), reply

    def _settled(self, turn: Turn, topic: str, facts: Facts, reply: Reply) -> tuple[Session, Reply]:
        """Close the turn: remember the topic and the facts, offer what people ask next."""
        offers = self._composer.next_offers(_known_region(turn), topic)
        update = {"topic": topic, "facts": facts, "offers": offers, "waiting": None, "calculated": False}
        reply = reply.model_copy(update={"options": tuple(offer.label for offer in offers)})
        return turn.session.model_copy(update=update), reply

    # --- words ------------------------------------------------------------------------------------------

    def _given(self, calculator: Calculator, known: Known) -> str:
        """Say back what the sum was worked out with."""
        said = [self._said(entry, known[entry.name]) for entry in calculator.inputs if entry.name in known]
        return "、".join(text for text in said if text)

    def _said(self, entry: Input, value: object) -> str:
        if isinstance(value, Decimal):
            return f"{entry.label} {say_yuan(value)}"
        if isinstance(value, frozenset):
            fitting = [choice.label for choice in entry.choices if choice.values == value]
            return fitting[0] if fitting else ""
        if entry.kind == "date":
            return f"{entry.label} {say_date(value)}"  # type: ignore[arg-type]  # a date input holds a date
        return ""

    def _is_bare(self, turn: Turn) -> bool:
        """Whether a message names a subject and nothing else (门诊, 大病)."""
        return len(turn.heard.rest) <= _SHORT_MESSAGE and not turn.heard.entities.values and not turn.follows_on


def _known_region(turn: Turn) -> Region:
    assert turn.region is not None
    return turn.region
