from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.accounts import CorpApp, OfficialAccount
from bot.app import KEY_FILE
from bot.cli import main
from bot.config import Config
from bot.forgetting import forget
from bot.storage.backends import SPOOL_FOLDER, storage
from bot.storage.protocols import Feedback, Turn
from bot.storage.pseudonyms import own_key, pseudonym
from bot.storage.spool import SpoolFile

ACCOUNT = OfficialAccount(token=SecretStr("token"))
APP = CorpApp(token=SecretStr("token"), corp_id="ww1", aes_key=SecretStr("k" * 43))


def known_as(user: str) -> list[tuple[str, str]]:
    """Give the names by which the desk knows a user of each channel."""
    return [
        ("http", user),
        ("wechat", f"wechat:{user}"),
        ("wechat", f"wechat/b:{user}"),
        ("wecom", f"wecom/c:{user}"),
    ]


async def fill(config: Config) -> None:
    """Keep a chat, a turn and a held answer of two users for each channel."""
    kept = storage(config.state_url, config.journal_url, config.data_dir)
    key = own_key(config.data_dir / KEY_FILE)
    await kept.state.open()
    await kept.journal.open()
    for user in ("openid", "another"):
        for channel, name in known_as(user):
            await kept.state.save(pseudonym(key, channel, name), "{}")
            await kept.journal.append(turn(pseudonym(key, channel, name)))
            await kept.journal.rate(feedback(pseudonym(key, channel, name)))
            await kept.state.hold(pseudonym(key, channel, name), ["其余"], 3600)
    await kept.journal.close()
    await kept.state.close()


def turn(name: str, number: int = 1) -> Turn:
    return Turn(f"{name}{number}", datetime.now(UTC), "http", name, None, None, "chat", "在吗", "在的")


def feedback(name: str) -> Feedback:
    return Feedback(f"{name}1", name, datetime.now(UTC), "down", "没说到点子上")


async def test_nothing_is_left_of_one_user_and_all_of_the_others(tmp_path: Path) -> None:
    config = Config(
        data_dir=tmp_path,
        wechat_token=SecretStr("token"),
        wechat_accounts={"b": ACCOUNT},
        wecom_accounts={"c": APP},
    )
    await fill(config)
    key = own_key(tmp_path / KEY_FILE)
    left = SpoolFile.new(tmp_path / SPOOL_FOLDER)
    left.write(turn(pseudonym(key, "http", "openid"), 2))
    left.close()

    assert await forget(config, "openid") == 5

    kept = storage(config.state_url, config.journal_url, tmp_path)
    await kept.state.open()
    await kept.journal.open()
    names = {user: pseudonym(key, "http", user) for user in ("openid", "another")}
    assert [await kept.state.session(name) for name in names.values()] == [None, "{}"]
    for user, held in (("openid", None), ("another", "其余")):
        assert {await kept.state.take_held(pseudonym(key, *known)) for known in known_as(user)} == {held}
    others = {pseudonym(key, *known) for known in known_as("another")}
    assert {turn.user for turn in await kept.journal.turns()} == others
    assert {one.user for one in await kept.journal.feedback()} == others
    await kept.journal.close()
    await kept.state.close()


def test_the_command_tells_how_many_turns_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YIBAO_DATA_DIR", str(tmp_path))
    asyncio.run(fill(Config(data_dir=tmp_path)))

    assert main(["forget", "openid"]) == 0
    assert "1 turns" in capsys.readouterr().out
    assert main(["forget", "openid"]) == 0
    assert "0 turns" in capsys.readouterr().out


def test_a_backend_that_is_away_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YIBAO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("YIBAO_STATE_URL", "redis://127.0.0.1:1/0")

    assert main(["forget", "openid"]) == 1
    assert "redis://127.0.0.1:1/0 is out of reach" in capsys.readouterr().err
