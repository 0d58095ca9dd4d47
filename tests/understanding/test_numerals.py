"""Amounts of money: what is one, how much it is, and the many numbers that are none."""

from __future__ import annotations

import time
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.numeral_finding import numerals
from bot.understanding.numerals import Amount, Refusal, amount_alone, amounts
from bot.understanding.text import clean


def _one(text: str) -> Amount:
    (found,) = amounts(clean(text))
    assert isinstance(found, Amount)
    return found


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("三千五", "3500"),
        ("一万二", "12000"),
        ("1.2万", "12000"),
        ("3w5", "35000"),
        ("3w", "30000"),
        ("两万三千五百块", "23500"),
        ("一百二十块五", "120.5"),
        ("一百二十块零五毛", "120.5"),
        ("１２，０００元", "12000"),
        ("叁万伍仟元整", "35000"),
        ("贰佰元", "200"),
        ("萬元", None),
        ("1千2", "1200"),
        ("12k", "12000"),
        ("12K", "12000"),
        ("3万5千", "35000"),
        ("3万5", "35000"),
        ("3万五", "35000"),
        ("3万500", "30500"),
        ("半万", "5000"),
        ("一万半", "15000"),
        ("三点五万", "35000"),
        ("3.5万元", "35000"),
        ("12 万", "120000"),
        ("5000 元", "5000"),
        ("两千零五", "2005"),
        ("一万零五百", "10500"),
        ("六十万元", "600000"),
        ("一千块", "1000"),
        ("35块8", "35.8"),
        ("12块50", "12.5"),
        ("8毛钱", "0.8"),
        ("三块半", "3.5"),
        ("五百元整", "500"),
        ("千五块", "1500"),
        ("¥5000", "5000"),
        ("RMB 5000", "5000"),
        ("0元", "0"),
    ],
)
def test_values(words: str, value: str | None) -> None:
    if value is None:
        assert amounts(words) == ()
        return
    found = _one(words)
    assert found.low == found.high == Decimal(value)
    assert found.exact
    assert found.text == clean(words)
    assert amount_alone(clean(words)) == found


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("8千多", 8000, 9000),
        ("8000多块", 8000, 9000),
        ("3500多", 3500, 3600),
        ("1.2万多", 12000, 13000),
        ("两万多", 20000, 30000),
        ("十几万", 100000, 200000),
        ("二十多万", 200000, 300000),
        ("3000余元", 3000, 4000),
        ("两三千", 2000, 3000),
        ("三五千块", 3000, 5000),
        ("一万二三", 12000, 13000),
        ("十二三万", 120000, 130000),
        ("百八十块", 80, 100),
        ("千八百", 800, 1000),
        ("万儿八千", 8000, 10000),
        ("3000到5000元", 3000, 5000),
        ("2-3万", 20000, 30000),
        ("两到三千", 2000, 3000),
        ("800至1000元", 800, 1000),
        ("一百几十块", 120, 200),
        ("好几万", 20000, 100000),
        ("上万块", 10000, 100000),
    ],
)
def test_spans(words: str, low: int, high: int) -> None:
    found = _one(words)
    assert found.low == low
    assert found.high == high
    assert found.approximate


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("五百来块", 500),
        ("万把块", 10000),
        ("千把块钱", 1000),
        ("百十块钱", 100),
        ("一万左右", 10000),
        ("大概一万", 10000),
        ("差不多3w", 30000),
        ("将近两万", 20000),
        ("三千出头", 3000),
        ("不到五千", 5000),
    ],
)
def test_open_values(words: str, value: int) -> None:
    found = _one(words)
    assert found.low == found.high == value
    assert found.approximate
    assert not found.exact


