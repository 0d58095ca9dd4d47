"""Passwords kept as salted scrypt hashes, which tell nobody the password."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Self

SCHEME = "scrypt"
_COST, _BLOCK, _LANES = 2**15, 8, 3
"""What OWASP asks of scrypt with 32 MiB: a tenth of a second or two for each try."""
_SALT_BYTES, _HASH_BYTES = 16, 32
_WRITTEN = re.compile(
    r"scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9_-]{22,}={0,2}):([A-Za-z0-9_-]{43}=?)"
)
_MOST_MEMORY = 256 * 1024 * 1024


class PasswordError(ValueError):
    """Text that begins like a hash of a password and is none."""


@dataclass(frozen=True)
class Password:
    """A password as it is kept: its hash, with the salt and the cost of making it."""

    cost: int
    block: int
    lanes: int
    salt: bytes
    hashed: bytes

    @classmethod
    def of(cls, password: str) -> Self:
        """Hash a password, with a salt of its own."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(_COST, _BLOCK, _LANES, salt, _hash(password, _COST, _BLOCK, _LANES, salt))

    @classmethod
    def read(cls, setting: str) -> Self:
        """Read what a setting holds: a hash as `str` gives it, or a password in plain text.

        Raises:
            PasswordError: it begins like a hash and is none, or one that takes more memory than is sound.

        """
        if not is_hash(setting):
            return cls.of(setting)
        match = _WRITTEN.fullmatch(setting.strip())
        if match is None:
            raise PasswordError("this is no hash as `yibao hash-password` prints it")
        cost, block, lanes = (int(number) for number in match.groups()[:3])
        if cost & (cost - 1) or not cost * block * lanes or 128 * cost * block > _MOST_MEMORY:
            raise PasswordError("the cost of this hash is out of bounds; make one with `yibao hash-password`")
        salt, hashed = (
            base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in match.groups()[3:]
        )
        return cls(cost, block, lanes, salt, hashed)

    def is_(self, password: str) -> bool:
        """Whether this is the hash of a password; takes the time and memory of hashing it."""
        given = _hash(password, self.cost, self.block, self.lanes, self.salt)
        return hmac.compare_digest(given, self.hashed)

    def __str__(self) -> str:
        parts = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (self.salt, self.hashed))
        return ":".join((SCHEME, str(self.cost), str(self.block), str(self.lanes), *parts))


def is_hash(setting: str) -> bool:
    """Whether a setting is meant to be a hash, not a password in plain text."""
    return setting.startswith(f"{SCHEME}:")


def _hash(password: str, cost: int, block: int, lanes: int, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=cost,
        r=block,
        p=lanes,
        maxmem=2 * _MOST_MEMORY,
        dklen=_HASH_BYTES,
    )
