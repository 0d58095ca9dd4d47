"""Places: whose document is meant, where the care takes place, and what stays in the text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.places import Gazetteer, Whereabouts, locate
from bot.understanding.text import clean
from knowledge.contents import Knowledge


@pytest.fixture(scope="session")
def gazetteer(packaged: Knowledge) -> Gazetteer:
    return Gazetteer(packaged)


@pytest.fixture(scope="session")
def provinces(packaged: Knowledge) -> dict[str, str]:
    return {region.id: region.info.place.province for region in packaged.regions.values()}


class Map:
    """Locates messages on the packaged map."""

    def __init__(self, gazetteer: Gazetteer, provinces: dict[str, str]) -> None:
        self._gazetteer = gazetteer
        self._provinces = provinces

    def locate(self, text: str, current: str | None = None) -> Whereabouts:
        return locate(text, self._gazetteer.find(text), current, self._provinces)


@pytest.fixture(scope="session")
def on_map(gazetteer: Gazetteer, provinces: dict[str, str]) -> Map:
    return Map(gazetteer, provinces)


@pytest.mark.parametrize(
    ("text", "region", "rest"),
    [
        ("深圳市怎么交", "shenzhen", "怎么交"),
        ("深圳怎么交", "shenzhen", "怎么交"),
        ("怎么交 深圳", "shenzhen", "怎么交"),
        ("龙岗区怎么交", "shenzhen", "怎么交"),
        ("鹏城怎么交", "shenzhen", "怎么交"),
        ("煤都的孩子交多少", "datong", "的孩子交多少"),
        ("威海住院报多少", "wendeng", "住院报多少"),
        ("datong怎么交", "datong", "怎么交"),
        ("Datong怎么交", "datong", "怎么交"),
        ("在茌平住院报多少", "liaocheng", "在本市住院报多少"),
        ("怎么交", None, "怎么交"),
    ],
)
def test_a_region_goes_by_its_name_alias_district_or_nickname(
    on_map: Map, text: str, region: str | None, rest: str
) -> None:
    found = on_map.locate(text)
    assert (found.region, found.rest) == (region, rest)
    assert found.elsewhere is None


def test_every_name_of_every_region_finds_it(packaged: Knowledge, on_map: Map) -> None:
    for region in packaged.regions.values():
        place = region.info.place
        for name in (region.id, place.name, *place.aliases, *place.districts, *place.nicknames):
            found = on_map.locate(f"{name}怎么交")
            assert (found.region, found.rest) == (region.id, "怎么交"), name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("重庆市垫江县", ["重庆市垫江县"]),
        ("聊城经开区", ["聊城经开区"]),
        ("大同县", ["大同县"]),
        ("江北水城旅游度假区", ["江北水城旅游度假区"]),
        ("江北水城", ["江北水城"]),
        ("爱山东", ["爱山东"]),
        ("大同和聊城", ["大同", "聊城"]),
        ("深圳深圳", ["深圳", "深圳"]),
    ],
)
def test_of_names_within_each_other_the_longest_is_found(
    gazetteer: Gazetteer, text: str, names: list[str]
) -> None:
    assert [mention.text for mention in gazetteer.find(text)] == names


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("渝快办怎么交", "dianjiang"),
        ("爱山东怎么交", "liaocheng"),
        ("威海人社怎么交", "wendeng"),
        ("深圳医保怎么绑", "shenzhen"),
        ("重庆税务怎么交", "dianjiang"),
        ("深户怎么交", "shenzhen"),
        ("非深户怎么交", "shenzhen"),
    ],
)
def test_the_names_of_apps_and_residents_tell_the_place_and_stay_in_the_text(
    on_map: Map, text: str, region: str
) -> None:
    found = on_map.locate(text)
    assert (found.region, found.rest) == (region, text)


@pytest.mark.parametrize(
    ("text", "current", "care"),
    [
        ("去北京住院怎么报", "wendeng", "abroad"),
        ("在北京一家三甲医院看的病", "wendeng", "abroad"),
        ("转到北京做手术", "wendeng", "abroad"),
        ("去青岛住院怎么报", "wendeng", "province"),
        ("去济南市看病", "liaocheng", "province"),
        ("到太原看病", "datong", "province"),
        ("去重庆住院", "dianjiang", "province"),
        ("去山西省里的大医院住院", "datong", "province"),
        ("去深圳住院", "wendeng", "abroad"),
        ("去聊城住院", "wendeng", "province"),
    ],
)
def test_a_place_that_one_goes_to_for_care_is_not_the_insured_one(
    on_map: Map, text: str, current: str, care: str
) -> None:
    found = on_map.locate(text, current)
    assert (found.region, found.elsewhere, found.care) == (None, None, care)


@pytest.mark.parametrize(
    ("text", "region", "care"),
    [
        ("文登人去北京看病", "wendeng", "abroad"),
        ("文登的去深圳住院", "wendeng", "abroad"),
        ("大同去聊城住院", "datong", "abroad"),
        ("人在上海,参保在文登", "wendeng", "abroad"),
        ("文登的,在青岛住院", "wendeng", "province"),
        ("去深圳住院,我是大同的", "datong", "abroad"),
        ("深圳住院", "shenzhen", None),
        ("去深圳住院", "shenzhen", None),
    ],
)
def test_of_two_places_the_one_without_care_is_the_insured_one(
    on_map: Map, text: str, region: str, care: str | None
) -> None:
    found = on_map.locate(text)
    assert (found.region, found.elsewhere, found.care) == (region, None, care)


def test_studying_in_a_place_is_being_insured_there(on_map: Map) -> None:
    assert on_map.locate("孩子在深圳念书怎么交", "wendeng").region == "shenzhen"
    assert on_map.locate("在深圳念书").region == "shenzhen"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("大同换成聊城", "liaocheng"),
        ("不是大同,是垫江", "dianjiang"),
        ("文登和聊城", "liaocheng"),
    ],
)
def test_of_two_regions_the_last_one_is_meant(on_map: Map, text: str, region: str) -> None:
    assert on_map.locate(text).region == region


def test_a_region_other_than_that_of_the_chat_is_meant_wherever_it_stands(on_map: Map) -> None:
    assert on_map.locate("聊城和文登哪个多", "wendeng").region == "liaocheng"
    assert on_map.locate("文登怎么交", "wendeng").region == "wendeng"


@pytest.mark.parametrize(
    ("text", "current", "place"),
    [
        ("北京怎么交", None, "北京市"),
        ("北京怎么交", "wendeng", "北京"),
        ("石家庄", None, "石家庄"),
        ("石家庄市怎么交", "datong", "石家庄"),
        ("在北京住院怎么报", None, "北京"),
        ("青岛怎么报", "wendeng", "青岛"),
    ],
)
def test_a_place_without_a_document_is_named(on_map: Map, text: str, current: str | None, place: str) -> None:
    found = on_map.locate(text, current)
    assert found.region is None
    assert found.elsewhere in (place, place.removesuffix("市"))


@pytest.mark.parametrize(
    "text", ["香港人能参保吗", "北京户口能参保吗", "我是广东人", "湖南户籍行不行", "台湾身份能参保吗"]
)
def test_where_somebody_comes_from_is_neither_place(on_map: Map, text: str) -> None:
    found = on_map.locate(text, "shenzhen")
    assert (found.region, found.elsewhere, found.care) == (None, None, None)


@pytest.mark.parametrize("text", ["北京人民医院能报吗", "北京人民"])
def test_people_of_a_name_are_no_origin(on_map: Map, text: str) -> None:
    assert on_map.locate(text, "shenzhen").elsewhere == "北京"


@pytest.mark.parametrize(
    ("text", "current"),
    [
        ("垫江县人民医院住院", "dianjiang"),
        ("垫江县第一医院住院", "dianjiang"),
        ("垫江县中医院", "dianjiang"),
        ("垫江县医院", None),
        ("阳高县人民医院", "datong"),
        ("大同县医院住院", "datong"),
        ("冠县妇幼医院", None),
    ],
)
def test_a_county_hospital_of_the_region_is_care_in_the_county(
    on_map: Map, text: str, current: str | None
) -> None:
    assert on_map.locate(text, current).care == "county"


@pytest.mark.parametrize("text", ["垫江县的医院", "垫江人民医院", "大同市人民医院", "垫江县"])
def test_other_hospitals_of_the_region_are_not(on_map: Map, text: str) -> None:
    assert on_map.locate(text).care is None


def test_the_own_province_says_nothing_of_care_unless_one_goes_there(on_map: Map) -> None:
    found = on_map.locate("山东的医保怎么交", "wendeng")
    assert found == Whereabouts(None, None, None, "的医保怎么交", "省内的医保怎么交")
    assert on_map.locate("去山东省立医院看病", "wendeng").care == "province"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("北京三甲和大同市三甲", "省外三甲和市里三甲"),
        ("在大同住和去太原住", "在本市住和去省内其他市住"),
        ("山西的三甲", "省内的三甲"),
        ("县医院", "县医院"),
    ],
)
def test_each_place_is_seen_from_the_insured_one(on_map: Map, text: str, seen: str) -> None:
    assert on_map.locate(text, "datong").seen == seen


@pytest.mark.parametrize(
    ("text", "current", "rest"),
    [
        ("深圳户口的宝宝", None, "本地户口的宝宝"),
        ("深圳的户籍", "shenzhen", "本地的户籍"),
        ("孩子户口在河南", "shenzhen", "孩子户口在外地"),
        ("非深圳户籍", "shenzhen", "非本地户籍"),
        ("河南的户口", None, "的户口"),
    ],
)
def test_where_somebody_is_registered_stays(on_map: Map, text: str, current: str | None, rest: str) -> None:
    assert on_map.locate(text, current).rest == rest


_NAMES = st.sampled_from(
    [
        "深圳",
        "大同县",
        "大同",
        "北京",
        "山东",
        "威海",
        "去",
        "在",
        "住院",
        "医院",
        "人",
        "户口",
        "A",
        "İ",
        " ",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_NAMES, max_size=12).map("".join), st.sampled_from([None, "datong", "wendeng"]))
def test_mentions_stand_apart_in_order_and_are_cut_out(
    gazetteer: Gazetteer, provinces: dict[str, str], text: str, current: str | None
) -> None:
    mentions = gazetteer.find(text)
    ends = [0, *(mention.end for mention in mentions)]
    assert all(end <= mention.start < mention.end for end, mention in zip(ends, mentions, strict=False))
    assert all(mention.text == text[mention.start : mention.end] for mention in mentions)
    where = locate(text, mentions, current, provinces)
    kept = iter(text)
    # These stand for the name of a place where somebody is registered, or treated.
    rest = re.sub("[本外]地|本市|市里", "", where.rest)
    assert all(character in kept for character in rest if character != " ")
    assert where.region is None or where.region in provinces
    assert not (
        where.elsewhere is not None and where.care is not None and current is None and where.region is None
    )


@pytest.mark.parametrize("name", ["滎陽県", "㑇山县", "嗰地县", "ＡＢ新区", "乾安县"])
def test_a_name_is_found_however_cleaning_changes_it(packaged: Knowledge, name: str) -> None:
    like = packaged.regions["datong"]
    place = like.info.place.model_copy(update={"name": name, "aliases": (), "districts": (), "nicknames": ()})
    region = replace(like, id="made", info=like.info.model_copy(update={"place": place}))
    gazetteer = Gazetteer(replace(packaged, regions={**packaged.regions, "made": region}))

    (mention,) = gazetteer.find(clean(f"{name}怎么交"))
    assert (mention.place.region, mention.place.name) == ("made", name)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("大同市三甲住院报多少", "市里三甲住院报多少"),
        ("大同三甲呢", "本市三甲呢"),
        ("在大同呢", "在本市呢"),
        ("回大同住院报多少", "回本市住院报多少"),
        ("在大同上学交多少", "在 上学交多少"),
        ("大同的学生交多少", "的学生交多少"),
    ],
)
def test_the_insured_place_may_be_where_the_treatment_is(on_map: Map, text: str, rest: str) -> None:
    assert on_map.locate(text, "datong").rest == rest


def test_where_somebody_is_who_is_asked_about_is_no_place_of_treatment(on_map: Map) -> None:
    assert on_map.locate("我表妹在聊城 她那边门诊最多报多少", "dianjiang").region == "liaocheng"
    assert on_map.locate("我想去聊城看门诊 最多报多少", "dianjiang").region is None
