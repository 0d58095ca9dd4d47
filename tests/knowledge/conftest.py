from __future__ import annotations

import shutil
from pathlib import Path

import pytest

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sound folder, to be spoilt."""
    return Path(shutil.copytree(SOUND, tmp_path / "knowledge"))
