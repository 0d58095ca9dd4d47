"""Passwords of the console: a hash tells nobody the password, and a damaged one is refused."""

from __future__ import annotations

import pytest

from bot.passwords import Password, PasswordError, is_hash


def test_a_hash_knows_its_password_and_no_other() -> None:
    written = str(Password.of("大同医保2026"))

    assert is_hash(written)
    assert "大同" not in written
    assert Password.read(written).is_("大同医保2026")
    assert not Password.read(written).is_("大同医保2025")
    assert not Password.read(written).is_("")


def test_two_hashes_of_one_password_differ() -> None:
    assert str(Password.of("same")) != str(Password.of("same"))


def test_a_setting_in_plain_text_is_the_password_itself() -> None:
    assert Password.read("zum probieren").is_("zum probieren")


@pytest.mark.parametrize(
    "setting",
    [
        "scrypt:",
        "scrypt:32768:8:3:short:short",
        "scrypt:32769:8:3:" + "a" * 22 + ":" + "b" * 43,
        "scrypt:0:8:3:" + "a" * 22 + ":" + "b" * 43,
        "scrypt:4194304:64:3:" + "a" * 22 + ":" + "b" * 43,
        "scrypt:32768:8:3:" + "a" * 22 + ":" + "b" * 44,
    ],
)
def test_what_begins_like_a_hash_must_be_one(setting: str) -> None:
    with pytest.raises(PasswordError):
        Password.read(setting)
