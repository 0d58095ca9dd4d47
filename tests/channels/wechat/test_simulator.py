"""`yibao simulate` against a running server, and what it finds wrong with others."""

from __future__ import annotations

import argparse
import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from pytest_aiohttp.plugin import AiohttpServer

from bot import cli, wechat_commands
from bot.app import STORAGE, build_app
from bot.channels.wechat.simulator import Credentials, SimulationError, Simulator
from bot.cli import main
from bot.config import Config
from bot.core import Core
from tests.channels.wechat.peer import APP_ID, ENCODED_KEY, KEY

SETTINGS = {
    "wechat_token": "token",
    "wechat_region": "datong",
    "wechat_accounts": {"secure": {"token": "t", "app_id": APP_ID, "aes_key": ENCODED_KEY}},
    "wecom_accounts": {"office": {"token": "t", "corp_id": "ww1", "aes_key": ENCODED_KEY}},
}
PATHS = ["/wechat", "/wechat/secure", "/wecom/office"]

Serve = Callable[[], Awaitable[tuple[Config, str, web.Application]]]


@pytest.fixture
def serve(aiohttp_server: AiohttpServer, tmp_path: Path, core: Core) -> Serve:
    async def begin() -> tuple[Config, str, web.Application]:
        config = Config.model_validate({"data_dir": tmp_path} | SETTINGS)
        app = build_app(config, core)
        server = await aiohttp_server(app)
        return config, str(server.make_url("")).rstrip("/"), app

    return begin


async def talk(config: Config, address: str, path: str, *lines: str) -> int:
    simulator = Simulator(address + path, wechat_commands._credentials(config, path))
    return await wechat_commands._talk(simulator, lines)


@pytest.mark.parametrize("path", PATHS)
async def test_an_operator_tries_the_whole_way(
    serve: Serve, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config, address, app = await serve()
    lines = (
        "",
        "大同孩子的医保一年交多少钱",
        "/again",
        "/voice 微信怎么交",
        "/location 山西省大同市平城区",
        "/image",
        "/click premium",
        "/scan datong",
        "/subscribe datong",
        "/subscribe",
        "/unsubscribe",
        "/nothing",
        "/quit",
        "不会发出去",
    )

    assert await talk(config, address, path, *lines) == 0

    said = capsys.readouterr().out
    assert said.startswith("地址验证通过\n")
    assert said.count("350 元") >= 4
    assert "weixin://" not in said
    assert "（不回复）" in said
    assert wechat_commands.HELP in said
    turns = await app[STORAGE].journal.turns()
    assert [turn.asked for turn in turns].count("大同孩子的医保一年交多少钱") == 1


@pytest.mark.parametrize("path", PATHS)
async def test_odd_requests_are_all_handled_right(
    serve: Serve, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config, address, _ = await serve()

    assert await talk(config, address, path, "/odd") == 0

    found = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("对", "不对"))]
    assert len(found) == (13 if path == "/wechat" else 16)
    assert all(line.startswith("对 ") for line in found)


async def test_a_wrong_token_is_found(serve: Serve) -> None:
    config, address, _ = await serve()
    simulator = Simulator(f"{address}/wechat", Credentials("other", ""))

    with pytest.raises(SimulationError, match="没有通过地址验证"):
        await wechat_commands._talk(simulator, [])
    assert config.wechat_token


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/wechat",
        "http://example.org/wechat",
        "http://127.0.0.1.example.org/wechat",
        "http://localhost@example.org/wechat",
        "http://10.0.0.1/wechat",
        "127.0.0.1/wechat",
        "",
    ],
)
def test_only_this_machine_is_simulated_to(address: str) -> None:
    with pytest.raises(SimulationError, match="not on this machine"):
        Simulator(address, Credentials("t", ""))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_this_machine_has_several_names(host: str) -> None:
    Simulator(f"http://{host}:8080/wechat", Credentials("t", ""))


async def peer(start: AiohttpServer, answer: Callable[[web.Request], Awaitable[web.Response]]) -> str:
    app = web.Application()
    app.router.add_route("*", "/wechat", answer)
    return str((await start(app)).make_url("/wechat"))


