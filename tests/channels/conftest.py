from __future__ import annotations

import pytest

from bot.core import Core, read_core


@pytest.fixture(scope="session")
def core() -> Core:
    return read_core()
