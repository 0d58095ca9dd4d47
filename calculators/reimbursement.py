"""The one composition behind inpatient, outpatient, chronic, drug, accident and critical-illness benefits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from calculators.calculator import Aspect, Calculator
from calculators.circumstances import IDENTITY, Circumstances, Sense
from calculators.facts import facts_of
from calculators.grid import Possible
from calculators.inputs import Input, InputError, InputFault, from_dimension
from calculators.known import COST, DEDUCTIBLE, HERBS, PAID, Known, amount, cannot_tell
from calculators.money import LARGEST, NOTHING, ZERO, Span
from calculators.outcomes import Ask, Fact, NotCovered, Outcome, Result
from calculators.scheme import Amount, Scheme
from calculators.steps import Step
from calculators.tables import OtherTables, Tables
from calculators.terms import Bill, Terms, Working, work_out
from calculators.wording import number
from knowledge.rules import Caveat, Reimbursement
from knowledge.rules.tables import NOTHING as NO_AMOUNT

WITHOUT_DEDUCTIBLE = "这里没有扣起付线：文件没写它的数额，扣掉以后实际报销会少一些。"
MORE_HERBS_THAN_COST = "这部分不能超过总费用"
TOO_MUCH_HERBS = f"{MORE_HERBS_THAN_COST}，请核对后再说一次："


@dataclass(frozen=True)
class Worked:
    """A case worked out, before rounding.

    Attributes:
        possible: the circumstances that it was settled under.
        cost: what counts of it; working: what is paid, and how; deductible: what was deducted.
        assumptions, caveats: as in a result; readings: the caveats that name another amount.

    """

    possible: Possible
    cost: Decimal
    working: Working
    deductible: Decimal
    assumptions: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    @property
    def fund(self) -> Span:
        """What is paid."""
        return self.working.fund

    @property
    def steps(self) -> tuple[Step, ...]:
        """How it comes about."""
        return self.working.steps


@dataclass(frozen=True)
class ReimbursementCalculator(Calculator):
    """Works out what is paid of a cost, and what the patient is left with."""

    rule: Reimbursement
    scheme: Scheme
    tables: Tables

    @classmethod
    def of(cls, name: str, rule: Reimbursement, scheme: Scheme) -> ReimbursementCalculator:
        """Make the calculator of a rule."""
        tables = Tables.of(rule, scheme)
        return cls(name, rule.title, _inputs(rule, scheme, tables), rule, scheme, tables)

    @property
    def adds_up(self) -> bool:
        """Whether the costs of several visits may be worked out as one."""
        return self.rule.adds_up

    @property
    def limits(self) -> frozenset[str]:
        """The figures that limit what it pays in a year."""
        named = (cell.is_ for cell in self.rule.cap or ())
        return frozenset(name for name in named if isinstance(name, str) and name != NO_AMOUNT)

    @property
    def deducts_each(self) -> bool:
        """Whether every visit has a deductible of its own."""
        rule = self.rule
        has_one = rule.deductible is not None or rule.deductible_asked is not None
        return has_one and not (rule.adds_up or rule.accumulates)

    @property
    def sense(self) -> Sense:
        """How the rule makes sense of what is known."""
        return Sense(self.scheme, self.rule)

    def parse(self, raw: Mapping[str, object]) -> Known:
        """Turn raw values into known ones; herbs are a part of the cost."""
        known = super().parse(raw)
        if (amount(known, HERBS) or ZERO) > (amount(known, COST) or LARGEST):
            raise InputError([InputFault(HERBS, MORE_HERBS_THAN_COST)])
        return known

    def run(self, known: Known) -> Outcome:
        """Work it out; the deductible, the herbs and the circumstances are asked for where they matter."""
        worked = self.work(known)
        return self._result(worked) if isinstance(worked, Worked) else worked

    def work(self, known: Known) -> Worked | Ask | NotCovered:
        """Work it out without rounding."""
        here = self.sense.of(known)
        silent = self.sense.refuse(here)
        if silent is not None:
            return silent
        cost = amount(known, COST)
        refused = self.sense.gate(self.rule.not_paid, here)
        if refused is not None and cost is not None:
            step = Step(self.scheme.say(refused.text).rstrip("。"), "", NOTHING, refused.clause)
            return Worked(here.possible, cost, Working(NOTHING, NOTHING, (step,)), ZERO, here.notes)
        settled = self.sense.settle(self.tables.all, here)
        if isinstance(settled, NotCovered):
            return settled
        alike = self._alike(known, here, settled) if isinstance(settled, Ask) and cost is not None else None
        ask = self._first_question(known, alike or settled)
        if ask is not None:
            return ask
        assert cost is not None, "the cost is asked for before"
        settled = alike or settled
        assert isinstance(settled, Circumstances), "circumstances are asked for before"
        terms = self._terms(known, settled)
        if alike is not None:  # the name of the rate may belong to one of the choices only
            terms = replace(terms, label=self.rule.pays)
        working = work_out(terms, _bill(known))
        return Worked(
            settled.possible,
            cost,
            working,
            terms.charged(),
            settled.notes,
            (*self._left_out(known), *self.sense.caveats(settled, working.touched)),
            self._readings(known, settled, terms, working),
        )

    def room(self, known: Known) -> Outcome | None:
        """Tell what the year's limit still leaves after what was paid; None where there is no limit."""
        paid, cap = amount(known, PAID), self.tables.cap
        if paid is None or cap is None:
            return None
        settled = self.sense.settle((cap,), self.sense.of(known))
        limit = cap.settled(settled.possible) if isinstance(settled, Circumstances) else None
        if not isinstance(settled, Circumstances) or limit is None:
            return None if isinstance(settled, Circumstances) else settled
        left = Span.exact(max(ZERO, limit.yuan - paid)).to_fen()
        step = Step(limit.name, f"{number(limit.yuan)} − {number(paid)}", left, limit.clause)
        return Result(
            calculator=self.id,
            title=self.title,
            headline="room",
            amounts={"room": left},
            labels={},
            steps=(step,),
            assumptions=settled.notes,
            caveats=(),
        )

    def counts_as_stay(self, worked: Worked) -> bool:
        """Whether a stay counts for the number of the admission."""
        where = self.scheme.spread(self.rule.counts or {})
        return all(values & worked.possible.get(name, values) for name, values in where.items())

    def facts(self, known: Known, aspect: Aspect) -> tuple[Fact, ...]:
        """Tell the rates, deductibles or caps that what is known leaves open."""
        return facts_of(self.sense, self.tables, known, aspect)

    def _alike(self, known: Known, here: Circumstances, ask: Ask) -> Circumstances | None:
        """Settle an open question without asking, where every answer leads to the same amount."""
        found: list[tuple[Circumstances, Span]] = []
        for option in ask.options:
            settled = self.sense.settle(self.tables.all, here.narrowed(ask.input, option.values, None))
            if not isinstance(settled, Circumstances) or self._first_question(known, settled) is not None:
                return None
            found.append((settled, work_out(self._terms(known, settled), _bill(known)).fund))
        if len({fund for _, fund in found}) > 1:
            return None
        labels = "、".join(option.label for option in ask.options)
        settled = found[0][0]
        return settled.narrowed(ask.input, settled.possible[ask.input], f"{labels}算出来一样")

    def _first_question(self, known: Known, settled: Circumstances | Ask) -> Ask | None:
        """Choose what to ask for: the cost first, then in the rule's order, where that says nothing else."""
        rule = self.rule
        asks: list[Ask] = []
        if amount(known, COST) is None:
            asks.append(Ask(COST, rule.cost.ask))
        if isinstance(settled, Ask):
            asks.append(settled)
        if rule.deductible_asked and amount(known, DEDUCTIBLE) is None and not cannot_tell(known, DEDUCTIBLE):
            asks.append(Ask(DEDUCTIBLE, rule.deductible_asked.ask))
        if isinstance(settled, Circumstances) and rule.herbs and self._terms(known, settled).herb_points:
            herbs = amount(known, HERBS)
            if herbs is None and not cannot_tell(known, HERBS):
                asks.append(Ask(HERBS, rule.herbs.cost.ask))
            elif herbs is not None and herbs > (amount(known, COST) or herbs):
                asks.append(Ask(HERBS, TOO_MUCH_HERBS + rule.herbs.cost.ask))
        order = rule.order if COST in rule.order else (COST, *rule.order)
        return min(
            asks, key=lambda ask: order.index(ask.input) if ask.input in order else len(order), default=None
        )

    def _terms(self, known: Known, settled: Circumstances) -> Terms:
        terms = self.tables.terms(settled.possible)
        given = amount(known, DEDUCTIBLE)
        if self.rule.deductible_asked is None or given is None:
            return terms
        return replace(terms, deductible=Amount(given, self.rule.deductible_asked.label, None))

    def _left_out(self, known: Known) -> tuple[str, ...]:
        asked = self.rule.deductible_asked is not None
        return (WITHOUT_DEDUCTIBLE,) if asked and cannot_tell(known, DEDUCTIBLE) else ()

    def _readings(
        self, known: Known, settled: Circumstances, terms: Terms, working: Working
    ) -> tuple[str, ...]:
        """Say what another reading of the document would pay, where that is another amount.

        What was paid before in the year tells nothing of the costs then, so it leaves them open.
        """
        bill = _bill(known)
        if bill.paid:
            return ()

        def other(caveat: Caveat) -> Span | None:
            if caveat.reading is None:
                return None
            tables = OtherTables.of(caveat.reading, self.scheme)
            fund = work_out(tables.terms(terms, settled.possible), bill).fund.to_fen()
            return None if fund == working.fund.to_fen() else fund

        plain = self.sense.caveats(settled, working.touched)
        return tuple(
            text for text in self.sense.caveats(settled, working.touched, other) if text not in plain
        )

    def _result(self, worked: Worked) -> Result:
        fund = worked.fund.to_fen()
        amounts = {"fund": fund, "patient": fund.left_of(worked.cost)}
        if self.rule.accumulates or worked.cost < worked.deductible:
            amounts["short"] = Span.exact(max(ZERO, worked.deductible - worked.cost))
        return Result(
            calculator=self.id,
            title=self.title,
            headline="fund",
            amounts=amounts,
            labels={"fund": self.rule.pays},
            steps=worked.steps,
            assumptions=worked.assumptions,
            caveats=(*worked.caveats, *worked.readings),
        )


