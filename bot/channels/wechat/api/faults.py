"""What WeChat's API refuses, each kind with what to do about it.

The messages hold WeChat's code and words and the advice; never a token, a secret or a user.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

_LONGEST_WORDS: Final = 200


class ApiError(Exception):
    """A call that WeChat refused, for a reason that has no kind of its own.

    Attributes:
        code: WeChat's errcode; 0 where there was no answer.

    """

    advice: ClassVar[str] = "look the code up in WeChat's list of return codes (全局返回码)"

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"WeChat says {code}: {words[:_LONGEST_WORDS]} - {self.advice}")
        self.code = code


class UnreachableError(ApiError):
    """WeChat did not answer, or with something that is no answer."""

    advice = "check that this machine reaches the address of the API (DNS, firewall, proxy)"


class BusyError(ApiError):
    """WeChat is busy."""

    advice = "WeChat is busy; it works again by itself"


class CredentialError(ApiError):
    """The access token is not (or no longer) valid, also not a fresh one."""

    advice = "a fresh token was refused, too: check that AppID and AppSecret belong to one account"


class SecretError(ApiError):
    """AppID or AppSecret is wrong, or the secret is frozen."""

    advice = "check AppID and AppSecret in the console (基本配置); a reset secret has to be set here, too"


class AddressError(ApiError):
    """This machine's address is not on the account's list."""

    advice = "put the address that WeChat names on the account's IP list (基本配置-IP白名单)"


class RightError(ApiError):
    """The account may not do this."""

    advice = "the account has no right to this, which takes 微信认证; see 接口权限 in the console"


class WindowError(ApiError):
    """The user wrote too long ago, or has left."""

    advice = "nothing to do: the user wrote more than 48 hours ago or has unfollowed"


class CountError(ApiError):
    """The user got as many messages as they may before they write again."""

    advice = "nothing to do: no more messages to this user until they write again"


class LengthError(ApiError):
    """A message is too long."""

    advice = "this is a fault of the bot: please report it"


class QuotaError(ApiError):
    """The account has used up its calls."""

    advice = (
        "the calls of today are used up, or come too fast; see 接口权限; they are counted anew from midnight"
    )


class MenuError(ApiError):
    """The menu has a form that WeChat does not take."""

    advice = "the menu has a form that WeChat refuses; compare `yibao menu show`"


STALE_TOKEN: Final = frozenset({40001, 40014, 42001})
"""The codes of a token that is not valid: a fresh one may do."""

_KINDS: Final[Mapping[int, type[ApiError]]] = {
    -1: BusyError,
    **dict.fromkeys(STALE_TOKEN, CredentialError),
    **dict.fromkeys((40013, 40125, 41002, 41004, 40243), SecretError),
    **dict.fromkeys((40164, 61004), AddressError),
    **dict.fromkeys((48001, 50001, 50002), RightError),
    45015: WindowError,
    45047: CountError,
    45002: LengthError,
    **dict.fromkeys((45009, 45011), QuotaError),
    **dict.fromkeys((*range(40015, 40028), 40054, 40055, 65301), MenuError),
}


def fault(code: int, words: str) -> ApiError:
    """Give the error of a code, with WeChat's words."""
    return _KINDS.get(code, ApiError)(code, words)
