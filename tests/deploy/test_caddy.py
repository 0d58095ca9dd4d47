"""Caddy with the Caddyfile, before a server that tells what it was asked."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from tests.storage.servers import Server, free_port, program

CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"


async def tell(request: web.Request) -> web.Response:
    told = {
        name: request.headers.getall(name, []) for name in ("Host", "X-Forwarded-For", "X-Forwarded-Proto")
    }
    return web.json_response({**told, "path": request.path_qs, "body": await request.text()})


def accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


@pytest.fixture
async def site(
    aiohttp_server: Callable[[web.Application], Awaitable[TestServer]], tmp_path: Path
) -> AsyncIterator[ClientSession]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", tell)
    upstream = await aiohttp_server(app)
    port = free_port()
    caddy = Server(
        [str(program("caddy", "caddy")), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"],
        lambda: accepts(port),
        env={
            "SITE": f"http://127.0.0.1:{port}",
            "UPSTREAM": f"127.0.0.1:{upstream.port}",
            "HOME": str(tmp_path),
        },
    )
    caddy.start()
    try:
        async with ClientSession(f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        caddy.stop()


@pytest.mark.parametrize("name", ["bot.example.cn", ":80"])
def test_caddy_understands_every_line(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [program("caddy", "caddy"), "validate", "--config", CADDYFILE, "--adapter", "caddyfile"],
        env={"SITE": name, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


async def test_a_request_goes_to_the_bot_unchanged(site: ClientSession) -> None:
    async with site.post("/wechat?signature=a&openid=b%2Bc", data="<xml>医保</xml>".encode()) as response:
        told = await response.json()

    assert told["path"] == "/wechat?signature=a&openid=b%2Bc"
    assert told["body"] == "<xml>医保</xml>"
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_nobody_gives_himself_another_address(site: ClientSession) -> None:
    async with site.get("/", headers={"X-Forwarded-For": "192.0.2.1"}) as response:
        assert (await response.json())["X-Forwarded-For"] == ["127.0.0.1"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/METRICS", "/%6detrics"])
async def test_probes_and_metrics_are_not_for_the_public(path: str, site: ClientSession) -> None:
    async with site.get(path) as response:
        assert response.status == 404
        assert await response.read() == b""
