"""The `yibao` command.

Exit codes: 0 done; 1 the answer is no (faults were found, a score is too low, the server cannot run);
2 the command itself is wrong (arguments, settings, inputs).
"""

from __future__ import annotations

import argparse
import atexit
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import commands
from bot.commands import NO, WRONG, UsageError
from knowledge.faults import KnowledgeError

LAST_PORT = 65_535
_PLUGINS, _THREADS = "PYDANTIC_DISABLE_PLUGINS", "OPENBLAS_NUM_THREADS"


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
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    command = subparsers.add_parser("serve", help="serve the chat page, the API and WeChat")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.add_argument("--host", help="where to listen, over the settings")
    command.add_argument("--port", type=_port, help="on which port (0: any free one), over the settings")
    command.add_argument(
        "--workers", type=_workers, metavar="N", help="how many processes serve, over the settings"
    )
    command.set_defaults(run=commands.serve)

    command = subparsers.add_parser("chat", help="chat in the terminal")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=commands.chat)

    command = subparsers.add_parser("ask", help="ask one question")
    command.add_argument("text", metavar="TEXT")
    command.add_argument(
        "--region", metavar="R", help="the region that is meant while the text names no other"
    )
    command.add_argument("--json", action="store_true", help="print the reply as the API gives it")
    command.set_defaults(run=commands.ask)

    command = subparsers.add_parser("calc", help="run a calculator")
    command.add_argument("region", metavar="REGION")
    command.add_argument("calculator", metavar="CALCULATOR")
    command.add_argument("inputs", metavar="key=value", nargs="*")
    command.set_defaults(run=commands.calculate)

    command = subparsers.add_parser("forget", help="remove the chats and the journal's turns of one user")
    command.add_argument(
        "user", metavar="USER", help="as the channel names them: openid, userid, user of the API"
    )
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=commands.forget_user)

    command = subparsers.add_parser("check", help="check knowledge files and print every fault")
    command.add_argument(
        "folder", metavar="DIR", nargs="?", type=Path, help="default: that of the settings, or of the package"
    )
    command.set_defaults(run=commands.check_knowledge)

    command = subparsers.add_parser(
        "hash-password",
        help="hash a password, for YIBAO_ADMIN_PASSWORD (it is asked for, or read from a pipe)",
    )
    command.set_defaults(run=commands.hash_password)

    command = subparsers.add_parser(
        "coverage", help="print what each document answers, as a table city x topic"
    )
    command.add_argument("--markdown", action="store_true", help="as a Markdown table, for the README")
    command.set_defaults(run=commands.show_coverage)

    command = subparsers.add_parser("eval", help="run cases, and print what is right and what is not")
    command.add_argument(
        "cases", metavar="CASES", type=Path, help="a file in JSON Lines or YAML, or a folder of them"
    )
    command.add_argument("--failures", type=int, default=20, metavar="N", help="print at most N failed cases")
    command.add_argument("--min", type=float, default=0, metavar="PERCENT", help="exit 1 below this share")
    command.set_defaults(run=commands.run_cases)

    command = subparsers.add_parser("menu", help="the menu of a 公众号, built from its document")
    command.add_argument(
        "action", choices=("show", "push"), help="print it, or put it in place of the account's menu"
    )
    command.add_argument("--account", metavar="PATH", help="as /wechat/NAME, where there are several")
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=commands.tend_menu)

    command = subparsers.add_parser("simulate", help="be WeChat for a server that runs on this machine")
    command.add_argument(
        "address",
        metavar="ADDRESS",
        nargs="?",
        help="of the account on the server (default: http://127.0.0.1:PORT/wechat)",
    )
    command.add_argument(
        "--config", type=Path, metavar="FILE", help="settings in YAML (default: YIBAO_CONFIG)"
    )
    command.set_defaults(run=commands.be_wechat)
    return parser
