"""Typos by sound: what is recovered, and above all what is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.dictionary import dictionary
from bot.understanding.jieba_engine import JiebaEngine
from bot.understanding.spelling import Speller

_WORDS = """
医保 报销 缴费 电子凭证 医保电子凭证 住院 起付线 门诊 社保 参保 备案 转诊 异地 异地就医 大病 大病保险
一档 二档 一级 二级 三级 封顶线 限额 自付 自费 统筹 慢性病 特药 高血压 糖尿病 新生儿 居民 居民医保 低保
微信 支付宝 云闪付 税务局 终端 社康 卫生院 医院 诊查费 药费 等待期 待遇 断缴 补缴 退费 停保 续保 激活
绑定 剖腹产 孤独症 脑瘫 残疾 急诊 透析 胰岛素 合规 报销比例 门槛费 缴费标准 截止 逾期 骨折 中药 检查
"""


def knowing(*words: str) -> Speller:
    return Speller(words, JiebaEngine, dictionary())


@pytest.fixture(scope="module")
def speller() -> Speller:
    return knowing(*_WORDS.split())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("电子凭正怎么弄", "电子凭证怎么弄"),
        ("能报消多少啊", "能报销多少啊"),
        ("缴废时间", "缴费时间"),
        ("医宝怎么交", "医保怎么交"),
        ("住苑报多少", "住院报多少"),
        ("起付限多少", "起付线多少"),
        ("门珍能报吗", "门诊能报吗"),
        ("社堡卡", "社保卡"),
        ("医报怎么交", "医保怎么交"),
        ("孩子参宝了没", "孩子参保了没"),
        ("保销多少", "报销多少"),
        ("异地背案", "异地备案"),
        ("以地就医", "异地就医"),
        ("大兵保险", "大病保险"),
        ("糖尿并", "糖尿病"),
        ("高血鸭拿药", "高血压拿药"),
        ("新声儿", "新生儿"),
        ("居民依保", "居民医保"),
        ("报消比例", "报销比例"),
        ("报销比列", "报销比例"),
        ("医宝电子凭正", "医保电子凭证"),
        ("支付保缴非", "支付宝缴费"),
        ("孤独正", "孤独症"),
        ("剖腹铲", "剖腹产"),
        ("卫声院", "卫生院"),
        ("等代期", "等待期"),
        ("微心怎么交", "微信怎么交"),
    ],
)
def test_what_sounds_the_same(speller: Speller, written: str, meant: str) -> None:
    assert speller.recover(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("胰岛树", "胰岛素"),
        ("云扇付", "云闪付"),
        ("慢姓病", "慢性病"),
        ("足院", "住院"),
        ("色康", "社康"),
    ],
)
def test_what_sounds_alike(speller: Speller, written: str, meant: str) -> None:
    assert speller.recover(written) == meant


_ORDINARY = """
一堆人在排队 以及别的事情 十一放假几天 我一报名就错了 已保存 他已报警 要费点心 这事情以后再说
就一个人去的 祝愿大家 我有意见 要费多少工夫 已寄出去了 二当家的 他们真好 门真难开 我们真的急 这人威信高
住远一点没关系 报效国家 他叫飞飞 带鱼多少钱一斤 我妈住院子里 祝远方的你 听说小道消息 在家里保暖
我的微心愿 一地鸡毛 你别一报还一报 其实没必要 今天天气不错 车坏在半路上 银行利息多少 身份证丢了
孩子上户口 快递到哪了 学费多少 去医院看病 自负盈亏 一级一级往上走 先生而后知 就以这个为准 分数线
高考志愿 煤气费 党费 停车费 期限 急着要 北京 深圳 大同 聊城 文登 垫江 重庆 威海 六安 三亚 宜宾 宜昌 依兰
保定 抱怨 包销 暴晓 医院级别
"""


@pytest.mark.parametrize("text", [*_ORDINARY.split(), "", " ", "abc 123", "?", "POS机", "一", "，。"])
def test_ordinary_text_is_left_alone(speller: Speller, text: str) -> None:
    assert speller.recover(text) == text


@pytest.mark.parametrize("text", _WORDS.split())
def test_the_vocabulary_is_left_alone(speller: Speller, text: str) -> None:
    assert speller.recover(text) == text


def test_words_that_stand_there_are_kept_inside_a_longer_repair() -> None:
    speller = knowing("异地", "就医", "异地就医")
    assert speller.recover("以地就医") == "异地就医"


def test_the_nearest_of_words_that_sound_the_same() -> None:
    speller = knowing("缴费", "交费")
    assert speller.recover("缴废") == "缴费"
    assert speller.recover("交费") == "交费"


def test_short_long_and_foreign_words_are_passed_over() -> None:
    speller = knowing("保", "pos机", "1型", "城乡居民基本医疗保险")
    assert speller.recover("堡 pos鸡 城乡居民基本医疗保鲜") == "堡 pos鸡 城乡居民基本医疗保鲜"


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("医宝保报消销住苑院起付限线电子凭正证一以的了门珍诊a1 ,"), max_size=20))
def test_the_length_stays_and_nothing_is_left_to_repair_in_known_words(text: str) -> None:
    speller = _SMALL
    recovered = speller.recover(text)
    assert len(recovered) == len(text)
    for word in ("医保", "报销", "住院", "起付线", "电子凭证", "门诊"):
        assert recovered.count(word) >= text.count(word)


_SMALL = knowing("医保", "报销", "住院", "起付线", "电子凭证", "门诊")


def test_it_is_quick(speller: Speller) -> None:
    text = "我妈糖尿病打胰岛素的,今年在二级医院门诊拿药能报消多少钱"
    speller.recover(text)
    best = 1.0
    for _ in range(20):
        started = time.perf_counter()
        speller.recover(text)
        best = min(best, time.perf_counter() - started)
    assert best < 0.001
