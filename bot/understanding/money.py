"""Amounts of money in a message, and what each is in the case: the cost, a part of it, what was paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.understanding.cues import LABEL, CueReader, stands_in
from bot.understanding.numeral_finding import numerals
from bot.understanding.numerals import Amount, Refusal, amounts
from bot.understanding.quantities import counts, percentages, visits_counted
from calculators.known import COST, PRENATAL_COST
from knowledge.model import Cues

ELIGIBLE_COST = "eligible_cost"
ABOVE_DEDUCTIBLE = "above_deductible"
PATIENT_SHARE = "self_paid"
"""What the patient is left with after the basic insurance: what critical illness insurance looks at."""
APART = frozenset({"consult"})
"""Roles of amounts that a benefit of their own pays for."""
ROOM = "room"
"""What a year's limit still leaves."""
OF_RULE = "of_rule"
"""A figure of the rule that is asked about, not a cost of the case."""
OUTSIDE = "outside"
"""What lies outside the catalogue: it is no cost to the insurance."""
_PREMIUM_PAID = "premium_paid"
_PREMIUM = re.compile(r"[交缴]了?(?:个)?$")
_MOST_PREMIUM = 1_100
"""Beside a cost, so little that was 交 is what was paid for the insurance (交了350 住院花了四千)."""
_ITEM = re.compile(
    r"(?:床位|西药|(?<!中)药品?|检查|化验|检验|手术|护理|治疗|材料|耗材|麻醉|输液|拍片|片子)(?:费|钱)?"
    r"(?:花了?|用了?|是|要|共|一共)?$"
)
"""What a bill is made up of."""
_ONE_STAY = re.compile("同一[次回]|(?:都是|就是|算)一[次回]住院|[没还]没?出院")
_HALF = re.compile("一半")
_SHARE_OUTSIDE = re.compile(
    "(?:自费|目录外)(?:的|部分|药|项目)*(?:大概|差不多|大约)?(?:占了?|是|有|占到)?$|(?:有|其中|里面?|里头)(?:大概|差不多)?$"
)
_OUTSIDE_BEHIND = re.compile("(?:左右)?(?:的|都|全)?(?:是|属于|算)?(?:自费|目录外|不能报)")
_SHARE_ELIGIBLE = re.compile(
    "(?:目录内|合规|能报)(?:的|部分|费用)*(?:大概|差不多|大约)?(?:占了?|是|有|占到)$"
)
"""What a share of the cost is told to be (自费占30%, 有一半是自费, 目录内占八成)."""
_PAID_FOR_IT = re.compile(
    r"[,，。;；!！?？\n ](?:医院|医生|大夫|人家|他们)?[又还就也]?[收要花交付]了?(?:[我俺咱]们?)?$"
)
"""An amount with nothing but a verb ahead of it in its clause is about what the clause before names."""
_IN_TURN = re.compile(
    r"第[一1]次.*第[二2]次|上半年.*下半年|头[一1]?[次回].*[二2第].*[次回]|[两二三2-3][次回].*(和|,|，|、|又)|先.*后来|后来又|又(住|花)"
)
_EACH = re.compile(
    r"(?:各|每[次回趟]|次次|回回|都是|(?<![第又另])(?P<one>一[次回趟]))"
    r"(?:[自付花费用掏了是都合规目录内住院门诊的要得]|起付线以上|政策范围内)*$"
)
"""An amount behind it was paid at each of several visits (住了两次院 每次五千)."""
_ONE_OF_THEM = re.compile("(?<![第又每])一[次回趟]")
_AGAIN = re.compile(r"[又再][自个]?[己人]?[掏花付交出垫贴担]了?(?:[我俺咱]们?)?$")
"""What is paid once more is out of one's own pocket where the amount before was (自己掏七千 又掏九千)."""
_LISTED_BESIDE = re.compile(
    rf"[,，; ]*(?:(?:[、和加又再]|另外|后来|{LABEL})[,，; ]*)+"
    r"(?:花了?|用了?|自付了?|自己[掏垫付]了?|[掏垫]了?)?(?:是|有)?"
)
"""With nothing else between them amounts are of one kind (一月份1.85万 五月份三万, 一回2600一回4900)."""
_LISTED_ROLES = frozenset({COST, ELIGIBLE_COST, ABOVE_DEDUCTIBLE, PATIENT_SHARE, PRENATAL_COST})
_IN_ALL = re.compile(
    r"(?:一共|总共|合计|总计|拢共|统共|加起来|加一起|一年下来|全年|年底一算)[^,，。;；\d]{0,4}$"
)
"""It tells the sum of the other amounts (每月四千 一年下来四万八)."""
_MONTHLY = re.compile(r"(?:每个?月|一个月|月月)[^,，。;；\d]{0,8}$")
_OF_A_YEAR = re.compile("一年(?!级)|全年|一整年|年底")
_MONTHS = 12
"""What is paid every month is twelve times as much where the year is asked about (每月150 一年报多少)."""
_PRICE = re.compile("[一每](?P<unit>[针盒支瓶副服袋包片粒])的?药?[要得是就花也]*$")
"""What one of something costs; days and months are lengths of time (等3个月), and count nothing."""
_OF_COST = frozenset({ELIGIBLE_COST})
"""Roles that only say which cost an amount is; any other role goes before them."""
_PART_OF = re.compile(r"(其中|里面|里头|当中|包括|含)[^,，。;；]{0,6}$")


