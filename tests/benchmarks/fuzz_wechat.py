"""Mutated requests against a running bot: nothing breaks it, nothing is left behind.

    python -m tests.benchmarks.fuzz_wechat [COUNT] [SECONDS] [SEED]

Takes the samples of every kind of message, mutates them (bytes, markup, ciphertext, query) and posts them,
signed as they should be or not, over 16 connections to one account in plain and one in secure mode. Ends
after COUNT requests (20,000) or SECONDS (600). Exit code 1 when an answer is no 2xx or 4xx, or a task or
memory was left behind.
"""

from __future__ import annotations

import asyncio
import gc
import random
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from bot.channels.wechat.crypto import AesKey, encrypt, sign
from bot.channels.wechat.handler import WeChatHandler
from bot.channels.wechat.protocol import WeChatProtocol
from tests.channels.wechat.peer import APP_ID, KEY, NOW, TOKEN, Bot, Clock, MemoryStore, Menu

CONNECTIONS = 16
BATCH = 500
GROWTH_BYTES = 2_000_000
"""What memory may grow by after the first tenth, apart from what the store keeps for a while."""

_WEIGHTS = (6, 2, 4, 2, 1)
"""How often a byte changes, bytes go, markup comes in, bytes come twice, and the rest is cut off."""
_HEAD = "<ToUserName><![CDATA[gh]]></ToUserName><FromUserName><![CDATA[o{n}]]></FromUserName>"
_SAMPLES = (
    "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[医保多少钱]]></Content><MsgId>{n}</MsgId>",
    "<MsgType><![CDATA[voice]]></MsgType><Recognition><![CDATA[住院]]></Recognition><MsgId>{n}</MsgId>",
    "<MsgType><![CDATA[location]]></MsgType><Location_X>1</Location_X><Label><![CDATA[大同]]></Label>",
    "<MsgType><![CDATA[image]]></MsgType><PicUrl><![CDATA[http://x]]></PicUrl><MsgId>{n}</MsgId>",
    "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey>qrscene_7</EventKey>",
    "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[CLICK]]></Event><EventKey>premium</EventKey>",
    "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event><EventKey/>",
)
_MARKUP = (
    b"]]>",
    b"<![CDATA[",
    b"<!DOCTYPE x>",
    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    b"&a;",
    b"<MsgId>9</MsgId>",
    b"<FromUserName>o0</FromUserName>",
    b"<Encrypt>AAAA</Encrypt>",
    b"</xml>",
    b"<a>" * 40,
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"9" * 400,
    "医".encode() * 3000,
)


@dataclass
class Found:
    """What a run found."""

    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    tasks_left: int = 0
    grown_bytes: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing broke and nothing was left behind."""
        refused_or_answered = all(200 <= status < 300 or 400 <= status < 500 for status in self.statuses)
        return refused_or_answered and not self.tasks_left and self.grown_bytes < GROWTH_BYTES


class ForgettingStore(MemoryStore):
    """A store that keeps nothing for long, so that whatever grows is the channel's."""

    def forget(self) -> None:
        self.turns.clear()
        self.held.clear()


def sample(chance: random.Random, number: int) -> bytes:
    """Write a message of some kind."""
    fields = f"{_HEAD}<CreateTime>{NOW}</CreateTime>{chance.choice(_SAMPLES)}".replace("{n}", str(number))
    return f"<xml>{fields}</xml>".encode()


