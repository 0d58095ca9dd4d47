"""The pure core as the shell uses it: the knowledge, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.assistant import Assistant
from bot.understanding.segment import EngineName
from calculators.calculator import Calculator
from knowledge.compiled import read
from knowledge.contents import Knowledge


@dataclass(frozen=True)
class Core:
    """One state of the knowledge.

    Attributes:
        knowledge: what is known.
        assistant: answers messages over it.
        calculators: for each region, its calculators by id.

    """

    knowledge: Knowledge
    assistant: Assistant
    calculators: Mapping[str, Mapping[str, Calculator]]


def read_core(folder: Path | None = None, overlay: Path | None = None, engine: EngineName = "jieba") -> Core:
    """Read the knowledge of a folder (None: that of the package) and build everything that stands on it.

    Args:
        folder: where the knowledge stands; overlay: where the additions of the office do, if there are any.
        engine: what cuts messages into words.

    Raises:
        KnowledgeError: the knowledge or an addition cannot be used.
        ImportError: the engine is not installed.

    """
    knowledge = read(folder)
    if overlay is not None and any(overlay.glob("*/*.yaml")):
        from knowledge.overlay import with_overlay  # noqa: PLC0415  # with all that reads YAML

        knowledge = with_overlay(knowledge, overlay)
    assistant = Assistant(knowledge, engine)
    return Core(knowledge, assistant, assistant.calculators)