@dataclass(frozen=True)
class Money:
    """An amount of a message and the role that it has in the case (an input of the calculators).

    Attributes:
        times: how often it was paid (两次住院自付各一万二).
        again: whether it comes on top of the one before (又掏了九千);
        in_all: whether it is the sum of the others; item: whether it is an item of a bill (床位费1200).

    """

    role: str
    amount: Amount | Refusal
    times: int = 1
    again: bool = False
    in_all: bool = False
    item: bool = False


_NOTHING = Amount(Decimal(0), Decimal(0), approximate=False, start=0, end=0, text="0", unit=None)


def _shares(text: str, money: Sequence[Money]) -> Iterator[Money]:
    """Read what shares of the cost are told to be: outside the catalogue, or within it."""
    cost = next((found for found in money if found.role == COST and isinstance(found.amount, Amount)), None)
    if cost is None or any(found.role in {OUTSIDE, ELIGIBLE_COST} for found in money):
        return
    spans = [(share.start, share.end, share.low) for share in percentages(text) if share.low == share.high]
    spans += [(half.start(), half.end(), Decimal("0.5")) for half in _HALF.finditer(text)]
    for start, end, share in spans:
        ahead = _SHARE_OUTSIDE.search(text, 0, start)
        if _SHARE_ELIGIBLE.search(text, 0, start):
            role = ELIGIBLE_COST
        elif _OUTSIDE_BEHIND.match(text, end) or (ahead is not None and ahead[0][0] in "自目"):
            role = OUTSIDE
        else:
            continue
        assert isinstance(cost.amount, Amount)
        amount = replace(cost.amount, low=cost.amount.low * share, high=cost.amount.high * share)
        yield replace(cost, role=role, amount=amount)


def _without_premium(text: str, money: Sequence[Money]) -> Iterator[Money]:
    """Tell what was paid for the insurance from the cost beside it."""
    paid = [found for found in money if found.role == COST and _is_premium(text, found.amount)]
    others = any(found.role in _OF_COST or found.role == COST for found in money if found not in paid)
    for found in money:
        yield replace(found, role=_PREMIUM_PAID) if others and found in paid else found


def _is_premium(text: str, amount: Amount | Refusal) -> bool:
    little = isinstance(amount, Amount) and amount.high <= _MOST_PREMIUM
    return little and _PREMIUM.search(text, 0, amount.start) is not None


def _goes_on(text: str, last: Money, found: Amount | Refusal) -> bool:
    """Whether an amount, which nothing says to be of another kind, is of that of the one before it."""
    if last.role not in _LISTED_ROLES:
        return False
    listed = _LISTED_BESIDE.fullmatch(text, last.amount.end, found.start)
    once_more = last.role == PATIENT_SHARE and _AGAIN.search(text[: found.start])
    return bool(listed or once_more)


def _of_money(text: str) -> Iterator[Amount | Refusal]:
    """Find the amounts of a text, without bare numbers that say a share of it again (60%的 谁能报60)."""
    shares = {100 * end for share in percentages(text) for end in (share.low, share.high)}
    for found in amounts(text):
        if not (
            isinstance(found, Amount)
            and found.unit is None
            and found.low == found.high
            and found.low in shares
        ):
            yield found


