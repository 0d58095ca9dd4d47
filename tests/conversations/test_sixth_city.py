"""A sixth city that is YAML alone, beside the calculators' tests: the chat answers it and works its sums."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.dialogue.assistant import Assistant
from calculators.catalogue import Catalogues
from knowledge import PACKAGED
from knowledge.contents import Knowledge
from knowledge.loader import load
from tests.conversations.test_conversations import Conversation, conversations, hold

HERE = Path(__file__).parent
MADE_UP = HERE.parent / "calculators" / "madeup"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder = tmp_path_factory.mktemp("sixth")
    shutil.copytree(PACKAGED / "national", folder / "national")
    shutil.copytree(MADE_UP, folder / "regions" / "madeup")
    return load(folder)


@pytest.fixture(scope="module")
def assistant(knowledge: Knowledge) -> Assistant:
    return Assistant(knowledge)


@pytest.mark.parametrize("conversation", conversations(HERE / "sixth"))
def test_the_sixth_city_is_answered(assistant: Assistant, conversation: Conversation) -> None:
    hold(assistant, conversation)


def test_all_its_calculators_are_reached(knowledge: Knowledge, assistant: Assistant) -> None:
    replies = [
        reply
        for parameters in conversations(HERE / "sixth")
        for reply in hold(assistant, parameters.values[0])
    ]
    reached = {reply.calculation["calculator"] for reply in replies if reply.calculation is not None}
    assert sorted(set(Catalogues(knowledge)["madeup"]) - reached) == []


def test_it_is_yaml_alone() -> None:
    assert {file.suffix for file in MADE_UP.iterdir()} == {".yaml"}


def test_it_beside_the_five_changes_none_of_them(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "national", tmp_path / "national")
    shutil.copytree(PACKAGED / "regions", tmp_path / "regions")
    shutil.copytree(MADE_UP, tmp_path / "regions" / "madeup")
    together, packaged = load(tmp_path), load()
    assert set(together.regions) == {*packaged.regions, "madeup"}
    assert all(together.regions[name] == region for name, region in packaged.regions.items())
