"""The names in the knowledge that the program itself knows.

Everything else is data: who keeps the knowledge may add to it, take from it and name it at will. What stands
here may have other words, but neither another name nor another meaning; `check` tells what is missing.
"""

from __future__ import annotations

from enum import StrEnum


class Notion(StrEnum):
    """Concepts of national/lexicon/concepts."""

    # what is asked
    RATE = "rate"
    DEDUCTIBLE = "deductible"
    CAP = "cap"
    HOW_MUCH = "how_much"
    TOTAL = "total"
    CALCULATE = "calculate"
    SURCHARGE = "surcharge"
    REIMBURSE = "reimburse"
    WHEN = "when"
    HOW_LONG = "how_long"
    WAIT_FOR = "wait_for"
    BEGIN = "begin"
    USE = "use"
    WHERE = "where"
    WHY = "why"
    WHICH = "which"
    WHICH_DISEASE = "which_disease"
    COUNTS_AS = "counts_as"
    APPLY = "apply"
    SWITCH = "switch"
    DIFFERENCE = "difference"
    NEXT_STEP = "next_step"
    SELF_PAY = "self_pay"

    # what it is asked of
    INSURANCE = "insurance"
    NOT_INSURED = "not_insured"
    ENROL = "enrol"
    PAY = "pay"
    PAY_LATE = "pay_late"
    PREMIUM = "premium"
    VOUCHER = "voucher"
    COVERAGE = "coverage"
    WAITING = "waiting"
    UNCOVERED = "uncovered"
    NEWBORN = "newborn"
    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    CHRONIC = "chronic"
    CRITICAL = "critical"
    REMOTE = "remote"
    REFERRAL = "referral"
    EMERGENCY = "emergency"
    HOSPITAL = "hospital"
    SEE_DOCTOR = "see_doctor"

    # what is told
    SPENT = "spent"
    BEYOND = "beyond"
    ELIGIBLE = "eligible"


class Circumstance(StrEnum):
    """Dimensions of national/dimensions.yaml."""

    LEVEL = "level"
    PLACE = "place"
    TIER = "tier"
    PERSON = "person"
    IDENTITY = "identity"
    POVERTY = "poverty"
    HUKOU = "hukou"
    HISTORY = "history"
    PERIOD = "period"


class Talk(StrEnum):
    """Kinds of small talk of national/smalltalk.yaml."""

    UNCLEAR = "unclear"
    CANCEL = "cancel"
    RESET = "reset"


OVERVIEW = "overview"
"""The aspect of a topic that tells of its subject in general."""
ASPECTS = (Notion.RATE, Notion.DEDUCTIBLE, Notion.CAP)
"""What is asked of a benefit."""
BENEFITS = (Notion.INPATIENT, Notion.OUTPATIENT, Notion.CHRONIC, Notion.CRITICAL)
"""The subjects of benefits, by how often residents use them."""
CARE = frozenset({Notion.INPATIENT, Notion.OUTPATIENT})
"""The subjects between which a hospital's level or place cannot tell, and of which a visit is but one."""
