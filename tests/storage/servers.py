"""Throwaway servers of Redis and PostgreSQL on loopback, each in a folder of its own, ended by process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STARTING_SECONDS = 120.0
STOPPING_SECONDS = 60.0


def program(name: str, package: str) -> Path:
    """Find a server's program; where there is none the tests that need it are skipped, in CI they fail."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, folders)])
    )
    if found is None:
        missing = f"{name} is not installed: apt-get install {package}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return Path(found)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


class Server:
    """A server that can be stopped and started again, with what it has kept on disk."""

    def __init__(self, command: list[str], is_ready: Callable[[], bool], **options: Any) -> None:
        self._command = command
        self._is_ready = is_ready
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._options,
        )
        until = time.monotonic() + STARTING_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, f"{self._command[0]} has ended"
            assert time.monotonic() < until, f"{self._command[0]} does not become ready"
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT orderly and at once for both kinds of servers, SIGKILL like a failing machine."""
        if self._process is None:
            return
        self.send(signal.SIGCONT)
        self.send(number)
        try:
            self._process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class RedisServer(Server):
    """Redis, which keeps every change on disk."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        command = [
            str(program("redis-server", "redis-server")),
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--dir",
            str(folder),
            "--save",
            "",
            "--appendonly",
            "yes",
        ]
        super().__init__(command, lambda: _pongs(port))


class PostgresServer(Server):
    """PostgreSQL, which does not run as root."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.url = f"postgresql://yibao@127.0.0.1:{port}/postgres"
        bin_ = program("initdb", "postgresql").resolve().parent
        owner: dict[str, Any] = {"cwd": "/"}
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            owner |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        data = folder / "data"
        subprocess.run(
            [
                bin_ / "initdb",
                "-D",
                data,
                "-U",
                "yibao",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            check=True,
            capture_output=True,
            **owner,
        )
        command = [
            str(bin_ / "postgres"),
            "-D",
            str(data),
            "-p",
            str(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"unix_socket_directories={folder}",
            "-c",
            "fsync=off",
        ]
        asked = [str(bin_ / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        super().__init__(command, lambda: subprocess.run(asked, check=False).returncode == 0, **owner)


def own_folder(name: str) -> Path:
    """Make a folder that another user may be given: those of pytest cannot be entered by others."""
    folder = Path(tempfile.mkdtemp(prefix=f"yibao-{name}-"))
    folder.chmod(0o755)
    return folder


def _pongs(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
