"""The one composition behind inpatient, outpatient, chronic, drug, accident and critical-illness benefits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from calculators.calculator import Aspect, Calculator
from calculators.circumstances import IDENTITY, Circumstances, Sense
from calculators.facts import facts_of
from calculators.grid import Possible
from calculators.inputs import Input, from_dimension
from calculators.known import COST, DEDUCTIBLE, HERBS, PAID, Known, amount, cannot_tell
from calculators.money import NOTHING, ZERO, Span
from calculators.outcomes import Ask, Fact, NotCovered, Outcome, Result
from calculators.scheme import Amount, Scheme
from calculators.steps import Step
from calculators.tables import Tables
from calculators.terms import Bill, Terms, Working, work_out
from knowledge.rules import Reimbursement

WITHOUT_DEDUCTIBLE = "这里没有扣起付线：文件没写它的数额，扣掉以后实际报销会少一些。"
TOO_MUCH_HERBS = "这部分不能超过总费用，请核对后再说一次："


@dataclass(frozen=True)
class Worked:
    """A case worked out: its cost, the fund's part before rounding, the steps, and what to say besides.

    `possible` are the circumstances that it was settled under, `touched` the thresholds that it met.
    """

    possible: Possible
    cost: Decimal
    fund: Span
    steps: tuple[Step, ...]
    deductible: Decimal
    assumptions: tuple[str, ...]
    caveats: tuple[str, ...]
    touched: frozenset[str] = frozenset()


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
    def sense(self) -> Sense:
        """How the rule makes sense of what is known."""
        return Sense(self.scheme, self.rule)

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
            step = Step(self.scheme.say(refused.text), "", NOTHING, refused.clause)
            return Worked(here.possible, cost, NOTHING, (step,), ZERO, here.notes, ())
        settled = self.sense.settle(self.tables.all, here)
        if isinstance(settled, NotCovered):
            return settled
        if isinstance(settled, Ask) and cost is not None:
            settled = self._all_the_same(known, here, settled) or settled
        ask = self._first_question(known, settled)
        if ask is not None:
            return ask
        assert cost is not None, "the cost is asked for before"
        assert isinstance(settled, Circumstances), "circumstances are asked for before"
        terms = self._terms(known, settled)
        working = work_out(terms, _bill(known))
        caveats = self._caveats(known, settled, working)
        charged = terms.charged()
        return Worked(
            settled.possible,
            cost,
            working.fund,
            working.steps,
            charged,
            settled.notes,
            caveats,
            working.touched,
        )

    def counts_as_stay(self, worked: Worked) -> bool:
        """Whether a stay counts for the number of the admission."""
        where = self.scheme.spread(self.rule.counts or {})
        return all(values & worked.possible.get(name, values) for name, values in where.items())

    def facts(self, known: Known, aspect: Aspect) -> tuple[Fact, ...]:
        """Tell the rates, deductibles or caps that what is known leaves open."""
        return facts_of(self.sense, self.tables, known, aspect)

    def _all_the_same(self, known: Known, here: Circumstances, ask: Ask) -> Circumstances | None:
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

    def _caveats(self, known: Known, settled: Circumstances, working: Working) -> tuple[str, ...]:
        left_out = (
            (WITHOUT_DEDUCTIBLE,) if cannot_tell(known, DEDUCTIBLE) and self.rule.deductible_asked else ()
        )
        return (*left_out, *self.sense.caveats(settled, working.touched))

    def _result(self, worked: Worked) -> Result:
        fund = worked.fund.to_fen()
        amounts = {"fund": fund, "patient": fund.left_of(worked.cost)}
        if worked.deductible and worked.cost < worked.deductible:
            amounts["short"] = Span.exact(worked.deductible - worked.cost)
        return Result(
            calculator=self.id,
            title=self.title,
            headline="fund",
            amounts=amounts,
            labels={"fund": self.rule.pays},
            steps=worked.steps,
            assumptions=worked.assumptions,
            caveats=worked.caveats,
        )


def _bill(known: Known) -> Bill:
    return Bill(amount(known, COST) or ZERO, amount(known, HERBS) or ZERO, amount(known, PAID) or ZERO)


def _inputs(rule: Reimbursement, scheme: Scheme, tables: Tables) -> tuple[Input, ...]:
    """List the inputs of a rule: the cost, the circumstances that it turns on, and other amounts."""
    found = [Input(COST, "amount", rule.cost.label, rule.cost.ask, needed=True)]
    gates = [gate.when for gate in rule.not_paid]
    names = Sense(scheme, rule).dimensions(tables.all, gates)
    found += [from_dimension(name, scheme.dimensions[name], several=name == IDENTITY) for name in names]
    if rule.deductible_asked is not None:
        found.append(
            Input(DEDUCTIBLE, "amount", rule.deductible_asked.label, rule.deductible_asked.ask, zero=True)
        )
    if rule.herbs is not None:
        found.append(Input(HERBS, "amount", rule.herbs.cost.label, rule.herbs.cost.ask, zero=True))
    if tables.cap is not None:
        found.append(Input(PAID, "amount", "今年已经报销的金额", "今年这一项已经报了多少元？", zero=True))
    return tuple(found)
