from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.core import Core
from tests.browser.scenes import Scene
from tests.browser.screenshots import SCENES, make

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_a_picture_of_the_docs_can_be_made(
    scene: Scene, browser: Browser, core: Core, tmp_path: Path
) -> None:
    file = await make(scene, browser, core, tmp_path)

    assert file.read_bytes().startswith(b"\x89PNG")


def test_the_docs_show_these_pictures_and_no_others() -> None:
    shown = {
        name
        for file in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
        for name in re.findall(r"images/([\w-]+)\.png", file.read_text(encoding="utf-8"))
    }

    assert shown == {scene.name for scene in SCENES}
    assert shown == {path.stem for path in (ROOT / "docs/images").glob("*.png")}
