"""What docs/wechat.md tells operators is so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot import wechat_commands
from bot.channels.wechat import errors
from bot.channels.wechat.api.faults import _KINDS
from bot.config import Config, read_config

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "wechat.md").read_text(encoding="utf-8")


def logged() -> list[str]:
    """Collect the fixed beginnings of what the channel logs."""
    lines = []
    for file in (ROOT / "bot" / "channels" / "wechat").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
                and isinstance(node.args[0], ast.Constant)
            ):
                words = str(node.args[0].value).removeprefix("%s: ")
                lines.append(words.partition("%")[0].rstrip(" :("))
    return lines


def test_every_log_line_is_explained() -> None:
    assert len(logged()) >= 8
    assert [line for line in logged() if f"`{line}" not in GUIDE] == []


def test_every_refusal_is_explained() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, errors.WeChatError)} - {
        "bad_request",
        "unreadable",
    }

    assert {code for code in codes if f"`refused a request: {code}`" not in GUIDE} == set()


def test_the_codes_of_the_api_are_explained() -> None:
    menu = {*range(40016, 40028)}

    assert {code for code in _KINDS if code not in menu and str(code) not in GUIDE} <= {
        40015, 40243, 41002, 41004, 50001, 50002, 61004,
    }  # fmt: skip


def test_the_settings_exist() -> None:
    named = set(re.findall(r"YIBAO_([A-Z_]+)", GUIDE))

    assert {name.lower() for name in named} <= Config.model_fields.keys()


def test_the_example_is_a_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Config.model_fields:
        monkeypatch.delenv(f"YIBAO_{name.upper()}", raising=False)
    [example] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    file = tmp_path / "yibao.yaml"
    file.write_text(example, encoding="utf-8")

    config = read_config(file)

    assert list(config.official_accounts) == ["/wechat/datong", "/wechat/school"]
    assert list(config.corp_apps) == ["/wecom/office"]


def test_the_commands_of_the_simulator_exist() -> None:
    typed = set(re.findall(r"^> (/\w+)", GUIDE, re.MULTILINE))

    assert typed
    assert all(command in wechat_commands.HELP for command in typed)
