"""The console over HTTP: who gets in, what is refused, and mending an unanswered question at once."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar

from bot.app import STORAGE, build_app
from bot.clock import now
from bot.config import Config
from bot.console import trials
from bot.console.access import MOST_TRIES
from bot.console.additions import Additions
from bot.core import Core
from bot.reloading import RELOADING
from bot.storage.protocols import Feedback, Turn
from tests.console.conftest import Client, Visitor
from tests.console.office import PASSWORD, UNKNOWN

XSS = "本本上哪补 <img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
TRIAL_SECONDS = 240
VIEWS = (
    "/",
    "/questions",
    "/additions",
    "/knowledge",
    "/knowledge/datong",
    "/knowledge/datong/premium",
    "/try",
)


def turn(asked: str, **changes: Any) -> Turn:
    fields = {
        "id": f"turn of {asked}", "at": now() - timedelta(minutes=1), "channel": "http", "user": "u",
        "region": "datong", "topic": None, "kind": "decline", "asked": asked, "answered": f"答 {asked}",
    }  # fmt: skip
    return Turn(**{**fields, **changes})


async def chat(client: Client, text: str) -> dict[str, Any]:
    response = await client.post("/api/chat", json={"user": "resident", "text": text, "region": "datong"})
    assert response.status == 200
    reply: dict[str, Any] = await response.json()
    return reply


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(TRIAL_SECONDS):
        while not await holds():  # noqa: ASYNC110  # nothing tells when it does
            await asyncio.sleep(0.1)


async def is_over(client: Client, path: str) -> bool:
    """Whether the trial of an addition is over."""
    told: bool = (await (await client.get(f"{path}/progress")).json())["over"]
    return told


async def over(client: Client, path: str) -> None:
    await until(lambda: is_over(client, path))


async def assign(client: Client, visitor: Visitor, phrasing: str, meaning: str, **fields: str) -> str:
    """Assign a phrasing, wait for its trial, and return the path of the addition."""
    status, path = await visitor.post(
        "/additions", phrasing=phrasing, meaning=meaning, region="datong", **fields
    )
    assert status == 303, path
    await over(client, path)
    return path.removeprefix("/admin")


# --- who gets in ------------------------------------------------------------------------------------------


async def test_without_a_password_there_is_no_console(
    aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core
) -> None:
    client = await aiohttp_client(build_app(config.model_copy(update={"admin_password": None}), core))

    for path in ("/admin", "/admin/", "/admin/login", "/admin/assets/console.css"):
        assert (await client.get(path)).status == 404


@pytest.mark.parametrize("path", [*VIEWS, "/export/days.csv", "/additions/x/progress", "/nowhere"])
async def test_whoever_is_not_logged_in_is_sent_to_the_login(client: Client, path: str) -> None:
    response = await client.get(f"/admin{path}", allow_redirects=False)

    assert (response.status, response.headers["Location"]) == (303, "/admin/login")


async def test_the_cookie_is_kept_from_scripts_other_sites_and_other_paths(client: Client) -> None:
    visitor = Visitor(client)
    await visitor.enter()

    cookies = {cookie.key: cookie for cookie in client.session.cookie_jar}
    cookie = cookies["yibao_admin"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/admin")
    assert int(cookie["max-age"]) == 8 * 3600
    assert not cookie["secure"]


async def test_behind_tls_the_cookie_is_for_tls_only(client: Client) -> None:
    response = await client.get("/admin/login", headers={"X-Forwarded-Proto": "https"})

    assert response.cookies["yibao_admin_form"]["secure"]


async def test_the_wrong_password_is_refused_and_guessing_is_limited(client: Client) -> None:
    visitor = Visitor(client)
    for _ in range(MOST_TRIES):
        status, page = await visitor.enter(password="falsch")
        assert (status, "密码不对" in page) == (401, True)

    status, page = await visitor.enter()

    assert status == 429
    assert "15 分钟后再试" in page
    assert (await client.get("/admin/", allow_redirects=False)).status == 303


async def test_a_trusted_proxy_tells_whose_try_it_is(
    aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core
) -> None:
    trusting = Config.model_validate({**config.model_dump(), "trusted_proxies": "127.0.0.1, ::1"})
    client = await aiohttp_client(build_app(trusting, core))
    visitor = Visitor(client)
    client.session.headers["X-Forwarded-For"] = "spoofed, 198.51.100.1"
    for _ in range(MOST_TRIES + 1):
        status, _ = await visitor.enter(password="falsch")
    assert status == 429
    client.session.headers["X-Forwarded-For"] = "198.51.100.1, 198.51.100.2"
    assert (await visitor.enter())[0] == 303


async def test_without_a_trusted_proxy_nobody_says_where_he_comes_from(client: Client) -> None:
    visitor = Visitor(client)
    for number in range(MOST_TRIES):
        client.session.headers["X-Forwarded-For"] = f"198.51.100.{number}"
        await visitor.enter(password="falsch")
    assert (await visitor.enter())[0] == 429
    async with client.get("/metrics") as response:
        assert 'yibao_refused_requests_total{limit="login"}' in await response.text()


async def test_limits_and_token_of_the_api_leave_the_console_alone(
    aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core
) -> None:
    strict = {"address_limit": 1, "user_limit": 1, "api_token": "t" * 20}
    client = await aiohttp_client(build_app(Config.model_validate({**config.model_dump(), **strict}), core))
    visitor = Visitor(client)
    for _ in range(3):
        assert (await visitor.enter())[0] == 303
    assert (await visitor.get("/"))[0] == 200


async def test_nobody_comes_in_without_a_name_and_a_name_is_only_text(client: Client) -> None:
    visitor = Visitor(client)
    assert (await visitor.enter(name=" \t\u200b"))[0] == 422
    assert (await visitor.enter(name=f"<b>王\u202e敏</b>{'长' * 50}"))[0] == 303
    _, page = await visitor.get("/")
    assert "&lt;b&gt;王敏&lt;/b&gt;" in page
    assert "长" * 30 not in page


async def test_who_leaves_is_out(client: Client, visitor: Visitor) -> None:
    token = next(cookie.value for cookie in client.session.cookie_jar if cookie.key == "yibao_admin")
    assert await visitor.post("/logout") == (303, "/admin/login")

    stolen = {"Cookie": f"yibao_admin={token}"}
    response = await client.get("/admin/", headers=stolen, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/admin/login")


async def test_while_the_state_is_away_a_page_says_so(
    aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core
) -> None:
    away = config.model_copy(update={"state_url": "redis://127.0.0.1:1/0"})
    client = await aiohttp_client(build_app(away, core))
    client.session.cookie_jar.update_cookies({"yibao_admin": "token"})

    response = await client.get("/admin/")
    assert (response.status, response.content_type) == (503, "text/html")
    assert (await Visitor(client).enter())[0] == 503


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/additions", "/additions/x/undo", "/additions/x/retry", "/logout", "/try", "/nowhere"]
)
@pytest.mark.parametrize("form", ["", "wrong", "\ud800"])
async def test_a_form_that_is_not_of_the_visit_is_refused(visitor: Visitor, path: str, form: str) -> None:
    own, visitor.form = visitor.form, form.encode("utf-8", "replace").decode()
    status, page = await visitor.post(path, phrasing="x", meaning="topic:premium")

    assert status == 403
    assert "表单" in page
    visitor.form = own
    assert (await visitor.get("/additions"))[0] == 200


async def test_a_form_of_another_site_is_refused_even_with_the_right_value(
    client: Client, visitor: Visitor
) -> None:
    for site in ("cross-site", "same-site", "none"):
        response = await client.post(
            "/admin/try", data={"form": visitor.form, "text": "x"}, headers={"Sec-Fetch-Site": site}
        )
        assert response.status == 403


async def test_the_form_of_the_login_is_guarded_too(client: Client) -> None:
    visitor = Visitor(client)
    for form in ("", "guessed"):
        visitor.form = form
        assert (await visitor.post("/login", name="a", password=PASSWORD))[0] == 403


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.usefixtures("visitor")
async def test_every_page_is_within_its_policy(client: Client, path: str) -> None:
    await client.app[STORAGE].journal.append(turn(UNKNOWN))
    response = await client.get(f"/admin{path}")
    page = await response.text()

    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*src=)|\son\w+=", page)
    assert not re.search(r"(?:src|href|action)=\"(?!/admin|#)", page)


async def test_what_a_resident_writes_is_text_everywhere(client: Client, visitor: Visitor) -> None:
    journal = client.app[STORAGE].journal
    await journal.append(turn(XSS, id="xss", answered=XSS))
    await journal.append(turn("个人缴费标准", id="liked", kind="answer", topic="premium"))
    await journal.rate(Feedback("liked", "u", now(), "down", XSS))

    for path in ("/questions", "/questions/xss", "/questions?sort=disliked", "/"):
        status, page = await visitor.get(path)
        assert status == 200
        assert "<img src=x" not in page
        assert "<script>alert" not in page
    _, page = await visitor.get("/questions")
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    await visitor.post("/try", text=XSS, region="datong")
    assert "<img src=x" not in (await visitor.get("/try"))[1]


@pytest.mark.parametrize(
    "path",
    [
        "/additions/..%2f..%2fsecret", "/additions/%2e%2e%2fsecret", "/additions/%00",
        "/additions/secret", "/assets/..%2f..%2fsite.py", "/assets/%2e%2e/site.py", "/knowledge/..%2fetc",
        "/knowledge/datong/..%2f..%2fx", "/questions/..%2f", "/questions/%00",
        "/nowhere", "/additions/x/progress",
    ],
)  # fmt: skip
async def test_paths_lead_nowhere_else(visitor: Visitor, overlay: Path, path: str) -> None:
    (overlay / "additions").mkdir(parents=True)
    (overlay / "secret.yaml").write_text("phrasing: geheim", encoding="utf-8")

    status, page = await visitor.get(path)

    assert status == 404
    assert "geheim" not in page


async def test_odd_requests_are_refused_politely(client: Client, visitor: Visitor) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}
    for body, expected in (
        (b"form=%ff%fe&text=\xff\xfe", 403),
        (b"&".join(b"a%d=1" % number for number in range(60)), 400),
        (b"form=" + b"x" * 400_000, 413),
    ):
        response = await client.post("/admin/try", data=body, headers=headers)
        assert (response.status, response.content_type) == (expected, "text/html")
    assert (await client.delete("/admin/try")).status in {403, 405}
    for query in ("?days=0&page=-1", "?days=x&sort=x&region=x", "?page=99999999", "?page=²", "?days=²"):
        for path in ("/", "/questions", "/export/questions.csv", "/export/days.csv"):
            assert (await visitor.get(f"{path}{query}"))[0] == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phrasing": "", "meaning": "topic:premium"}, "请写上"),
        ({"phrasing": "\u200b😀", "meaning": "topic:premium"}, "请写上"),
        ({"phrasing": "长" * 201, "meaning": "topic:premium"}, "太长"),
        ({"phrasing": "某某", "meaning": ""}, "请选"),
        ({"phrasing": "某某", "meaning": "topic:"}, "请选"),
        ({"phrasing": "某某", "meaning": "topic:", "topic": "no_such"}, "没有这个话题"),
        ({"phrasing": "某某", "meaning": "topic:../../x"}, "没有这个话题"),
        ({"phrasing": "某某", "meaning": "scope:no_such"}, "没有这个话题"),
        ({"phrasing": "某某", "meaning": "nonsense"}, "请选"),
        ({"phrasing": "医保一年交多少钱", "meaning": "topic:inpatient_rate"}, "属于别的话题"),
        ({"phrasing": "医保一年交多少钱", "meaning": "topic:premium"}, "本来就在"),
    ],
)
async def test_what_cannot_be_added_is_said(
    visitor: Visitor, overlay: Path, fields: dict[str, str], words: str
) -> None:
    status, page = await visitor.post("/additions", **fields)

    assert (status, words in page) == (422, True)
    assert not Additions(overlay).all().additions


# --- mending ----------------------------------------------------------------------------------------------


async def test_an_unanswered_question_is_assigned_answered_at_once_and_undone(
    client: Client, visitor: Visitor, overlay: Path
) -> None:
    before = await chat(client, UNKNOWN)
    assert (before["kind"], before["topic"]) == ("decline", None)
    _, page = await visitor.get("/questions")
    path = re.search(rf'href="/admin(/questions/\w+)">{UNKNOWN}', page)
    assert path is not None
    status, page = await visitor.get(path[1])
    assert status == 200
    assert "为什么没答上" in page

    added = await assign(client, visitor, UNKNOWN, "topic:", topic="premium")

    _, page = await visitor.get(added)
    assert "已上线" in page
    assert "350" in page
    after = await chat(client, UNKNOWN)
    assert (after["kind"], after["topic"]) == ("answer", "premium")
    assert UNKNOWN not in (await visitor.get("/questions"))[1]
    assert UNKNOWN in (await visitor.get("/questions?settled=1"))[1]
    (file,) = (overlay / "additions").glob("*.yaml")
    assert "by: 王敏" in file.read_text(encoding="utf-8")

    assert await visitor.post(f"{added}/undo") == (303, f"/admin{added}")
    assert (await chat(client, UNKNOWN))["kind"] == "decline"
    _, page = await visitor.get(added)
    assert "已撤下" in page
    assert await visitor.post(f"{added}/retry") == (303, f"/admin{added}")
    await over(client, f"/admin{added}")
    assert (await chat(client, UNKNOWN))["topic"] == "premium"


@pytest.fixture
async def other(aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core) -> Client:
    """Give another worker."""
    return await aiohttp_client(build_app(config, core))


async def test_another_worker_takes_up_what_went_live_and_one_tells_of_it(
    client: Client, visitor: Visitor, other: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    working = asyncio.create_task(other.app[RELOADING].work())

    await assign(client, visitor, UNKNOWN, "topic:premium")

    async def knows() -> bool:
        return bool((await chat(other, UNKNOWN))["topic"] == "premium")

    await until(knows)
    working.cancel()
    assert sum("read again" in record.message for record in caplog.records) == 1


async def test_a_message_is_marked_as_out_of_scope(client: Client, visitor: Visitor) -> None:
    added = await assign(client, visitor, UNKNOWN, "scope:", scope="social_card")

    assert "社保卡" in (await chat(client, UNKNOWN))["reply"]
    assert "已上线" in (await visitor.get(added))[1]
    await assign(client, visitor, "陪护床要钱不要钱", "scope:other")
    assert (await chat(client, "陪护床要钱不要钱"))["kind"] == "decline"


async def test_an_addition_that_breaks_an_answer_is_held_shown_and_dropped(
    client: Client, visitor: Visitor, overlay: Path
) -> None:
    (overlay / "questions").mkdir(parents=True)
    own = f"gaps:\n  - {{ask: {UNKNOWN}, region: datong}}\n"
    (overlay / "questions" / "own.yaml").write_text(own, encoding="utf-8")

    held = await assign(client, visitor, UNKNOWN, "topic:premium")

    _, page = await visitor.get(held)
    assert "没有上线" in page
    assert "1 个测试问题" in page
    assert "350" in page
    assert (await chat(client, UNKNOWN))["kind"] == "decline"
    assert "没有生效" in (await visitor.get("/additions"))[1]
    assert await visitor.post(f"{held}/undo") == (303, f"/admin{held}")
    assert "没有生效" not in (await visitor.get("/additions"))[1]


async def test_words_that_do_not_reach_their_topic_are_held(client: Client, visitor: Visitor) -> None:
    held = await assign(client, visitor, "明天要带雨伞出门不", "topic:premium")

    _, page = await visitor.get(held)
    reached = (await chat(client, "明天要带雨伞出门不"))["topic"] == "premium"
    assert ("已上线" in page) == reached
    assert ("还是答不到" in page) != reached


async def test_own_questions_with_a_fault_hold_an_addition_and_name_the_file(
    client: Client, visitor: Visitor, overlay: Path
) -> None:
    (overlay / "questions").mkdir(parents=True)
    (overlay / "questions" / "own.yaml").write_text("gaps: [{asks: x}]", encoding="utf-8")

    held = await assign(client, visitor, UNKNOWN, "topic:premium")

    assert "own.yaml" in (await visitor.get(held))[1]


async def test_a_trial_that_takes_too_long_is_ended_and_held(
    client: Client, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "TRIAL_SECONDS", 0.3)

    held = await assign(client, visitor, UNKNOWN, "topic:premium")

    assert "没有做完" in (await visitor.get(held))[1]
    assert (await chat(client, UNKNOWN))["kind"] == "decline"


async def test_a_trial_that_is_interrupted_can_be_run_again(
    aiohttp_client: Callable[..., Awaitable[Client]], config: Config, core: Core
) -> None:
    client = await aiohttp_client(build_app(config, core), cookie_jar=CookieJar(unsafe=True))
    visitor = Visitor(client)
    await visitor.enter()
    status, path = await visitor.post("/additions", phrasing=UNKNOWN, meaning="topic:premium")
    assert status == 303
    await client.close()

    client = await aiohttp_client(build_app(config, core))
    visitor = Visitor(client)
    await visitor.enter()
    path = path.removeprefix("/admin")
    assert "试跑中断了" in (await visitor.get(path))[1]
    await visitor.post(f"{path}/retry")
    await over(client, f"/admin{path}")
    assert (await chat(client, UNKNOWN))["topic"] == "premium"


async def test_an_addition_taken_back_during_its_trial_does_not_go_live(
    client: Client, visitor: Visitor
) -> None:
    status, path = await visitor.post("/additions", phrasing=UNKNOWN, meaning="topic:premium")
    assert status == 303
    path = path.removeprefix("/admin")

    assert (await visitor.post(f"{path}/undo"))[0] == 303

    await over(client, f"/admin{path}")
    assert (await chat(client, UNKNOWN))["kind"] == "decline"
    assert "已撤下" in (await visitor.get(path))[1]


async def test_residents_are_answered_while_a_trial_runs(client: Client, visitor: Visitor) -> None:
    status, path = await visitor.post("/additions", phrasing=UNKNOWN, meaning="topic:premium")
    assert status == 303

    replies = 0
    while not await is_over(client, path):
        assert "350" in (await chat(client, "大同小学生医保费交多少"))["reply"]
        replies += 1
    assert replies >= 5


# --- the rest ---------------------------------------------------------------------------------------------


async def test_the_overview_counts_by_day_region_and_topic(client: Client, visitor: Visitor) -> None:
    await chat(client, "医保一年交多少钱")
    await chat(client, UNKNOWN)
    turns = await client.app[STORAGE].journal.turns()
    await client.app[STORAGE].journal.rate(Feedback(turns[0].id, turns[0].user, now(), "down", "没用"))

    _, page = await visitor.get("/?days=7")

    assert "大同市" in page
    assert "个人缴费标准" in page
    assert "50%" in page
    assert "没用" in (await visitor.get("/questions?sort=disliked"))[1]


async def test_what_somebody_else_says_about_a_turn_does_not_count(client: Client, visitor: Visitor) -> None:
    journal = client.app[STORAGE].journal
    await journal.append(turn(UNKNOWN, id="t"))
    await journal.rate(Feedback("t", "somebody else", now(), "down", "抹黑"))

    assert "抹黑" not in (await visitor.get("/questions?sort=disliked"))[1]


async def test_a_question_is_shown_with_the_chat_before_it(client: Client, visitor: Visitor) -> None:
    await chat(client, "大同住院报销比例是多少")
    await chat(client, "火星上呢")
    last = (await client.app[STORAGE].journal.turns(limit=1))[0]

    _, page = await visitor.get(f"/questions/{last.id}")

    assert "前面还说了 1 句" in page
    assert "大同住院报销比例是多少" in page


async def test_knowledge_is_shown_as_residents_read_it_with_its_clauses(visitor: Visitor) -> None:
    _, page = await visitor.get("/knowledge/datong/premium")
    assert "350 元" in page
    assert "已过年度" in page
    assert "依据：《大同市致家长一封信" in page
    for topic in re.findall(
        r'href="/admin(/knowledge/datong/\w+)"', (await visitor.get("/knowledge/datong"))[1]
    ):
        assert (await visitor.get(topic))[0] == 200


async def test_the_try_out_remembers_the_chat_and_writes_no_journal(client: Client, visitor: Visitor) -> None:
    assert await visitor.post("/try", text="住院花了五万能报多少", region="datong") == (303, "/admin/try")
    _, page = await visitor.get("/try")
    assert "是哪一级的医院" in page
    await visitor.post("/try", text="三级甲等医院 13800138000", region="datong")
    _, page = await visitor.get("/try")
    assert "13800138000" not in page
    assert "住院花了五万" in page
    assert "怎么来的" in page
    await visitor.post("/try", anew="1", region="datong")
    assert "住院花了五万" not in (await visitor.get("/try"))[1]

    assert not await client.app[STORAGE].journal.turns()
    assert not await client.app[STORAGE].journal.by_topic(now().date(), now().date())


@pytest.mark.parametrize("name", ["days", "questions", "additions"])
async def test_tables_are_for_excel_and_hold_no_formula(client: Client, visitor: Visitor, name: str) -> None:
    await client.app[STORAGE].journal.append(turn("=HYPERLINK(1)", answered="+1"))
    await visitor.post("/additions", phrasing="=cmd|x", meaning="topic:premium")

    response = await client.get(f"/admin/export/{name}.csv")

    assert response.headers["Content-Disposition"].startswith("attachment; ")
    content = await response.read()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
