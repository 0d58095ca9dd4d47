from __future__ import annotations

import pytest

from bot.storage.masking import mask, pseudonym


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我身份证110101199003071234查下", "我身份证[身份证号]查下"),
        ("11010119900307123X", "[身份证号]"),
        ("１１０１０１１９９００３０７１２３Ｘ。", "[身份证号]。"),
        ("110101 19900307 1234", "[身份证号]"),
        ("110101900307123", "[身份证号]"),
        ("卡号6222020200112233445", "卡号[银行卡号]"),
        ("6222 0202 0011 2233 445行吗", "[银行卡号]行吗"),
        ("6222-0202-0011-2233", "[银行卡号]"),
        ("订单20221103123456789012345", "订单[号码]"),
        ("13800138000", "[电话号码]"),
        ("打我电话138 0013 8000或+86 139-0013-9000", "打我电话[电话号码]或[电话号码]"),
        ("家里0352-7930123", "家里[电话号码]"),
        ("13800138000,110101199003071234", "[电话号码],[身份证号]"),
    ],
)
def test_personal_numbers_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "住院花了123456.78元",
        "2022年9月1日至2022年12月25日",
        "2022 2023 2024 2025 每年交多少",
        "打12393问",
        "一亿是100000000",
        "",
        "三甲医院住院花了五万，二档",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_a_pseudonym_is_stable_keyed_and_tells_channels_apart() -> None:
    name = pseudonym(b"key", "http", "a")

    assert name == pseudonym(b"key", "http", "a")
    assert (
        len(
            {
                name,
                pseudonym(b"other", "http", "a"),
                pseudonym(b"key", "wechat", "a"),
                pseudonym(b"key", "httpa", ""),
            }
        )
        == 4
    )
    assert len(name) == 32
