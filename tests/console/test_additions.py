"""The additions on disk: whole files, made-up names never, and nothing lost when several add at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.console.additions import AdditionError, Additions
from bot.core import Core
from knowledge.contents import National
from knowledge.loader import load
from knowledge.overlay import Addition, version_of, with_overlay

NEW = Addition(
    phrasing="娃娃的本本要花几个钱",
    topic="premium",
    by="王敏",
    at=dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC),
    status="trying",
)


@pytest.fixture(scope="module")
def national(core: Core) -> National:
    return core.knowledge.national


@pytest.fixture
def additions(overlay: Path) -> Additions:
    return Additions(overlay)


def test_an_addition_comes_back_as_it_was(additions: Additions, national: National) -> None:
    odd = NEW.model_copy(update={"phrasing": "#怎么: {交}? [一档] 'x' \"y\" - | > * & !", "region": "datong"})

    names = [additions.add(one, national) for one in (NEW, odd)]

    assert additions.get(names[0]) == NEW
    assert additions.get(names[1]) == odd
    assert set(additions.all().additions) == set(names)


def test_what_is_live_is_told_by_the_version_and_by_the_knowledge(
    additions: Additions, national: National, overlay: Path, knowledge_dir: Path
) -> None:
    name = additions.add(NEW, national)
    assert version_of(overlay) == ""

    additions.change(name, national, expected=("trying",), status="live")
    first = version_of(overlay)
    assert first
    laid = with_overlay(load(knowledge_dir), overlay)
    assert NEW.phrasing in laid.national.topics["premium"].phrasings

    additions.change(name, national, expected=("live",), status="undone", undone_by="李雷", undone_at=NEW.at)
    assert version_of(overlay) not in {"", first}
    assert with_overlay(load(knowledge_dir), overlay) == load(knowledge_dir)


def test_what_does_not_fit_is_refused(additions: Additions, national: National) -> None:
    additions.add(NEW, national)
    theirs = national.topics["inpatient_rate"].phrasings[0]

    for changes, words in (
        ({}, "已经加过"),
        ({"topic": "inpatient_rate"}, "属于别的话题"),
        ({"topic": None, "out_of_scope": "lottery"}, "属于别的话题"),
        ({"phrasing": theirs}, "属于别的话题"),
        ({"phrasing": theirs, "topic": "inpatient_rate"}, "本来就在"),
        ({"phrasing": "别的", "topic": "../../etc/passwd"}, "没有这个话题"),
    ):
        with pytest.raises(AdditionError, match=words):
            additions.add(NEW.model_copy(update=changes), national)
    assert len(additions.all().additions) == 1


def test_an_addition_that_somebody_has_changed_meanwhile_is_left_alone(
    additions: Additions, national: National
) -> None:
    name = additions.add(NEW, national)
    additions.change(name, national, expected=("trying",), status="undone")

    with pytest.raises(AdditionError, match="改过"):
        additions.change(name, national, expected=("trying",), status="live")
    with pytest.raises(AdditionError, match="不在了"):
        additions.change("20260101T000000-00000000", national, expected=("trying",), status="live")


@pytest.mark.parametrize(
    "name", ["../secret", "../additions/x", "/etc/passwd", "..", "", "a\0b", "%2e%2e%2fsecret", ".lock"]
)
def test_a_name_is_looked_up_and_never_followed(
    additions: Additions, national: National, overlay: Path, name: str
) -> None:
    additions.add(NEW, national)
    (overlay / "secret.yaml").write_text("phrasing: x", encoding="utf-8")

    assert additions.get(name) is None
    with pytest.raises(AdditionError):
        additions.change(name, national, expected=("trying",), status="live")
    assert (overlay / "secret.yaml").read_text(encoding="utf-8") == "phrasing: x"


def test_many_who_add_at_once_lose_nothing_and_share_no_phrasing(overlay: Path, national: National) -> None:
    topics = list(national.topics)[:8]

    def add(number: int) -> bool:
        same = number % 4 == 0
        one = NEW.model_copy(
            update={
                "phrasing": "大家都想加的一句" if same else f"第{number}句要加的话",
                "topic": topics[number % len(topics)],
            }
        )
        try:
            Additions(overlay).add(one, national)
        except AdditionError:
            assert same
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        added = list(threads.map(add, range(64)))

    kept = Additions(overlay).all()
    assert not kept.faults
    assert sum(added) == len(kept.additions) == 48 + 1
    assert not list((overlay / "additions").glob(".*"))


def test_a_file_that_cannot_be_read_is_told_and_the_others_stay(
    additions: Additions, national: National, overlay: Path
) -> None:
    name = additions.add(NEW, national)
    (overlay / "additions" / "by-hand.yaml").write_text("phrasing: [", encoding="utf-8")

    kept = additions.all()

    assert list(kept.additions) == [name]
    assert str(kept.faults[0]).startswith("additions/by-hand.yaml:2:1: not YAML")
