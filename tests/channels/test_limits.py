"""The limits of the API over real servers, and the address that a request comes from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, make_mocked_request
from multidict import CIMultiDict

from bot.app import STORAGE, build_app
from bot.channels.addresses import address_of
from bot.config import Config
from bot.core import Core
from bot.storage.protocols import AwayError

Client = TestClient[Any, Any]
MakeClient = Callable[..., Awaitable[Client]]


async def sent(client: Client, user: str = "u", **headers: str) -> int:
    response = await client.post("/api/chat", json={"user": user, "text": "在吗"}, headers=headers)
    return response.status


def config(folder: Path, **settings: object) -> Config:
    return Config.model_validate({"data_dir": folder, **settings})


async def test_a_user_who_asks_too_much_is_told_when_to_go_on(
    aiohttp_client: MakeClient, tmp_path: Path, core: Core
) -> None:
    client = await aiohttp_client(build_app(config(tmp_path, user_limit=3), core))
    assert [await sent(client) for _ in range(3)] == [200] * 3

    response = await client.post("/api/chat", json={"user": "u", "text": "在吗"})

    assert response.status == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 20
    error = (await response.json())["error"]
    assert error["code"] == "too_many_requests"
    assert f"请等 {response.headers['Retry-After']} 秒" in error["message"]
    assert await sent(client, "another") == 200
    assert len(await client.app[STORAGE].journal.turns()) == 4


async def test_workers_that_share_a_state_share_the_limits(
    aiohttp_client: MakeClient, tmp_path: Path, core: Core
) -> None:
    clients = [await aiohttp_client(build_app(config(tmp_path, address_limit=10), core)) for _ in range(2)]

    statuses = [await sent(clients[number % 2], str(number)) for number in range(14)]

    assert statuses.count(200) in (10, 11)  # one may have grown back meanwhile
    assert set(statuses[-3:]) == {429}
    assert (await clients[0].get("/api/regions")).status == 200
    calculation = {"region": "datong", "calculator": "premium", "inputs": {}}
    assert (await clients[1].post("/api/calculate", json=calculation)).status == 429


async def test_by_default_a_score_run_or_a_school_behind_one_address_is_not_held_up(
    aiohttp_client: MakeClient, tmp_path: Path, core: Core
) -> None:
    client = await aiohttp_client(build_app(config(tmp_path), core))

    statuses = await asyncio.gather(*(sent(client, f"parent {number}") for number in range(300)))

    assert set(statuses) == {200}


async def test_limits_of_nought_are_none(aiohttp_client: MakeClient, tmp_path: Path, core: Core) -> None:
    client = await aiohttp_client(build_app(config(tmp_path, user_limit=0, address_limit=0), core))

    assert {await sent(client) for _ in range(130)} == {200}


async def test_only_a_trusted_proxy_may_name_the_address(
    aiohttp_client: MakeClient, tmp_path: Path, core: Core
) -> None:
    alone = await aiohttp_client(build_app(config(tmp_path / "a", address_limit=1), core))
    behind = await aiohttp_client(
        build_app(config(tmp_path / "b", address_limit=1, trusted_proxies="127.0.0.1, 10.0.0.0/8"), core)
    )

    assert [await sent(alone, **{"X-Forwarded-For": f"203.0.113.{host}"}) for host in range(2)] == [200, 429]
    assert [await sent(behind, **{"X-Forwarded-For": f"203.0.113.{host}"}) for host in range(2)] == [200, 200]
    assert await sent(behind, **{"X-Forwarded-For": "198.51.100.9, 203.0.113.1, 10.1.2.3"}) == 429


TRUSTED = "192.0.2.1,10.0.0.0/8,2001:db8:1::/48"


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", "198.51.100.1"),
        ("192.0.2.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        ("192.0.2.1", "1.1.1.1, 198.51.100.1, 10.9.8.7", "198.51.100.1"),
        ("192.0.2.1", "nonsense", "192.0.2.1"),
        ("192.0.2.1", "nonsense, 10.9.8.7", "10.9.8.7"),
        ("192.0.2.1", "198.51.100.1:4711", "198.51.100.1"),
        ("192.0.2.1", "[2001:db8:9:9::1]:4711", "2001:db8:9:9::/64"),
        ("2001:db8:1::7", "::ffff:198.51.100.1", "198.51.100.1"),
        ("2001:db8:2:3:4:5:6:7", None, "2001:db8:2:3::/64"),
        ("::ffff:192.0.2.1", "198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", "unknown"),
    ],
)
def test_the_address_is_the_first_that_is_no_proxy(
    remote: str, forwarded: str | None, address: str, tmp_path: Path
) -> None:
    headers = CIMultiDict({} if forwarded is None else {"X-Forwarded-For": forwarded})
    request = make_mocked_request("POST", "/api/chat", headers=headers).clone(remote=remote)

    assert address_of(request, config(tmp_path, trusted_proxies=TRUSTED).trusted_proxies) == address


async def test_while_the_state_is_away_limits_hold_in_each_process(
    aiohttp_client: MakeClient, tmp_path: Path, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await aiohttp_client(build_app(config(tmp_path, user_limit=2), core))

    async def away(*_: object) -> float:
        raise AwayError("gone fishing")

    monkeypatch.setattr(client.app[STORAGE].state._state, "admit", away)

    assert [await sent(client) for _ in range(4)] == [200, 200, 429, 429]
