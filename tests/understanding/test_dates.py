"""Days, months, years and lengths of time as people say them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.dates import dates
from bot.understanding.durations import durations

TODAY = dt.date(2023, 3, 15)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "words", "days", "granularity", "year_given"),
    [
        ("2023年2月10日交的", "2023年2月10日", "2023-02-10", "day", True),
        ("2022年12月31日晚上交的", "2022年12月31日", "2022-12-31", "day", True),
        ("2023-02-10", "2023-02-10", "2023-02-10", "day", True),
        ("2023.2.10", "2023.2.10", "2023-02-10", "day", True),
        ("2023/2/10办的", "2023/2/10", "2023-02-10", "day", True),
        ("去年12月31号", "去年12月31号", "2022-12-31", "day", True),
        ("2月10号", "2月10号", "2023-02-10", "day", False),
        ("5月1前", "5月1", "2023-05-01", "day", False),
        ("十二月三十一号", "十二月三十一号", "2023-12-31", "day", False),
        ("二〇二三年十月", "二〇二三年十月", "2023-10-01 2023-10-31", "month", True),
        ("元旦以后", "元旦", "2023-01-01", "day", False),
        ("2024年元旦", "2024年元旦", "2024-01-01", "day", True),
        ("三月份", "三月份", "2023-03-01 2023-03-31", "month", False),
        ("12月才办", "12月", "2023-12-01 2023-12-31", "month", False),
        ("老二12月份才办", "12月份", "2023-12-01 2023-12-31", "month", False),
        ("9月份在学校", "9月份", "2023-09-01 2023-09-30", "month", False),
        ("2023年12月一起交", "2023年12月", "2023-12-01 2023-12-31", "month", True),
        ("去年10月", "去年10月", "2022-10-01 2022-10-31", "month", True),
        ("今年3月", "今年3月", "2023-03-01 2023-03-31", "month", True),
        ("23年2月", "23年2月", "2023-02-01 2023-02-28", "month", True),
        ("2024年7月", "2024年7月", "2024-07-01 2024-07-31", "month", True),
        ("2024-07", "2024-07", "2024-07-01 2024-07-31", "month", True),
        ("元月份", "元月份", "2023-01-01 2023-01-31", "month", False),
        ("1月底才交", "1月底", "2023-01-21 2023-01-31", "month", False),
        ("12月初", "12月初", "2023-12-01 2023-12-10", "month", False),
        ("9月中旬", "9月中旬", "2023-09-11 2023-09-20", "month", False),
        ("2月中医院", "2月", "2023-02-01 2023-02-28", "month", False),
        ("下个月", "下个月", "2023-04-01 2023-04-30", "month", True),
        ("上个月", "上个月", "2023-02-01 2023-02-28", "month", True),
        ("上上个月", "上上个月", "2023-01-01 2023-01-31", "month", True),
        ("这个月底", "这个月底", "2023-03-21 2023-03-31", "month", True),
        ("月底前交", "月底", "2023-03-21 2023-03-31", "month", True),
        ("昨天", "昨天", "2023-03-14", "day", True),
        ("前天刚又交上了", "前天", "2023-03-13", "day", True),
        ("大前天", "大前天", "2023-03-12", "day", True),
        ("明天去", "明天", "2023-03-16", "day", True),
        ("上周刚出生", "上周", "2023-03-06 2023-03-12", "week", True),
        ("这个星期", "这个星期", "2023-03-13 2023-03-19", "week", True),
        ("年前忘交了", "年前", "2022-12-01 2022-12-31", "month", False),
        ("年底交", "年底", "2023-12-01 2023-12-31", "month", False),
        ("去年底", "去年底", "2022-12-01 2022-12-31", "month", True),
        ("今年年底", "今年年底", "2023-12-01 2023-12-31", "month", True),
        ("明年年初", "明年年初", "2024-01-01 2024-02-29", "month", True),
        ("明年的", "明年", "2024-01-01 2024-12-31", "year", True),
        ("去年交的", "去年", "2022-01-01 2022-12-31", "year", True),
        ("2024年度", "2024年度", "2024-01-01 2024-12-31", "year", True),
        ("垫江 2024医保", "2024", "2024-01-01 2024-12-31", "year", True),
        ("2024-2025学年", "2024-2025学年", "2024-09-01 2025-08-31", "year", True),
        ("2024学年", "2024学年", "2024-09-01 2025-08-31", "year", True),
        ("三个月前", "三个月前", "2022-12-01 2022-12-31", "month", True),
        ("半年以前", "半年以前", "2022-09-01 2022-09-30", "month", True),
        ("十天前出生", "十天前", "2023-03-05", "day", True),
        ("两年前", "两年前", "2021-01-01 2021-12-31", "year", True),
        ("2月30日", "2月", "2023-02-01 2023-02-28", "month", False),
    ],
)
def test_moments(text: str, words: str, days: str, granularity: str, *, year_given: bool) -> None:
    (found,) = dates(text, TODAY)
    assert found.text == words == text[found.start : found.end]
    assert " ".join(sorted({found.first.isoformat(), found.last.isoformat()})) == days
    assert found.granularity == granularity
    assert found.year_given is year_given


def test_several_moments_keep_their_order() -> None:
    text = "老大9月份在学校交,老二12月才办,2024-2025学年一共多少"
    assert [one.text for one in dates(text, TODAY)] == ["9月份", "12月", "2024-2025学年"]


_NO_MOMENT = """
三个月 半年 十来天 三甲 一档 二级 13月 几月 满月 每个月 2023元 花了2024块 120 5000 350元 三年级 以前年度
年龄 年前后 今后年年 2023.25 1.2万 3.15元 一岁 7岁 每年 逐年 学年 长年吃药 多年 岁月 月经 月嫂 4000.5
20240 020231 12-25
"""


@pytest.mark.parametrize("text", _NO_MOMENT.split())
def test_no_moment(text: str) -> None:
    assert dates(text, TODAY) == ()


@pytest.mark.parametrize("text", ["9999年前", "99999年前", "9998个月前", "三十万天前"])
def test_beyond_the_calendar(text: str) -> None:
    dates(text, TODAY)
    dates("上上个月 上周 去年", dt.date(1, 1, 1))
    dates("下下个月 下周 后年 明天 2049学年", dt.date(9999, 12, 31))


@pytest.mark.parametrize(
    ("text", "words", "months", "days", "approximate"),
    [
        ("3个月", "3个月", 3, 0, False),
        ("三十天", "三十天", 0, 30, False),
        ("30日内", "30日", 0, 30, False),
        ("超过30天才办", "30天", 0, 30, False),
        ("半年", "半年", 6, 0, False),
        ("半个月", "半个月", 0, 15, False),
        ("一个半月", "一个半月", 1, 15, False),
        ("一年半", "一年半", 18, 0, False),
        ("断缴了一年", "一年", 12, 0, False),
        ("十年", "十年", 120, 0, False),
        ("两周", "两周", 0, 14, False),
        ("3个星期", "3个星期", 0, 21, False),
        ("十来天", "十来天", 0, 10, True),
        ("十几天", "十几天", 0, 10, True),
        ("两三个月", "两三个月", 2, 0, True),
        ("三个多月", "三个多月", 3, 0, True),
        ("个把月", "个把月", 1, 0, True),
        ("刚满月", "满月", 1, 0, False),
        ("1.5年", "1.5年", 18, 0, False),
    ],
)
def test_durations(text: str, words: str, months: int, days: int, *, approximate: bool) -> None:
    (found,) = durations(text)
    assert found.text == words == text[found.start : found.end]
    assert (found.months, found.days) == (months, days)
    assert found.approximate is approximate


_NO_DURATION = """
2023年 二〇二三年 23年3月 第三年 三年级 3周岁 7岁 几天 几个月 12月 5号 2月10日 三甲 一档 两次 3个月大
没满月 天天 两个孩子 年底 每年 一年级 2024年度 周一
"""


@pytest.mark.parametrize("text", _NO_DURATION.split())
def test_no_duration(text: str) -> None:
    assert durations(text) == ()


@settings(max_examples=300, deadline=None)
@given(st.dates(dt.date(2000, 1, 1), dt.date(2049, 12, 31)), st.dates())
def test_every_day_is_read_back_however_written(day: dt.date, today: dt.date) -> None:
    for form in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}-{day.month:02d}-{day.day:02d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}号",
    ):
        (found,) = dates(f"我{form}交的", today)
        assert (found.first, found.last, found.granularity, found.text) == (day, day, "day", form)


_PIECES = [
    *"0123456789一二两三十半几多年月日号周天个岁前后去今明上下这底初元旦-./ 学的",
    "星期",
    "以前",
    "学年",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join), st.dates())
def test_no_text_breaks_it(text: str, today: dt.date) -> None:
    last = 0
    for found in dates(text, today):
        assert found.first <= found.last
        assert last <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        last = found.end
    durations(text)
