"""`yibao chat`: the bot, line by line; `terminal` adds history, completion and colours.

The chat lives in memory only. Lines that begin with / are for the terminal, all others are for the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import TextIO

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from knowledge.contents import Region

GREETING = """您好！我按各地公布的居民医保文件回答问题，也能算一算住院能报多少。
直接打字问就行；/help 看命令，/quit 退出。"""
COMMANDS = {
    "/region": "看有哪些地区；/region 地名 换成那个地区",
    "/why": "上一条回复是怎么来的",
    "/reset": "忘掉前面说的，重新开始",
    "/help": "看这些命令",
    "/quit": "退出",
}

Show = Callable[[str, str], None]
"""Shows a text: what it is (a reply's kind, options or note), and its words."""


def numbered(options: Iterable[str]) -> str:
    """Put numbers before options, so that a number picks one."""
    return "\n".join(f"  {number} {option}" for number, option in enumerate(options, 1))


class Chat:
    """One chat at a terminal.

    Args:
        assistant: the bot; regions: the regions by id.
        show: shows a text to the user.
        today: tells the date.

    """

    def __init__(
        self, assistant: Assistant, regions: Mapping[str, Region], show: Show, today: Callable[[], date]
    ) -> None:
        self._assistant = assistant
        self._regions = regions
        self._show = show
        self._today = today
        self._session = Session()
        self._preset: str | None = None
        self._reply: Reply | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """What the last reply offers to send next."""
        return self._reply.options if self._reply is not None else ()

    @property
    def place(self) -> str:
        """The region that the chat is about, in words; empty while there is none."""
        region = self._regions.get(self._session.region or self._preset or "")
        return region.info.place.name if region is not None else ""

    @property
    def places(self) -> tuple[str, ...]:
        """The names that /region takes."""
        return tuple(region.info.place.name for region in self._regions.values())

    def take(self, line: str) -> bool:
        """Take a line that the user entered; False when it ends the chat."""
        line = line.strip()
        if line.startswith("/"):
            return self._command(*line.split(maxsplit=1))
        if line:
            self._ask(line)
        return True

    def _ask(self, text: str) -> None:
        self._session, self._reply = self._assistant.reply(
            self._session, text, today=self._today(), preset=self._preset
        )
        self._show(self._reply.kind, self._reply.text)
        if self._reply.options:
            self._show("options", numbered(self._reply.options))

    def _command(self, name: str, argument: str = "") -> bool:
        match name:
            case "/region":
                self._choose(argument)
            case "/why":
                self._show("note", "\n".join(why(self._reply)) if self._reply else "还没有回复。")
            case "/reset":
                self._session, self._reply = Session(), None
                self._show("note", "好，我们重新开始。")
            case "/help":
                self._show("note", "\n".join(f"{command:<8} {what}" for command, what in COMMANDS.items()))
            case "/quit":
                return False
            case _:
                self._show("note", f"没有 {name} 这个命令，/help 看有哪些。")
        return True

    def _choose(self, name: str) -> None:
        names = "、".join(f"{region.info.place.name}（{region.id}）" for region in self._regions.values())
        if not name:
            self._show("note", f"现在是：{self.place or '没有指定'}。可以选：{names}")
            return
        for region in self._regions.values():
            place = region.info.place
            if name in {region.id, place.name, *place.aliases, *place.nicknames}:
                self._session, self._reply, self._preset = Session(), None, region.id
                self._show("note", f"好，下面说的是{place.name}。")
                return
        self._show("note", f"没有“{name}”的文件。可以选：{names}")


def why(reply: Reply) -> Iterator[str]:
    """Tell, line by line, how a reply came about."""
    trace = reply.trace
    yield f"读作：{trace.text}"
    yield f"分词：{' / '.join(trace.tokens)}"
    yield "认出：" + ("；".join(f"{name} = {value}" for name, value in trace.entities.items()) or "没有")
    yield "候选："
    for candidate in trace.candidates:
        yield f"  {candidate.score:.2f} {candidate.topic}（{candidate.near:.2f} 像：{candidate.phrasing}）"
    yield f"认识的字词：{trace.known:.0%}"
    yield f"决定：{reply.kind} {reply.topic or ''}，{trace.decided}"
    for source in reply.sources:
        yield f"依据：《{source.document}》{source.clause}（{source.year}）"


def in_plain(out: TextIO) -> Show:
    """Make the way to show texts in a pipe."""
    return lambda _, text: print(text, end="\n\n", file=out)


def read(chat: Chat, lines: Iterable[str]) -> None:
    """Take lines from a pipe until they end."""
    for line in lines:
        if not chat.take(line):
            return
