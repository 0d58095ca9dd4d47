"""The `yibao` command.

Exit codes: 0 done; 1 the answer is no (faults were found, a score is too low, the server cannot run);
2 the command itself is wrong (arguments, settings, inputs).

Each command imports what it runs by itself: a question asked once does not wait for what serves the web.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
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
HISTORY_FILE = "chat_history"
LAST_PORT = 65_535
SHORTEST_PASSWORD = 8
_PLUGINS, _THREADS = "PYDANTIC_DISABLE_PLUGINS", "OPENBLAS_NUM_THREADS"
KEPT_BY_DEFAULT = Path("var")
"""Where the settings keep everything, the overlay too, while nothing else is set."""


class UsageError(Exception):
    """Arguments that cannot be used; the message says which and what is allowed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command (None: that of the command line); return its exit code."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    os.environ.setdefault(_PLUGINS, "__all__")  # they would see what residents write, and take long to find
    os.environ.setdefault(_THREADS, "1")  # numpy would start others, and what it reckons here is small
    atexit.register(gc.freeze)  # else Python looks for garbage in all that there is before the process ends
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        return _complain(error, WRONG)
    except KnowledgeError as error:
        return _complain(error, NO)
    except BrokenPipeError:  # whoever reads this has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO
    except KeyboardInterrupt:
        return NO
    except Exception as error:
        exit_code = _code_of(error)
        if exit_code is None:
            raise
        return _complain(error, exit_code)
    return code


def _code_of(error: Exception) -> int | None:
    """Tell the exit code of an error that whoever runs the command can mend; None for a fault of ours."""
    from bot.config import ConfigError
    from bot.evaluation import CaseError
    from bot.server import ServeError
    from bot.storage.protocols import StorageError

    if isinstance(error, ConfigError | CaseError):
        return WRONG
    return NO if isinstance(error, StorageError | ServeError) else None


def _complain(error: Exception, code: int) -> int:
    sys.stderr.write(f"yibao: {error}\n")
    return code


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _port(text: str) -> int:
    """Read the number of a port."""
    if not text.isdecimal() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port; allowed: 0 to {LAST_PORT}")
    return int(text)


def _workers(text: str) -> int:
    """Read a number of processes."""
    from bot.config import MOST_WORKERS

    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes; allowed: 1 to {MOST_WORKERS}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yibao", description="Answers questions on resident medical insurance from local documents."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("serve", help="serve the chat page, the API and WeChat")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.add_argument("--host", help="where to listen, over the settings")
    command.add_argument("--port", type=_port, help="on which port (0: any free one), over the settings")
    command.add_argument(
        "--workers", type=_workers, metavar="N", help="how many processes serve, over the settings"
    )
    command.set_defaults(run=_serve)

    command = commands.add_parser("chat", help="chat in the terminal")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=_chat)

    command = commands.add_parser("ask", help="ask one question")
    command.add_argument("text", metavar="TEXT")
    command.add_argument(
        "--region", metavar="R", help="the region that is meant while the text names no other"
    )
    command.add_argument("--json", action="store_true", help="print the reply as the API gives it")
    command.set_defaults(run=_ask)

    command = commands.add_parser("calc", help="run a calculator")
    command.add_argument("region", metavar="REGION")
    command.add_argument("calculator", metavar="CALCULATOR")
    command.add_argument("inputs", metavar="key=value", nargs="*")
    command.set_defaults(run=_calculate)

    command = commands.add_parser("forget", help="remove the chats and the journal's turns of one user")
    command.add_argument(
        "user", metavar="USER", help="as the channel names them: openid, userid, user of the API"
    )
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=_forget)

    command = commands.add_parser("check", help="check knowledge files and print every fault")
    command.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, help="default: that of the settings, or of the package"
    )
    command.set_defaults(run=_check)

    command = commands.add_parser(
        "hash-password",
        help="hash a password, for YIBAO_ADMIN_PASSWORD (it is asked for, or read from a pipe)",
    )
    command.set_defaults(run=_hash_password)

    command = commands.add_parser(
        "coverage", help="print what each document answers, as a table city x topic"
    )
    command.add_argument("--markdown", action="store_true", help="as a Markdown table, for the README")
    command.set_defaults(run=_coverage)

    command = commands.add_parser("eval", help="run cases, and print what is right and what is not")
    command.add_argument(
        "cases", metavar="CASES", type=Path, help="a file in JSON Lines or YAML, or a folder of them"
    )
    command.add_argument("--failures", type=int, default=20, metavar="N", help="print at most N failed cases")
    command.add_argument("--min", type=float, default=0, metavar="PERCENT", help="exit 1 below this share")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("menu", help="the menu of a 公众号, built from its document")
    command.add_argument(
        "action", choices=("show", "push"), help="print it, or put it in place of the account's menu"
    )
    command.add_argument("--account", metavar="PATH", help="as /wechat/NAME, where there are several")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=_menu)

    command = commands.add_parser("simulate", help="be WeChat for a server that runs on this machine")
    command.add_argument(
        "address",
        metavar="ADDRESS",
        nargs="?",
        help="of the account on the server (default: http://127.0.0.1:PORT/wechat)",
    )
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=_simulate)
    return parser


# --- commands ---------------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> int:
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


def _chat(options: argparse.Namespace) -> int:
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


def _ask(options: argparse.Namespace) -> int:
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


def _calculate(options: argparse.Namespace) -> int:
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


def _forget(options: argparse.Namespace) -> int:
    import asyncio

    from bot.config import read_config
    from bot.forgetting import forget

    turns = asyncio.run(forget(read_config(options.config), options.user))
    _say(f"forgotten: the chats of this user, and {turns} turns in the journal")
    return DONE


def _check(options: argparse.Namespace) -> int:
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


def _hash_password(_: argparse.Namespace) -> int:
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


def _coverage(options: argparse.Namespace) -> int:
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


def _evaluate(options: argparse.Namespace) -> int:
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


def _menu(options: argparse.Namespace) -> int:
    from bot.wechat_commands import show_or_push_menu

    return show_or_push_menu(options)


def _simulate(options: argparse.Namespace) -> int:
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
