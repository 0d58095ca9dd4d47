"""Everything that can be wrong with a request from outside, each with the HTTP status that refuses it.

The messages go to whoever sent the request, so they never say what the right value would have been.
"""

from typing import ClassVar


class WeChatError(Exception):
    """A request that is refused; `status` is always a 4xx and `code` a fixed word for programs and logs."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"


class SignatureError(WeChatError):
    """The signature is missing or does not fit: the request does not come from WeChat."""

    status = 403
    code = "bad_signature"


class UnencryptedError(SignatureError):
    """The account is configured with a key, but the body carries no ciphertext (a downgrade)."""

    code = "not_encrypted"


class StaleError(WeChatError):
    """The request is signed, but its timestamp lies outside the replay window, or is no number of seconds."""

    status = 403
    code = "stale_timestamp"


class CiphertextError(WeChatError):
    """The ciphertext is signed but cannot be opened: no base64, wrong length, padding or text."""

    code = "bad_ciphertext"


class AppIdError(CiphertextError):
    """The ciphertext opens, but it was made for another account."""

    status = 403
    code = "wrong_app_id"


class MalformedError(WeChatError):
    """The body is no message: not UTF-8, not XML, or without the fields that every message has."""

    code = "malformed"


class UnreadableError(MalformedError):
    """A request is signed as it should be, but holds no message: it is met with silence, not refused.

    WeChat would send a refused one again, and then tell the user that the account is out of order.
    """

    code = "unreadable"


class ForbiddenMarkupError(MalformedError):
    """The XML declares a document type or entities, or nests too deep: WeChat never sends either."""

    code = "forbidden_markup"


class TooLargeError(WeChatError):
    """The body is longer than any message of WeChat."""

    status = 413
    code = "too_large"


class TooSlowError(WeChatError):
    """The body did not arrive within the time that there is for an answer."""

    status = 408
    code = "too_slow"


class EncodingError(WeChatError):
    """The body is compressed, which WeChat never does."""

    status = 415
    code = "unsupported_encoding"
