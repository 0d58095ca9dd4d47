"""The settings: environment over secret files over a YAML file over defaults, read once into a frozen Config.

A setting `port` is the variable YIBAO_PORT, the file `yibao_port` in the folder that YIBAO_SECRETS_DIR names
(as Docker, Kubernetes and systemd hand over secrets), or the key `port` of the file that YIBAO_CONFIG names.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.accounts import AccountName, CorpApp, Hours, OfficialAccount
from bot.logs import LogFormat
from bot.passwords import Password, is_hash
from bot.understanding.segment import EngineName

PREFIX = "YIBAO_"
SECRETS_VARIABLE = f"{PREFIX}SECRETS_DIR"
FILE_VARIABLE = f"{PREFIX}CONFIG"
MOST_WORKERS = 256
OVERLAY_FOLDER = "overlay"
HIGHEST_LIMIT = 30_000

_NESTED: Mapping[str, type[BaseModel]] = {"wechat_accounts": OfficialAccount, "wecom_accounts": CorpApp}


_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?")


def _split(written: object) -> object:
    """Split words written one beside the other, with or without commas, as a variable holds them."""
    return re.findall(r"[^\s,]+", written) if isinstance(written, str) else written


def _site(written: str) -> str:
    if not _ORIGIN.fullmatch(written):
        raise ValueError("a site is written as in https://www.example.cn, without a path")
    return written


Site = Annotated[str, AfterValidator(_site)]
Network = IPv4Network | IPv6Network


class ConfigError(Exception):
    """Settings that cannot be used; the message names each bad one by the place where it was set."""


class Config(BaseModel):
    """How this bot runs.

    Attributes:
        host, port: where it listens; port 0 takes any free one.
        workers: how many processes serve.
        log_format: `text`, a line for people, or `json`, an object a line for programs.
        data_dir: where it keeps its files.
        state_url, journal_url: where conversations and the journal are kept; a relative SQLite file stands
            in `data_dir`.
        knowledge_dir: where the knowledge stands; without it, that of the package is used.
        knowledge_overlay: where the office's additions to it stand; without it, in `data_dir`.
        segmenter: what cuts messages into words: jieba, or rjieba of the extra `fast`, which cuts faster.
        admin_password: the password of the console at /admin, as `yibao hash-password` prints it or, for
            trying out, in plain text; without it there is no console.
        journal_days: how long turns stay in the journal; without it, for ever.
        user_limit, address_limit: how many calls of the API a minute one user and one address may make; 0 for
            any number.
        trusted_proxies: addresses and networks of proxies; what those say in X-Forwarded-For counts as the
            address.
        api_token: when set, calls of the API need it as a bearer token, except the chat page's.
        page: whether the chat page is served.
        embed_sites: the sites, besides this one, that may show the chat page within theirs.
        wechat_token: the Token of the Official Account; without it there is no /wechat.
        wechat_app_id, wechat_aes_key: its AppID and EncodingAESKey; with a key, messages are encrypted.
        wechat_app_secret: its AppSecret, for what the bot sends by itself: late answers, the menu.
        wechat_region: the region that its users mean while they name no other.
        wechat_hours: when people are at its customer service, as in `1-5 08:30-12:00 14:00-17:30`.
        wechat_accounts: more 公众号, by name; each is served at /wechat/NAME.
        wecom_accounts: applications of 企业微信, by name; each is served at /wecom/NAME.

    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] = 1
    log_format: LogFormat = "text"
    data_dir: Path = Path("var")
    state_url: str = "sqlite:yibao.db"
    journal_url: str = "sqlite:yibao.db"
    knowledge_dir: Path | None = None
    knowledge_overlay: Path | None = None
    segmenter: EngineName = "jieba"
    admin_password: SecretStr | None = None
    journal_days: Annotated[int, Field(ge=1)] | None = None
    user_limit: Annotated[int, Field(ge=0, le=HIGHEST_LIMIT)] = 120
    address_limit: Annotated[int, Field(ge=0, le=HIGHEST_LIMIT)] = 3000
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_split)] = ()
    api_token: SecretStr | None = None
    page: bool = True
    embed_sites: Annotated[tuple[Site, ...], BeforeValidator(_split)] = ()
    wechat_token: SecretStr | None = None
    wechat_app_id: str | None = None
    wechat_aes_key: SecretStr | None = None
    wechat_app_secret: SecretStr | None = None
    wechat_region: str | None = None
    wechat_hours: Hours | None = None
    wechat_accounts: Mapping[AccountName, OfficialAccount] = {}
    wecom_accounts: Mapping[AccountName, CorpApp] = {}

    @property
    def overlay(self) -> Path:
        """The folder of the office's additions, whether it exists or not."""
        return self.knowledge_overlay or self.data_dir / OVERLAY_FOLDER

    @property
    def official_accounts(self) -> Mapping[str, OfficialAccount]:
        """All 公众号, by the path at which each is served.

        Raises:
            ConfigError: a setting of the one without a name does not fit.

        """
        named = {f"/wechat/{name}": account for name, account in self.wechat_accounts.items()}
        if self.wechat_token is None:
            return named
        try:
            unnamed = OfficialAccount(
                token=self.wechat_token,
                app_id=self.wechat_app_id,
                aes_key=self.wechat_aes_key,
                app_secret=self.wechat_app_secret,
                region=self.wechat_region,
                hours=self.wechat_hours,
            )
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            variable = PREFIX + "_".join(str(part).upper() for part in ("wechat", *fault["loc"]))
            raise ConfigError(f"{variable}: {fault['msg'].removeprefix('Value error, ')}") from error
        return {"/wechat": unnamed, **named}

    @property
    def corp_apps(self) -> Mapping[str, CorpApp]:
        """All applications of 企业微信, by the path at which each is served."""
        return {f"/wecom/{name}": account for name, account in self.wecom_accounts.items()}

    @field_validator("segmenter")
    @classmethod
    def _is_installed(cls, name: EngineName) -> EngineName:
        if find_spec(name) is None:
            raise ValueError(f"{name} is not installed; pip install 'yibao-bot[fast]' does it")
        return name

    @field_validator("admin_password")
    @classmethod
    def _is_a_password(cls, password: SecretStr | None) -> SecretStr | None:
        if password is not None and is_hash(password.get_secret_value()):
            Password.read(password.get_secret_value())
        return password

    @model_validator(mode="after")
    def _wechat_is_whole(self) -> Self:
        if self.wechat_aes_key is not None and self.wechat_app_id is None:
            raise ValueError(f"{PREFIX}WECHAT_AES_KEY needs {PREFIX}WECHAT_APP_ID beside it")
        if self.wechat_app_secret is not None and self.wechat_app_id is None:
            raise ValueError(f"{PREFIX}WECHAT_APP_SECRET needs {PREFIX}WECHAT_APP_ID beside it")
        others = (self.wechat_app_id, self.wechat_aes_key, self.wechat_region, self.wechat_hours)
        if self.wechat_token is None and any(others):
            raise ValueError(f"{PREFIX}WECHAT_TOKEN is not set, but other settings of the account are")
        _ = self.official_accounts
        return self


