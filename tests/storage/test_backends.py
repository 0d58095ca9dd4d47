from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.backends import storage
from bot.storage.protocols import StorageError


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_relative_file_stands_in_the_folder(tmp_path: Path) -> None:
    kept = storage(
        "sqlite:state.db", f"sqlite://{tmp_path}/elsewhere/journal%20of%20turns.db", tmp_path / "var"
    )
    for backend in (kept.state, kept.journal):
        await backend.open()
        await backend.close()

    assert (tmp_path / "var" / "state.db").exists()
    assert (tmp_path / "elsewhere" / "journal of turns.db").exists()


async def test_state_and_journal_may_share_a_file(tmp_path: Path) -> None:
    kept = storage("sqlite:one.db", "sqlite:one.db", tmp_path)
    await kept.state.open()
    await kept.journal.open()
    await kept.state.save("a", "{}")
    await kept.state.close()
    await kept.journal.ping()
    await kept.journal.close()

    assert names(tmp_path) == ["one.db"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("redis://localhost/0", "state_url: the URL scheme redis is unknown; known: sqlite"),
        ("yibao.db", "state_url: the URL has no scheme"),
        ("sqlite:", "write sqlite:FILE"),
        ("sqlite://host/file", "write sqlite:FILE"),
    ],
)
def test_a_url_that_names_no_backend_is_refused(url: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=message):
        storage(url, "sqlite:one.db", tmp_path)
