"""The API over a real server: what it gives, and that no bad request brings it down."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bot.app import STORAGE, build_app
from bot.channels.guard import AccessLog
from bot.config import Config, ConfigError
from bot.core import Core

Client = TestClient[Any, Any]
MakeClient = Callable[..., Awaitable[Client]]

TOKEN = "a token of the api"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path)


@pytest.fixture
async def client(aiohttp_client: MakeClient, config: Config, core: Core) -> Client:
    return await aiohttp_client(build_app(config, core))


@pytest.fixture
async def guarded(aiohttp_client: MakeClient, config: Config, core: Core) -> Client:
    config = config.model_copy(update={"api_token": SecretStr(TOKEN)})
    return await aiohttp_client(build_app(config, core))


async def chat(client: Client, text: str, user: str = "u", **fields: object) -> dict[str, Any]:
    response = await client.post("/api/chat", json={"user": user, "text": text, **fields})
    assert response.status == 200, await response.text()
    answer: dict[str, Any] = await response.json()
    return answer


async def refused(response: ClientResponse, status: int, code: str) -> dict[str, Any]:
    """Check that a response is an error as all errors are; return it."""
    assert response.status == status, await response.text()
    assert response.content_type == "application/json"
    content = await response.json()
    assert set(content) == {"error"}
    error: dict[str, Any] = content["error"]
    assert error["code"] == code
    assert error["message"]
    return error


# --- chat -------------------------------------------------------------------------------------------------


async def test_a_question_is_answered(client: Client) -> None:
    answer = await chat(client, "孩子的医保一年交多少钱", region="datong")

    assert set(answer) == {
        "reply", "kind", "topic", "region", "options", "calculation", "sources", "turn",
    }  # fmt: skip
    assert "350" in answer["reply"]
    assert (answer["kind"], answer["region"]) == ("answer", "datong")
    assert set(answer["sources"][0]) == {"document", "clause", "year"}
    assert all(isinstance(option, str) for option in answer["options"])


async def test_a_chat_goes_on_and_users_are_kept_apart(client: Client) -> None:
    first = await chat(client, "孩子的医保一年交多少钱", user="a")
    other = await chat(client, "大同", user="b")
    second = await chat(client, "大同", user="a")

    assert first["kind"] == "clarify"
    assert "350" in second["reply"]
    assert "350" not in other["reply"]


async def test_the_longest_text_is_taken_however_it_is_encoded(client: Client) -> None:
    text = "医" * 20_000
    escaped = json.dumps({"user": "u", "text": text})
    plain = json.dumps({"user": "u", "text": text}, ensure_ascii=False)

    for body in (escaped, plain):
        response = await client.post("/api/chat", data=body.encode())
        assert response.status == 200


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "😀" * 500, "<img onerror=alert(1)>", "'; DROP TABLE turn; --"]
)
async def test_odd_texts_have_a_reply(text: str, client: Client) -> None:
    assert (await chat(client, text))["reply"]


async def test_turns_reach_the_journal(client: Client) -> None:
    await chat(client, "孩子的医保一年交多少钱，我电话13800138000", region="datong")

    (turn,) = await client.app[STORAGE].journal.turns()
    assert (turn.channel, turn.region, turn.kind) == ("http", "datong", "answer")
    assert "13800138000" not in turn.asked + turn.user


BAD_CHATS = [
    pytest.param(b"", 400, "bad_json", id="empty"),
    pytest.param(b"{", 400, "bad_json", id="cut off"),
    pytest.param(b"\xff\xfe", 400, "bad_json", id="not UTF-8"),
    pytest.param(b'{"user": "u", "text": "\\ud800"}', 400, "bad_json", id="half a character"),
    pytest.param(b"[" * 100_000, 400, "bad_json", id="nested deep"),
    pytest.param(b"[]", 422, "invalid_request", id="a list"),
    pytest.param(b"{}", 422, "invalid_request", id="nothing in it"),
    pytest.param(b'{"user": "u"}', 422, "invalid_request", id="no text"),
    pytest.param(b'{"text": "t"}', 422, "invalid_request", id="no user"),
    pytest.param(b'{"user": "", "text": "t"}', 422, "invalid_request", id="empty user"),
    pytest.param(b'{"user": 1, "text": "t"}', 422, "invalid_request", id="user a number"),
    pytest.param(b'{"user": "u", "text": null}', 422, "invalid_request", id="text null"),
    pytest.param(b'{"user": "u", "text": ["t"]}', 422, "invalid_request", id="text a list"),
    pytest.param(b'{"user": "u", "text": "t", "region": 3}', 422, "invalid_request", id="region a number"),
    pytest.param(
        b'{"user": "u", "text": "t", "region": "atlantis"}', 422, "unknown_region", id="unknown region"
    ),
    pytest.param(b'{"user": "%s", "text": "t"}' % (b"u" * 129), 422, "invalid_request", id="user too long"),
    pytest.param(
        b'{"user": "u", "text": "%s"}' % (b"t" * 20_001), 422, "invalid_request", id="text too long"
    ),
    pytest.param(b'{"user": "u", "text": "%s"}' % (b"t" * 1_000_000), 413, "too_large", id="a megabyte"),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD_CHATS)
async def test_a_bad_chat_request_is_refused_and_the_next_one_answered(
    body: bytes, status: int, code: str, client: Client
) -> None:
    await refused(await client.post("/api/chat", data=body), status, code)

    assert (await chat(client, "你好"))["reply"]


async def test_every_missing_field_is_named(client: Client) -> None:
    error = await refused(await client.post("/api/chat", json={}), 422, "invalid_request")

    assert [fault["field"] for fault in error["faults"]] == ["user", "text"]


async def test_a_body_that_is_not_what_its_encoding_says_is_refused(client: Client) -> None:
    response = await client.post("/api/chat", data=b"no gzip", headers={"Content-Encoding": "gzip"})

    await refused(response, 400, "bad_body")


async def test_a_compressed_megabyte_is_refused(client: Client) -> None:
    bomb = zlib.compress(b" " * 1_000_000)

    response = await client.post("/api/chat", data=bomb, headers={"Content-Encoding": "deflate"})

    await refused(response, 413, "too_large")


# --- regions and calculators ------------------------------------------------------------------------------


async def test_the_regions_are_told_with_document_and_calculators(client: Client) -> None:
    response = await client.get("/api/regions")

    regions = {region["id"]: region for region in (await response.json())["regions"]}
    assert set(regions) == {"datong", "liaocheng", "wendeng", "shenzhen", "dianjiang"}
    assert regions["datong"]["name"] == "大同市"
    assert regions["datong"]["document"]["title"]
    assert "inpatient" in regions["wendeng"]["calculators"]


async def test_calculators_describe_their_inputs(client: Client) -> None:
    response = await client.get("/api/regions/wendeng/calculators")

    calculators = {found["id"]: found for found in (await response.json())["calculators"]}
    schema = calculators["inpatient"]["inputs"]
    assert schema["type"] == "object"
    assert {"cost", "tier", "level"} <= set(schema["properties"])


async def test_the_calculators_of_an_unknown_region_are_not_found(client: Client) -> None:
    error = await refused(await client.get("/api/regions/atlantis/calculators"), 404, "unknown_region")

    assert "datong" in error["message"]


INPATIENT = {"cost": "50000", "tier": "two", "level": "l3"}


async def calculate(
    client: Client, inputs: object, region: str = "wendeng", name: str = "inpatient"
) -> ClientResponse:
    return await client.post("/api/calculate", json={"region": region, "calculator": name, "inputs": inputs})


async def test_a_calculation_shows_its_working(client: Client) -> None:
    response = await calculate(client, INPATIENT)

    result = await response.json()
    assert response.status == 200
    assert result["amounts"] == {"fund": "28560.00", "patient": "21440.00"}
    assert [(step["role"], step.get("of")) for step in result["steps"]] == [
        ("deductible", None),
        ("share", "39200.00"),
        ("share", "10000.00"),
    ]
    assert (result["region"], result["calculator"], result["inputs"]) == ("wendeng", "inpatient", INPATIENT)
    assert (result["told"], result["labels"]["patient"]) == (["fund", "patient"], "个人承担")
    assert all(set(source) == {"document", "clause", "year"} for source in result["sources"])


async def test_a_calculation_of_the_chat_can_be_worked_out_again_and_differently(client: Client) -> None:
    answer = await chat(client, "文登 二档 三级医院住院花了五万能报多少")
    told = answer["calculation"]
    assert told["sources"] == answer["sources"]

    again = await (await calculate(client, told["inputs"], told["region"], told["calculator"])).json()
    assert again["amounts"] == told["amounts"] == {"fund": "28560.00", "patient": "21440.00"}

    other = {**told["inputs"], "level": "l2"}
    differently = await (await calculate(client, other, told["region"], told["calculator"])).json()
    assert differently["amounts"]["fund"] == "32675.00"


async def test_a_comparison_of_the_chat_can_be_made_again(client: Client) -> None:
    told = (await chat(client, "垫江 一档二档 三级医院住院花了2万 分别报多少"))["calculation"]
    assert told["compare"] == "tier"

    again = await (await calculate(client, told["inputs"], told["region"], told["calculator"])).json()
    assert [row["amounts"] for row in again["rows"]] == [row["amounts"] for row in told["rows"]]


@pytest.mark.parametrize("cost", [50000, 50000.00, "50000.00", "50,000元"])
async def test_an_amount_may_be_a_number_or_a_text(cost: object, client: Client) -> None:
    response = await calculate(client, {**INPATIENT, "cost": cost})

    assert (await response.json())["amounts"]["fund"] == "28560.00"


async def test_tiers_are_compared_less_the_difference_of_their_premiums(client: Client) -> None:
    inputs = {"cost": 20000, "level": "l3", "compare": "tier"}
    response = await calculate(client, inputs, region="dianjiang")

    result = await response.json()
    assert response.status == 200
    assert [(row["label"], row["more"], row["gain"]) for row in result["rows"]] == [
        ("一档", "0.00", "0.00"),
        ("二档", "960.00", "585.00"),
    ]
    assert result["amounts"] == {"difference": "960.00"}
    assert result["sources"]


async def test_what_can_be_compared_is_told_and_nothing_else_taken(client: Client) -> None:
    response = await client.get("/api/regions/dianjiang/calculators")
    inputs = {found["id"]: found["inputs"] for found in (await response.json())["calculators"]}
    assert "tier" in inputs["inpatient"]["properties"]["compare"]["enum"]

    error = await refused(await calculate(client, {**INPATIENT, "compare": "weather"}), 422, "invalid_inputs")
    assert [fault["field"] for fault in error["faults"]] == ["compare"]


async def test_the_stays_of_a_year_are_taken_in_order(client: Client) -> None:
    first, second = {"cost": 20000, "level": "l3a"}, {"cost": 30000, "level": "l1"}
    for stays, paid in (([first, second], "36857.50"), ([second, first], "37115.00")):
        response = await calculate(client, {"stays": stays}, region="datong", name="combined")

        amounts = (await response.json())["amounts"]
        assert amounts["inpatient"] == paid
        assert amounts["short"] == "0.00"


async def test_what_is_short_of_critical_illness_insurance_is_told(client: Client) -> None:
    response = await calculate(client, {"borne": 4000}, region="datong", name="combined")

    assert (await response.json())["amounts"]["short"] == "6000.00"


async def test_an_amount_that_nobody_can_tell_may_be_null(client: Client) -> None:
    inputs = {"cost": 10000, "level": "l3", "deductible": None}
    response = await calculate(client, inputs, region="liaocheng")

    result = await response.json()
    assert result["amounts"]["fund"] == "6000.00"
    assert any("没有扣起付线" in caveat for caveat in result["caveats"])


async def test_every_wrong_input_is_named(client: Client) -> None:
    wrong = {"cost": -1, "tier": "seven", "level": [], "colour": "red"}

    error = await refused(await calculate(client, wrong), 422, "invalid_inputs")

    assert {fault["field"] for fault in error["faults"]} >= {"cost", "tier", "colour"}


async def test_a_missing_input_is_asked_for(client: Client) -> None:
    inputs = {"tier": "two", "level": "l3"}

    error = await refused(await calculate(client, inputs), 422, "missing_input")

    assert [fault["field"] for fault in error["faults"]] == ["cost"]


@pytest.mark.parametrize(
    "cost",
    [
        None,
        True,
        {},
        [],
        "",
        "五万",
        "1e5",
        "NaN",
        "-0.01",
        0,
        1e300,
        10**4000,
        "9" * 4000,
        "1.234",
        "\x00",
    ],
)
async def test_an_amount_that_cannot_be_used_is_refused(cost: object, client: Client) -> None:
    await refused(await calculate(client, {**INPATIENT, "cost": cost}), 422, "invalid_inputs")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "invalid_request"),
        ({"region": "wendeng", "calculator": "inpatient", "inputs": []}, 422, "invalid_request"),
        ({"region": "atlantis", "calculator": "inpatient", "inputs": {}}, 422, "unknown_region"),
        ({"region": "wendeng", "calculator": "lottery", "inputs": {}}, 422, "unknown_calculator"),
        ({"region": ["wendeng"], "calculator": "inpatient", "inputs": {}}, 422, "invalid_request"),
    ],
)
async def test_a_bad_calculation_is_refused(
    body: dict[str, object], status: int, code: str, client: Client
) -> None:
    await refused(await client.post("/api/calculate", json=body), status, code)

    assert (await calculate(client, INPATIENT)).status == 200


# --- what holds for all -----------------------------------------------------------------------------------


async def test_unknown_paths_and_methods_are_refused_as_json(client: Client) -> None:
    await refused(await client.get("/nowhere"), 404, "not_found")
    await refused(await client.get("/assets/../../../etc/passwd"), 404, "not_found")
    response = await client.get("/api/chat")
    await refused(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"
    await refused(await client.post("/api/regions", json={}), 405, "method_not_allowed")
    await refused(await client.delete("/"), 405, "method_not_allowed")


async def test_the_probes_answer(client: Client) -> None:
    assert await (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await (await client.get("/readyz")).json())["status"] == "ready"


async def test_without_storage_it_answers_and_says_what_is_away(client: Client) -> None:
    await client.app[STORAGE].journal.close()
    await client.app[STORAGE].state.close()

    assert (await client.get("/healthz")).status == 200
    response = await client.get("/readyz")
    assert (response.status, (await response.json())["away"]) == (200, ["state", "journal"])
    response = await client.post("/api/chat", json={"user": "u", "text": "大同孩子的医保一年交多少钱"})
    assert "350" in (await response.json())["reply"]


async def test_every_response_has_the_headers_that_keep_browsers_safe(client: Client) -> None:
    for path in ("/", "/healthz", "/nowhere", "/assets/chat.js"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Server"] == "yibao"


async def test_no_log_holds_what_a_user_wrote(
    aiohttp_client: MakeClient, config: Config, core: Core, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = TestServer(build_app(config, core))
    await server.start_server(access_log_class=AccessLog)
    client = await aiohttp_client(server)

    await chat(client, "一个秘密的问题", user="secret-user")
    await client.post("/api/chat?text=secret", data='{"text": "一个秘密')

    assert re.search(r"POST /api/chat 200 \d+\.\d ms", caplog.text)
    assert re.search(r"POST /api/chat 400 ", caplog.text)
    assert "秘密" not in caplog.text
    assert "secret" not in caplog.text


async def test_many_users_at_once_are_all_answered(client: Client) -> None:
    answers = await asyncio.gather(*(chat(client, "你好", user=f"u{n}") for n in range(100)))

    assert len(answers) == 100


# --- the token --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": TOKEN}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}],
)
async def test_without_the_token_the_api_is_closed(headers: dict[str, str], guarded: Client) -> None:
    for path in ("/api/regions", "/api/nowhere"):
        response = await guarded.get(path, headers=headers)
        await refused(response, 401, "unauthorized")
        assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_with_the_token_the_api_is_open(guarded: Client) -> None:
    response = await guarded.get("/api/regions", headers={"Authorization": f"Bearer {TOKEN}"})

    assert response.status == 200


async def test_page_and_probes_need_no_token(guarded: Client) -> None:
    for path in ("/", "/assets/base.css", "/healthz", "/readyz"):
        assert (await guarded.get(path)).status == 200


# --- settings that do not fit -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"state_url": "mysql://localhost"}, "state_url: the URL scheme mysql is unknown"),
        ({"wechat_token": SecretStr("t"), "wechat_region": "atlantis"}, "YIBAO_WECHAT_REGION='atlantis'"),
        (
            {"wechat_token": SecretStr("t"), "wechat_app_id": "wx1", "wechat_aes_key": SecretStr("short")},
            "YIBAO_WECHAT_AES_KEY: ",
        ),
    ],
)
def test_settings_that_do_not_fit_are_named(
    settings: dict[str, object], message: str, config: Config, core: Core
) -> None:
    with pytest.raises(ConfigError) as raised:
        build_app(config.model_copy(update=settings), core)

    assert message in str(raised.value)
    assert "short" not in str(raised.value)


async def test_with_a_token_of_wechat_there_is_the_account(
    aiohttp_client: MakeClient, config: Config, core: Core
) -> None:
    account = {"wechat_token": SecretStr("t"), "wechat_app_id": "wx1", "wechat_region": "datong"}
    client = await aiohttp_client(build_app(config.model_copy(update=account), core))

    assert (await client.get("/wechat")).status in {400, 403}


async def test_without_a_token_of_wechat_there_is_no_account(client: Client) -> None:
    await refused(await client.get("/wechat"), 404, "not_found")
