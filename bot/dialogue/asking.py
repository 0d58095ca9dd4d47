"""The one thing that the bot asked for: whether a message answers it, and asking once more."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.dialogue.cases import Cases
from bot.dialogue.likelihood import SURE
from bot.dialogue.reply import Reply
from bot.dialogue.session import Facts, Question, Session
from bot.dialogue.topics import Aimer
from bot.dialogue.turn import Turn
from bot.dialogue.workings import Workings
from bot.understanding.numerals import Amount, amount_alone
from calculators.known import COST
from knowledge.contents import National
from knowledge.names import Notion

_MOST_ASKED = 3
_CANNOT_TELL = re.compile(r"不知道|不清楚|不晓得|忘了|没有单子|说不清|记不得|记不清|不懂|唔知")
_NOTHING = re.compile(r"(都)?(没有|没|无|冇|没得|莫得|没用|没花|零|0)(用|花|啊|的|了|呢|元|块)*[。!]?")


class Asking:
    """Takes messages as answers to the question that is open in a chat."""

    def __init__(self, national: National, aimer: Aimer, workings: Workings, cases: Cases) -> None:
        self._national = national
        self._aimer = aimer
        self._workings = workings
        self._cases = cases

    def answered(self, turn: Turn) -> tuple[Session, Reply] | None:
        """Take a message as the answer to what the bot asked; None where it is something else."""
        question = turn.session.question
        if question is None or turn.region is None or Notion.DIFFERENCE in turn.heard.features:
            return None
        facts = self._told(turn, question)
        if facts is None:
            return None
        asks = self._aimer.asks(turn) or self._aimer.is_surely_talk(turn)
        if asks and (self._is_another_matter(turn, question) or _names_several(turn, question)):
            return None
        facts = self._workings.in_role(question.topic, facts)
        return self._cases.go_on(turn, question.topic, question.facts.updated(facts))

    def again(self, turn: Turn) -> tuple[Session, Reply] | None:
        """Ask once more what was not answered; None where nothing is open or it was asked often enough."""
        question = turn.session.question
        if question is None or turn.region is None or question.times >= _MOST_ASKED:
            return None
        session, reply = self._cases.go_on(turn, question.topic, question.facts)
        if session.question is None:
            return None
        again = session.question.model_copy(update={"times": question.times + 1})
        text = self._national.wording.ask_again.format(question=reply.text)
        return session.model_copy(update={"question": again}), reply.model_copy(update={"text": text})

    def _told(self, turn: Turn, question: Question) -> Facts | None:
        """Tell what a message answers to a question: the input asked for, or other facts out of order."""
        told = turn.told
        if _CANNOT_TELL.search(turn.heard.text):
            return told.updated(Facts(untold=(question.input,)))
        if self._asks_for_an_amount(turn, question) and question.input not in told.amounts:
            if _NOTHING.fullmatch(turn.heard.rest):
                return Facts(amounts={question.input: Decimal(0)})
            alone = amount_alone(turn.heard.rest)
            exact = isinstance(alone, Amount) and alone.low == alone.high
            amount = alone.low if isinstance(alone, Amount) and exact else told.amounts.get(COST)
            if amount is not None:
                others = {name: held for name, held in told.amounts.items() if name != COST}
                return Facts(values=told.values, amounts={**others, question.input: amount}, days=told.days)
        answers = {*told.values, *told.amounts, *told.days, *(("people",) if told.people else ())}
        return told if question.input in answers or self._aimer.only_details(turn, question.topic) else None

    def _asks_for_an_amount(self, turn: Turn, question: Question) -> bool:
        calculator = self._workings.calculator(turn.here, question.topic)
        inputs = calculator.inputs if calculator is not None else ()
        return any(entry.name == question.input and entry.kind == "amount" for entry in inputs)

    def _is_another_matter(self, turn: Turn, question: Question) -> bool:
        """Whether a message surely asks something worked out otherwise than what the bot asked for."""
        best = turn.heard.ranking.topics[0]
        if best.score < SURE:
            return False
        if best.topic not in self._national.topics:
            return True
        ours = self._workings.calculator(turn.here, question.topic)
        return self._workings.calculator(turn.here, best.topic) is not ours


def _names_several(turn: Turn, question: Question) -> bool:
    """Whether a message names several of the choices for what the bot asked (一档和二档差多少)."""
    told = set(turn.told.values.get(question.input, ()))
    chosen = [
        offer for offer in turn.session.offers if offer.input == question.input and told & {*offer.values}
    ]
    return len(chosen) > 1
