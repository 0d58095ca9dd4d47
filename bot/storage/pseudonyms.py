"""Names for users that tell them apart and do not tell who they are."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from bot.storage.protocols import StorageError

_KEY_BYTES = 32


def pseudonym(key: bytes, *names: str) -> str:
    """Return a name for a channel's user: always the same under one key, with no way back from it."""
    return hmac.new(key, "\0".join(names).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def own_key(file: Path) -> bytes:
    """Return this installation's key, made at the first call and readable by its owner only.

    Raises:
        StorageError: the file cannot be made or read, or is no such key.

    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        key = file.read_bytes()
    except OSError as error:
        raise StorageError(f"the key {file} cannot be made or read: {error.strerror}") from error
    if len(key) != _KEY_BYTES:
        raise StorageError(
            f"the key {file} has {len(key)} bytes, not {_KEY_BYTES}; remove it to have a new one made"
        )
    return key


def _make(file: Path) -> None:
    """Make a key, whole from the start; of several processes that do so at once, the first one's stays."""
    own = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    own.touch(mode=0o600)
    try:
        own.write_bytes(secrets.token_bytes(_KEY_BYTES))
        with suppress(FileExistsError):
            file.hardlink_to(own)
    finally:
        own.unlink()
