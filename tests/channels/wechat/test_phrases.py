from __future__ import annotations

import datetime as dt

import pytest

from bot.channels.wechat.phrases import KnowledgePhrases
from bot.core import Core
from bot.dialogue.session import Session


@pytest.fixture(scope="module")
def phrases(core: Core) -> KnowledgePhrases:
    return KnowledgePhrases(core.knowledge)


def test_a_menu_key_asks_for_its_topic(core: Core, phrases: KnowledgePhrases) -> None:
    for topic in ("premium", "payment_wechat", "inpatient_rate", "remote_filing", "contacts"):
        asked = phrases.for_menu(topic)
        assert asked
        _, reply = core.assistant.reply(Session(), asked, today=dt.date(2026, 3, 2), preset="shenzhen")
        assert (topic, reply.topic) == (topic, topic)
    assert phrases.for_menu("gone") is None


def test_a_scene_names_a_place_or_a_topic_or_both(core: Core, phrases: KnowledgePhrases) -> None:
    assert phrases.for_scene("datong") == "大同市"
    assert phrases.for_scene("premium") == "个人缴费标准"
    asked = phrases.for_scene("datong.premium") or ""
    _, reply = core.assistant.reply(Session(), asked, today=dt.date(2026, 3, 2))
    assert (reply.region, reply.topic) == ("datong", "premium")


@pytest.mark.parametrize("scene", ["", "7", ".", "datong.", ".premium", "datong.gone", "gone.premium"])
def test_a_scene_that_is_not_known_says_nothing(phrases: KnowledgePhrases, scene: str) -> None:
    assert phrases.for_scene(scene) is None


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("山西省大同市平城区魏都大道", "大同市"),
        ("山东省威海市文登区天福路", "文登区"),
        ("重庆市垫江县桂溪街道", "垫江县"),
        ("大同市", "大同市"),
        ("广东省深圳市南山区大同路", "深圳市"),
        ("山西省太原市迎泽区大同路", "太原"),
        ("广东省广州市荔湾区大同小区", "广州"),
        ("上海市浦东新区深圳大厦", "浦东"),
        ("重庆市", "重庆市"),
        ("文登", "文登区"),
        ("某小区3号楼", None),
        ("", None),
    ],
)
def test_an_address_names_its_own_place(phrases: KnowledgePhrases, label: str, place: str | None) -> None:
    assert phrases.for_location(label) == place