async def test_a_slow_server_is_asked_three_times(aiohttp_server: AiohttpServer) -> None:
    asked = []

    async def slow(request: web.Request) -> web.Response:
        asked.append((dict(request.query), await request.read()))
        if len(asked) % 3:
            await asyncio.sleep(0.5)
        return web.Response(text="success")

    async with Simulator(await peer(aiohttp_server, slow), Credentials("t", ""), wait=0.1) as simulator:
        outcome = await simulator.send(simulator.text("你好"))

    assert outcome.attempts == 3
    assert "第 3 次" in str(outcome)
    assert asked[0] == asked[1] == asked[2]


async def test_a_server_that_never_answers_is_what_the_user_would_see(aiohttp_server: AiohttpServer) -> None:
    async def never(_: web.Request) -> web.Response:
        await asyncio.sleep(1)
        raise AssertionError

    async with Simulator(await peer(aiohttp_server, never), Credentials("t", ""), wait=0.05) as simulator:
        with pytest.raises(SimulationError, match="该公众号提供的服务出现故障"):
            await simulator.send(simulator.text("你好"))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("<xml>", "格式不对"),
        ("<xml><Content>x</Content></xml>", "格式不对"),
        (
            "<xml><Encrypt>x</Encrypt><MsgSignature>x</MsgSignature><TimeStamp>1</TimeStamp><Nonce>1</Nonce></xml>",
            "签名不对",
        ),
    ],
)
async def test_an_answer_that_wechat_would_not_take_is_found(
    aiohttp_server: AiohttpServer, answer: str, message: str
) -> None:
    async def odd(_: web.Request) -> web.Response:
        return web.Response(text=answer)

    async with Simulator(await peer(aiohttp_server, odd), Credentials("t", "wx", KEY)) as simulator:
        with pytest.raises(SimulationError, match=message):
            await simulator.send(simulator.text("你好"))


async def test_a_server_that_breaks_is_found_odd(
    aiohttp_server: AiohttpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    async def breaks(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.Response(text=request.query["echostr"])
        return web.Response(status=500)

    simulator = Simulator(await peer(aiohttp_server, breaks), Credentials("t", ""))

    assert await wechat_commands._talk(simulator, ["/odd", "你好"]) == 1
    said = capsys.readouterr().out
    assert "不对  空的：500" in said
    assert "[500，" in said


async def test_a_redirect_is_not_followed(aiohttp_server: AiohttpServer) -> None:
    async def leads_away(_: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:9/")

    async with Simulator(await peer(aiohttp_server, leads_away), Credentials("t", "")) as simulator:
        assert (await simulator.send(simulator.text("你好"))).status == 302


async def test_a_handover_is_told(aiohttp_server: AiohttpServer) -> None:
    async def hands_over(_: web.Request) -> web.Response:
        return web.Response(
            text="<xml><MsgType>transfer_customer_service</MsgType><TransInfo><KfAccount>kf1</KfAccount></TransInfo></xml>"
        )

    async with Simulator(await peer(aiohttp_server, hands_over), Credentials("t", "")) as simulator:
        assert "（转给人工客服 kf1）" in str(await simulator.send(simulator.text("人工")))


# --- from the command line --------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Config.model_fields:
        monkeypatch.delenv(f"YIBAO_{name.upper()}", raising=False)


def test_without_a_server_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YIBAO_WECHAT_TOKEN", "t")
    monkeypatch.setattr("sys.stdin", io.StringIO("你好\n"))

    assert main(["simulate", "http://127.0.0.1:9/wechat"]) == 1
    assert "没有应答" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (("t", "http://example.org/wechat"), (1, "not on this machine")),
        (("t", "http://127.0.0.1:9/wechat/x"), (2, "there is no account /wechat/x; there are: /wechat")),
        (("", "http://127.0.0.1:9/wechat"), (2, "no account is configured")),
    ],
)
def test_what_it_cannot_do_is_said(
    settings: tuple[str, str],
    expected: tuple[int, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("YIBAO_WECHAT_TOKEN", settings[0])

    assert main(["simulate", settings[1]]) == expected[0]
    assert expected[1] in capsys.readouterr().err


def test_at_a_terminal_it_shows_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("你好\n"))

    assert list(wechat_commands._lines()) == ["你好"]
    assert capsys.readouterr().out.count("> ") == 2


def parsed(*words: str) -> argparse.Namespace:
    return cli._parser().parse_args(words)


def test_the_address_is_that_of_the_settings_where_none_is_given() -> None:
    assert parsed("simulate").address is None
