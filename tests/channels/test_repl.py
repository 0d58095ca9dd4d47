"""The terminal: its commands, its completion, its history, and the plain form in a pipe."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.channels.repl import COMMANDS, Chat, in_plain, read, why
from bot.channels.terminal import Words, in_colour, talk
from bot.core import Core
from bot.dialogue.reply import Candidate, Reply, Source, Trace

TODAY = date(2024, 10, 1)
Shown = list[tuple[str, str]]


@pytest.fixture
def shown() -> Shown:
    return []


@pytest.fixture
def chat(core: Core, shown: Shown) -> Chat:
    return Chat(core.assistant, core.knowledge.regions, lambda *text: shown.append(text), lambda: TODAY)


def test_a_question_is_answered_and_options_are_numbered(chat: Chat, shown: Shown) -> None:
    assert chat.take("大同孩子的医保一年交多少钱\n")

    assert shown[0][0] == "answer"
    assert "350" in shown[0][1]
    assert chat.options
    assert shown[1] == ("options", "\n".join(f"  {n} {option}" for n, option in enumerate(chat.options, 1)))


def test_a_number_picks_an_option(chat: Chat, shown: Shown) -> None:
    chat.take("孩子的医保一年交多少钱")
    wanted = next(n for n, option in enumerate(chat.options, 1) if "大同" in option)
    chat.take(str(wanted))

    assert "350" in dict(shown)["answer"]


def test_a_region_is_chosen_by_any_of_its_names(chat: Chat, shown: Shown) -> None:
    for name in ("datong", "大同市", "大同"):
        chat.take("/reset")
        chat.take(f"/region {name}")
        assert chat.place == "大同市"
        assert shown[-1] == ("note", "好，下面说的是大同市。")

    chat.take("孩子的医保一年交多少钱")
    assert "350" in dict(shown)["answer"]


def test_regions_are_listed_and_an_unknown_one_is_named(chat: Chat, shown: Shown) -> None:
    chat.take("/region")
    chat.take("/region 桃花源")

    assert "没有指定" in shown[0][1]
    assert "大同市（datong）" in shown[0][1]
    assert shown[1][1].startswith("没有“桃花源”的文件")


def test_why_tells_how_the_reply_came_about(chat: Chat, shown: Shown) -> None:
    chat.take("/why")
    chat.take("大同孩子的医保一年交多少钱")
    chat.take("/why")

    assert shown[0] == ("note", "还没有回复。")
    told = shown[-1][1]
    assert "premium" in told
    assert "依据：《" in told


def test_a_trace_is_told_whole() -> None:
    trace = Trace(
        text="交多少",
        tokens=("交", "多少"),
        entities={"person": "pupil"},
        candidates=(Candidate(topic="premium", score=0.912, near=0.5, phrasing="要交多少钱"),),
        known=0.8,
        decided="picked",
    )
    source = Source(document="通知", clause="一", year="2023年度")

    assert list(why(Reply(text="350", kind="answer", topic="premium", trace=trace, sources=(source,)))) == [
        "读作：交多少",
        "分词：交 / 多少",
        "认出：person = pupil",
        "候选：",
        "  0.91 premium（0.50 像：要交多少钱）",
        "认识的字词：80%",
        "决定：answer premium，picked",
        "依据：《通知》一（2023年度）",
    ]


def test_reset_forgets_what_was_said(chat: Chat, shown: Shown) -> None:
    chat.take("大同孩子的医保一年交多少钱")
    chat.take("/reset")
    chat.take("孩子的医保一年交多少钱")

    assert chat.place == ""
    assert "350" not in shown[-2][1]


def test_help_lists_every_command_and_an_unknown_one_is_named(chat: Chat, shown: Shown) -> None:
    assert chat.take("/help")
    assert chat.take("/nonsense")
    assert chat.take("/")
    assert chat.take("")

    assert all(command in shown[0][1] for command in COMMANDS)
    assert shown[1][1].startswith("没有 /nonsense 这个命令")
    assert len(shown) == 3


def test_quit_ends_the_chat(chat: Chat) -> None:
    assert not chat.take("/quit")


def test_a_pipe_gets_plain_replies(core: Core) -> None:
    out = io.StringIO()
    chat = Chat(core.assistant, core.knowledge.regions, in_plain(out), lambda: TODAY)

    read(chat, ["大同孩子的医保一年交多少钱\n", "/quit\n", "没人看这行\n"])

    assert "350" in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert "没人看" not in out.getvalue()


def test_colours_leave_the_words_as_they_are() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=40)

    in_colour(console)("decline", "文件没有写 [bold] 这一条")

    assert isinstance(console.file, io.StringIO)
    assert "文件没有写 [bold] 这一条" in console.file.getvalue()
    assert "\x1b[33m" in console.file.getvalue()


def completions(chat: Chat, text: str) -> list[str]:
    return [found.text for found in Words(chat).get_completions(Document(text), CompleteEvent())]


def test_commands_places_and_options_are_completed(chat: Chat) -> None:
    assert completions(chat, "/re") == ["/region", "/reset"]
    assert completions(chat, "/region 大") == ["大同市"]
    assert completions(chat, "没说过的") == []

    chat.take("大同孩子的医保一年交多少钱")
    first = chat.options[0]
    assert first in completions(chat, first[:2])
    assert completions(chat, "") == list(chat.options)


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        yield keyboard


def upper(text: str) -> str:
    return text.upper()


def test_a_talk_at_the_terminal_ends_by_command_or_end_of_input(
    chat: Chat, shown: Shown, keyboard: PipeInput, tmp_path: Path
) -> None:
    keyboard.send_text("/help\r/quit\r")
    talk(chat, tmp_path / "var" / "history", upper)
    keyboard.send_text("half\x03/region\r\x04")  # control-C drops the line, control-D ends the talk
    talk(chat, tmp_path / "var" / "history", upper)

    assert [text.split("：")[0] for _, text in shown[1:]] == ["现在是"]


def test_the_history_holds_lines_as_they_may_be_kept(chat: Chat, keyboard: PipeInput, tmp_path: Path) -> None:
    keyboard.send_text("/help please\r/quit\r")
    talk(chat, tmp_path / "history", upper)

    history = (tmp_path / "history").read_text(encoding="utf-8")
    assert "+/HELP PLEASE" in history
    assert "please" not in history
