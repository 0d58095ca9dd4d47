from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge import PACKAGED

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sound folder, to be spoilt.

    The bot's own sentences are the packaged ones: they belong to the code that fills them in.
    """
    copied = Path(shutil.copytree(SOUND, tmp_path / "knowledge"))
    shutil.copyfile(PACKAGED / "national/wording.yaml", copied / "national/wording.yaml")
    return copied
