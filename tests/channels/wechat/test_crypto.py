from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.wechat.crypto import AesKey, EncodingAESKeyError, decrypt, encrypt, is_signed, sign
from bot.channels.wechat.errors import AppIdError, CiphertextError
from tests.channels.wechat.peer import APP_ID, ENCODED_KEY, KEY, cases

RANDOM = b"0123456789abcdef"


@pytest.mark.parametrize("case", cases("signature"))
def test_signatures_of_the_documents_and_of_others(case: dict[str, Any]) -> None:
    signed = is_signed(case["signature"], case["token"], case["timestamp"], case["nonce"])

    assert signed is (case["expect"] == "accept")


@pytest.mark.parametrize(
    "signature", ["", "f" * 40, "签名", "F21891DE399B4E33A1A93C9A7B8A8FFFB5A443FF", "\ud800"]
)
def test_no_other_text_is_a_signature(signature: str) -> None:
    assert not is_signed(signature, "test", "1410685589", "test")


@pytest.mark.parametrize("case", cases("aes_decrypt", "plaintext"))
def test_ciphertexts_of_others_open(case: dict[str, Any]) -> None:
    key = AesKey.parse(case["encoding_aes_key"])

    assert is_signed(case["msg_signature"], case["token"], case["timestamp"], case["nonce"], case["encrypt"])
    assert decrypt(key, case["encrypt"], case["receive_id"]).decode() == case["plaintext"]


@pytest.mark.parametrize("case", cases("aes_encrypt_deterministic"))
def test_ciphertexts_equal_those_of_others_byte_for_byte(case: dict[str, Any]) -> None:
    key = AesKey.parse(case["encoding_aes_key"])

    sealed = encrypt(key, case["plaintext"].encode(), case["receive_id"], case["random16"].encode())

    assert sealed == case["encrypt"]
    if case["msg_signature"]:
        assert sign(case["token"], case["timestamp"], case["nonce"], sealed) == case["msg_signature"]


@pytest.mark.parametrize("case", cases("other_channels", "token"))
def test_the_same_scheme_elsewhere_opens_too(case: dict[str, Any]) -> None:
    opened = decrypt(AesKey.parse(case["encoding_aes_key"]), case["encrypt"], case["receive_id"])

    assert opened.decode() == case["plaintext"]
    assert is_signed(case["signature"], case["token"], case["timestamp"], case["nonce"], case["encrypt"])


@pytest.mark.parametrize("case", cases("hostile", "encrypt"))
def test_hostile_ciphertexts_are_refused(case: dict[str, Any]) -> None:
    key = AesKey.parse(case["encoding_aes_key"])
    if case["id"] == "crypt-full-block-pad":
        assert decrypt(key, case["encrypt"], case["receive_id"]) == b"m" * 58
    elif case["id"] == "crypt-non-utf8":
        with pytest.raises(UnicodeDecodeError):
            decrypt(key, case["encrypt"], case["receive_id"]).decode()
    else:
        error = AppIdError if case["id"] == "crypt-wrong-appid" else CiphertextError
        with pytest.raises(error):
            decrypt(key, case["encrypt"], case["receive_id"])


@settings(deadline=None)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_is_sealed_opens(message: bytes, app_id: str) -> None:
    assert decrypt(KEY, encrypt(KEY, message, app_id), app_id) == message


@pytest.mark.parametrize("length", range(65))
def test_every_length_of_padding(length: int) -> None:
    sealed = encrypt(KEY, b"m" * length, APP_ID, RANDOM)

    assert len(sealed) % 4 == 0
    assert decrypt(KEY, sealed, APP_ID) == b"m" * length


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(noise: bytes) -> None:
    with pytest.raises(CiphertextError):
        decrypt(KEY, base64.b64encode(noise).decode(), APP_ID)


def test_another_account_is_refused() -> None:
    sealed = encrypt(KEY, b"m", APP_ID)

    for other in ("", APP_ID[:-1], APP_ID + "x", "别的"):
        with pytest.raises(AppIdError):
            decrypt(KEY, sealed, other)


def test_equal_messages_get_different_ciphertexts() -> None:
    assert encrypt(KEY, b"m", APP_ID) != encrypt(KEY, b"m", APP_ID)


def test_sixteen_random_bytes_are_needed() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        encrypt(KEY, b"m", APP_ID, b"short")


def test_a_key_is_read_as_the_console_shows_it() -> None:
    assert AesKey.parse(f" {ENCODED_KEY}\n").value == bytes(range(32))


@pytest.mark.parametrize(
    ("encoded", "says"),
    [
        ("", "this one has 0"),
        (ENCODED_KEY[:-1], "this one has 42"),
        (ENCODED_KEY + "=", "this one has 44 and holds others"),
        ("-" * 43, "this one has 43 and holds others"),
        ("密" * 43, "holds others"),
    ],
)
def test_a_wrong_key_is_named_but_never_shown(encoded: str, says: str) -> None:
    with pytest.raises(EncodingAESKeyError, match=says) as raised:
        AesKey.parse(encoded)

    assert not encoded or encoded not in str(raised.value)


def test_a_key_stays_out_of_logs() -> None:
    assert repr(KEY) == "AesKey()"
