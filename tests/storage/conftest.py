from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.storage.servers import PostgresServer, RedisServer, Server, own_folder

S = TypeVar("S", bound=Server)


def running(kind: Callable[[Path], S], name: str) -> Iterator[S]:
    """Run a server in a folder of its own."""
    folder = own_folder(name)
    try:
        server = kind(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    yield from running(RedisServer, "redis")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    yield from running(PostgresServer, "postgres")
