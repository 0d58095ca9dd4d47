"""What an office adds lies over the packaged knowledge, through the same checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.contents import Knowledge
from knowledge.faults import KnowledgeError
from knowledge.loader import load
from knowledge.overlay import OTHER, version_of, with_overlay

ADDED = """\
phrasing: 娃娃的医保本本要花几个钱
topic: premium
by: 王敏
at: 2026-11-22T09:30:00+08:00
status: live
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def write(folder: Path, name: str, text: str) -> None:
    (folder / "additions").mkdir(parents=True, exist_ok=True)
    (folder / "additions" / f"{name}.yaml").write_text(text, encoding="utf-8")


def faults(knowledge: Knowledge, folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        with_overlay(knowledge, folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_folder_that_is_not_there_changes_nothing(knowledge: Knowledge, tmp_path: Path) -> None:
    assert with_overlay(knowledge, tmp_path / "none") == knowledge
    assert version_of(tmp_path / "none") == ""


def test_a_phrasing_joins_its_topic_and_the_packaged_knowledge_stays(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    before = knowledge.national.topics["premium"].phrasings
    write(tmp_path, "a", ADDED)

    laid = with_overlay(knowledge, tmp_path)

    assert laid.national.topics["premium"].phrasings == (*before, "娃娃的医保本本要花几个钱")
    assert knowledge.national.topics["premium"].phrasings == before


def test_a_phrasing_of_its_own_topic_is_not_held_twice(knowledge: Knowledge, tmp_path: Path) -> None:
    known = knowledge.national.topics["premium"].phrasings[0]
    write(tmp_path, "a", ADDED.replace("娃娃的医保本本要花几个钱", known))

    assert with_overlay(knowledge, tmp_path).national.topics["premium"].phrasings.count(known) == 1


@pytest.mark.parametrize("status", ["trying", "held", "undone"])
def test_only_what_is_live_is_laid_over(knowledge: Knowledge, tmp_path: Path, status: str) -> None:
    write(tmp_path, "a", ADDED.replace("live", status))

    assert with_overlay(knowledge, tmp_path) == knowledge


def test_a_message_out_of_scope_joins_its_kind_or_the_nameless_one(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    write(tmp_path, "a", ADDED.replace("topic: premium", "out_of_scope: lottery"))
    write(tmp_path, "b", ADDED.replace("topic: premium", f"out_of_scope: {OTHER}").replace("本本", "卡卡"))

    kinds = with_overlay(knowledge, tmp_path).national.out_of_scope

    assert kinds["lottery"].phrasings[-1] == "娃娃的医保本本要花几个钱"
    assert kinds[OTHER].phrasings == ("娃娃的医保卡卡要花几个钱",)
    assert knowledge.national.wording.unknown in kinds[OTHER].text


@pytest.mark.parametrize(
    ("changed", "to", "told"),
    [
        ("premium", "premiums", "additions/a.yaml:2:1: topic: there is no topic premiums"),
        ("topic: premium", "out_of_scope: cats", "additions/a.yaml:2:1: out_of_scope: there is no cats"),
        ("topic: premium\n", "", "additions/a.yaml:1:1: give either topic or out_of_scope"),
        ("by: 王敏\n", "", "additions/a.yaml:1:1: the field by is missing"),
        ("status: live", "status: alive", "additions/a.yaml:5:1: status: 'alive' cannot stand here"),
        ("status: live", "status: live\nfoo: 1", "additions/a.yaml:6:1: foo: there is no field foo here"),
        ("娃娃的医保本本要花几个钱", "[", "additions/a.yaml:3:3: not YAML"),
        ("+08:00", "", "additions/a.yaml:4:1: at"),
        ("2026-11-22T", "昨天", "additions/a.yaml:4:1: at"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    knowledge: Knowledge, tmp_path: Path, changed: str, to: str, told: str
) -> None:
    write(tmp_path, "a", ADDED.replace(changed, to))

    (fault,) = faults(knowledge, tmp_path)

    assert fault.startswith(told)


def test_a_phrasing_that_two_topics_share_is_a_fault(knowledge: Knowledge, tmp_path: Path) -> None:
    theirs = knowledge.national.topics["inpatient_rate"].phrasings[0]
    write(tmp_path, "a", ADDED.replace("娃娃的医保本本要花几个钱", theirs))
    write(tmp_path, "b", ADDED)
    write(tmp_path, "c", ADDED.replace("topic: premium", "topic: inpatient_rate"))

    assert faults(knowledge, tmp_path) == [
        f"additions/a.yaml:1:1: phrasing: {theirs} is a phrasing of inpatient_rate, too",
        "additions/c.yaml:1:1: phrasing: 娃娃的医保本本要花几个钱 is a phrasing of premium, too",
    ]
