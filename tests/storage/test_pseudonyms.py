from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.storage.protocols import StorageError
from bot.storage.pseudonyms import own_key, pseudonym


def test_a_pseudonym_is_stable_keyed_and_tells_channels_apart() -> None:
    name = pseudonym(b"key", "http", "a")

    assert name == pseudonym(b"key", "http", "a")
    assert (
        len(
            {
                name,
                pseudonym(b"other", "http", "a"),
                pseudonym(b"key", "wechat", "a"),
                pseudonym(b"key", "httpa", ""),
            }
        )
        == 4
    )
    assert len(name) == 32


def test_an_installation_keeps_its_key_to_itself(tmp_path: Path) -> None:
    file = tmp_path / "var" / "pseudonyms.key"
    key = own_key(file)

    assert own_key(file) == key
    assert len(key) == 32
    assert file.stat().st_mode & 0o077 == 0
    assert own_key(tmp_path / "other.key") != key


def test_processes_that_begin_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: own_key(tmp_path / "one.key"), range(64)))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["one.key"]


def test_a_spoilt_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "short.key").write_bytes(b"short")

    with pytest.raises(StorageError, match=r"short\.key has 5 bytes, not 32"):
        own_key(tmp_path / "short.key")
    with pytest.raises(StorageError, match="cannot be made or read"):
        own_key(tmp_path / "short.key" / "below")
