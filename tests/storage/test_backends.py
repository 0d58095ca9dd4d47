from __future__ import annotations

import sys
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
        (
            "mysql://localhost/0",
            "state_url: the URL scheme mysql is unknown; known: sqlite, .* redis, rediss",
        ),
        ("redis://localhost/?socket_timeout=long", "redis://localhost/: "),
        ("yibao.db", "state_url: the URL has no scheme"),
        ("sqlite:", "write sqlite:FILE"),
        ("sqlite://host/file", "write sqlite:FILE"),
    ],
)
def test_a_url_that_names_no_backend_is_refused(url: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=message):
        storage(url, "sqlite:one.db", tmp_path)


def test_a_journal_that_is_no_backend_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="journal_url: the URL scheme redis is unknown; known: sqlite, "):
        storage("sqlite:one.db", "redis://localhost/0", tmp_path)


@pytest.mark.parametrize(
    ("urls", "module", "package"),
    [
        (("redis://localhost", "sqlite:one.db"), "redis", "redis"),
        (("sqlite:one.db", "postgresql://localhost"), "postgres", "asyncpg"),
    ],
)
def test_a_backend_that_is_not_installed_is_told_with_what_to_install(
    urls: tuple[str, str],
    module: str,
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, f"bot.storage.{module}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(StorageError) as raised:
        storage(*urls, tmp_path)

    assert f"{package} is not installed: pip install 'yibao-bot[{module}]'" in str(raised.value)


async def test_a_password_is_in_no_message(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = storage("redis://u:geheim@127.0.0.1:1/0", "postgresql://u:geheim@127.0.0.1:1/j", tmp_path)

    await kept.state.open()
    await kept.journal.open()
    await kept.journal.close()
    await kept.state.close()

    assert "redis://127.0.0.1:1/0 is out of reach" in caplog.text
    assert "postgresql://127.0.0.1:1/j is out of reach" in caplog.text
    assert "geheim" not in caplog.text
