"""Cleaning: what goes, what changes, what must stay as it is written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.text import LIMIT, clean


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("１２，０００元", "12,000元"),
        ("请问：怎么交（社保）？", "请问:怎么交(社保)?"),
        ("請問威海文登 自助終端機繳費 可以插社保卡嗎？", "请问威海文登 自助终端机缴费 可以插社保卡吗?"),
        ("醫療費用報銷", "医疗费用报销"),
        ("關係", "关系"),
        ("几钱？？？！！", "几钱?"),
        ("急!!!", "急!"),
        ("那个……怎么交。。。", "那个。怎么交。"),
        ("一档，，，二档", "一档,二档"),
        ("在吗~~~", "在吗"),
        ("医保😊怎么交👨‍👩‍👧", "医保 怎么交"),
        ("医\u200b保\ufeff怎么\x00交", "医保怎么 交"),
        ("门诊\t \u3000报销", "门诊 报销"),
        ("第一个问题\r\n\r\n  第二个问题", "第一个问题\n第二个问题"),
        ("缴费[微笑][捂脸]多少[OK]", "缴费 多少"),
        ("<img src=x onerror=alert(1)>缴费<b>多少</b>", "缴费 多少"),
        ("<script>alert('缴费')</script>门诊", "门诊"),
        ("<scr<b>ipt>门诊", "scr ipt>门诊"),
        ("门诊&nbsp;报销&#39;", "门诊 报销"),
        ("医 保 怎 么 交", "医保怎么交"),
    ],
)
def test_decoration_goes(written: str, plain: str) -> None:
    assert clean(written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("咁喺粤医保停咗保之后要等几耐", "那么在粤医保停了保之后要等多久"),
        ("去医院睇病话我个女冇参保信息", "去医院看病话我女儿没有参保信息"),
        ("点样帮个仔交", "怎样帮儿子交"),
        ("喺微信邊度搞", "在微信哪里搞"),
        ("诊查费报几多", "诊查费报多少"),
        ("嗰啲嘢", "那些东西"),
        ("我系深圳嘅，唔系广州", "我是深圳的,不是广州"),
        ("一共三十蚊，入面有8系诊查费", "一共三十元,里面有8是诊查费"),
        ("加埋报得返几多", "一共能报多少"),
        ("蚊子咬咗", "蚊子咬了"),
        ("2系统", "2系统"),
        ("呢個點解要交錢㗎", "这个为什么要交钱啊"),
        ("佢哋使唔使備案", "他们用不用备案"),
    ],
)
def test_cantonese_becomes_everyday_words(written: str, plain: str) -> None:
    assert clean(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "三甲",
        "六安",
        "五险一金",
        "一万二",
        "选[2024年]再点[城乡居民医保]",
        "我系统里查不到",
        "关系",
        "点击服务",
        "个女孩",
        "5000<8000",
        "3000~5000",
        "2023-02-10",
        "2023.2.10",
        "POS机",
        "一档/二档",
        "12%",
        "〇",
    ],
)
def test_words_and_figures_stay(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "😊😊", "[微笑]", "<br>"])
def test_nothing_stays_nothing(text: str) -> None:
    assert clean(text) == ""


def test_only_marks_stay_one_mark() -> None:
    assert clean("？？？？。。！！") == "?"


def test_a_long_message_keeps_head_and_tail() -> None:
    text = clean("开头" + "住院" * 5000 + "医保多少钱")
    assert len(text) == LIMIT
    assert text.startswith("开头住院")
    assert text.endswith("住院医保多少钱")


def test_a_long_message_costs_no_more_than_its_limit() -> None:
    clean("热身")
    started = time.perf_counter()
    clean("<a &#" * 400_000)
    clean("ﷺ" * 1_000_000)
    assert time.perf_counter() - started < 1


_SCRAPS = st.sampled_from([
    *"医保點點嘅喺冇系係我关關个個女仔呢嗰度<>[]&;/a1 \n\r\t。，？！…~-=*",
    "微笑", "script", "<b>", "&nbsp;", "\u200d", "\u0301", "é", "한", "ᄒ", "ㅏ", "ﷺ", "½", "①",
])  # fmt: skip


@given(st.one_of(st.text(max_size=60), st.lists(_SCRAPS, max_size=40).map("".join)))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert len(once) <= LIMIT
    assert once == once.strip()
