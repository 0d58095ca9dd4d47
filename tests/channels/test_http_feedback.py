"""POST /api/feedback, and the visits that let the page use an API with a token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from pydantic import SecretStr

from bot.app import STORAGE, build_app
from bot.channels.visits import VISIT_LIFE, Visits
from bot.clock import now
from bot.config import Config
from bot.core import Core

Client = TestClient[Any, Any]
Make = Callable[..., Awaitable[Client]]
TOKEN = "a token of the api"


@pytest.fixture
def make(aiohttp_client: Make, tmp_path: Path, core: Core) -> Make:
    async def start(**settings: Any) -> Client:
        return await aiohttp_client(build_app(Config(data_dir=tmp_path, **settings), core))

    return start


async def ask(client: Client, user: str = "u", **options: Any) -> dict[str, Any]:
    asked = {"user": user, "text": "孩子的医保一年交多少钱", "region": "datong"}
    response = await client.post("/api/chat", json=asked, **options)
    answer: dict[str, Any] = await response.json()
    return answer


async def test_what_a_user_thinks_is_in_the_journal_with_its_turn(make: Make) -> None:
    client = await make()
    answer = await ask(client)

    for verdict, reason in (("up", ""), ("down", "数不对，身份证 11010519491231002X")):
        given = {"user": "u", "turn": answer["turn"], "verdict": verdict, "reason": reason}
        response = await client.post("/api/feedback", json=given)
        assert (response.status, await response.json()) == (200, {"status": "ok"})

    assert client.app is not None
    journal = client.app[STORAGE].journal
    (turn,), (feedback,) = await journal.turns(), await journal.feedback()
    assert (feedback.turn, feedback.user) == (turn.id, turn.user)
    assert (feedback.verdict, feedback.reason) == ("down", "数不对，身份证 ***")


@pytest.mark.parametrize(
    "wrong",
    [
        {"turn": "../1"},
        {"turn": "A" * 32},
        {"verdict": "meh"},
        {"reason": "长" * 2_001},
        {"user": ""},
        {"turn": None},
    ],
)
async def test_feedback_of_another_form_is_refused(make: Make, wrong: dict[str, Any]) -> None:
    client = await make()
    given = {"user": "u", "turn": "0" * 32, "verdict": "up", **wrong}

    response = await client.post("/api/feedback", json=given)

    assert response.status == 422
    assert next(iter(wrong)) in (await response.json())["error"]["message"]


# --- visits -----------------------------------------------------------------------------------------------


async def visit(client: Client) -> dict[str, str]:
    response = await client.post("/api/visit")
    return {"Authorization": f"Bearer {(await response.json())['visit']}"}


async def test_a_visit_opens_the_api_for_visitors_only(make: Make) -> None:
    client = await make(api_token=SecretStr(TOKEN))
    shown = await visit(client)

    assert (await client.get("/api/regions", headers=shown)).status == 200
    assert (await ask(client, "page-1", headers=shown))["kind"] == "answer"
    for path, more in (("chat", {"text": "你好"}), ("feedback", {"turn": "0" * 32, "verdict": "up"})):
        response = await client.post(f"/api/{path}", json={"user": "u", **more}, headers=shown)
        assert (response.status, (await response.json())["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("spoil", [lambda shown: shown[:-1] + "x", lambda shown: "9" + shown, lambda _: "1."])
async def test_a_forged_visit_opens_nothing(make: Make, spoil: Callable[[str], str]) -> None:
    client = await make(api_token=SecretStr(TOKEN))
    shown = (await visit(client))["Authorization"].removeprefix("Bearer ")

    response = await client.get("/api/regions", headers={"Authorization": f"Bearer {spoil(shown)}"})

    assert response.status == 401


def test_a_visit_ends_and_another_key_knows_it_not() -> None:
    began = now()
    visits = Visits(b"k" * 32, lambda: began)
    shown = visits.begin()

    assert visits.allow(shown)
    assert not Visits(b"k" * 32, lambda: began + VISIT_LIFE + timedelta(seconds=1)).allow(shown)
    assert not Visits(b"j" * 32, lambda: began).allow(shown)


async def test_without_the_page_there_are_no_visits(make: Make) -> None:
    client = await make(api_token=SecretStr(TOKEN), page=False)

    assert (await client.post("/api/visit")).status == 401
    for path in ("/", "/embed.js", "/assets/base.css"):
        assert (await client.get(path)).status == 404


async def test_without_a_token_there_is_nothing_to_visit(make: Make) -> None:
    assert (await (await make()).post("/api/visit")).status == 404
