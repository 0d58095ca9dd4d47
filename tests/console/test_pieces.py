"""Grouping, sums, charts and tables of the console."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from bot.console.charts import PARTS, by_day, line, nice_scale, share_parts
from bot.console.likeness import grouped
from bot.console.statistics import Sums, first_day, overview
from bot.console.tables import as_csv
from bot.storage.protocols import Tally

TODAY = date(2026, 11, 22)


def texts(*asked: str) -> list[list[str]]:
    return [sorted(group.items) for group in grouped((text, text) for text in asked)]


# --- likeness ---------------------------------------------------------------------------------------------


def test_what_differs_in_marks_script_and_a_few_letters_is_one_group() -> None:
    groups = texts(
        "本本丢了上哪补", "本本丢了 上哪补？？", "本本丟了上哪補", "本本丢了上哪里补", "电费怎么交"
    )

    assert [len(group) for group in groups] == [4, 1]


def test_the_commonest_wording_names_a_group() -> None:
    (group,) = grouped((text, None) for text in ["陪护费报不报", "陪护费报不", "陪护费报不"])

    assert group.text == "陪护费报不"


def test_short_texts_of_different_meaning_are_apart_and_signs_are_no_trouble() -> None:
    assert len(texts("一档", "二档", "???", "😀", "", "三档多少钱")) >= 4


def test_thousands_of_different_texts_are_grouped() -> None:
    many = [(f"第{number}个问题{number * 7919 % 1000}", number) for number in range(3_000)]

    assert sum(len(group.items) for group in grouped(many)) == 3_000


# --- sums -------------------------------------------------------------------------------------------------


def tally(days_ago: int, kind: str, count: int, name: str | None = "a") -> Tally:
    return Tally(TODAY - timedelta(days=days_ago), name, kind, count)


def test_kinds_are_put_together_and_small_talk_is_no_question() -> None:
    kinds = ("answer", "calculation", "clarify", "decline", "chat", "handoff", "new")
    sums = Sums.of(tally(0, kind, 1) for kind in kinds)

    assert (sums.answered, sums.asked_back, sums.declined, sums.talk) == (2, 1, 1, 3)
    assert (sums.messages, sums.questions, sums.share(sums.answered)) == (7, 4, 50)
    assert Sums().share(0) is None


def test_days_without_messages_are_there_and_the_days_before_are_apart() -> None:
    tallies = [tally(0, "answer", 3), tally(6, "decline", 1), tally(7, "answer", 5), tally(13, "chat", 1)]

    seen = overview(tallies, tallies, TODAY, 7)

    assert [sums.messages for _, sums in seen.days] == [1, 0, 0, 0, 0, 0, 3]
    assert (seen.today.answered, seen.whole.messages, seen.before.messages) == (3, 4, 6)
    assert first_day(TODAY, 7) == seen.days[0][0]


def test_regions_and_topics_are_ordered_by_messages() -> None:
    tallies = [tally(0, "answer", 1, "a"), tally(0, "decline", 5, None), tally(1, "answer", 3, "b")]

    seen = overview(tallies, tallies, TODAY, 7)

    assert [row.name for row in seen.regions] == [None, "b", "a"]
    assert [(row.name, row.sums.messages) for row in seen.topics] == [("b", 3), ("a", 1)]


# --- charts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "scale"),
    [
        (0, (0, 1)), (1, (0, 1)), (4, (0, 1, 2, 3, 4)), (5, (0, 2, 4, 6)), (17, (0, 5, 10, 15, 20)),
        (100, (0, 50, 100)), (138, (0, 50, 100, 150)), (10_000_000, (0, 5_000_000, 10_000_000)),
    ],
)  # fmt: skip
def test_scales_are_round_and_reach_the_top(most: int, scale: tuple[int, ...]) -> None:
    assert nice_scale(most) == scale


def test_bars_are_stacked_within_the_chart() -> None:
    days = [(TODAY, Sums(50, 25, 15, 10)), (TODAY + timedelta(days=1), Sums())]

    chart = by_day(days)

    first, empty = chart.bars
    assert [part.name for part in first.parts] == list(PARTS)
    assert sum(part.height for part in first.parts) == pytest.approx(100)
    assert first.parts[-1].y == pytest.approx(0)
    assert not empty.parts
    assert chart.labels == (days[0][0], days[1][0])


def test_lying_bars_are_as_long_as_their_share() -> None:
    assert sum(part.width for part in share_parts(Sums(10, 5, 5, 0), 40)) == pytest.approx(50)
    assert line([]) == ""
    assert line([0, 2]) == "0.0,100.0 100.0,0.0"


# --- tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "  =1", "|calc", "%x"],
)
def test_no_cell_is_a_formula(cell: str) -> None:
    rows = list(csv.reader(io.StringIO(as_csv(["列"], [[cell]]).decode("utf-8-sig"), newline="")))

    assert rows[1] == [f"'{cell}"]


def test_a_table_opens_in_excel_in_chinese() -> None:
    written = as_csv(["问题", "次数"], [["几岁，\n“报”", 3], [None, 0]])

    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows == [["问题", "次数"], ["几岁，\n“报”", "3"], ["", "0"]]
