from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.clock import CHINA
from bot.desk import LONGEST_ENTRY, PLEASE_SEND_NO_NUMBERS, Desk
from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.message import Message, UnavailableError
from bot.storage.backends import Storage, storage
from bot.storage.protocols import StorageError, Turn

NOW = datetime(2024, 10, 1, 0, 30, tzinfo=CHINA)


class Counting(Assistant):
    """Stands in for the core: counts a user's messages in the session, and notes what it was given."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, date, str | None]] = []

    def reply(
        self, session: Session, text: str, *, today: date, preset: str | None = None
    ) -> tuple[Session, Reply]:
        self.heard.append((text, today, preset))
        count = int(session.topic or "0") + 1
        return Session(topic=str(count)), Reply(
            text=f"第{count}条", kind="answer", topic="premium", region="datong"
        )


def content(folder: Path) -> bytes:
    """Return all bytes of the files that the bot keeps in a folder."""
    return b"".join(path.read_bytes() for path in folder.glob("bot.db*"))


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Storage]:
    kept = storage("sqlite:bot.db", "sqlite:bot.db", tmp_path)
    await kept.state.open()
    await kept.journal.open()
    yield kept
    await kept.journal.close()
    await kept.state.close()


@pytest.fixture
def core() -> Counting:
    return Counting()


@pytest.fixture
def desk(core: Counting, kept: Storage) -> Desk:
    return Desk(core, kept.state, kept.journal, key=b"k" * 32, clock=lambda: NOW)


async def test_a_chat_goes_on_where_it_was(desk: Desk) -> None:
    texts = [(await desk.answer(Message("http", user, "在吗"))).text for user in ("a", "a", "b", "a")]

    assert texts == ["第1条", "第2条", "第1条", "第3条"]


async def test_the_same_name_on_two_channels_is_two_users(desk: Desk) -> None:
    await desk.answer(Message("http", "a", "在吗"))

    assert (await desk.answer(Message("wechat", "a", "在吗"))).text == "第1条"


async def test_messages_of_one_user_at_once_are_each_counted(desk: Desk, kept: Storage) -> None:
    replies = await asyncio.gather(*(desk.answer(Message("http", "a", str(n))) for n in range(100)))

    assert [reply.text for reply in replies] == [f"第{n}条" for n in range(1, 101)]
    turns = await kept.journal.turns(limit=1_000)
    assert [turn.asked for turn in reversed(turns)] == [str(n) for n in range(100)]


async def test_the_core_is_told_the_day_in_china_and_the_preset(desk: Desk, core: Counting) -> None:
    await desk.answer(Message("http", "a", "在吗", region="wendeng"))

    assert core.heard == [("在吗", date(2024, 10, 1), "wendeng")]


async def test_a_turn_is_journaled_with_a_pseudonym(desk: Desk, kept: Storage) -> None:
    await desk.answer(Message("http", "13800138000", "要交多少钱"))

    (turn,) = await kept.journal.turns()
    assert (turn.at, turn.channel, turn.kind) == (NOW, "http", "answer")
    assert (turn.region, turn.topic, turn.asked, turn.answered) == (
        "datong",
        "premium",
        "要交多少钱",
        "第1条",
    )
    assert "13800138000" not in turn.user


async def test_feedback_is_kept_with_the_turn_that_the_reply_names(desk: Desk, kept: Storage) -> None:
    reply = await desk.answer(Message("http", "a", "要交多少钱"))
    assert reply.turn is not None

    await desk.rate("http", "a", reply.turn, "down", "我的电话13800138000，数不对")

    (turn,), (feedback,) = await kept.journal.turns(), await kept.journal.feedback()
    assert (feedback.turn, feedback.user) == (turn.id, turn.user) == (reply.turn, desk.name("http", "a"))
    assert (feedback.at, feedback.verdict, feedback.reason) == (NOW, "down", "我的电话***，数不对")


async def test_personal_numbers_reach_neither_core_nor_journal(
    desk: Desk, core: Counting, kept: Storage
) -> None:
    reply = await desk.answer(Message("http", "a", "我110101199003071234交了没"))

    assert reply.text == f"第1条\n{PLEASE_SEND_NO_NUMBERS}"
    assert core.heard[0][0] == "我***交了没"
    assert (await kept.journal.turns())[0].asked == "我***交了没"


async def test_no_file_holds_the_number_or_the_user(desk: Desk, tmp_path: Path) -> None:
    await desk.answer(Message("http", "openid-of-a-person", "电话13800138000"))

    stored = content(tmp_path)
    assert b"***" in stored
    assert b"13800138000" not in stored
    assert b"openid-of-a-person" not in stored


async def test_the_journal_keeps_the_beginning_of_a_very_long_message(desk: Desk, kept: Storage) -> None:
    await desk.answer(Message("http", "a", "长" * 20_000))

    assert (await kept.journal.turns())[0].asked == "长" * LONGEST_ENTRY


async def test_a_session_that_cannot_be_read_is_begun_anew(desk: Desk, kept: Storage) -> None:
    await desk.answer(Message("http", "a", "在吗"))
    (turn,) = await kept.journal.turns()
    await kept.state.save(turn.user, '{"of": "another version"}')

    assert (await desk.answer(Message("http", "a", "在吗"))).text == "第1条"


async def test_a_message_that_is_repeated_is_answered_alike_and_is_one_turn(
    desk: Desk, kept: Storage
) -> None:
    await desk.answer(Message("wechat", "a", "在吗", id="1"))
    replies = [await desk.answer(Message("wechat", "a", "在吗", id="2")) for _ in range(2)]

    assert [reply.text for reply in replies] == ["第2条", "第2条"]
    assert len(await kept.journal.turns()) == 2
    assert (await desk.answer(Message("wechat", "a", "谢谢", id="2"))).text == "第3条"


async def test_a_repeat_after_a_crash_between_journal_and_state_is_one_turn(
    desk: Desk, kept: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(user: str, session: str) -> None:
        raise StorageError(f"{user} {len(session)}")

    with monkeypatch.context() as patched:
        patched.setattr(kept.state, "save", crash)
        await desk.answer(Message("wechat", "a", "在吗", id="1"))

    assert (await desk.answer(Message("wechat", "a", "在吗", id="1"))).text == "第1条"
    assert len(await kept.journal.turns()) == 1


async def test_a_journal_that_fails_costs_no_reply(
    desk: Desk, kept: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(turn: Turn) -> None:
        raise StorageError(f"no place for {turn.kind}")

    monkeypatch.setattr(kept.journal, "append", fail)

    assert (await desk.answer(Message("http", "a", "在吗"))).text == "第1条"
    assert "a turn is not in the journal: no place for answer" in caplog.text


async def test_a_forgotten_user_begins_anew(desk: Desk) -> None:
    await desk.answer(Message("http", "a", "在吗"))

    await desk.forget("http", "a")

    assert (await desk.answer(Message("http", "a", "在吗"))).text == "第1条"


async def test_a_user_who_cannot_be_forgotten_now_is_told_so(core: Counting, tmp_path: Path) -> None:
    closed = storage("sqlite:bot.db", "sqlite:bot.db", tmp_path)

    with pytest.raises(UnavailableError, match="is not open"):
        await Desk(core, closed.state, closed.journal, key=b"k" * 32).forget("http", "a")
