from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.crypto import AesKey, decrypt, encrypt, sign
from bot.channels.wechat.errors import (
    AppIdError,
    CiphertextError,
    MalformedError,
    SignatureError,
    StaleError,
    UnencryptedError,
    WeChatError,
)
from bot.channels.wechat.messages import TextMessage, text_reply
from bot.channels.wechat.protocol import REPLAY_WINDOW, WeChatProtocol
from tests.channels.wechat.peer import (
    ABSENT,
    APP_ID,
    KEY,
    NOW,
    TOKEN,
    VECTORS,
    Clock,
    Peer,
    cases,
    strictly_read,
    text_body,
)

PLAIN = WeChatProtocol(token=TOKEN, app_id=APP_ID, clock=Clock())
SECURE = WeChatProtocol(token=TOKEN, app_id=APP_ID, aes_key=KEY, clock=Clock())
SECURE_PEER = Peer(key=KEY)


def of_case(case: dict[str, Any], *, keyed: bool) -> tuple[WeChatProtocol, Peer]:
    """Give the protocol and the peer of a vector, with the clock at its time."""
    key = AesKey.parse(case["encoding_aes_key"]) if keyed else None
    app_id = case.get("receive_id", "")
    clock = Clock(float(case["timestamp"]))
    peer = Peer(case["token"], app_id, key, case["timestamp"], case["nonce"])
    return WeChatProtocol(token=case["token"], app_id=app_id, aes_key=key, clock=clock), peer


def vector(group: str, name: str) -> dict[str, Any]:
    """Give one vector, or skip the test that needs it."""
    for parameters in cases(group):
        [case] = parameters.values
        if isinstance(case, dict) and case.get("id") == name:
            return case
    assert not VECTORS.exists(), f"{group} has no vector {name}"
    return pytest.skip(ABSENT)


def test_the_documented_verification() -> None:
    case = vector("signature", "doc-get-echostr")
    protocol, peer = of_case(case, keyed=False)

    assert peer.query()["signature"] == case["signature"]
    assert protocol.verify(peer.query() | {"echostr": case["echostr"]}) == case["response"]


def test_a_stale_verification_is_refused() -> None:
    case = vector("signature", "doc-get-echostr")
    late = Clock(float(case["timestamp"]) + 361)

    with pytest.raises(StaleError):
        WeChatProtocol(token=case["token"], app_id="", clock=late).verify(
            of_case(case, keyed=False)[1].query() | {"echostr": case["echostr"]}
        )


def test_a_repeated_verification_is_only_echoed() -> None:
    query = Peer().query() | {"echostr": "7"}

    assert [PLAIN.verify(query), PLAIN.verify(query)] == ["7", "7"]


def test_a_verification_without_echostr_is_malformed() -> None:
    with pytest.raises(MalformedError):
        PLAIN.verify(Peer().query())


@pytest.mark.parametrize("case", cases("aes_decrypt", "plaintext"))
def test_documented_requests_open_as_far_as_they_are_messages(case: dict[str, Any]) -> None:
    protocol, peer = of_case(case, keyed=True)
    query, body = peer.sealed(case["encrypt"])

    assert query["msg_signature"] == case["msg_signature"]
    if case["plaintext"].startswith("<xml>"):
        opened = protocol.open(query, body)
        assert isinstance(opened.message, TextMessage)
        assert opened.nonce == case["nonce"]
        assert opened.encrypted
    else:  # JSON, or the echostr of another product: authentic, but no message of an Official Account
        with pytest.raises(MalformedError):
            protocol.open(query, body)


