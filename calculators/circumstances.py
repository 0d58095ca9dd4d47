"""From what was said to the circumstances that rules turn on: what follows, what is assumed, what to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from calculators.grid import Grids, Possible, options, parts, unsettled
from calculators.known import Known, choice
from calculators.money import Span
from calculators.outcomes import Ask, NotCovered
from calculators.scheme import Scheme
from calculators.wording import yuan
from knowledge.model import When
from knowledge.rules import Caveat, Gate
from knowledge.rules.kinds import RuleBase

IDENTITY = "identity"
"""The one dimension of which several values may hold at once."""


@dataclass(frozen=True)
class Circumstances:
    """What holds.

    Attributes:
        possible: the values that are left of each dimension that was said, follows or is assumed.
        notes: what follows or was assumed, for residents.

    """

    possible: Possible
    notes: tuple[str, ...] = ()

    def hold(self, where: Possible) -> bool:
        """Whether conditions surely hold."""
        return all(_surely(name, self.possible.get(name), values) for name, values in where.items())

    def narrowed(self, name: str, values: frozenset[str], note: str | None) -> Circumstances:
        """Narrow a dimension down."""
        notes = self.notes if note is None else (*self.notes, note)
        return replace(self, possible={**self.possible, name: values}, notes=notes)


def _surely(name: str, said: frozenset[str] | None, values: frozenset[str]) -> bool:
    if not said:
        return False
    return bool(said & values) if name == IDENTITY else said <= values


@dataclass(frozen=True)
class Sense:
    """How one rule makes sense of circumstances: its implications and assumptions over the dimensions'."""

    scheme: Scheme
    rule: RuleBase

    def of(self, known: Known) -> Circumstances:
        """Take what was said, and what follows from it."""
        said = {name: values for name in self.scheme.dimensions if (values := choice(known, name))}
        here = Circumstances(said)
        for implied in self.rule.implied:
            if not here.hold(self.scheme.spread(implied.when)):
                continue
            for name, values in self.scheme.spread(implied.then).items():
                before = here.possible.get(name)
                if before is not None and before > values:
                    continue  # others were told besides (普通人和低保户各是多少)
                note = None if implied.note is None or before == values else self.scheme.say(implied.note)
                here = here.narrowed(name, values, note)
        return here

    def gate(self, gates: Iterable[Gate], here: Circumstances) -> Gate | None:
        """Find the first gate whose circumstances surely hold."""
        for gate in gates:
            excepted = gate.unless is not None and here.hold(self.scheme.spread(gate.unless))
            if here.hold(self.scheme.spread(gate.when)) and not excepted:
                return gate
        return None

    def settle(self, grids: Grids, here: Circumstances) -> Circumstances | Ask | NotCovered:
        """Assume what may be assumed, then find the first question that tells the outcomes apart."""
        for name, values in self.assumptions(grids).items():
            if name not in here.possible and self._tells_apart(unsettled(grids, here.possible), here, name):
                here = here.narrowed(name, values, f"按{self.scheme.label(name, values)}算")
        here = self._without_rare(grids, here)
        gap = _gap(grids, here.possible)
        if gap is not None:
            return gap
        left = unsettled(grids, here.possible)
        return self._question(left, here) if left else here

    def _without_rare(self, grids: Grids, here: Circumstances) -> Circumstances:
        """Leave aside what a word allows but hardly means (a newborn, where a child is told of)."""
        for name, dimension in self.scheme.dimensions.items():
            told = here.possible.get(name)
            if dimension.rare is None or told is None or len(told) == 1 or dimension.rare not in told:
                continue
            if self._tells_apart(unsettled(grids, here.possible), here, name):
                note = f"按不是{dimension.values[dimension.rare]}算"
                here = here.narrowed(name, told - {dimension.rare}, note)
        return here

    def assumptions(self, grids: Grids) -> Mapping[str, frozenset[str]]:
        """Tell what holds of the dimensions of some tables while nothing was said of them."""
        names = self.in_order(dict.fromkeys(name for grid in grids for name in grid.dimensions))
        defaults = {name: self.scheme.dimensions[name].default for name in names}
        assumed: dict[str, tuple[str, ...]] = {
            name: (default,) for name, default in defaults.items() if default is not None
        }
        assumed |= {name: words for name, words in self.rule.assume.items() if name in names}
        return self.scheme.spread(assumed)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Sort names as the rule asks for them; the rest follows as it came."""
        order = self.rule.order
        return sorted(names, key=lambda name: order.index(name) if name in order else len(order))

    def dimensions(self, grids: Grids, wheres: Iterable[When]) -> list[str]:
        """Name the dimensions that the rule turns on, as it asks for them."""
        rule = self.rule
        more = [*wheres, *(gate.when for gate in rule.silent), *(caveat.when for caveat in rule.caveats)]
        more += [when for implied in rule.implied for when in (implied.when, implied.then)]
        names = [name for grid in grids for name in grid.dimensions] + [
            name for when in more for name in when
        ]
        return self.in_order(dict.fromkeys(names))

    def caveats(
        self,
        here: Circumstances,
        touched: frozenset[str] = frozenset(),
        other: Callable[[Caveat], Span | None] = lambda _: None,
    ) -> tuple[str, ...]:
        """Choose the caveats that these circumstances, and the thresholds that the case met, call for.

        Args:
            here: the circumstances; touched: the thresholds.
            other: gives the amount by a caveat's other reading; None where it is the same.

        """
        found: list[str] = []
        for caveat in self.rule.caveats:
            met = caveat.once is None or caveat.once in touched
            if not met or not here.hold(self.scheme.spread(caveat.when)):
                continue
            amount = other(caveat)
            if amount is not None:
                found.append(self.scheme.say(caveat.text, other=yuan(amount)))
            elif caveat.reading is None and "{other}" not in caveat.text:
                found.append(self.scheme.say(caveat.text))
        return tuple(found)

    def refuse(self, here: Circumstances) -> NotCovered | None:
        """Tell what the document is silent about, where these are such circumstances."""
        gate = self.gate(self.rule.silent, here)
        return None if gate is None else NotCovered(self.scheme.say(gate.text), gate.clause)

    def _values(self, here: Circumstances, name: str) -> Sequence[str]:
        values = self.scheme.dimensions[name].values
        return [value for value in values if value in here.possible.get(name, values)]

    def _tells_apart(self, grids: Grids, here: Circumstances, name: str) -> bool:
        return len(parts(grids, here.possible, name, self._values(here, name))) > 1

    def _question(self, left: Grids, here: Circumstances) -> Ask:
        """Ask for the first dimension whose values lead to different outcomes."""
        names = self.in_order(dict.fromkeys(name for grid in left for name in grid.dimensions))
        open_names = [name for name in names if len(self._values(here, name)) > 1]
        name = next((name for name in open_names if self._tells_apart(left, here, name)), open_names[0])
        alike = parts(left, here.possible, name, self._values(here, name))
        if len(alike) == 1:  # it matters only together with another dimension
            alike = [frozenset({value}) for value in self._values(here, name)]
        return Ask(name, self.scheme.dimensions[name].ask, options(self.scheme, name, alike))


def _gap(grids: Grids, possible: Possible) -> NotCovered | None:
    """Tell the gap, where nothing but gaps is left in some table."""
    for grid in grids:
        left = grid.left(possible)
        if all(cell.gap is not None for cell in left):
            return NotCovered(left[0].gap or "")
    return None