def _bill(known: Known) -> Bill:
    return Bill(amount(known, COST) or ZERO, amount(known, HERBS) or ZERO, amount(known, PAID) or ZERO)


def _inputs(rule: Reimbursement, scheme: Scheme, tables: Tables) -> tuple[Input, ...]:
    """List the inputs of a rule: the cost, the circumstances that it turns on, and other amounts."""
    found = [Input(COST, "amount", rule.cost.label, rule.cost.ask, needed=True, zero=rule.accumulates)]
    gates = [gate.when for gate in rule.not_paid]
    names = Sense(scheme, rule).dimensions(tables.all, gates)
    found += [from_dimension(name, scheme.dimensions[name], several=name == IDENTITY) for name in names]
    if rule.deductible_asked is not None:
        found.append(
            Input(
                DEDUCTIBLE,
                "amount",
                rule.deductible_asked.label,
                rule.deductible_asked.ask,
                zero=True,
                untold=True,
            )
        )
    if rule.herbs is not None:
        found.append(
            Input(HERBS, "amount", rule.herbs.cost.label, rule.herbs.cost.ask, zero=True, untold=True)
        )
    if tables.cap is not None:
        found.append(Input(PAID, "amount", "今年已经报销的金额", "今年这一项已经报了多少元？", zero=True))
    return tuple(found)
