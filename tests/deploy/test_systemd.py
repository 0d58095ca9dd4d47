"""The unit: systemd's own checks, and the secrets that it hands over."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import Config
from tests.storage.servers import program

UNIT = Path(__file__).parents[2] / "deploy" / "yibao.service"
TEXT = UNIT.read_text(encoding="utf-8")
YIBAO = Path(sys.executable).with_name("yibao")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Write the unit for the program that is installed here."""
    copy = tmp_path / UNIT.name
    copy.write_text(TEXT.replace("/opt/yibao/bin/yibao", str(YIBAO)), encoding="utf-8")
    return copy


def analyze(*arguments: str | Path) -> str:
    done = subprocess.run(
        [program("systemd-analyze", "systemd"), "--no-pager", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def values(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", TEXT, re.MULTILINE)


def test_systemd_understands_every_line(unit: Path) -> None:
    assert analyze("verify", "--man=no", unit) == ""


def test_systemd_finds_it_well_shut_in(unit: Path) -> None:
    analyze("security", "--offline=true", "--threshold=15", unit)


def test_every_secret_can_be_handed_over(secrets: frozenset[str]) -> None:
    assert set(values("LoadCredential")) == secrets
    assert "YIBAO_SECRETS_DIR=%d" in values("Environment")


def test_its_variables_are_settings(variables: frozenset[str]) -> None:
    named = {value.partition("=")[0] for value in values("Environment")}
    assert named - {"XDG_CACHE_HOME"} <= variables


def test_the_proxy_on_this_machine_is_trusted() -> None:
    (proxies,) = (value for value in values("Environment") if value.startswith("YIBAO_TRUSTED_PROXIES="))

    trusted = Config.model_validate({"trusted_proxies": proxies.partition("=")[2]}).trusted_proxies
    assert {str(network) for network in trusted} == {"127.0.0.1/32", "::1/128"}


def test_it_runs_the_command_for_serving() -> None:
    (command,) = values("ExecStart")

    assert shlex.split(command) == ["/opt/yibao/bin/yibao", "serve"]
    assert values("ExecReload") == ["kill -HUP $MAINPID"]
    assert values("Restart") == ["on-failure"]
