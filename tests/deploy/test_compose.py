"""The compose file and its secrets; Redis is started with the very command and password of theirs."""

from __future__ import annotations

import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis import Redis

from bot.config import Config
from tests.storage.servers import Server, free_port, own_folder, program

CHECKOUT = Path(__file__).parents[2]
SERVICES = ("bot", "redis", "postgres", "caddy")

Compose = dict[str, Any]


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Make the secrets as an operator does, in a copy of the folder."""
    folder = own_folder("compose")
    shutil.copy(CHECKOUT / "deploy" / "new-secrets.sh", folder)
    subprocess.run(["sh", folder / "new-secrets.sh"], check=True, capture_output=True)
    yield folder / "secrets"
    shutil.rmtree(folder)


def test_these_are_its_services(compose: Compose) -> None:
    assert tuple(compose["services"]) == SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_shut_in(name: str, compose: Compose) -> None:
    service = compose["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert ("ports" in service) == (name == "caddy")


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_to_a_patch_version(name: str, compose: Compose) -> None:
    assert re.fullmatch(r"[a-z-]+:\d+\.\d+(\.\d+)?(-\w+)?", compose["services"][name]["image"])


@pytest.mark.parametrize("name", ["redis", "postgres", "caddy"])
def test_a_service_of_others_has_a_health_check(name: str, compose: Compose) -> None:
    assert compose["services"][name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_the_databases_are_reached_by_the_bot_alone(compose: Compose) -> None:
    assert compose["networks"]["inside"] == {"internal": True}
    assert {name: set(service["networks"]) for name, service in compose["services"].items()} == {
        "bot": {"inside", "outside"},
        "redis": {"inside"},
        "postgres": {"inside"},
        "caddy": {"outside"},
    }


def test_the_variables_of_the_bot_are_settings_without_secrets(
    compose: Compose, variables: frozenset[str], secrets: frozenset[str]
) -> None:
    names = set(compose["services"]["bot"]["environment"])

    assert names <= variables
    assert not {name.lower() for name in names} & secrets


@pytest.mark.parametrize("address", ["172.18.0.5", "192.168.16.2"])
def test_caddy_is_trusted_wherever_docker_puts_it(address: str, compose: Compose) -> None:
    value = compose["services"]["bot"]["environment"]["YIBAO_TRUSTED_PROXIES"]
    proxies = value.removeprefix("${YIBAO_TRUSTED_PROXIES:-").removesuffix("}")

    trusted = Config.model_validate({"trusted_proxies": proxies}).trusted_proxies
    assert any(ip_address(address) in network for network in trusted)
    assert not any(ip_address("198.51.100.1") in network for network in trusted)


def test_every_secret_of_the_bot_is_a_file(compose: Compose, secrets: frozenset[str]) -> None:
    bot = compose["services"]["bot"]

    assert set(bot["secrets"]) == secrets
    assert bot["environment"]["YIBAO_SECRETS_DIR"] == "/run/secrets"


def test_every_secret_is_made_and_every_volume_is_known(compose: Compose, made: Path) -> None:
    files = {f"secrets/{file.name}" for file in made.iterdir()}
    used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
    mounted = {
        volume.partition(":")[0] for service in compose["services"].values() for volume in service["volumes"]
    }

    assert {secret["file"] for secret in compose["secrets"].values()} == files
    assert set(compose["secrets"]) == used
    assert {name for name in mounted if not name.startswith(".")} == set(compose["volumes"])


def test_the_secrets_are_behind_a_closed_door_and_readable_in_the_containers(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.iterdir()} == {0o644}


def test_the_passwords_fit_and_differ(made: Path) -> None:
    state = urlsplit((made / "yibao_state_url").read_text().strip())
    journal = urlsplit((made / "yibao_journal_url").read_text().strip())

    assert (made / "redis_auth").read_text() == f"requirepass {state.password}\n"
    assert (made / "postgres_password").read_text() == f"{journal.password}\n"
    assert (state.hostname, journal.hostname) == ("redis", "postgres")
    assert re.fullmatch(r"[0-9a-f]{48}", state.password or "")
    assert state.password != journal.password


def test_secrets_that_are_there_stay(made: Path) -> None:
    (made / "yibao_api_token").write_text("mine")
    before = {file.name: file.read_text() for file in made.iterdir()}

    subprocess.run(["sh", made.parent / "new-secrets.sh"], check=True, capture_output=True)

    assert {file.name: file.read_text() for file in made.iterdir()} == before


def test_redis_runs_as_told_and_only_with_the_password(compose: Compose, made: Path, tmp_path: Path) -> None:
    service = compose["services"]["redis"]
    here: Callable[[str], str] = lambda text: text.replace("/run/secrets", str(made)).replace("$$", "$")  # noqa: E731
    command = [str(tmp_path) if word == "/data" else here(word) for word in service["command"]]
    port = free_port()
    check = here(service["healthcheck"]["test"][1]).replace("redis-cli", f"redis-cli -p {port}")
    password = urlsplit((made / "yibao_state_url").read_text().strip()).password
    redis = program(service["entrypoint"][0], "redis-server")
    server = Server(
        [str(redis), "--bind", "127.0.0.1", "--port", str(port), *command],
        lambda: subprocess.run(["sh", "-c", check], capture_output=True, check=False).returncode == 0,
    )

    server.start()  # is over when the health check is content
    try:
        with Redis(port=port, password=password) as client:
            assert client.config_get("appendonly", "maxmemory-policy") == {
                "appendonly": "yes",
                "maxmemory-policy": "noeviction",
            }
        unauthorised = subprocess.run(
            ["redis-cli", "-p", str(port), "ping"], capture_output=True, text=True, check=False
        )
        assert unauthorised.stdout.startswith("NOAUTH")
    finally:
        server.stop()
