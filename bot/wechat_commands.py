"""The commands `yibao menu` and `yibao simulate`, for those who look after an account."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from bot.accounts import CorpApp, OfficialAccount
from bot.channels.wechat.api.faults import ApiError
from bot.channels.wechat.crypto import AesKey
from bot.channels.wechat.menu import menu
from bot.channels.wechat.simulator import Credentials, SimulationError, Simulator
from bot.commands import DONE, NO
from bot.config import Config, ConfigError, read_config
from bot.wechat import api_of
from knowledge.compiled import read

HELP = """直接打字就是发文字消息。以 / 开头的是别的消息：
  /voice 文字      语音（文字是微信识别出来的）    /location 地址   位置
  /click 菜单键    点菜单                          /scan 场景       扫码
  /subscribe 场景  关注（场景可不写）              /unsubscribe     取消关注
  /image           图片                            /again           把上一条再发两次
  /odd             发一批古怪的请求，看是否都处理对了
  /quit            退出"""

_LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)&[^"]*">[^<]*</a>')
T = TypeVar("T")


# --- menu -------------------------------------------------------------------------------------------------


class _Unshared:
    """What a process shares that runs by itself: nothing."""

    async def once(self, _key: str, produce: Callable[[], Awaitable[str]], _ttl: float) -> str:
        return await produce()


def show_or_push_menu(options: argparse.Namespace) -> int:
    """Print the menu of an account, or set it; return the exit code."""
    config = read_config(options.config)
    path, account = _chosen(config.official_accounts, options.account)
    knowledge = read()
    if account.region is not None and account.region not in knowledge.regions:
        raise ConfigError(f"{path}: there is no region {account.region}")
    content = menu(knowledge, account.region)
    if options.action == "show":
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        return DONE
    try:
        asyncio.run(_push(path, account, content))
    except ApiError as error:
        sys.stderr.write(f"yibao: {error}\n")
        return NO
    sys.stdout.write(f"the menu of {path} is set; phones show it within minutes\n")
    return DONE


async def _push(path: str, account: OfficialAccount, content: Mapping[str, Any]) -> None:
    api = api_of(account, _Unshared())
    if api is None:
        raise ConfigError(f"{path}: to set the menu takes the account's app_secret")
    async with api:
        await api.set_menu(content)


def _chosen(accounts: Mapping[str, T], path: str | None) -> tuple[str, T]:
    known = ", ".join(accounts)
    if not accounts:
        raise ConfigError("no account is configured (YIBAO_WECHAT_TOKEN or wechat_accounts)")
    if path is None:
        if len(accounts) > 1:
            raise ConfigError(f"which account? --account one of {known}")
        return next(iter(accounts.items()))
    if path not in accounts:
        raise ConfigError(f"there is no account {path}; there are: {known}")
    return path, accounts[path]


# --- simulate ---------------------------------------------------------------------------------------------


def simulate(options: argparse.Namespace) -> int:
    """Hold a chat with a server as WeChat would; return the exit code."""
    config = read_config(options.config)
    address = options.address or f"http://127.0.0.1:{config.port}/wechat"
    try:
        simulator = Simulator(address, _credentials(config, urlsplit(address).path))
        return asyncio.run(_talk(simulator, _lines()))
    except SimulationError as error:
        sys.stderr.write(f"yibao: {error}\n")
        return NO


def _credentials(config: Config, path: str) -> Credentials:
    accounts: dict[str, OfficialAccount | CorpApp] = {**config.official_accounts, **config.corp_apps}
    _, account = _chosen(accounts, path)
    key = AesKey.parse(account.aes_key.get_secret_value()) if account.aes_key is not None else None
    token = account.token.get_secret_value()
    if isinstance(account, CorpApp):
        return Credentials(token, account.corp_id, key, corporate=True)
    return Credentials(token, account.app_id or "", key)


def _lines() -> Iterable[str]:
    at_terminal = sys.stdin.isatty()
    if at_terminal:
        sys.stdout.write(f"{HELP}\n")
    while True:
        if at_terminal:
            sys.stdout.write("> ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line.rstrip("\n")


async def _talk(simulator: Simulator, lines: Iterable[str]) -> int:
    async with simulator:
        if not await simulator.verify():
            raise SimulationError("服务器没有通过地址验证：请核对 Token、EncodingAESKey 和路径")
        _say("地址验证通过")
        last, code = "", DONE
        for line in lines:
            command, _, rest = line.partition(" ")
            match command:
                case "":
                    continue
                case "/quit":
                    break
                case "/odd":
                    code = max(code, await _odd(simulator))
                case "/again" if last:
                    for _ in range(2):
                        await _send(simulator, last)
                case _ if (body := _body(simulator, command, rest.strip(), line)) is not None:
                    last = body
                    await _send(simulator, body)
                case _:
                    _say(HELP)
    return code


_MESSAGES: Mapping[str, Callable[[Simulator, str], str]] = {
    "/voice": lambda wechat, words: wechat.message(
        "voice", f"<Recognition><![CDATA[{words}]]></Recognition>"
    ),
    "/location": lambda wechat, label: wechat.message("location", f"<Label><![CDATA[{label}]]></Label>"),
    "/image": lambda wechat, _: wechat.message("image", "<PicUrl>http://127.0.0.1/</PicUrl>"),
    "/click": lambda wechat, key: wechat.event("CLICK", key),
    "/scan": lambda wechat, scene: wechat.event("SCAN", scene),
    "/subscribe": lambda wechat, scene: wechat.event("subscribe", f"qrscene_{scene}" if scene else ""),
    "/unsubscribe": lambda wechat, _: wechat.event("unsubscribe"),
}


def _body(simulator: Simulator, command: str, rest: str, line: str) -> str | None:
    """Write the message that a line stands for; None for a command that there is not."""
    if command in _MESSAGES:
        return _MESSAGES[command](simulator, rest)
    return None if command.startswith("/") else simulator.text(line)


async def _send(simulator: Simulator, body: str) -> None:
    _say(_LINK.sub(lambda found: f"[{unquote(found[1])}]", str(await simulator.send(body))))


async def _odd(simulator: Simulator) -> int:
    is_right = True
    async for name, outcome, right in simulator.odd():
        is_right = is_right and right
        _say(f"{'对' if right else '不对'}  {name}：{outcome.status}")
    return DONE if is_right else NO


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
