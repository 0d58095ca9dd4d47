"""`yibao chat` at a terminal: history, completion and colours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import FileHistory
from rich.console import Console
from rich.text import Text

from bot.channels.repl import COMMANDS, Chat, Show

_STYLES = {
    "answer": "",
    "calculation": "bold",
    "clarify": "cyan",
    "decline": "yellow",
    "chat": "",
    "handoff": "magenta",
    "options": "green",
    "note": "dim",
}


class Words(Completer):
    """Completes commands, the places of /region, and what the last reply offers."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    def get_completions(self, document: Document, _: CompleteEvent) -> Iterator[Completion]:
        """Give what fits behind the cursor, the most likely first."""
        written = document.text_before_cursor
        command, space, rest = written.partition(" ")
        if command == "/region" and space:
            words: Iterable[str] = (place for place in self._chat.places if place.startswith(rest))
            yield from (Completion(word, -len(rest)) for word in words)
            return
        if written.startswith("/"):
            for name, what in COMMANDS.items():
                if name.startswith(written):
                    yield Completion(name, -len(written), display_meta=what)
            return
        yield from (Completion(option, -len(written)) for option in self._chat.options if written in option)


class _History(FileHistory):
    """A history file that holds lines in the form in which they may be kept."""

    def __init__(self, file: Path, keep: Callable[[str], str]) -> None:
        super().__init__(str(file))
        self._keep = keep

    def store_string(self, string: str) -> None:
        super().store_string(self._keep(string))


def in_colour(console: Console) -> Show:
    """Make the way to show texts at a terminal."""
    return lambda kind, text: console.print(Text(f"{text}\n", _STYLES[kind]), soft_wrap=True)


def talk(chat: Chat, history: Path, keep: Callable[[str], str]) -> None:
    """Hold a chat at a terminal until the user leaves.

    Args:
        chat: the chat.
        history: the file that holds what was entered before.
        keep: what of an entered line may be kept in it.

    """
    history.parent.mkdir(parents=True, exist_ok=True)
    session: PromptSession[str] = PromptSession(
        history=_History(history, keep), completer=Words(chat), complete_while_typing=False
    )
    while True:
        try:
            line = session.prompt(HTML("<ansigreen>{}</ansigreen>› ").format(chat.place or "我"))
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if not chat.take(line):
            return