@pytest.mark.parametrize("words", ["最近花了5000", "附近医院花了5000", "预约花了5000", "很快5000块"])
def test_words_that_only_look_like_about(words: str) -> None:
    assert _one(words).exact


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("住院花了500能报多少", 500),
        ("诊查费收了我40,能报多少啊", 40),
        ("看门诊花了一百八", 180),
        ("拿药花了二百六,能给报多少", 260),
        ("在一家二级乙等医院,一共5000都在目录里", 5000),
        ("住院三千五 都能报的", 3500),
        ("个人自付六十万元", 600000),
        ("自负五千", 5000),
        ("费用50", 50),
        ("花了2000", 2000),
        ("花了十五", 15),
        ("花了12345", 12345),
        ("花了3000三甲医院", 3000),
        ("花了三千三甲医院", 3000),
        ("花了两万二级医院", 20000),
        ("花了一万二三级医院", 12000),
        ("花了两万三三级医院", 23000),
        ("花了三千一共能报多少", 3000),
        ("花了三千一能报多少", 3100),
        ("三百块二级医院", 300),
        ("花了3万2024年交的", 30000),
        ("花了3000个人自付多少", 3000),
        ("花了8000天天打针", 8000),
        ("花了5000回老家报", 5000),
        ("花了三千年底报", 3000),
        ("住院8000能报多少", 8000),
        ("住院四百能报多少", 400),
        ("报销以后还剩3千", 3000),
        ("第二次住院花了2万", 20000),
        ("2023年住院花了2万", 20000),
    ],
)
def test_amounts_in_a_sentence(text: str, value: int) -> None:
    found = _one(text)
    assert found.low == found.high == value


_TRAPS = """
三甲 一档 二档 六安 二级 三级 打120 120电话 120急救 拨12345 12345热线 医保热线12393 7岁 14周岁
60周岁 2023年 12月 5号 第三次 两个孩子 3个月 一家五口 30天 45种 80% 一老一小 五险一金 十来天 一年
两次 2024-2025学年 一次性 千万别忘了 万一没交 百分之八十五 百分之五十到六十 十几天 七成半 2023-02-10
2023.2.10 2022年12月31日 2024医保啥时候交 交2023医保 缴2024年的 一块交 大家一块儿去 三四天 报一半
十一之前 双十一 三明市 四川 九江 六安 七台河 三亚 五台县 万州 百色 千阳县 十堰 二〇二四年
二零二三年度 5000人 3公里 3kg covid19 A123 0355-7450853 13812345678 74508536 110101199003078888
晋医保发〔2022〕15号 文号2022 验证码123456 编号3000 xyz元 花了xyz元 多少元 几百块 要交几百块啊
门槛费是几百 能报几千 报几成 百分之几 元旦 2023元旦 三毛 初三 周五 交一档 交二档的 报三级的
花了三个月 用两种药 第一二三级 一百强 三百六十五天 五千年历史 8折 1型糖尿病 上海 过年 来往 半年
半个月 一半 千万 上万 百 千 万 w k 点 -- 2型 甲乙类 第1000号 1/2
"""


@pytest.mark.parametrize(
    "text",
    _TRAPS.split(),
)
def test_traps(text: str) -> None:
    assert amounts(text) == ()


@pytest.mark.parametrize(
    "text", ["-5000元", "花了-5000元", "花了 -5000", "−5000元", "负五千", "花了负五千块", "花了负的五千块"]
)
def test_below_zero_is_refused(text: str) -> None:
    (found,) = amounts(clean(text))
    assert isinstance(found, Refusal)
    assert found.reason == "negative"
    assert found.text == clean(text).removeprefix("花了").strip()


@pytest.mark.parametrize("text", ["1万25", "花了3万12块"])
def test_two_readings_are_refused(text: str) -> None:
    (found,) = amounts(text)
    assert isinstance(found, Refusal)
    assert found.reason == "unclear"


def test_a_dash_between_numbers_is_no_minus() -> None:
    assert [found.text for found in amounts("花了3000-5000元")] == ["3000-5000元"]


