"""Replies in words, over a made-up place: the case that fits, the gap, the past year, where to ask."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.compose import Composer
from bot.dialogue.session import Facts
from calculators.outcomes import Ask, Fact, NotCovered, Option
from knowledge import PACKAGED
from knowledge.contents import Knowledge, Region
from knowledge.loader import load

SOUND = Path(__file__).parent.parent / "knowledge" / "sound"
IN_TIME, LATE = dt.date(2031, 12, 31), dt.date(2032, 1, 1)


@pytest.fixture(scope="session")
def madeup(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("madeup") / "knowledge"
    shutil.copytree(SOUND, folder)
    shutil.copyfile(PACKAGED / "national/wording.yaml", folder / "national/wording.yaml")
    return load(folder)


@pytest.fixture(scope="session")
def region(madeup: Knowledge) -> Region:
    return madeup.regions["testland"]


@pytest.fixture(scope="session")
def composer(madeup: Knowledge) -> Composer:
    return Composer(madeup)


def level(*values: str) -> Facts:
    return Facts(values={"level": values})


@pytest.mark.parametrize(
    ("facts", "first_line"),
    [
        (Facts(), "镇医院报 85%，县市医院报 60%–65%。"),
        (level("low"), "镇医院报 85%。"),
        (level("middle"), "县市医院报 60%–65%。"),
        (level("middle", "high"), "县市医院报 60%–65%。"),
        (level("low", "middle"), "镇医院报 85%，县市医院报 60%–65%。"),
        (Facts(values={"person": ("child",)}), "镇医院报 85%，县市医院报 60%–65%。"),
    ],
)
def test_the_case_that_holds_for_all_that_is_possible_is_told(
    composer: Composer, region: Region, facts: Facts, first_line: str
) -> None:
    reply = composer.answer(region, "inpatient", facts, IN_TIME)
    assert reply.text.splitlines()[0] == first_line
    assert reply.text.splitlines()[-1] == "依据：《柳溪市居民医保须知》二"
    assert "按 500 元理解" in reply.text
    assert composer.has_case(region, "inpatient", facts) == (
        facts.values.get("level") is not None and first_line.count("报") == 1
    )


def test_the_year_is_past_on_the_day_after_its_last(composer: Composer, region: Region) -> None:
    past = "这是2031年度的标准"
    assert past not in composer.answer(region, "premium", Facts(), IN_TIME).text
    assert past in composer.answer(region, "premium", Facts(), LATE).text


def test_a_gap_says_what_is_left_out_what_is_said_and_where_to_ask(
    composer: Composer, region: Region
) -> None:
    reply = composer.answer(region, "pay_time", Facts(), IN_TIME)
    assert reply.kind == "decline"
    assert reply.text.splitlines() == [
        "关于“缴费时间”，《柳溪市居民医保须知》里没有写。",
        "只写了 2030年12月20日截止。",
        "可以打 5550123问。",
        "依据：《柳溪市居民医保须知》一",
    ]
    assert [(source.document, source.clause, source.year) for source in reply.sources] == [
        ("柳溪市居民医保须知", "一", "2031年度")
    ]


def test_one_parameter_is_a_line_and_several_are_a_list(composer: Composer, region: Region) -> None:
    one, other = Fact("镇医院", "85%", "二"), Fact("市医院", "60%", "三")
    single = composer.stated(region, "inpatient", {"rate": (one,)}, IN_TIME)
    assert single.text.splitlines() == ["报销比例（镇医院）：85%", "依据：《柳溪市居民医保须知》二"]
    several = composer.stated(region, "inpatient", {"rate": (one, other), "cap": ()}, IN_TIME)
    assert several.text.splitlines() == [
        "报销比例：",
        "· 镇医院：85%",
        "· 市医院：60%",
        "依据：《柳溪市居民医保须知》二；三",
    ]


def test_what_is_not_covered_names_where_to_ask_and_a_clause_if_there_is_one(
    composer: Composer, region: Region
) -> None:
    bare = composer.not_covered(region, "inpatient", NotCovered("没有写。"))
    assert (bare.kind, bare.text, bare.sources) == ("decline", "没有写。\n可以打 5550123问。", ())
    assert composer.not_covered(region, "inpatient", NotCovered("没有写。", "二")).sources[0].clause == "二"


def test_a_question_has_its_choices_in_order(composer: Composer, region: Region) -> None:
    ask = Ask(
        "level", "哪一级？", (Option("镇", frozenset({"low"})), Option("大", frozenset({"middle", "high"})))
    )
    reply, offers = composer.question(region, "inpatient", ask, None)
    assert (reply.text, reply.kind, reply.options) == ("哪一级？", "clarify", ("镇", "大"))
    assert [(offer.input, offer.values) for offer in offers] == [
        ("level", ("low",)),
        ("level", ("high", "middle")),
    ]


def test_next_come_the_topics_that_the_document_answers(composer: Composer, region: Region) -> None:
    assert [offer.topic for offer in composer.next_offers(region, "inpatient")] == ["premium"]
    assert composer.next_offers(region, "premium") == ()


def test_two_answers_are_one_reply_with_each_source_once(composer: Composer, region: Region) -> None:
    first = composer.answer(region, "premium", Facts(), IN_TIME)
    second = composer.answer(region, "pay_time", Facts(), IN_TIME)
    joined = composer.joined(first, second)
    assert joined.text == f"{first.text}\n\n另外：\n{second.text}"
    assert (joined.kind, joined.topic) == ("answer", "premium")
    assert joined.sources == first.sources


def test_places_without_a_document_are_told_those_that_have_one(composer: Composer) -> None:
    reply = composer.no_document("松岭", None)
    assert reply.kind == "decline"
    assert "松岭" in reply.text
    assert "柳溪市" in reply.text


def test_of_very_many_places_only_the_first_are_named(madeup: Knowledge, region: Region) -> None:
    def placed(count: int) -> Composer:
        regions = {
            f"r{number}": replace(
                region,
                id=f"r{number}",
                info=region.info.model_copy(
                    update={"place": region.info.place.model_copy(update={"name": f"第{number}县"})}
                ),
            )
            for number in range(count)
        }
        return Composer(replace(madeup, regions=regions))

    few, many = placed(12), placed(13)

    assert len(few.ask_region(None)[1]) == 12
    assert few.no_document("松岭", None).text.endswith("第10县、第11县。")
    assert many.ask_region(None)[1] == ()
    assert many.no_document("松岭", None).text.endswith("第10县、第11县等 13 个地方。")