def _of_all(text: str, found: Amount | Refusal) -> Amount | Refusal:
    """Give what all of it costs where an amount is the price of one (一针2780 打了三针)."""
    price = _PRICE.search(text, 0, found.start)
    if isinstance(found, Refusal):
        return found
    if _MONTHLY.search(text, 0, found.start) and _OF_A_YEAR.search(text, found.end):
        return replace(found, low=found.low * _MONTHS, high=found.high * _MONTHS)
    if price is None:
        return found
    counted = (
        numeral.low
        for numeral in numerals(text)
        if numeral.start >= found.end and numeral.low == numeral.high
        if text.startswith(price["unit"], numeral.end)
    )
    count = next(counted, Decimal(1))
    return replace(found, low=found.low * count, high=found.high * count)


def _times(text: str, start: int) -> int:
    """Tell how often an amount was paid, by the words ahead of it and how many visits there were."""
    each = _EACH.search(text, 0, start)
    if each is None or (each["one"] is not None and _tells_one_by_one(text)):
        return 1
    ordinals = sum(count.ordinal and count.classifier == "次" for count in counts(text))
    return visits_counted(text) or max(ordinals, 1)


def _tells_one_by_one(text: str) -> bool:
    """Whether a text tells what each of several visits cost (一次九千 一次六千)."""
    return len(_ONE_OF_THEM.findall(text)) > 1


def tells_in_turn(text: str) -> bool:
    """Whether a text tells of several visits, one after the other."""
    return _IN_TURN.search(text) is not None


def tells_of_one(text: str, money: Sequence[Money]) -> bool:
    """Whether all costs of a text are of one bill or stay: items, or told to be of the same."""
    costs = [found for found in money if found.role == COST]
    items = all(found.item for found in costs)
    return len(costs) > 1 and (items or _ONE_STAY.search(text) is not None)


def parts_of_the_cost(text: str, money: Sequence[Money]) -> frozenset[str]:
    """Tell the roles of amounts that are part of the cost (其中诊查费五十) and are looked at apart."""
    return APART & {found.role for found in money if _PART_OF.search(text[: found.amount.start])}


class MoneyReader:
    """Reads the amounts of messages, each with its role, by the national cues."""

    def __init__(self, amount_roles: Mapping[str, Cues]) -> None:
        kinds = {name: cues for name, cues in amount_roles.items() if name in _OF_COST}
        others = {name: cues for name, cues in amount_roles.items() if name not in _OF_COST}
        self._amount_roles = CueReader(others, default=COST)
        self._kinds_of_cost = CueReader(kinds, default=COST)
        self._none = [(role, words) for role, cues in amount_roles.items() for words in cues.none]
        self._whole = [(role, words) for role, cues in amount_roles.items() for words in cues.whole]

    def read(self, text: str) -> tuple[Money, ...]:
        """Read the amounts of a text, and what words tell without an amount, each with its role."""
        told = self.told(text)
        return (*told, *self._by_themselves(text, told))

    def told(self, text: str) -> tuple[Money, ...]:
        """Read the amounts of a text, each with its role."""
        money: list[Money] = []
        for found in _of_money(text):
            ahead = text[: found.start]
            role = self._role(text, found)
            again = bool(money) and role in {COST, money[-1].role} and _goes_on(text, money[-1], found)
            if again:
                role = money[-1].role
            in_all = _IN_ALL.search(ahead) is not None
            item = role == COST and _ITEM.search(ahead) is not None
            times = _times(text, found.start) if role in _LISTED_ROLES else 1
            money.append(Money(role, _of_all(text, found), times, again, in_all, item))
        return (*_without_premium(text, money), *_shares(text, money))

    def _role(self, text: str, amount: Amount | Refusal) -> str:
        """Tell the role of an amount by the words of its clause, else by what was named just before."""
        role = self._amount_roles.role(text, amount.start, amount.end)
        paid = _PAID_FOR_IT.search(text[: amount.start])
        if role != COST:
            return role
        if paid is None:
            return self._kinds_of_cost.role(text, amount.start, amount.end)
        named = self._amount_roles.role(text, paid.start(), paid.start())
        return named if named in APART else COST

    def _by_themselves(self, text: str, money: Sequence[Money]) -> Iterator[Money]:
        """Read what words tell without an amount: there is nothing of it, or it is the whole cost."""
        nothing = [Money(role, _NOTHING) for role, words in self._none if stands_in(text, words)]
        yield from nothing
        cost = next((found for found in money if found.role in {COST, ELIGIBLE_COST}), None)
        if cost is not None:
            yield from (replace(cost, role=role) for role, words in self._whole if stands_in(text, words))
