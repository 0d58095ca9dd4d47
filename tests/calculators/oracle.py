"""The documents' reimbursements once more, written by hand from their text, to check the YAML against.

Each function takes what the document names and gives what the fund pays, unrounded. Nothing is shared with
the calculators: no figure, no table, no arithmetic.
"""

from __future__ import annotations

from decimal import Decimal

D = Decimal
LEVELS = ("village", "community", "township", "l1", "l2b", "l2a", "l3b", "l3a")
PRIMARY = LEVELS[:4]
MINORS = ("newborn", "child", "pupil")


def rank(level: str) -> int:
    """1, 2 or 3."""
    return 1 if level in PRIMARY else int(level[1])


def share(cost: Decimal, start: Decimal | int, *parts: tuple[int | None, str]) -> Decimal:
    """Pay percentages of the cost above a start; each part ends at its bound, the last at none."""
    paid, lower = D(0), D(start)
    for bound, percent in parts:
        upper = cost if bound is None else min(cost, D(bound))
        if upper > lower:
            paid += (upper - lower) * D(percent) / 100
            lower = upper
    return paid


def datong_inpatient(cost: Decimal, level: str, place: str, admission: str) -> Decimal:
    if place == "abroad":
        return min(share(cost, 1500, (None, "55")), D(70000))
    if level in ("l2a", "l3b"):
        start, percent = (400, "75") if place == "county" else (500, "70")
    else:
        start, percent = (1000, "60") if level == "l3a" else (100, "85")
    charged = D(start) * {"first": 2, "second": 1, "third": 0}[admission] / 2
    return min(share(cost, charged, (None, percent)), D(70000))


def datong_critical(cost: Decimal) -> Decimal:
    return min(share(cost, 10000, (None, "75")), D(400000))


def liaocheng_inpatient(cost: Decimal, level: str, deductible: Decimal) -> Decimal:
    percent = "90" if level == "township" else ("80", "70", "60")[rank(level) - 1]
    return min(share(cost, deductible, (None, percent)), D(120000))


def liaocheng_critical(cost: Decimal) -> Decimal:
    parts = ((100000, "60"), (200000, "65"), (300000, "70"), (None, "75"))
    return min(share(cost, 11000, *parts), D(400000))


def liaocheng_special_drugs(cost: Decimal, poverty: str) -> Decimal:
    return min(share(cost, 0 if poverty == "poor" else 20000, (None, "80")), D(400000))


def liaocheng_rare_diseases(cost: Decimal) -> Decimal:
    return min(share(cost, 20000, (400000, "80"), (None, "85")), D(900000))


def liaocheng_accident_outpatient(cost: Decimal) -> Decimal:
    return min(share(cost, 100, (None, "90")), D(1000))


def liaocheng_chronic(cost: Decimal, chronic_disease: str) -> Decimal:
    percent = {
        "hemophilia": "75",
        "dialysis_hemo": "80",
        "dialysis_peritoneal": "70",
        "dialysis_filter": "70",
        "mental": "70",
    }.get(chronic_disease, "65")
    cap = {"hepatitis_b": 5000, "hepatitis_c": 5000, "other": 10000}.get(chronic_disease, 120000)
    return min(share(cost, 0, (None, percent)), D(cap))


def wendeng_inpatient(cost: Decimal, level: str, tier: str) -> Decimal:
    number = rank(level) - 1
    start = (300, 500, 800)[number]
    if tier == "one":
        return min(share(cost, start, (None, ("80", "60", "50")[number])), D(200000))
    low, high = (("80", "80"), ("65", "70"), ("55", "70"))[number]
    return min(share(cost, start, (40000, low), (None, high)), D(300000))


def wendeng_critical(cost: Decimal) -> Decimal:
    return min(share(cost, 12000, (100000, "50"), (200000, "60"), (None, "65")), D(300000))


def wendeng_chronic(cost: Decimal, chronic_type: str, level: str, tier: str) -> Decimal:
    if chronic_type == "general":
        return min(share(cost, 100, (None, "60")), D(500 if tier == "one" else 1000))
    number = rank(level) - 1
    if tier == "one":
        return min(share(cost, 300, (None, ("80", "60", "50")[number])), D(200000))
    low, high = (("80", "80"), ("65", "70"), ("55", "70"))[number]
    return min(share(cost, 300, (40000, low), (None, high)), D(300000))


def shenzhen_inpatient(cost: Decimal, level: str, place: str, filing: str, deductible: Decimal) -> Decimal:
    percent = D(("92", "91", "90")[rank(level) - 1])
    if place in ("province", "abroad"):
        temporary = "90" if place == "province" else "80"
        percent *= D({"filed": "100", "emergency": "90", "temporary": temporary}[filing]) / 100
    return share(cost, deductible, (None, str(percent)))


def shenzhen_consult_fee(cost: Decimal, level: str) -> Decimal:
    return share(cost, 0, (None, ("80", "70", "60")[rank(level) - 1]))


def dianjiang_inpatient(  # noqa: PLR0913, PLR0917  # all that the document names
    cost: Decimal, level: str, tier: str, person: str, tcm: str, herbs: Decimal
) -> Decimal:
    number = rank(level) - 1
    starts = (100, 300, 800)
    start = starts[max(0, number - (tcm == "tcm"))]
    percent = ((80, 85), (70, 75), (50, 55))[number][tier == "two"] + 5 * (person in MINORS)
    paid = share(cost, start, (None, str(percent)))
    if tcm == "tcm" and cost > start:
        counted = herbs - max(D(0), start - (cost - herbs))
        paid += counted * min(10, 100 - percent) / 100
    return min(paid, D(80000 if tier == "one" else 120000))


def dianjiang_critical(cost: Decimal, poverty: str) -> Decimal:
    if poverty == "poor":
        return share(cost, D("8916.5"), (None, "65"))
    return min(share(cost, 17833, (None, "60")), D(200000))


def dianjiang_outpatient(cost: Decimal, level: str, tier: str, person: str) -> Decimal | None:
    if rank(level) == 3 and person not in MINORS:  # the table has no such line
        return None
    start, percent = (0, "60") if rank(level) == 1 else (200, "40")
    return min(share(cost, start, (None, percent)), D(300 if tier == "one" else 500))
