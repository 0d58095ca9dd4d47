"""The bot as the image, the unit and the manifest run it.

The root is read-only, but for the data folder and temporary files; it has no capability, no home, no memory
that is written and executed; secrets come from files.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.storage.servers import free_port, own_folder

YIBAO = Path(sys.executable).with_name("yibao")
SECONDS = 60.0
TOKEN = "geheim"

_PR_SET_MDWE, _REFUSE_EXEC_GAIN = 65, 1

SHUT_IN = """
set -e
mount --bind "$YIBAO_DATA_DIR" "$YIBAO_DATA_DIR"
mount -t tmpfs tmpfs "$TMPDIR"
mount -o remount,bind,ro /
exec unshare --user --map-user=10001 --map-group=10001 "$@"
"""


class Bot:
    """A bot that serves from within `folder`, where its data, temporary files and secrets are."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.port = free_port()
        self.log = folder / "log"
        for name in ("data", "tmp", "secrets"):
            (folder / name).mkdir()
        (folder / "secrets" / "yibao_api_token").write_text(TOKEN)
        self.environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(folder / "tmp"),
            "YIBAO_DATA_DIR": str(folder / "data"),
            "YIBAO_SECRETS_DIR": str(folder / "secrets"),
            "YIBAO_PORT": str(self.port),
            "YIBAO_WORKERS": str(workers),
        }
        libc = ctypes.CDLL(None)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    "unshare",
                    "--user",
                    "--map-root-user",
                    "--mount",
                    "sh",
                    "-c",
                    SHUT_IN,
                    "sh",
                    YIBAO,
                    "serve",
                ],
                cwd="/",
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # as MemoryDenyWriteExecute of systemd; Linux before 6.3 does not know it
                preexec_fn=lambda: libc.prctl(  # noqa: PLW1509  # one system call, no lock is taken
                    _PR_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0
                ),
            )

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def wait(self) -> None:
        """Wait until it serves."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                self.ask("GET", "/healthz")
            except ConnectionRefusedError:
                time.sleep(0.05)
            else:
                return
        pytest.fail(f"it does not serve: {self.log.read_text()}")


@contextmanager
def running(workers: int) -> Iterator[Bot]:
    if subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "true"], check=False).returncode:
        pytest.skip("this machine lets nobody make namespaces")
    folder = own_folder("shut-in")
    bot = Bot(folder, workers)
    try:
        bot.wait()
        yield bot
    finally:
        bot.process.kill()
        bot.process.wait()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def bot() -> Iterator[Bot]:
    with running(workers=1) as bot:
        yield bot


def test_it_answers_with_the_secret_that_stands_in_a_file(bot: Bot) -> None:
    question = {"user": "u", "text": "大同孩子的医保一年交多少钱"}

    assert bot.ask("POST", "/api/chat", question)[0] == 401
    status, reply = bot.ask("POST", "/api/chat", question, Authorization=f"Bearer {TOKEN}")
    assert (status, reply["kind"]) == (200, "answer")
    assert "350" in reply["reply"]


def test_it_may_do_nothing_and_write_nowhere_else(bot: Bot) -> None:
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    mounts = Path(f"/proc/{bot.process.pid}/mounts").read_text().splitlines()
    options = {line.split()[1]: line.split()[3].split(",")[0] for line in mounts}

    assert "CapEff:\t0000000000000000" in status
    assert options["/"] == "ro"
    assert options[bot.environment["YIBAO_DATA_DIR"]] == "rw"


def test_no_secret_is_seen_from_outside(bot: Bot) -> None:
    seen = [Path(f"/proc/{bot.process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]

    assert all(TOKEN.encode() not in text for text in (*seen, bot.log.read_bytes()))


def test_the_health_check_of_the_image_tells_whether_it_serves(
    bot: Bot, dockerfile: list[tuple[str, str]]
) -> None:
    (check,) = (rest for name, rest in dockerfile if name == "HEALTHCHECK")
    command = [sys.executable, *json.loads(check[check.index("[") :])[1:]]

    def run(port: int) -> int:
        environment = {"YIBAO_PORT": str(port), "http_proxy": "http://127.0.0.1:1"}
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert run(bot.port) == 0
    assert run(free_port()) == 1


@pytest.mark.parametrize("kind", ["startup", "liveness", "readiness"])
def test_the_probes_of_kubernetes_are_answered(
    kind: str, bot: Bot, manifest: dict[str, dict[str, Any]]
) -> None:
    (container,) = manifest["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert bot.ask("GET", container[f"{kind}Probe"]["httpGet"]["path"])[0] == 200


def test_it_ends_orderly_with_its_workers_when_it_is_asked_to() -> None:
    with running(workers=2) as bot:
        bot.process.terminate()

        assert bot.process.wait(SECONDS) == 0
        assert "Traceback" not in bot.log.read_text()