@pytest.mark.parametrize("case", cases("aes_decrypt", "base"))
def test_documented_forgeries_are_refused(case: dict[str, Any]) -> None:
    group = "signature" if case["base"] == "doc-get-echostr" else "aes_decrypt"
    base = vector(group, case["base"])
    protocol, peer = of_case(base, keyed=group == "aes_decrypt")
    query, body = peer.sealed(base.get("encrypt", "")) if peer.key else (peer.query(), b"")
    change: tuple[WeChatProtocol, dict[str, str], bytes, type[WeChatError]]
    other_app = dict(base, receive_id="wx_other_app")
    match case["id"]:
        case "neg-doc-wrong-appid" | "neg-easywechat-appid":
            change = of_case(other_app, keyed=True)[0], query, body, AppIdError
        case "neg-doc-missing-msg_signature":
            del query["msg_signature"]
            change = protocol, query, body, SignatureError
        case "neg-doc-tampered":
            tampered = body.replace(base["encrypt"][:8].encode(), b"AAAAAAAA")
            change = protocol, query, tampered, SignatureError
        case "neg-doc-no-Encrypt":
            change = protocol, query, text_body("x").encode(), UnencryptedError
        case "neg-wechatpy-nonce":
            change = protocol, query | {"nonce": "461056293"}, body, SignatureError
        case "neg-easywechat-sig":
            change = protocol, query | {"msg_signature": "invalid-signature"}, body, SignatureError
        case "neg-timestamp-window":
            late = Clock(float(base["timestamp"]) + 361)
            stale = WeChatProtocol(token=base["token"], app_id="", clock=late)
            change = stale, query, text_body("x").encode(), StaleError
        case _:
            assert case["id"] == "neg-replay"
            echo = query | {
                "echostr": base["echostr"]
            }  # nothing is processed, now or again; for POST see the handler
            assert protocol.verify(echo) == protocol.verify(echo) == base["response"]
            return
    asked, query, body, error = change

    with pytest.raises(error):
        asked.open(query, body)


@pytest.mark.parametrize("case", cases("hostile", "encrypt"))
def test_hostile_ciphertexts_are_refused(case: dict[str, Any]) -> None:
    protocol, peer = of_case(case, keyed=True)
    query, body = peer.sealed(case["encrypt"])

    assert query["msg_signature"] == case["msg_signature"]
    with pytest.raises((CiphertextError, MalformedError)):
        protocol.open(query, body)


@pytest.mark.parametrize("case", cases("aes_encrypt_deterministic", "token"))
def test_envelopes_are_those_of_the_documents(case: dict[str, Any]) -> None:
    protocol, peer = of_case(case, keyed=True)
    query, body = peer.request(text_body("x"))

    envelope = protocol.seal(protocol.open(query, body), case["plaintext"], case["random16"].encode())

    assert envelope == (
        f"<xml><Encrypt><![CDATA[{case['encrypt']}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{case['msg_signature']}]]></MsgSignature>"
        f"<TimeStamp>{case['timestamp']}</TimeStamp><Nonce><![CDATA[{case['nonce']}]]></Nonce></xml>"
    )


@pytest.mark.parametrize("protocol", [PLAIN, SECURE])
@pytest.mark.parametrize("reply", ["success", ""])
def test_silence_is_never_encrypted(protocol: WeChatProtocol, reply: str) -> None:
    peer = Peer(key=KEY if protocol is SECURE else None)

    assert protocol.seal(protocol.open(*peer.request(text_body("x"))), reply) == reply


def test_plain_mode_reads_and_answers_in_plain() -> None:
    opened = PLAIN.open(*Peer().request(text_body("医保")))

    assert isinstance(opened.message, TextMessage)
    assert opened.message.content == "医保"
    assert PLAIN.seal(opened, "<xml>回答</xml>") == "<xml>回答</xml>"


def test_secure_mode_answers_in_seconds_with_the_nonce() -> None:
    opened = SECURE.open(*SECURE_PEER.request(text_body("医保")))

    fields = strictly_read(SECURE.seal(opened, text_reply(opened.message, "回答", NOW)))

    assert (fields["TimeStamp"], fields["Nonce"]) == (str(NOW), SECURE_PEER.nonce)
    assert fields["MsgSignature"] == sign(TOKEN, str(NOW), SECURE_PEER.nonce, fields["Encrypt"])
    assert strictly_read(decrypt(KEY, fields["Encrypt"], APP_ID).decode())["Content"] == "回答"


def test_of_a_compatible_body_only_the_ciphertext_counts() -> None:
    beside = "<FromUserName>oVictim</FromUserName><MsgType>text</MsgType><Content>假的</Content>"

    opened = SECURE.open(*SECURE_PEER.request(text_body("真的"), beside=beside))

    assert isinstance(opened.message, TextMessage)
    assert (opened.message.user, opened.message.content) == ("oUser", "真的")


def test_without_a_key_a_compatible_body_is_read_in_plain() -> None:
    beside = text_body("明文").removeprefix("<xml>").removesuffix("</xml>")
    query, body = SECURE_PEER.request(text_body("密文"), beside=beside)

    opened = PLAIN.open(query, body)

    assert isinstance(opened.message, TextMessage)
    assert (opened.message.content, opened.encrypted) == ("明文", False)


