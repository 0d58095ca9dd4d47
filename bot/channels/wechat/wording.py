"""What the channel itself says to residents."""

from typing import Final

from bot.channels.wechat.phone import CONTINUE, link

WELCOME: Final = (
    "您好，这里可以问城乡居民医保的事：交多少钱、怎么交、门诊和住院报多少、异地就医怎么办。\n"
    "直接用大白话打字就行，带上您参保的地方会更快，比如“我们这儿住院花了两万能报多少”。\n"
    "请不要发身份证号、银行卡号这些个人信息。"
)
ABILITIES: Final = (
    "这个我还看不懂，麻烦您打字说一下。\n我能回答城乡居民医保的缴费、待遇和报销问题，也能帮您算大约报多少。"
)
PLEASE_TYPE: Final = "这段语音没听清，麻烦您打字问我，或者慢一点再说一遍。"
PLEASE_NAME_PLACE: Final = "这个位置没有地名，请直接打字告诉我您在哪个市、哪个区县参保。"
SORRY: Final = "刚才没能查成，请过一会儿再问一次。"
OTHERS: Final = "还可以问："
STILL_WORKING: Final = f"还在查，请过几秒回复“{link(CONTINUE, 1)}”看结果。"
ON_ITS_WAY: Final = f"还在查，查到就发给您。过一分钟还没收到的话，回复“{link(CONTINUE, 1)}”看结果。"
"""For accounts that may send messages by themselves."""
PLAIN_STILL_WORKING: Final = f"还在查，请过几秒回复“{CONTINUE}”看结果。"
"""For phones that know no such links."""
