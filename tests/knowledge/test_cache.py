from __future__ import annotations

import datetime as dt
import os
import pickle
from decimal import Decimal
from pathlib import Path

import pytest

from knowledge import cache
from knowledge.figures import RateRange

VALUE = {"rate": RateRange(Decimal("0.5"), Decimal("0.6")), "day": dt.date(2024, 1, 1), "words": ("a", "b")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / cache.FOLDER


def the_entry(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def look_up() -> object:
    held = cache.look_up("kind", "key")
    return None if held is None else cache.restored(held)


def test_what_is_kept_is_found_under_its_name_only(folder: Path) -> None:
    assert look_up() is None
    cache.keep("kind", "key", cache.pickled(VALUE))

    assert look_up() == VALUE
    assert cache.look_up("kind", "other") is None
    assert cache.look_up("other", "key") is None
    assert folder.stat().st_mode & 0o777 == 0o700


def test_names_tell_parts_apart() -> None:
    assert cache.digest((b"ab", b"c")) != cache.digest((b"a", b"bc"))
    assert cache.digest((b"ab", b"c")) == cache.digest((b"ab", b"c"))


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b[:-1] + b"!", lambda _: b"", lambda _: b"x"])
def test_a_spoilt_entry_is_none(folder: Path, spoil: object) -> None:
    cache.keep("kind", "key", cache.pickled(VALUE))
    file = the_entry(folder)
    assert callable(spoil)
    file.write_bytes(spoil(file.read_bytes()))

    assert look_up() is None


def test_what_others_could_have_written_is_not_read(folder: Path) -> None:
    cache.keep("kind", "key", cache.pickled(VALUE))
    file = the_entry(folder)
    for path, mode in ((file, 0o620), (file, 0o602), (folder, 0o770), (folder, 0o707)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert look_up() is None
        path.chmod(before)
    assert look_up() == VALUE


def test_what_another_user_owns_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep("kind", "key", cache.pickled(VALUE))
    if os.getuid() == 0:
        os.chown(the_entry(folder), 12345, 12345)
    else:
        monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert look_up() is None


def test_a_link_is_not_followed(folder: Path) -> None:
    cache.keep("kind", "key", cache.pickled(VALUE))
    file = the_entry(folder)
    elsewhere = folder.parent / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)

    assert look_up() is None


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path) -> None:
    folder.write_text("a file where the folder should be", encoding="utf-8")
    cache.keep("kind", "key", cache.pickled(VALUE))

    assert look_up() is None


def test_a_user_without_a_home_does_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME")

    def no_home(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", no_home)
    cache.keep("kind", "key", cache.pickled(VALUE))

    assert look_up() is None
    assert not folder.exists()


def test_a_folder_that_others_may_write_to_is_not_written_to(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    cache.keep("kind", "key", cache.pickled(VALUE))

    assert list(folder.iterdir()) == []


def test_the_oldest_entries_of_a_kind_go(folder: Path) -> None:
    cache.keep("other", "key", b"other")
    for number in range(6):
        cache.keep("kind", str(number), b"content")
        os.utime(folder / f"kind-{number}.bin", ns=(number, number))

    left = {file.name for file in folder.iterdir()}
    assert left == {"other-key.bin", *(f"kind-{number}.bin" for number in range(2, 6))}


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize(
    "harmful",
    [
        pickle.dumps(Harmful()),
        b"cknowledge.cache\nos.system\n(S'true'\ntR.",
        b"\x80\x04\x8c\x0fknowledge.cache\x8c\tos.system\x93\x8c\x04true\x85R.",
        b"cknowledge.cache\ndigest\n((ltR.",
        b"cbuiltins\neval\n(S'1'\ntR.",
    ],
)
def test_a_pickle_names_no_function(harmful: bytes) -> None:
    with pytest.raises(cache.BrokenEntryError):
        cache.restored(harmful)