def mutated(chance: random.Random, body: bytes) -> bytes:
    """Change a body in one to three places, by bytes or by markup."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(body) + 1)
        match chance.choices(range(5), _WEIGHTS)[0]:
            case 0:
                body = body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 1:
                body = body[:at] + body[at + chance.randint(1, 30) :]
            case 2:
                body = body[:at] + chance.choice(_MARKUP) + body[at:]
            case 3:
                end = at + chance.randint(1, 60)
                body = body[:end] + body[at:end] + body[end:]
            case _:
                body = body[:at]
    return body


def request(chance: random.Random, number: int, key: AesKey | None) -> tuple[dict[str, str], bytes]:
    """Make a request: mostly signed right, so that what is inside is read."""
    body = mutated(chance, sample(chance, number)) if chance.random() < 0.8 else sample(chance, number)
    nonce, timestamp = str(number), str(NOW)
    query = {"timestamp": timestamp, "nonce": nonce, "signature": sign(TOKEN, timestamp, nonce)}
    if key is not None:
        sealed = encrypt(key, body, APP_ID)
        if chance.random() < 0.3:
            at = chance.randrange(len(sealed))
            sealed = sealed[:at] + chance.choice("A=/+?医 ") + sealed[at + chance.randint(0, 3) :]
        query |= {"encrypt_type": "aes", "msg_signature": sign(TOKEN, timestamp, nonce, sealed)}
        body = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
        if chance.random() < 0.1:
            body = mutated(chance, body)
    if chance.random() < 0.05:
        name = chance.choice(list(query))
        query[name] = chance.choice(["", "0", "-1", "9" * 30, "医", "\udc80", "' OR 1=1", query[name][:-1]])
        query = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    return query, body


def _batches(count: int) -> Iterator[range]:
    for first in range(0, count, BATCH):
        yield range(first, min(first + BATCH, count))


async def fuzz(count: int, seconds: float, seed: int) -> Found:
    """Post at most `count` mutated requests for at most so many seconds."""
    chance, found = random.Random(seed), Found()
    store, app, keys = ForgettingStore(), web.Application(), {"/wechat": None, "/wechat/secure": KEY}
    bot = Bot()
    for path, key in keys.items():
        protocol = WeChatProtocol(token=TOKEN, app_id=APP_ID, aes_key=key, clock=Clock())
        WeChatHandler(protocol, bot.answer, store, forget=bot.forget, phrases=Menu()).register(app, path)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    [(host, port, *_)] = runner.addresses
    before, started, baseline = len(asyncio.all_tasks()), time.monotonic(), 0
    async with ClientSession(
        connector=TCPConnector(limit=CONNECTIONS), timeout=ClientTimeout(total=30)
    ) as session:

        async def post(number: int) -> None:
            path, key = chance.choice(list(keys.items()))
            query, body = request(chance, number, key)
            address = f"http://{host}:{port}{path}"
            async with session.post(address, params=query, data=body) as answer:
                await answer.read()
                found.statuses[answer.status] += 1

        tracemalloc.start()
        for batch in _batches(count):
            if time.monotonic() - started > seconds:
                break
            await asyncio.gather(*(post(number) for number in batch))
            found.sent = batch.stop
            bot.asked.clear()
            bot.forgotten.clear()
            store.forget()
            if not baseline and found.sent >= count // 10:
                gc.collect()
                baseline, _ = tracemalloc.get_traced_memory()
        gc.collect()
        found.grown_bytes = tracemalloc.get_traced_memory()[0] - baseline
        tracemalloc.stop()
    await runner.cleanup()
    found.seconds = time.monotonic() - started
    found.tasks_left = max(0, len(asyncio.all_tasks()) - before)
    return found


def main(arguments: list[str]) -> int:
    """Run from the command line."""
    count, seconds, seed = (int(given) for given in (*arguments, *("20000", "600", "1")[len(arguments) :]))
    found = asyncio.run(fuzz(count, seconds, seed))
    statuses = ", ".join(f"{status}: {times}" for status, times in sorted(found.statuses.items()))
    sys.stdout.write(
        f"{found.sent} requests in {found.seconds:.1f} s; statuses {statuses}; "
        f"tasks left {found.tasks_left}; memory grown by {found.grown_bytes / 1000:.0f} kB\n"
        f"{'clean' if found.is_clean else 'NOT CLEAN'}\n"
    )
    return 0 if found.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