def test_several_amounts_keep_their_order_and_place() -> None:
    text = "住院6000块,里面中药饮片1000块,起付线200元,自己付了一千二"
    found = amounts(text)
    assert [text[one.start : one.end] for one in found] == ["6000块", "1000块", "200元", "一千二"]
    assert [one.unit for one in found if isinstance(one, Amount)] == ["块", "块", "元", None]


def test_what_may_be_asked_is_told_when_it_was_paid() -> None:
    assert _one("花了几百块").low == 200
    assert _one("交了好几千").high == 10000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10000", "10000"),
        ("三千五", "3500"),
        ("两万", "20000"),
        ("嗯大概两万吧", "20000"),
        ("不对,是两万", "20000"),
        ("一共花了8000块钱", "8000"),
        ("50", "50"),
        ("120", "120"),
        ("一百八", "180"),
        ("2023", "2023"),
        ("三", "3"),
        ("5000.", "5000"),
    ],
)
def test_an_amount_alone(text: str, value: str) -> None:
    found = amount_alone(clean(text))
    assert isinstance(found, Amount)
    assert found.low == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "三甲",
        "一档",
        "二级",
        "两次",
        "7岁",
        "两万 三级医院",
        "住院",
        "13812345678",
        "三个月",
        "5万人",
        "80%",
        "xyz",
    ],
)
def test_no_amount_alone(text: str) -> None:
    assert amount_alone(text) is None


def test_a_refusal_alone() -> None:
    assert isinstance(amount_alone("-5000"), Refusal)


@settings(max_examples=1500, deadline=None)
@given(st.one_of(st.integers(0, 99_999), st.integers(0, 10**8), st.integers(0, 10**12 - 1)))
def test_every_number_in_chinese_is_read_back(value: int) -> None:
    for style in ("low", "up"):
        words = cn2an.an2cn(value, style)
        (found,) = numerals(words)
        assert found.low == found.high == value, words
        assert found.end == len(words)


@settings(deadline=None)
@given(st.integers(1, 10**7), st.integers(1, 99))
def test_every_amount_in_formal_writing_is_read_back(yuan: int, fen: int) -> None:
    words = cn2an.an2cn(f"{yuan}.{fen:02d}".rstrip("0"), "rmb")
    assert _one(words).low == yuan + Decimal(fen) / 100, words


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(2, 9), st.sampled_from([(100, "百"), (1000, "千"), (10000, "万")]))
def test_the_short_form_stands_for_the_next_place(first: int, second: int, place: tuple[int, str]) -> None:
    unit, char = place
    value = first * unit + second * unit // 10
    chinese = f"{'零一两三四五六七八九'[first]}{char}{'零一二三四五六七八九'[second]}"
    for words in (chinese, f"{first}{char}{second}"):
        assert _one(f"花了{words}").low == value


@settings(deadline=None)
@given(st.integers(100, 10**7), st.sampled_from(["元", "块", "块钱", "元整", " 元"]))
def test_arabic_digits_with_and_without_separators(value: int, unit: str) -> None:
    for words in (f"{value}{unit}", f"{value:,}{unit}"):
        assert _one(words).low == value


_PIECES = st.sampled_from(
    [
        *"0123456789零一二两三四五六七八九十百千万亿半几多来余把点块元毛角钱到至-~.,%wk上过负¥级档次岁年月",
        "花了",
        "大概",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_no_text_breaks_it(text: str) -> None:
    last = 0
    for found in amounts(text):
        assert last <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        last = found.end
        if isinstance(found, Amount):
            assert found.low <= found.high
            assert found.low >= 0
            assert found.approximate or found.low == found.high
    amount_alone(text)


def test_a_long_run_costs_little() -> None:
    started = time.perf_counter()
    for char in "一1万几半十,":
        amounts(char * 2000)
    assert time.perf_counter() - started < 1


def test_a_list_is_of_amounts_where_one_of_its_numbers_is() -> None:
    assert [found.low for found in amounts("五十六、一百三、九十八,都合规") if isinstance(found, Amount)] == [
        56,
        130,
        98,
    ]
    assert amounts("周一、二十五、三十号") == ()
