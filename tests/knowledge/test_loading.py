from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge.checks import problems
from knowledge.contents import Knowledge
from knowledge.loader import load
from knowledge.rules import Reimbursement
from knowledge.templates import fill


@pytest.fixture(scope="module")
def packaged() -> Knowledge:
    return load()


def test_the_sound_folder_is_read_whole(folder: Path) -> None:
    knowledge = load(folder)
    national = knowledge.national
    assert list(national.topics) == ["inpatient", "premium", "pay_time"]
    assert list(national.dimensions)[:2] == ["level", "person"]
    assert national.dimensions["level"].spread(["low", "big"]) == {"low", "middle", "high"}
    assert national.value_words["level"]["low"] == ("镇医院", "镇上")
    assert national.concepts["how_much"].asks
    assert national.amount_roles["self_paid"].before == ("自付",)
    assert national.day_roles["birth_date"].after == ()
    assert national.small_talk["person"].kind == "handoff"
    assert national.out_of_scope["pension"].words == ("养老金",)
    assert national.places["云泽省"].cities == {"柳溪": (), "松岭": ("岭城",)}
    assert national.wording.also

    region = knowledge.regions["testland"]
    assert region.id == "testland"
    assert region.info.document.valid_to == dt.date(2031, 12, 31)
    assert region.figures["premium.adult"].yuan == Decimal(320)
    assert region.answers["inpatient"].cases[1].when == {"level": ("big",)}
    assert region.gaps["pay_time"].clause == "一"
    rule = region.rules["inpatient"]
    assert isinstance(rule, Reimbursement)
    assert rule.cap is not None
    assert rule.cap[0].is_ == "inpatient.cap"


def test_knowledge_does_not_change(folder: Path) -> None:
    region = load(folder).regions["testland"]
    with pytest.raises(ValueError, match="frozen"):
        region.figures["premium.adult"].yuan = Decimal(1)  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        region.answers["premium"].text = ""  # type: ignore[misc]


def test_figures_may_begin_on_a_leap_day(folder: Path) -> None:
    region = folder / "regions/testland/region.yaml"
    text = region.read_text(encoding="utf-8").replace("valid_from: 2031-01-01", "valid_from: 2028-02-29")
    region.write_text(text, encoding="utf-8")
    assert load(folder).regions["testland"].info.document.valid_from == dt.date(2028, 2, 29)


def test_a_byte_order_mark_is_no_fault(folder: Path) -> None:
    gaps = folder / "regions/testland/gaps.yaml"
    gaps.write_text(gaps.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert list(load(folder).regions["testland"].gaps) == ["pay_time"]


def test_other_files_and_folders_are_left_alone(folder: Path) -> None:
    (folder / "regions/notes.txt").write_text("不是知识", encoding="utf-8")
    (folder / "regions/testland/letter.pdf").write_bytes(b"%PDF")
    assert list(load(folder).regions) == ["testland"]


def test_the_packaged_knowledge_is_sound(packaged: Knowledge) -> None:
    assert packaged.regions
    assert list(problems(packaged)) == []


def test_every_packaged_text_can_be_said(packaged: Knowledge) -> None:
    for region in packaged.regions.values():
        texts = [answer.text for answer in region.answers.values()]
        texts += [case.text for answer in region.answers.values() for case in answer.cases]
        texts += [answer.caveat for answer in region.answers.values() if answer.caveat is not None]
        texts += [gap.says for gap in region.gaps.values() if gap.says is not None]
        for text in texts:
            said = fill(text, region.figures)
            assert said.strip()
            assert "{" not in said


def test_every_packaged_figure_is_named_by_a_text_or_a_rule(packaged: Knowledge) -> None:
    for region in packaged.regions.values():
        texts = f"{region.info}{region.answers}{region.gaps}{region.rules}"
        named = set(re.findall(r"[a-z][a-z0-9_.]*", texts))
        assert [name for name in region.figures if name not in named] == []
