"""What the bot may say: documents as data, national topics, and the loader that checks them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGED: Final = Path(__file__).parent
"""Where the knowledge of the package stands."""
