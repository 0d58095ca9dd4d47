"""The signature and the encryption of WeChat's callback protocol, as pure functions over bytes.

One message is `random (16 bytes) + length (4 bytes, big endian) + message + app id`, padded by PKCS#7 to
whole blocks of 32 bytes (not the 16 of AES) and encrypted by AES-256-CBC whose IV is the first half of the
key.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.channels.wechat.errors import AppIdError, CiphertextError

PAD_BLOCK: Final = 32
"""The block of the padding in bytes."""
RANDOM_BYTES: Final = 16
"""The random bytes in front of every message."""
KEY_BYTES: Final = 32
_AES_BLOCK: Final = 16
_LENGTH_END: Final = RANDOM_BYTES + 4
_KEY_FORM: Final = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)


class EncodingAESKeyError(ValueError):
    """The configured EncodingAESKey is not the 43 characters that the WeChat console shows."""


@dataclass(frozen=True, slots=True)
class AesKey:
    """The 32 bytes behind an EncodingAESKey; they stay out of `repr` so that no log can show them."""

    value: bytes = field(repr=False)

    @classmethod
    def parse(cls, encoded: str) -> Self:
        """Take the EncodingAESKey as the console shows it; EncodingAESKeyError says what is wrong with it."""
        text = encoded.strip()
        if not _KEY_FORM.fullmatch(text):
            raise EncodingAESKeyError(
                f"an EncodingAESKey has 43 characters of A-Z, a-z, 0-9, + and /; this one has {len(text)}"
                + (" and holds others" if re.search(r"[^A-Za-z0-9+/]", text) else "")
            )
        return cls(base64.b64decode(text + "="))

    def cipher(self) -> Cipher[CBC]:
        """Give the cipher of this key; WeChat fixes the IV to the first half of the key."""
        return Cipher(AES256(self.value), CBC(self.value[:_AES_BLOCK]))


def sign(*parts: str) -> str:
    """Give the lower-case hexadecimal SHA-1 of the parts, sorted and joined."""
    return hashlib.sha1(
        "".join(sorted(parts)).encode("utf-8", "surrogatepass"), usedforsecurity=False
    ).hexdigest()


def is_signed(signature: str, *parts: str) -> bool:
    """Tell in constant time whether `signature` is that of the parts (any text may stand in for it)."""
    return hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), sign(*parts).encode())


def decrypt(key: AesKey, encrypted: str, app_id: str) -> bytes:
    """Open a base64 ciphertext that was made for `app_id` and give the message.

    Raises CiphertextError when it cannot be opened and AppIdError when it is for another account.
    """
    try:
        raw = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CiphertextError("the ciphertext is not base64") from error
    if not raw or len(raw) % _AES_BLOCK:
        raise CiphertextError("the ciphertext is no whole number of blocks")
    decryptor = key.cipher().decryptor()
    content = _unpad(decryptor.update(raw) + decryptor.finalize())
    end = _LENGTH_END + int.from_bytes(content[RANDOM_BYTES:_LENGTH_END])
    if len(content) < _LENGTH_END or end > len(content):
        raise CiphertextError("the length in the ciphertext does not fit")
    if not hmac.compare_digest(content[end:], app_id.encode()):
        raise AppIdError("the ciphertext is for another account")
    return content[_LENGTH_END:end]


def encrypt(key: AesKey, message: bytes, app_id: str, random: bytes | None = None) -> str:
    """Seal a message for `app_id` as base64; equal `random` bytes (16, fresh by default) give equal texts."""
    prefix = secrets.token_bytes(RANDOM_BYTES) if random is None else random
    if len(prefix) != RANDOM_BYTES:
        raise ValueError(f"{RANDOM_BYTES} random bytes are needed, not {len(prefix)}")
    content = prefix + len(message).to_bytes(4) + message + app_id.encode()
    pad = PAD_BLOCK - len(content) % PAD_BLOCK
    encryptor = key.cipher().encryptor()
    return base64.b64encode(encryptor.update(content + bytes([pad]) * pad) + encryptor.finalize()).decode()


def _unpad(content: bytes) -> bytes:
    pad = content[-1]
    if not 1 <= pad <= PAD_BLOCK or content[-pad:] != bytes([pad]) * pad:
        raise CiphertextError("the padding of the ciphertext does not fit")
    return content[:-pad]
