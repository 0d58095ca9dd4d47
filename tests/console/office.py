"""What the tests of the console need in and out of a browser: a password, and a small knowledge."""

from __future__ import annotations

import shutil
from pathlib import Path

from knowledge import PACKAGED

PASSWORD = "ein langes Geheimnis"
HASH = "scrypt:16:8:1:MDEyMzQ1Njc4OWFiY2RlZg:H9W2BYHKB1Ec6QsA8V4fxD8bsV3xcBpM_221M9U5T9I"
"""Of this password, at the least cost, so that every test may log in."""

UNKNOWN = "轮椅借用押几百"
"""What nothing answers, whatever the region."""


def small_knowledge(folder: Path) -> Path:
    """Copy the knowledge with one region and without test questions, which is quick to read."""
    shutil.copytree(PACKAGED / "national", folder / "national")
    shutil.copytree(PACKAGED / "regions" / "datong", folder / "regions" / "datong")
    return folder
