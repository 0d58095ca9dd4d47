"""Servers that only send back what they got, to set beside the bot: `python -m tests.benchmarks.echoes KIND`.

They listen on a free port of 127.0.0.1 and print it. `aiohttp` sends the body back; `wechatpy` and `werobot`
check, decrypt, read, answer with the same text and encrypt, as each library does by itself.
"""

from __future__ import annotations

import asyncio
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import werobot
from aiohttp import web
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

TOKEN = "benchmarktoken"
APP_ID = "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def _say(port: int) -> None:
    sys.stdout.write(f"port {port}\n")
    sys.stdout.flush()


async def _bare(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


def _with_wechatpy() -> web.Application:
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)

    async def echo(request: web.Request) -> web.Response:
        query = request.query
        signed = (query["msg_signature"], query["timestamp"], query["nonce"])
        message = parse_message(crypto.decrypt_message(await request.text(), *signed))
        reply = create_reply(message.content, message=message).render()
        return web.Response(text=crypto.encrypt_message(reply, query["nonce"], query["timestamp"]))

    app = web.Application()
    app.router.add_post("/wechat", echo)
    return app


async def _serve(app: web.Application) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _say(runner.addresses[0][1])
    await asyncio.Event().wait()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the library
        """Write no line for a request."""


def _with_werobot() -> None:
    robot = werobot.WeRoBot(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID, enable_session=False)

    def echo(message: werobot.messages.messages.TextMessage) -> str:
        return str(message.content)

    robot.add_handler(echo)
    with make_server("127.0.0.1", 0, robot.wsgi, handler_class=_Quiet) as server:
        _say(server.server_port)
        server.serve_forever()


def main(kind: str) -> None:
    """Serve until ended."""
    if kind == "werobot":
        _with_werobot()
        return
    app = _with_wechatpy() if kind == "wechatpy" else web.Application()
    if kind == "aiohttp":
        app.router.add_post("/wechat", _bare)
    asyncio.run(_serve(app))


if __name__ == "__main__":
    main(sys.argv[1])