def test_without_a_key_a_secure_body_says_what_is_missing() -> None:
    with pytest.raises(MalformedError, match="no EncodingAESKey is configured"):
        PLAIN.open(*SECURE_PEER.request(text_body("x")))


def test_with_a_key_a_plain_body_is_refused_whatever_signs_it() -> None:
    query, body = Peer().request(text_body("x"))

    for forged in (query, query | {"msg_signature": query["signature"]}):
        with pytest.raises(SignatureError):
            SECURE.open(forged, body)


def test_an_old_request_of_another_year_is_refused() -> None:
    with pytest.raises(StaleError):
        PLAIN.open(*Peer(timestamp="1410685589").request(text_body("x")))


@pytest.mark.parametrize("away", [-REPLAY_WINDOW, -1, 0, REPLAY_WINDOW])
def test_the_window_is_open_both_ways(away: int) -> None:
    for protocol, key in ((PLAIN, None), (SECURE, KEY)):
        protocol.open(*Peer(key=key, timestamp=str(NOW + away)).request(text_body("x")))


@pytest.mark.parametrize(
    "timestamp",
    [
        str(NOW - REPLAY_WINDOW - 1),
        str(NOW + REPLAY_WINDOW + 1),
        str(NOW * 1000),
        "",
        "now",
        f"-{NOW}",
        f" {NOW}",
        "١٧١٤١١٢٥٠٠",
        "9" * 5000,
    ],
)
@pytest.mark.parametrize("key", [None, KEY])
def test_outside_the_window_nothing_is_read(timestamp: str, key: AesKey | None) -> None:
    protocol = SECURE if key else PLAIN

    with pytest.raises(StaleError):
        protocol.open(*Peer(key=key, timestamp=timestamp).request(text_body("x")))


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce"])
def test_every_signed_parameter_is_needed(missing: str) -> None:
    query, body = Peer().request(text_body("x"))
    del query[missing]

    with pytest.raises(SignatureError):
        PLAIN.open(query, body)


def test_an_account_needs_what_its_mode_needs() -> None:
    with pytest.raises(ValueError, match="token"):
        WeChatProtocol(token="", app_id=APP_ID)
    with pytest.raises(ValueError, match="app id"):
        WeChatProtocol(token=TOKEN, app_id="", aes_key=KEY)


QUERIES = st.dictionaries(
    st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "encrypt_type", "echostr"]),
    st.text(max_size=20) | st.just(str(NOW)),
)


@given(QUERIES, st.binary(max_size=300))
def test_only_our_errors_come_out_of_any_request(query: dict[str, str], body: bytes) -> None:
    for protocol in (PLAIN, SECURE):
        with pytest.raises(WeChatError):
            protocol.open(query, body)
        with pytest.raises(WeChatError):
            protocol.verify(query)


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """Draw a body with some of its bytes replaced, dropped or doubled."""
    raw = bytearray(body)
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, max(0, len(raw) - 1)))
        stop = draw(st.integers(start, min(len(raw), start + 40)))
        raw[start:stop] = draw(st.binary(max_size=20) | st.just(bytes(raw[start:stop]) * 2))
    return bytes(raw)


@given(mutated(text_body("看 <b>]]> 这段").encode()))
def test_only_our_errors_come_out_of_a_mutated_message(body: bytes) -> None:
    for peer, protocol in ((Peer(), PLAIN), (SECURE_PEER, SECURE)):
        try:
            opened = protocol.open(*peer.request(body))
        except WeChatError as error:
            assert 400 <= error.status < 500  # noqa: PT017 - what comes out is the point
        else:
            assert opened.message.user


QUERY, SEALED = SECURE_PEER.request(text_body("x"))


@given(mutated(SEALED))
def test_a_mutated_ciphertext_is_refused_or_is_the_same(body: bytes) -> None:
    try:
        opened = SECURE.open(QUERY, body)
    except WeChatError:
        return
    assert opened.message == SECURE.open(QUERY, SEALED).message


@given(mutated(text_body("x").encode()), st.binary(min_size=16, max_size=16))
def test_signed_noise_in_a_ciphertext_is_refused(plain: bytes, random: bytes) -> None:
    sealed = encrypt(KEY, plain, APP_ID, random)
    for cut in (sealed[:-24], sealed[24:], sealed[:-1]):
        with pytest.raises(WeChatError):
            SECURE.open(*SECURE_PEER.sealed(cut))
