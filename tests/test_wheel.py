"""The wheel holds everything: installed away from the checkout, it answers a question."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from bot.evaluation import read_cases

CHECKOUT = Path(__file__).parent.parent
BUILT_FROM = ("bot", "calculators", "knowledge", "pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, folder: Path) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "YIBAO_"))
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        path = CHECKOUT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        "dist",
        ".",
        folder=source,
    )
    (built,) = (source / "dist").glob("yibao_bot-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; return that environment's folder of programs."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / "bin"
    run(
        programs / "pip",
        "install",
        "--quiet",
        "--constraint",
        CHECKOUT / "constraints.txt",
        wheel,
        folder=folder,
    )
    return programs


def test_an_installed_wheel_answers_a_question(installed: Path, tmp_path: Path) -> None:
    assert "350" in run(installed / "yibao", "ask", "大同孩子的医保一年交多少钱", folder=tmp_path)


def test_an_installed_wheel_finds_no_fault_in_its_knowledge(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "yibao", "check", folder=tmp_path).startswith("no faults: 5 regions")


def test_the_wheel_holds_the_page(installed: Path, tmp_path: Path) -> None:
    code = "from bot.channels.page import Page; Page(); import bot; print(bot.__file__)"

    assert str(installed.parent) in run(installed / "python", "-c", code, folder=tmp_path)


def test_the_wheel_holds_the_console_and_the_questions_of_its_trials(installed: Path, tmp_path: Path) -> None:
    code = """
from pathlib import Path
from bot.console.pages import Assets, page
from bot.console.trial import questions
Assets()
page("error", {"words": "", "status": 404})
print(len(questions(None, Path("none"))))
"""
    asked = int(run(installed / "python", "-c", code, folder=tmp_path))

    assert asked == len([case for case in read_cases(CHECKOUT / "tests" / "eval") if not case.fails])
