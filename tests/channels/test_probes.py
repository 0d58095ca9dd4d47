"""The metrics, the log and the request's id over a real server: what they tell, and what they never do."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from bot.app import build_app
from bot.channels.guard import AccessLog
from bot.config import Config
from bot.core import Core
from bot.logs import JsonLines, TextLines

Client = TestClient[Any, Any]
MakeClient = Callable[..., Awaitable[Client]]

SECRET = "13800138000"
PROXY_ID = "5f0c9b6e-7d5a-4a53-9f0e-2f6a4f1f7a11"


@pytest.fixture
async def client(aiohttp_client: MakeClient, tmp_path: Path, core: Core) -> Client:
    server = TestServer(build_app(Config(data_dir=tmp_path), core))
    await server.start_server(access_log_class=AccessLog)
    return await aiohttp_client(server)


async def numbers(client: Client) -> dict[str, float]:
    """Give the metrics, each by its name and labels."""
    response = await client.get("/metrics")
    assert response.status == 200
    assert response.content_type == "text/plain"
    return {
        " ".join((sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items())))): (
            sample.value
        )
        for family in text_string_to_metric_families(await response.text())
        for sample in family.samples
    }


async def chat(client: Client, text: str, **fields: object) -> None:
    response = await client.post("/api/chat", json={"user": SECRET, "text": text, **fields})
    assert response.status == 200


async def test_messages_are_counted_by_channel_kind_and_region_with_their_time(client: Client) -> None:
    before = await numbers(client)
    await chat(client, "孩子的医保一年交多少钱", region="datong")
    await chat(client, "支付宝咋激活电子凭证", region="datong")
    await chat(client, "今天天气怎么样")
    after = await numbers(client)

    def grown(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert grown("yibao_messages_total channel=http kind=answer region=datong") == 1
    assert grown("yibao_messages_total channel=http kind=decline region=datong") == 2
    assert grown("yibao_declines_total reason=gap") == 1
    assert grown("yibao_declines_total reason=out of scope") == 1
    assert grown("yibao_answer_seconds_count channel=http") == 3
    assert grown("yibao_http_requests_total method=POST route=/api/chat status=200") == 3
    assert after["yibao_backend_away backend=state"] == 0


async def test_no_metric_tells_who_or_what(client: Client) -> None:
    await chat(client, f"我的电话{SECRET}，某某某某")
    await client.get(f"/{SECRET}?q={SECRET}")
    await client.request("PROPFIND", "/")
    await client.post(f"/api/chat?{SECRET}", data=SECRET)

    told = await (await client.get("/metrics")).text()
    assert SECRET not in told
    assert "某" not in told
    assert 'method="other"' in told


async def test_a_well_formed_id_of_a_proxy_is_kept_and_any_other_is_replaced(client: Client) -> None:
    async def answered(given: str) -> str:
        return (await client.get("/healthz", headers={"X-Request-ID": given})).headers["X-Request-ID"]

    for given in (PROXY_ID, "a" * 20, "b" * 64):
        assert await answered(given) == given
    for given in ("", "a" * 19, "a" * 65, "110101199003078515", f"{'a' * 20} b", f"{'a' * 20}<b>"):
        made = await answered(given)
        assert made != given
        assert len(made) == 32
    assert await answered("") != await answered("")
    assert "X-Request-ID" in (await client.get("/nowhere")).headers


async def test_the_log_tells_the_request_and_nothing_of_what_was_sent(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(JsonLines())
    await client.post(
        f"/api/chat?q={SECRET}",
        json={"user": SECRET, "text": f"我的电话{SECRET}，住院报多少"},
        headers={"X-Request-ID": PROXY_ID},
    )
    await client.post("/api/chat", data=f"{SECRET}")

    lines = [json.loads(line) for line in caplog.text.splitlines()]
    (access,) = [line for line in lines if line.get("request_id") == PROXY_ID and "status" in line]
    assert (access["method"], access["path"], access["status"]) == ("POST", "/api/chat", 200)
    assert access["level"] == "info"
    assert access["time"].endswith("+08:00")
    assert SECRET not in caplog.text
    assert "住院" not in caplog.text


def test_a_traceback_stays_within_its_line() -> None:
    try:
        raise ValueError("no such level")  # noqa: TRY301  # a real one, with its traceback
    except ValueError:
        record = logging.LogRecord("bot", logging.ERROR, "f", 1, "what %s", ("now",), sys.exc_info())

    told = JsonLines().format(record)

    assert "\n" not in told
    assert json.loads(told)["message"] == "what now"
    assert "no such level" in json.loads(told)["exception"]
    assert TextLines().format(record).splitlines()[0].endswith("ERROR bot: what now")
