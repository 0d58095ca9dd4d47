"""The README says what holds: its table is the coverage, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli import main
from bot.coverage import as_markdown
from calculators.catalogue import Catalogues
from knowledge.loader import load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_cities_and_topics_is_the_coverage() -> None:
    knowledge = load()
    assert as_markdown(knowledge, Catalogues(knowledge)) in README


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^make (\w+)", README, re.MULTILINE))
    assert named == {"run", "test"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_coverage_prints_the_table_for_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--markdown"]) == 0
    assert capsys.readouterr().out.strip() in README
