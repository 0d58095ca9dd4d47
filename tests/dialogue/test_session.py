"""What is remembered of a chat: later facts replace earlier ones, and it survives being written down."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.dialogue.session import Facts, Offer, Question, Session

_NAMES = st.sampled_from(["level", "tier", "cost", "self_paid", "pay_date", "person"])
_AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
_VISITS = st.builds(Facts, amounts=st.fixed_dictionaries({"cost": _AMOUNTS}))
_SIDES = st.builds(Facts, values=st.fixed_dictionaries({"tier": st.sampled_from([("one",), ("two",)])}))
_PLAIN = st.builds(
    Facts,
    values=st.dictionaries(_NAMES, st.lists(st.text(max_size=4), max_size=3).map(tuple), max_size=3),
    amounts=st.dictionaries(_NAMES, _AMOUNTS, max_size=3),
    days=st.dictionaries(_NAMES, st.dates(), max_size=2),
    counts=st.dictionaries(_NAMES, st.integers(0, 200), max_size=2),
    stays=st.lists(_VISITS, max_size=2).map(tuple),
    earlier=st.lists(_VISITS, max_size=2).map(tuple),
    sides=st.lists(_SIDES, max_size=2).map(tuple),
    untold=st.lists(_NAMES, max_size=2, unique=True).map(tuple),
)
_FACTS = st.builds(
    lambda facts, people: facts.model_copy(update={"people": tuple(people)}),
    _PLAIN,
    st.lists(_PLAIN, max_size=2),
)
_TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
_OFFERS = st.builds(
    Offer, label=st.text(max_size=5), topic=_TEXTS, region=_TEXTS, input=_TEXTS, unsure=st.booleans()
)
_SESSIONS = st.builds(
    Session,
    region=_TEXTS,
    named=st.booleans(),
    topic=_TEXTS,
    facts=_FACTS,
    calculated=st.booleans(),
    question=st.none()
    | st.builds(Question, topic=st.text(max_size=5), input=_NAMES, facts=_FACTS, times=st.integers(1, 3)),
    waiting=_TEXTS,
    offers=st.lists(_OFFERS, max_size=3).map(tuple),
)


@settings(max_examples=100)
@given(_SESSIONS)
def test_a_session_survives_json(session: Session) -> None:
    assert Session.model_validate_json(session.model_dump_json()) == session
    assert Session.model_validate(json.loads(session.model_dump_json())) == session


def test_amounts_survive_to_the_fen_and_as_written() -> None:
    session = Session(facts=Facts(amounts={"cost": Decimal("100000000.10")}))
    read = Session.model_validate_json(session.model_dump_json())
    assert str(read.facts.amounts["cost"]) == "100000000.10"


@pytest.mark.parametrize(
    "written",
    [
        {"slots": {}},
        {"facts": {"level": ["l3"]}},
        {"offers": [{"label": "一档", "number": 1}]},
        {"question": {"topic": "inpatient", "input": "cost", "asked": 2}},
        {"offers": [{"topic": "inpatient"}]},
        {"facts": {"days": {"pay_date": "soon"}}},
        {"question": {"topic": "inpatient"}},
    ],
)
def test_a_field_that_is_not_known_or_is_missing_is_refused(written: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Session.model_validate(written)


def test_a_session_never_changes() -> None:
    session = Session()
    with pytest.raises(ValidationError):
        session.topic = "inpatient"  # type: ignore[misc]  # that is what is refused


def test_later_facts_replace_earlier_ones_on_the_same_matter_only() -> None:
    before = Facts(
        values={"level": ("l1",), "tier": ("one",)},
        amounts={"cost": Decimal(1)},
        days={"pay_date": dt.date(2030, 1, 1)},
    )
    later = Facts(values={"level": ("l3a",)}, amounts={"self_paid": Decimal(2)})
    assert before.updated(later) == Facts(
        values={"level": ("l3a",), "tier": ("one",)},
        amounts={"cost": Decimal(1), "self_paid": Decimal(2)},
        days={"pay_date": dt.date(2030, 1, 1)},
    )


@settings(max_examples=60)
@given(_FACTS, _FACTS)
def test_updating_is_safe_to_repeat(before: Facts, later: Facts) -> None:
    once = before.updated(later)
    assert once.updated(later) == once
    assert once.updated(Facts()) == once
    assert Facts().updated(once) == once


def test_what_cannot_be_told_adds_up_once() -> None:
    assert Facts(untold=("cost",)).updated(Facts(untold=("herbs", "cost"))).untold == ("cost", "herbs")


def test_people_stay_until_others_are_told_of() -> None:
    one, two = Facts(counts={"count": 1}), Facts(counts={"count": 2})
    assert Facts(people=(one,)).updated(Facts()).people == (one,)
    assert Facts(people=(one,)).updated(Facts(people=(two,))).people == (two,)


def _stays(*costs: int) -> tuple[Facts, ...]:
    return tuple(Facts(amounts={"cost": Decimal(cost)}) for cost in costs)


def test_sides_hold_until_something_else_is_told_of_what_they_differ_in() -> None:
    sides = (Facts(values={"tier": ("one",)}), Facts(values={"tier": ("two",)}))
    facts = Facts(sides=sides)
    assert facts.updated(Facts(amounts={"cost": Decimal(3)})).sides == sides
    assert facts.updated(Facts(values={"level": ("l1",)})).sides == sides
    assert facts.updated(Facts(values={"tier": ("one",)})).sides == ()
    assert facts.without_sides() == Facts()


def test_a_stay_knows_what_is_told_of_it_alone() -> None:
    stay = Facts(values={"level": ("l1",)}, amounts={"cost": Decimal(1), "deductible": Decimal(2)})
    (known,) = Facts(stays=(stay,)).known().values()
    assert known == ({"level": frozenset({"l1"}), "cost": Decimal(1), "deductible": Decimal(2)},)


def test_several_stays_give_way_to_one_cost() -> None:
    stays = Facts(stays=_stays(1, 2))
    assert stays.updated(Facts(amounts={"cost": Decimal(3)})).stays == ()
    assert stays.updated(Facts(values={"tier": ("one",)})).stays == stays.stays


def test_calculators_get_all_that_is_known() -> None:
    facts = Facts(
        values={"level": ("l3a", "l3b")},
        amounts={"cost": Decimal(1)},
        days={"pay_date": dt.date(2030, 1, 1)},
        people=(Facts(counts={"count": 2}),),
        untold=("herbs",),
    )
    assert facts.known() == {
        "level": frozenset({"l3a", "l3b"}),
        "cost": Decimal(1),
        "pay_date": dt.date(2030, 1, 1),
        "people": ({"count": 2},),
        "unknown": frozenset({"herbs"}),
    }
    assert Facts().known() == {}


def test_several_stays_replace_the_cost() -> None:
    facts = Facts(amounts={"cost": Decimal(1)}, stays=_stays(1, 2))
    assert facts.known() == {"stays": ({"cost": Decimal(1)}, {"cost": Decimal(2)})}


def test_people_are_narrowed_by_what_else_is_told_of_them() -> None:
    two = Facts(people=(Facts(values={"person": ("child", "pupil")}, counts={"count": 2}),))
    assert Facts(values={"person": ("pupil",)}).updated(two).people[0].values == {"person": ("pupil",)}
    assert two.updated(Facts(values={"person": ("pupil",)})).people[0].values == {"person": ("pupil",)}
    assert two.updated(Facts(values={"person": ("adult",)})).people == two.people
