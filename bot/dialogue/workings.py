"""The calculators that work topics out, and what they take of what a chat has told."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.dialogue.session import Facts
from bot.dialogue.turn import Turn
from bot.understanding.money import ROOM
from calculators.calculator import Calculator
from calculators.catalogue import Catalogues
from calculators.combined import CombinedCalculator
from calculators.known import COST, PAID, PEOPLE, Known
from calculators.outcomes import NotCovered, Result
from calculators.reimbursement import ReimbursementCalculator
from knowledge.contents import Region
from knowledge.model import Topic


class Workings:
    """The calculators of all regions, by the topics that they work out."""

    def __init__(self, topics: Mapping[str, Topic], catalogues: Catalogues) -> None:
        self._topics = topics
        self._catalogues = catalogues

    def calculators(self, region: Region) -> Mapping[str, Calculator]:
        """Return the calculators of a region by their id."""
        return self._catalogues[region.id]

    def works_out(self, region: Region, topic: str) -> bool:
        """Whether a region has a calculator that works a topic out; it need not be made for that."""
        return self._topics[topic].calculator in self._catalogues[region.id]

    def calculator(self, region: Region, topic: str) -> Calculator | None:
        """Return the calculator that works a topic out in a region, None where there is none."""
        name = self._topics[topic].calculator
        return self._catalogues[region.id].get(name) if name is not None else None

    def share_a_limit(self, region: Region, topic: str, other: str) -> bool:
        """Whether two topics are of one benefit, or of two whose payments count towards one yearly limit."""
        ours, theirs = self.calculator(region, topic), self.calculator(region, other)
        return ours is None or theirs is None or ours is theirs or not ours.limits.isdisjoint(theirs.limits)

    def in_all(self, region: Region, topic: str, told: Facts) -> Facts:
        """Let the costs of several visits, told alike, be one where the topic takes them together."""
        calculator = self.calculator(region, topic) if told.stays else None
        if calculator is None or not calculator.adds_up:
            return told
        if any(stay.values or stay.amounts.keys() != {COST} for stay in told.stays):
            return told
        amounts = {**told.amounts, COST: sum((stay.amounts[COST] for stay in told.stays), Decimal(0))}
        return told.model_copy(update={"amounts": amounts, "stays": ()})

    def settles_each(self, region: Region, topic: str) -> bool:
        """Whether each of several visits is settled by itself, whatever they cost together."""
        calculator = self.calculator(region, topic)
        if isinstance(calculator, CombinedCalculator):
            return True
        return isinstance(calculator, ReimbursementCalculator) and calculator.deducts_each

    def of_several(self, region: Region, topic: str) -> str:
        """Return the topic that works several stays of a topic's kind out in order, or itself."""
        one = self.calculator(region, topic)
        for name in self._topics if one is not None else ():
            calculator = self.calculator(region, name)
            if isinstance(calculator, CombinedCalculator) and calculator.first is one:
                return name
        return topic

    def in_role(self, topic: str, told: Facts) -> Facts:
        """Let an amount told without a role have the one that the topic is about (what one paid oneself)."""
        role = self._topics[topic].amount
        if role == COST or COST not in told.amounts or role in told.amounts:
            return told
        others = {name: amount for name, amount in told.amounts.items() if name != COST}
        return told.model_copy(update={"amounts": {**others, role: told.amounts[COST]}})

    def known(self, topic: str, facts: Facts) -> Known:
        """Give a calculator what it takes; its cost is the amount of the role that the topic is about."""
        known = dict(facts.known())
        for name in {name for person in facts.people for name in person.values} - facts.values.keys():
            told = [person.values.get(name) for person in facts.people]
            if all(told):  # else it holds for some of them only
                known[name] = frozenset(value for values in told if values for value in values)
        role = self._topics[topic].amount
        if role != COST:
            known.pop(COST, None)
            if role in facts.amounts:
                known[COST] = facts.amounts[role]
        return known

    def limited(self, calculator: Calculator, known: Known, facts: Facts) -> Known:
        """Tell how much of a year's limit is used up, where what it still leaves was told (额度还剩一万)."""
        left = facts.amounts.get(ROOM)
        if left is None or PAID in known or PAID not in calculator.takes:
            return known
        whole = calculator.room({**known, PAID: Decimal(0)})
        if not isinstance(whole, Result):
            return known
        return {**known, PAID: max(whole.amounts[whole.headline].low - left, Decimal(0))}

    def takes(self, turn: Turn, topic: str) -> bool:
        """Whether a topic's calculator takes something that a message tells."""
        assert turn.region is not None
        calculator = self.calculator(turn.region, topic)
        return calculator is not None and not calculator.takes.isdisjoint(turn.told.values)

    def is_covered(self, turn: Turn, topic: str) -> bool:
        """Whether the document covers a topic for what the chat and a message tell."""
        calculator = self.calculator(turn.here, topic)
        known = self.known(topic, turn.session.facts.updated(turn.told))
        return calculator is None or not isinstance(calculator.run(known), NotCovered)

    def is_premium(self, region: Region, topic: str | None) -> bool:
        """Whether a topic is worked out for several people together."""
        calculator = self.calculator(region, topic) if topic is not None and topic in self._topics else None
        return calculator is not None and PEOPLE in calculator.takes
