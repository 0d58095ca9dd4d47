from __future__ import annotations

import pytest

from bot.understanding.understand import Understander
from knowledge.contents import Knowledge
from knowledge.loader import load


@pytest.fixture(scope="session")
def packaged() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def understander(packaged: Knowledge) -> Understander:
    return Understander(packaged)
