"""A turn of the core, against jieba cutting the same text and against searches over the same phrasings.

    python -m tests.benchmarks.turn

Searches are compared by the time that they take, and by how often what the bot says to a plain question
about the topic that they find is right for the case: over the phrasings, and over 100,000 made from them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product
from statistics import mean, median

import bm25s
import jieba
import numpy as np
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz
from rapidfuzz.process import extractOne

from bot.clock import now
from bot.core import Core, read_core
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.evaluation import Case, faults
from bot.understanding.index import needs_of, phrasings_of
from bot.understanding.matcher import Matcher, features_of
from bot.understanding.text import clean
from bot.understanding.understand import Understander
from tests.benchmarks.questions import questions
from tests.benchmarks.rounds import each, heading, percentile, tell

MANY = 100_000
EVERY = 12
"""Searches over so many phrasings take long: one question in so many is enough."""
_BEFORE = ("", "请问", "你好", "我想问一下", "麻烦问下", "那个")
_AFTER = ("", "呢", "啊", "谢谢", "急", "在线等")

Search = Callable[[str], str]


def turns(core: Core, asked: Sequence[Case]) -> None:
    """Measure turns against cutting."""
    heading(f"A turn of the core, {len(asked)} questions of tests/eval, CPU")
    today = now().date()
    took = each(
        {
            "turn": lambda case: core.assistant.reply(
                Session(), case.turns[0], today=today, preset=case.region
            ),
            "cut": lambda case: jieba.lcut(case.turns[0]),
        },
        asked,
        rounds=3,
    )
    turn, cut = took["turn"], took["cut"]
    tell("jieba.cut, p50", f"{1e6 * median(cut):.0f} us")
    tell("turn, p50", f"{1e6 * median(turn):.0f} us")
    tell("turn p50 : jieba.cut p50", f"{median(turn) / median(cut):.1f}", "4")
    tell("turn p99 : its p50", f"{percentile(turn, 99) / median(turn):.1f}", "3")


def searches(core: Core, asked: Sequence[Case], many: int | None) -> None:
    """Measure ranking against searches, over so many phrasings (None: those that there are)."""
    understander = Understander(core.knowledge)
    lexicon = understander.lexicon
    phrasings = {topic: texts for topic, texts in phrasings_of(core.knowledge).items() if texts}
    if many is not None:
        phrasings = _made(phrasings, many)
    learnt = Matcher(phrasings, needs_of(core.knowledge), lexicon) if many else None
    matcher = learnt or understander.matcher

    def ours(text: str) -> str:
        return matcher.rank(features_of(lexicon.tokens(text)), text).topics[0].topic

    heading(f"Finding the topic among {sum(map(len, phrasings.values()))} phrasings, {len(asked)} questions")
    sides = {"ours": ours, **_peers(phrasings)}
    texts = [clean(case.turns[0]) for case in asked]
    took = each(sides, texts, rounds=2)
    for name, run in sides.items():
        replies = (plain(core, case.region, run(text)) for text, case in zip(texts, asked, strict=True))
        right = mean(not faults(case, reply) for case, reply in zip(asked, replies, strict=True))
        more = median(took[name]) / median(took["ours"])
        tell(name, f"{1e6 * median(took[name]):.0f} us, {more:.1f} x, {right:.1%} right")


def plain(core: Core, region: str | None, topic: str) -> Reply:
    """Give the reply to the plainest question about a topic."""
    text = phrasings_of(core.knowledge)[topic][0]
    return core.assistant.reply(Session(), text, today=now().date(), preset=region)[1]


def _peers(phrasings: Mapping[str, Sequence[str]]) -> dict[str, Search]:
    cut = jieba.lcut
    texts = [text for of_topic in phrasings.values() for text in of_topic]
    topics = [topic for topic, of_topic in phrasings.items() for _ in of_topic]
    words = [cut(text) for text in texts]
    okapi = BM25Okapi(words)
    sparse = bm25s.BM25()
    sparse.index(words, show_progress=False)

    def by_bm25s(text: str) -> str:
        found, _ = sparse.retrieve([cut(text)], k=1, show_progress=False)
        return topics[int(found[0, 0])]

    def by_likeness(text: str) -> str:
        found = extractOne(text, texts, scorer=fuzz.ratio)
        return topics[found[2]]

    return {
        "rank_bm25": lambda text: topics[int(np.argmax(okapi.get_scores(cut(text))))],
        "bm25s": by_bm25s,
        "rapidfuzz.process.extractOne": by_likeness,
    }


def _made(phrasings: Mapping[str, Sequence[str]], count: int) -> dict[str, Sequence[str]]:
    """Make more phrasings of those that there are, by what people say before and after."""

    def variants() -> Iterator[tuple[str, str]]:
        for before, after in product(_BEFORE, _AFTER):
            for topic, texts in phrasings.items():
                for text in texts:
                    yield topic, f"{before}{text}{after}"

    made: dict[str, list[str]] = {topic: [] for topic in phrasings}
    for topic, text in islice(variants(), count):
        made[topic].append(text)
    return {**made}


def main() -> None:
    """Measure and print."""
    core = read_core()
    gc.freeze()  # as `yibao serve` does
    asked = questions()
    turns(core, asked)
    searches(core, asked[::EVERY], None)
    searches(core, asked[::EVERY], MANY)


if __name__ == "__main__":
    main()
