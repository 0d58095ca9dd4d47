"""Why the bot replies as it does, in words for people who do not know how it is built."""

from __future__ import annotations

from collections.abc import Iterator

from bot.console.services import Services
from bot.dialogue.likelihood import ANSWER, KNOWN, NEAR, OFFER
from bot.dialogue.reply import Reply
from bot.understanding.index import SCOPE


def reasons(reply: Reply, names: Services) -> Iterator[str]:
    """Tell why a reply is what it is, from its trace.

    Args:
        reply: the reply; names: says topics and regions in words.

    """
    match reply.kind:
        case "answer" | "calculation":
            yield f"现在能答：当作“{names.title(reply.topic)}”来回答。"
        case "decline" if reply.topic is not None:
            yield f"听懂了，问的是“{names.title(reply.topic)}”，但{names.place(reply.region)}的文件里没有写。"
        case "clarify" if reply.topic is not None:
            yield f"听懂了，问的是“{names.title(reply.topic)}”，还差一个条件，所以先反问。"
        case "chat" | "handoff":
            yield "当作闲聊来回答。"
        case _ if reply.text.startswith(names.no_document):
            yield "问的是没有文件的地方。"
        case _:
            yield from _doubts(reply, names)


def _doubts(reply: Reply, names: Services) -> Iterator[str]:
    """Tell why a message was not taken for any topic."""
    trace = reply.trace
    if not trace.candidates:
        yield "消息里没有可以拿来判断话题的字词。"
        return
    first = trace.candidates[0]
    likeliest = f"“{names.title(first.topic)}”"
    if names.is_outside(reply):
        yield (
            f"当作{likeliest}，这类问题不回答。"
            if first.topic.startswith(SCOPE)
            else "里面有不归医保管的字词。"
        )
        return
    if trace.known < KNOWN:
        yield f"这句话里认得的字词只有 {trace.known:.0%}，不到 {KNOWN:.0%} 就不敢当作医保问题。"
    if max(candidate.near for candidate in trace.candidates) < NEAR:
        yield "和已有的问法都不够像。"
    if first.score < OFFER:
        yield f"最可能的是{likeliest}，也只有 {first.score:.0%} 的把握，不到 {OFFER:.0%} 就不答。"
    elif first.score < ANSWER:
        yield f"最可能的是{likeliest}，有 {first.score:.0%} 的把握，不到 {ANSWER:.0%} 就不直接答。"
    else:
        yield f"最可能的是{likeliest}，有 {first.score:.0%} 的把握，但整句话不够清楚。"
