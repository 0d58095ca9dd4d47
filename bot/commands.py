"""The commands of `yibao`: each takes the options of its command line and returns an exit code.

Each imports what it runs by itself: a question asked once does not wait for what serves the web.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import now
from knowledge.cache import nothing_collected
from knowledge.faults import KnowledgeError

if TYPE_CHECKING:
    from bot.evaluation import Verdict
    from bot.understanding.segment import EngineName

DONE, NO, WRONG = 0, 1, 2
"""The exit codes: it is done; the answer is no; the command itself is wrong."""
HISTORY_FILE = "chat_history"
SHORTEST_PASSWORD = 8
KEPT_BY_DEFAULT = Path("var")
"""Where the settings keep everything, the overlay too, while nothing else is set."""


class UsageError(Exception):
    """Arguments that cannot be used; the message says which and what is allowed."""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def serve(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from bot import event_loop
    from bot.app import build_app
    from bot.config import read_config
    from bot.logs import set_up_logging
    from bot.server import listen, serve_alone
    from bot.workers import Workers

    config = read_config(options.config)
    host = options.host or config.host
    port = config.port if options.port is None else options.port
    workers = options.workers or config.workers
    set_up_logging(config.log_format)
    with ExitStack() as opened:
        sockets = listen(host, port)
        for listening in sockets:
            opened.enter_context(listening)
        if workers == 1:
            event_loop.run(serve_alone(build_app(config), host, sockets))
        else:
            Workers(config, host, sockets, workers).run()
    return DONE


def chat(options: argparse.Namespace) -> int:
    """Chat in the terminal, or with what stands on standard input."""
    from rich.console import Console

    from bot.channels import repl, terminal
    from bot.config import read_config
    from bot.core import read_core
    from bot.storage.masking import mask

    config = read_config(options.config)
    core = read_core(config.knowledge_dir, config.overlay, config.segmenter)
    at_terminal = sys.stdin.isatty()
    show = terminal.in_colour(Console()) if at_terminal else repl.in_plain(sys.stdout)
    chat = repl.Chat(core.assistant, core.knowledge.regions, show, lambda: now().date())
    if at_terminal:
        show("note", repl.GREETING)
        terminal.talk(chat, config.data_dir / HISTORY_FILE, mask)
    else:
        repl.read(chat, sys.stdin)
    return DONE


def ask(options: argparse.Namespace) -> int:
    """Print the reply to one question."""
    with nothing_collected():
        from bot.channels.repl import numbered
        from bot.core import read_core
        from bot.dialogue.session import Session

        core = read_core(*_core_settings())
        if options.region is not None and options.region not in core.knowledge.regions:
            raise UsageError(_unknown("region", options.region, core.knowledge.regions))
        text = options.text.encode(errors="replace").decode()
        _, reply = core.assistant.reply(Session(), text, today=now().date(), preset=options.region)
    if options.json:
        _say(json.dumps(reply.to_json(), ensure_ascii=False, indent=2))
        return DONE
    _say(reply.text)
    if reply.options:
        _say(numbered(reply.options))
    return DONE


def calculate(options: argparse.Namespace) -> int:
    """Run a calculator on what is given as key=value."""
    from bot.calculated import as_lines
    from calculators.catalogue import Catalogues
    from calculators.inputs import InputError
    from calculators.outcomes import Ask, NotCovered
    from calculators.service import work_out
    from knowledge.compiled import read

    knowledge = read(_core_settings()[0])
    calculators = Catalogues(knowledge).get(options.region)
    if calculators is None:
        raise UsageError(_unknown("region", options.region, knowledge.regions))
    if options.calculator not in calculators:
        raise UsageError(_unknown("calculator", options.calculator, calculators))
    unfit = [word for word in options.inputs if "=" not in word]
    if unfit:
        raise UsageError(f"inputs are written key=value, not {' '.join(unfit)}")
    document = knowledge.regions[options.region].info.document
    inputs = dict(word.split("=", 1) for word in options.inputs)
    try:
        outcome = work_out(calculators, options.calculator, inputs)
    except InputError as error:
        raise UsageError(str(error)) from error
    match outcome:
        case Ask(name, question, choices):
            listed = f"（{'、'.join(choice.label for choice in choices)}）" if choices else ""
            raise UsageError(f"还要填 {name}=…：{question}{listed}")
        case NotCovered(text):
            _say(text)
            return NO
        case worked_out:
            _say("\n".join(as_lines(worked_out, document)))
            return DONE


def forget_user(options: argparse.Namespace) -> int:
    """Remove what is kept of a user."""
    import asyncio

    from bot.config import read_config
    from bot.forgetting import forget

    turns = asyncio.run(forget(read_config(options.config), options.user))
    _say(f"forgotten: the chats of this user, and {turns} turns in the journal")
    return DONE


def check_knowledge(options: argparse.Namespace) -> int:
    """Print every fault of the knowledge."""
    from knowledge.loader import load
    from knowledge.overlay import with_overlay

    if options.folder is not None and not options.folder.is_dir():
        raise UsageError(f"there is no folder {options.folder}")
    try:
        folder, overlay, _ = _core_settings()
        knowledge = load(options.folder or folder)
        if overlay is not None:
            knowledge = with_overlay(knowledge, overlay)
    except KnowledgeError as error:
        _say("\n".join(str(fault) for fault in error.faults))
        return NO
    _say(f"no faults: {len(knowledge.regions)} regions, {len(knowledge.national.topics)} topics")
    return DONE


def hash_password(_: argparse.Namespace) -> int:
    """Print the hash of a password that is asked for, or read from a pipe."""
    from getpass import getpass

    from bot.passwords import Password

    if sys.stdin.isatty():
        password = getpass("password: ")
        if getpass("once more: ") != password:
            raise UsageError("the two are not the same")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"a password has at least {SHORTEST_PASSWORD} characters")
    _say(str(Password.of(password)))
    return DONE


def show_coverage(options: argparse.Namespace) -> int:
    """Print which topics each document answers."""
    from rich.console import Console

    from bot.coverage import as_markdown, coverage
    from calculators.catalogue import Catalogues
    from knowledge.compiled import read

    knowledge = read(_core_settings()[0])
    if options.markdown:
        _say(as_markdown(knowledge, Catalogues(knowledge)))
        return DONE
    Console().print(coverage(knowledge, Catalogues(knowledge)))
    return DONE


def run_cases(options: argparse.Namespace) -> int:
    """Run cases, and print what is right and what is not."""
    from bot.core import read_core
    from bot.evaluation import evaluate, read_cases
    from bot.evaluation.report import as_lines, right

    cases = read_cases(options.cases)
    verdicts = list(evaluate(read_core(*_core_settings()).assistant, cases, now().date()))
    failed = [verdict for verdict in verdicts if not verdict.right]
    for verdict in failed[: options.failures]:
        _say("\n    ".join(_failure(verdict)))
    _say("\n".join(as_lines(verdicts)))
    return DONE if right(verdicts).percent >= options.min else NO


def _failure(verdict: Verdict) -> Iterator[str]:
    """Tell a failed case: what was said, what is wrong, the reply, and how it came about."""
    from bot.channels.repl import why

    case, reply = verdict.case, verdict.reply
    yield f"{case.id} [{case.region}] {' / '.join(case.turns)}"
    yield "; ".join(verdict.faults) + (f"  ({case.why})" if case.why else "")
    if case.fails:
        yield f"known: {case.fails}"
    yield f"{reply.kind} {reply.topic}: {reply.text!r}"
    yield from why(reply)


def tend_menu(options: argparse.Namespace) -> int:
    """Print the menu of an account, or set it."""
    from bot.wechat_commands import show_or_push_menu

    return show_or_push_menu(options)


def be_wechat(options: argparse.Namespace) -> int:
    """Be WeChat for a server on this machine."""
    from bot.wechat_commands import simulate

    return simulate(options)


def _core_settings() -> tuple[Path | None, Path | None, EngineName]:
    """Tell where the settings have the knowledge and the overlay (None: that of the package; none).

    The third is what cuts messages into words.

    What reads the settings takes time to import, and is spared where nothing is set and nothing kept.
    """
    if not any(name.startswith("YIBAO_") for name in os.environ) and not KEPT_BY_DEFAULT.exists():
        return None, None, "jieba"
    from bot.config import read_config

    config = read_config()
    return config.knowledge_dir, config.overlay, config.segmenter


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    return f"there is no {what} {name}; known: {', '.join(known)}"
