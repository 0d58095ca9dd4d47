from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.channels.wechat.menu import BUTTONS, menu
from bot.channels.wechat.phrases import KnowledgePhrases
from bot.cli import main
from bot.config import Config
from bot.core import Core
from tests.channels.wechat.fake_wechat import SECRET, FakeWeChat
from tests.channels.wechat.peer import APP_ID

REGIONS = ["datong", "dianjiang", "liaocheng", "shenzhen", "wendeng", None]


@pytest.mark.parametrize("region", REGIONS)
def test_the_menu_leads_to_topics_that_are_answered(core: Core, region: str | None) -> None:
    phrases = KnowledgePhrases(core.knowledge)

    buttons = menu(core.knowledge, region)["button"]

    assert 2 <= len(buttons) <= 3
    for button in buttons:
        assert len(button["name"].encode()) <= 16
        assert 1 <= len(button["sub_button"]) <= 5
        for entry in button["sub_button"]:
            assert entry["type"] == "click"
            assert phrases.for_menu(entry["key"]) == entry["name"]
            assert region is None or entry["key"] in core.knowledge.regions[region].answers


def test_the_topics_of_the_menu_are_those_of_the_national_list(core: Core) -> None:
    assert {topic for topics in BUTTONS.values() for topic in topics} <= core.knowledge.national.topics.keys()


def test_a_document_that_answers_nothing_has_no_menu(core: Core) -> None:
    region = replace(core.knowledge.regions["datong"], answers={})
    knowledge = replace(core.knowledge, regions={"datong": region})

    assert menu(knowledge, "datong") == {"button": []}


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def fake() -> Iterator[tuple[FakeWeChat, str]]:
    """A fake WeChat in a thread of its own: the command has its own loop."""
    wechat, loop = FakeWeChat(), asyncio.new_event_loop()
    server = TestServer(wechat.app())
    loop.run_until_complete(server.start_server())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield wechat, str(server.make_url("")).rstrip("/")
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(server.close())
    loop.close()


@pytest.fixture
def file(tmp_path: Path, fake: tuple[FakeWeChat, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Config.model_fields:
        monkeypatch.delenv(f"YIBAO_{name.upper()}", raising=False)
    one = f"token: t, app_id: {APP_ID}, app_secret: {SECRET}, api: '{fake[1]}'"
    written = tmp_path / "yibao.yaml"
    written.write_text(
        f"wechat_accounts:\n  north: {{{one}, region: datong}}\n"
        "  south: {token: t, region: shenzhen}\n  nowhere: {token: t, region: atlantis}\n",
        encoding="utf-8",
    )
    return written


def run(file: Path, action: str, account: str | None) -> int:
    chosen = [] if account is None else ["--account", account]
    return main(["menu", action, "--config", str(file), *chosen])


def test_show_prints_what_push_sets(
    file: Path, fake: tuple[FakeWeChat, str], capsys: pytest.CaptureFixture[str], core: Core
) -> None:
    assert run(file, "show", "/wechat/north") == 0
    shown = json.loads(capsys.readouterr().out)
    assert run(file, "push", "/wechat/north") == 0

    assert fake[0].menu == shown == menu(core.knowledge, "datong")
    assert "is set" in capsys.readouterr().out


def test_what_wechat_refuses_is_told(
    file: Path, fake: tuple[FakeWeChat, str], capsys: pytest.CaptureFixture[str]
) -> None:
    fake[0].listed = False

    assert run(file, "push", "/wechat/north") == 1

    told = capsys.readouterr().err
    assert "40164" in told
    assert "IP白名单" in told
    assert SECRET not in told


@pytest.mark.parametrize(
    ("action", "account", "message"),
    [
        ("push", "/wechat/south", "takes the account's app_secret"),
        ("show", None, "which account? --account one of /wechat/north, /wechat/south"),
        ("show", "/wechat/west", "there is no account /wechat/west"),
        ("show", "/wechat/nowhere", "there is no region atlantis"),
    ],
)
def test_what_cannot_be_done_is_said(
    file: Path, action: str, account: str | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(file, action, account) == 2
    assert message in capsys.readouterr().err


def test_the_only_account_needs_no_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YIBAO_WECHAT_TOKEN", "t")

    assert main(["menu", "show"]) == 0
    assert json.loads(capsys.readouterr().out)["button"]
