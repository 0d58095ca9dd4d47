"""What holds for all tests: none fails because the machine is busy, or by the luck of what was drawn."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("everywhere", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("everywhere")
