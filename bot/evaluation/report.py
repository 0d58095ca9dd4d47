"""What the verdicts on many cases come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from bot.dialogue.reply import Reply
from bot.evaluation.judging import Verdict

BANDS = 10
"""Into how many bands of equal width the scores are put."""


@dataclass(frozen=True)
class Share:
    """How many of how many."""

    part: int
    of: int

    @property
    def percent(self) -> float:
        """The share in percent; that of nothing is whole."""
        return 100 * self.part / self.of if self.of else 100.0

    def __str__(self) -> str:
        return f"{self.part:4d}/{self.of:<4d} {self.percent:5.1f} %"


@dataclass(frozen=True)
class Confusion:
    """A pair of what was expected and what was got instead, how often, and how often that was wrong."""

    expected: str
    got: str
    times: int
    wrong: int


@dataclass(frozen=True)
class Band:
    """Replies whose scores are in a band: its start, their average, and how many are right."""

    low: float
    mean: float
    right: Share


def right(verdicts: Collection[Verdict]) -> Share:
    """Count those that are right."""
    return Share(sum(verdict.right for verdict in verdicts), len(verdicts))


def told(verdicts: Iterable[Verdict]) -> Share:
    """Count, of the replies that are an answer or a calculation, those that are right."""
    return right([verdict for verdict in verdicts if verdict.tells])


def right_by(verdicts: Iterable[Verdict], key: Callable[[Verdict], str]) -> dict[str, Share]:
    """Count those that are right under each key."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(key(verdict), []).append(verdict)
    return {name: right(groups[name]) for name in sorted(groups)}


def kind(verdict: Verdict) -> str:
    """Tell the kind of reply that is expected."""
    return verdict.case.expect


def city(verdict: Verdict) -> str:
    """Tell the city that a case is about, as far as it tells."""
    return verdict.case.city or "none"


def topic(verdict: Verdict) -> str:
    """Tell the topic that a case is about, which is that of the reply where the case tells none."""
    return verdict.case.topic or verdict.reply.topic or "none"


def kinds_confused(verdicts: Iterable[Verdict]) -> list[Confusion]:
    """Tell which kinds of reply came in place of others."""
    return _confused((verdict.case.expect, verdict.reply.kind, verdict) for verdict in verdicts)


def topics_confused(verdicts: Iterable[Verdict]) -> list[Confusion]:
    """Tell which topics came in place of others, of the cases that tell one."""
    told = (verdict for verdict in verdicts if verdict.case.topic)
    return _confused((verdict.case.topic or "", verdict.reply.topic or "none", verdict) for verdict in told)


def _confused(pairs: Iterable[tuple[str, str, Verdict]]) -> list[Confusion]:
    times: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for expected, got, verdict in pairs:
        if expected != got:
            times[expected, got] += 1
            wrong[expected, got] += not verdict.right
    return [Confusion(*pair, count, wrong[pair]) for pair, count in times.most_common()]


def calibration(verdicts: Iterable[Verdict]) -> list[Band]:
    """Compare the scores of topics told about with how often what was told is right."""
    bands: dict[int, list[tuple[float, Verdict]]] = {}
    for verdict in verdicts:
        score = _score(verdict.reply)
        if verdict.tells and score is not None:
            bands.setdefault(min(int(score * BANDS), BANDS - 1), []).append((score, verdict))
    return [
        Band(
            number / BANDS,
            sum(score for score, _ in found) / len(found),
            right([verdict for _, verdict in found]),
        )
        for number, found in sorted(bands.items())
    ]


def _score(reply: Reply) -> float | None:
    """Tell the score of the reply's topic; there is none where the topic came from the chat before."""
    scores = (found.score for found in reply.trace.candidates if found.topic == reply.topic)
    return next(scores, None)


def facts_reached(verdicts: Iterable[Verdict]) -> dict[str, Share]:
    """Count by city the facts that a question got right."""
    asked: dict[str, set[str]] = {}
    reached: dict[str, set[str]] = {}
    for verdict in verdicts:
        if verdict.case.fact is not None:
            asked.setdefault(city(verdict), set()).add(verdict.case.fact)
            if verdict.right:
                reached.setdefault(city(verdict), set()).add(verdict.case.fact)
    return {name: Share(len(reached.get(name, ())), len(asked[name])) for name in sorted(asked)}


def as_lines(verdicts: Collection[Verdict]) -> Iterator[str]:
    """Write all of it down, the score last."""
    for title, key in (("kind", kind), ("city", city), ("topic", topic)):
        yield f"right by {title}:"
        yield from (f"  {name:34s} {share}" for name, share in right_by(verdicts, key).items())
    for title, pairs in (("kinds", kinds_confused(verdicts)), ("topics", topics_confused(verdicts))):
        if pairs:
            yield f"{title} other than expected:"
            for pair in pairs:
                yield f"  {f'{pair.expected} -> {pair.got}':34s} {pair.times:4d}, {pair.wrong} wrong"
    yield "answers and calculations right, by the score of their topic:"
    for band in calibration(verdicts):
        yield f"  from {band.low:.1f} (on average {band.mean:.2f}) {'':11s} {band.right}"
    reached = facts_reached(verdicts)
    if reached:
        yield "facts reached:"
        yield from (f"  {name:34s} {share}" for name, share in reached.items())
        total = Share(sum(share.part for share in reached.values()), sum(s.of for s in reached.values()))
        yield f"  {'all':34s} {total}"
    yield f"answers and calculations right:      {told(verdicts)}"
    yield f"score {right(verdicts).percent:.1f} % of {len(verdicts)}"