_Places = dict[str, tuple[str, Any]]
"""Where each setting that is not in the environment was set, with the value as far as it may be shown."""


def read_config(file: Path | None = None) -> Config:
    """Read the settings.

    Args:
        file: the YAML file; None for the one that YIBAO_CONFIG names, if any.

    Raises:
        ConfigError: a file cannot be read, or a setting is unknown or wrong.

    """
    if file is None and (named := os.environ.get(FILE_VARIABLE)):
        file = Path(named)
    written = {} if file is None else _read_file(file)
    places: _Places = {name: (f"{file}: {name}", value) for name, value in written.items()}
    if folder := os.environ.get(SECRETS_VARIABLE):
        for name, (secret_file, value) in _read_secrets(Path(folder)).items():
            written[name] = value
            places[name] = (str(secret_file), None)
    try:
        return Config(**_laid_over(written, _read_environment()))
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise ConfigError("\n".join(_explain(fault, places) for fault in faults)) from error


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Lay settings over others; of accounts that both hold, each setting by itself."""
    both = {
        name: _laid_over(below[name], value)
        for name, value in above.items()
        if isinstance(value, dict) and isinstance(below.get(name), dict)
    }
    return {**below, **above, **both}


def _read_environment() -> dict[str, Any]:
    """Read the settings that have a variable each, in capitals or not; an empty one sets nothing."""
    given = {name.upper(): value for name, value in os.environ.items() if value}
    found: dict[str, Any] = {}
    for name in Config.model_fields:
        variable = f"{PREFIX}{name}".upper()
        if (text := given.get(variable)) is not None:
            try:
                found[name] = json.loads(text) if name in _NESTED else text
            except ValueError:  # the cause would show the secret
                raise ConfigError(f"{variable} is no JSON") from None
    return found


def _read_secrets(folder: Path) -> dict[str, tuple[Path, Any]]:
    """Read the settings that have a file each; return for each one its file and its value.

    The library's own source only warns of what it cannot use; here a secret that is not in use is an error.
    """
    known = {f"{PREFIX}{name}".lower(): name for name in Config.model_fields}
    found: dict[str, tuple[Path, Any]] = {}
    file = folder
    try:
        for file in sorted(folder.iterdir()):
            if not file.name.lower().startswith(PREFIX.lower()):
                continue  # the folder may hold secrets of others
            if file.name.lower() not in known:
                raise ConfigError(f"{file} is no setting; known: {', '.join(known)}")
            name = known[file.name.lower()]
            if text := file.read_text(encoding="utf-8").strip():  # an empty one sets nothing, as a variable
                found[name] = (file, json.loads(text) if name in _NESTED else text)
    except OSError as error:
        raise ConfigError(f"the secret {file} cannot be read: {error.strerror}") from error
    except ValueError:  # the cause would show the secret
        kind = "JSON" if name in _NESTED else "text"
        raise ConfigError(f"the secret {file} is no {kind} in UTF-8") from None
    return found


def _read_file(file: Path) -> dict[str, Any]:
    from knowledge.reading import FileError, read_yaml  # noqa: PLC0415  # takes long, and most set variables

    try:
        written = read_yaml(file, str(file))
    except OSError as error:
        raise ConfigError(f"the settings file {file} cannot be read: {error.strerror}") from error
    except FileError as error:
        raise ConfigError(str(error)) from error
    if not isinstance(written, dict):
        raise ConfigError(f"the settings file {file} does not hold names with values")
    return written


def _explain(fault: ErrorDetails, places: _Places) -> str:
    if not fault["loc"]:
        return fault["msg"].removeprefix("Value error, ")
    name = str(fault["loc"][0])
    variable = PREFIX + name.upper()
    what = fault["msg"].removeprefix("Value error, ")
    place, value = places.get(name, (variable, None))
    nested = _NESTED.get(name)
    if nested is not None:  # those hold secrets: the value is not shown
        inside = ".".join(str(part) for part in (name, *fault["loc"][1:]))
        known = f"; known: {', '.join(nested.model_fields)}" if fault["type"] == "extra_forbidden" else ""
        return f"{inside} ({variable}{f' or {place}' if name in places else ''}): {what}{known}"
    if fault["type"] == "extra_forbidden":
        return f"{place} is no setting; known: {', '.join(Config.model_fields)}"
    if given := os.environ.get(variable):
        value, place = given, variable
    secret = value is None or "SecretStr" in str(Config.model_fields[name].annotation)
    return f"{place}{'' if secret else f'={value!r}'}: {what}"
