"""Text as people send it, made plain: one script, one width, no decoration.

Only what carries no meaning is changed. Numerals are left as they are written, because 三甲, 六安 and
五险一金 are words; reading them is the business of the modules that know what they look for.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

import opencc

LIMIT: Final = 2000
"""The number of characters that are kept of one message."""

_HEAD: Final = 1499
_TAIL: Final = LIMIT - _HEAD - 1

# Cantonese written in characters that standard Chinese lacks, or uses otherwise only inside known words.
# Both scripts stand here, because this runs before the conversion (which turns 嗰 into a rarity). Left out
# on purpose: 点 alone (点击, 几点), 仲 alone (仲裁), 使 and 话 alone, 返 (返还), 喇 (喇叭), and 嘞 (an ending
# in other dialects too).
_CANTONESE: Final = {
    # little words
    "的": "嘅", "在": "喺", "了": "咗", "没有": "冇", "些": "啲", "不": "唔", "那么": "咁", "啊": "㗎",
    "是不是": "系咪 係咪 系唔系 係唔係", "不是": "唔系 唔係", "行不行": "得唔得",
    "不用": "唔使", "用不用": "使唔使", "不会": "唔识 唔識", "麻烦": "唔该 唔該", "刚": "啱 啱啱",
    "还有": "仲有", "还没有": "仲冇", "还未": "仲未", "还要": "仲要", "还可": "仲可",
    # people
    "他": "佢", "们": "哋", "儿子": "个仔 個仔", "小孩": "细路 細路 细路仔 細路仔 细蚊仔 細蚊仔",
    # doing
    "看": "睇", "拿": "攞", "给": "畀 俾", "来": "嚟", "找": "揾 搵", "想": "谂 諗",
    # asking
    "什么": "乜 乜嘢 咩", "怎样": "点样 點樣 點样", "为什么": "点解 點解", "怎么办": "点算 點算",
    "哪里": "边度 邊度 边处 邊處", "谁": "边个 邊個", "哪张": "边张 邊張", "哪家": "边间 邊間",
    "哪天": "边日 邊日", "哪种": "边种 邊種", "哪条": "边条 邊條", "多少": "几多 幾多", "多久": "几耐 幾耐",
    "什么时候": "几时 幾時",
    # pointing
    "这里": "呢度", "这个": "呢个 呢個", "这些": "呢啲", "这张": "呢张 呢張", "这次": "呢次",
    "那": "嗰", "那里": "嗰度", "这样": "咁样 咁樣",
    "东西": "嘢", "现在": "而家", "家里": "屋企", "里面": "入面 入边 入邊", "一共": "加埋 冚唪唥",
    "报": "报返 報返", "能报": "报得返 報得返 报到返 報到返",
}  # fmt: skip
_MANDARIN: Final = {word: meant for meant, words in _CANTONESE.items() for word in words.split()}
_CANTONESE_WORD: Final = re.compile("|".join(sorted(_MANDARIN, key=len, reverse=True)))
# 係 and 系 are 是, except inside 关系, 联系, 系统, 系数; 个女 is a daughter only when it is someone's.
_IS: Final = re.compile("(?<![关關联聯])係(?![数數])|(?<=[我你他佢她都就又元0-9])系(?![统統列数數])")
# A dollar is one of its colloquial name only behind a number (三十蚊), else it is a mosquito.
_DOLLARS: Final = re.compile(r"(?<=[0-9零一二两兩三四五六七八九十百千万萬半几幾])[个個]?蚊(?!子)")
_DAUGHTER: Final = re.compile("(?<=[我你他佢帮幫])[个個]女(?![儿兒孩生的人士性方])")

# The names that WeChat writes between brackets when a picture of its own keyboard is forwarded as text. Other
# brackets ([2024年], [城乡居民医保]) are menu entries and stay.
_EMOTICONS: Final = (
    "微笑 撇嘴 色 发呆 得意 流泪 害羞 闭嘴 睡 大哭 尴尬 发怒 调皮 呲牙 惊讶 难过 囧 抓狂 吐 偷笑 愉快 "
    "白眼 傲慢 困 惊恐 憨笑 悠闲 咒骂 疑问 嘘 晕 衰 骷髅 敲打 再见 擦汗 抠鼻 鼓掌 坏笑 右哼哼 左哼哼 "
    "鄙视 委屈 快哭了 阴险 亲亲 可怜 笑脸 生病 脸红 破涕为笑 恐惧 失望 无语 嘿哈 捂脸 奸笑 机智 皱眉 "
    "耶 吃瓜 加油 加油加油 汗 天啊 emm 社会社会 旺柴 好的 打脸 哇 翻白眼 666 让我看看 叹气 苦涩 裂开 "
    "嘴唇 爱心 心碎 拥抱 强 弱 握手 胜利 抱拳 勾引 拳头 ok 合十 啤酒 咖啡 蛋糕 玫瑰 凋谢 菜刀 炸弹 "
    "便便 月亮 太阳 庆祝 礼物 红包 发 福 烟花 爆竹 猪头 跳跳 发抖 转圈 doge 图片 语音 视频 表情 "
    "动画表情"
)
_EMOTICON: Final = re.compile(rf"\[(?:{'|'.join(_EMOTICONS.split())})\]", re.IGNORECASE)

_HIDDEN_CODE: Final = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)
# What is left of a tag that was cut short or hidden in another tag.
_TAG_OPENING: Final = re.compile(r"<(?=[/!?]?[a-zA-Z])")
_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});")

_LINE_BREAKS: Final = re.compile(r"[^\S\n]*\n\s*")
_SPACES: Final = re.compile(r"[^\S\n]+")
_MARKS: Final = re.compile(r"[,.!?;。…、]{2,}")
_WAVES: Final = re.compile(r"[~〜～]{2,}|-{3,}|_{2,}|={2,}|\*{2,}|#{2,}|\|{2,}|—{2,}")
# Characters set apart one by one, as voice input sometimes leaves them.
_SPACED_OUT: Final = re.compile(r"(?<![一-鿿])(?:[一-鿿] ){3,}[一-鿿](?![一-鿿])")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _capped(text: str) -> str:
    return text if len(text) <= LIMIT else f"{text[:_HEAD]}\n{text[-_TAIL:]}"


def _visible(char: str) -> str:
    """Say what stands for a character that is not plain text: a space for a picture, nothing for a mark."""
    category = unicodedata.category(char)
    if category in {"So", "Co", "Cs", "Cn"} or (category == "Cc" and char != "\n"):
        return " "
    return "" if category in {"Cf", "Mn", "Me"} or (category == "Sk" and not char.isascii()) else char


def _one_mark(run: re.Match[str]) -> str:
    """Choose one mark for several in a row: a question outweighs a shout, and dots end a sentence."""
    marks = run[0]
    for mark in "?!":
        if mark in marks:
            return mark
    return "," if set(marks) <= set(",、") else "。"


def _mandarin(text: str) -> str:
    text = _DAUGHTER.sub("女儿", text)
    text = _DOLLARS.sub("元", text)
    text = _CANTONESE_WORD.sub(lambda word: _MANDARIN[word[0]], text)
    return _IS.sub("是", text)


def _plain_characters(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.isalnum():
        return text
    # Once more: parts of a letter may meet when what stood between them is gone.
    return unicodedata.normalize("NFKC", "".join(map(_visible, text)))


def clean(text: str) -> str:
    """Give a message in plain simplified Chinese, with nothing in it but words, numbers and single marks.

    Takes any string, of any length. The result has at most LIMIT characters (of a longer message its head
    and its tail, with a line break between), and cleaning it again changes nothing. Full-width letters,
    digits and marks become ASCII (，becomes a comma; 。and 、stay), traditional characters and Cantonese
    words become their everyday counterparts, and tags, entities, emoji, bracketed emoticons, invisible and
    control characters go. Repeated marks become one (？？！ is ?, …… is 。). A line break stays, once, as
    it parts questions; any other run of spaces is one space.
    """
    text = _capped(_plain_characters(_capped(text)))
    text = _HIDDEN_CODE.sub(" ", text)
    text = _ENTITY.sub(" ", _TAG_OPENING.sub(" ", _TAG.sub(" ", text)))
    text = _converter().convert(_mandarin(text))
    text = _EMOTICON.sub(" ", text)
    text = _WAVES.sub(" ", text)
    text = _MARKS.sub(_one_mark, text)
    text = _SPACES.sub(" ", _LINE_BREAKS.sub("\n", text)).strip()
    return _capped(_SPACED_OUT.sub(lambda run: run[0].replace(" ", ""), text))
