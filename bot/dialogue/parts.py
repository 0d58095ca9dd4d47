"""What the parts of a message ask by themselves."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.likelihood import SURE, is_clear, of_one_matter
from bot.dialogue.turn import Turn
from bot.understanding.index import TALK
from bot.understanding.matcher import Ranking
from bot.understanding.understand import Clause, Understander, Understanding
from knowledge.contents import National
from knowledge.names import ASPECTS, CARE, Notion

_SECOND_QUESTION = 0.50
_SECOND_MATTER = 0.70
"""From these probabilities on, of topic or matter, a part of a message is a question of its own."""
_TWO = 2
_ASKING_END = re.compile(r"[吗不没么呢嘛]$")
_AND_PAID_BACK = re.compile("[和跟与同、]报销|还有报销|报销[和跟与同、](?!标准)")
"""What is paid back stands beside another aspect as one of its own."""


class Parts:
    """Reads messages part by part."""

    def __init__(self, understander: Understander, national: National) -> None:
        self._understander = understander
        self._national = national
        self._things = national.concepts.keys() - national.asking - national.vague

    def focused(self, heard: Understanding) -> Understanding:
        """Rank the topics for the parts of a message that ask, where the whole of it leaves them open.

        What a story tells besides would only hide what it asks.
        """
        asking = [clause for clause in heard.clauses if self._asks(clause)]
        if is_clear(heard.ranking) or len(asking) == len(heard.clauses):
            return heard
        features = frozenset[str]().union(*(clause.features for clause in asking))
        if not self.named(features):
            return heard
        ranking = self._understander.rank(features, " ".join(clause.text for clause in asking))
        is_talk = ranking.topics[0].topic.startswith(TALK)
        return replace(heard, ranking=ranking) if is_clear(ranking) and not is_talk else heard

    def named(self, features: frozenset[str]) -> frozenset[str]:
        """Tell which of a message's features name what it is about, rather than what it asks of that."""
        return features & self._things

    def _asks(self, clause: Clause) -> bool:
        return bool(clause.features & self._national.asking or _ASKING_END.search(clause.text))

    def questions(self, turn: Turn, first: str) -> tuple[str, ...]:
        """Find what the parts of a message ask by themselves; at most two topics, in the order of asking."""
        scores = self.asked(turn, first)
        surest = sorted(scores, key=scores.__getitem__, reverse=True)[:_TWO]
        found = [topic for topic in scores if topic in surest]
        if turn.heard.ranking.topics[0].score >= SURE and turn.heard.ranking.topics[0].topic == first:
            others = [topic for topic in found if topic != first and scores[topic] >= SURE]
            kept = {first, *others[:1]}
            found = [topic for topic in scores if topic in kept] if first in scores else [first, *others[:1]]
        if len(found) < _TWO:
            found = [first, *(topic for topic in found if topic != first)]
        if len(found) < _TWO:
            found = self._aspects(turn, first)
        return tuple(found[:_TWO])

    def asked(self, turn: Turn, first: str) -> dict[str, float]:
        """Find the topics that parts of a message ask by themselves, with their probability, in order."""
        scores: dict[str, float] = {}
        if len(turn.heard.clauses) < _TWO:  # the message as a whole is understood already
            return scores
        subject = self._understander.matcher.typical(first) - self._national.asking
        for clause in turn.heard.clauses:
            if not self._asks(clause):
                continue
            likeliest = self._of_part(clause, subject, self._conditions(turn, first), turn.heard.rest)
            best = likeliest.topics[0]
            entry = self._national.topics.get(best.topic)
            named = turn.heard.features & CARE
            if entry is None or (named and entry.subject in CARE - named):
                continue
            sure = best.score >= _SECOND_QUESTION
            if sure or (
                is_clear(likeliest) and of_one_matter(likeliest, self._national.topics) >= _SECOND_MATTER
            ):
                scores[best.topic] = max(scores.get(best.topic, 0.0), best.score)
        return scores

    def _conditions(self, turn: Turn, topic: str) -> frozenset[str]:
        """Tell the circumstances of a message without which it were not of a topic (its illness)."""
        needs = self._national.topics[topic].needs
        told = {feature for feature in turn.heard.features if feature.partition("=")[0] in needs}
        return frozenset(told) if any("=" in feature for feature in told) else frozenset()

    def _of_part(
        self, clause: Clause, subject: frozenset[str], conditions: frozenset[str], whole: str
    ) -> Ranking:
        """Rank the topics for a part of a message.

        One without a thing is about the subject of the others; one that names the kind of care is about what
        they tell of the case (乙肝常年吃药 门诊报几成).
        """
        own = self._understander.rank(clause.features, clause.text)
        named = self.named(clause.features)
        if named and named <= CARE and conditions:
            # By the words of the whole, or those of the part would be another topic's phrasing.
            return self._understander.rank(clause.features | conditions, whole)
        if named:
            return own
        completed = self._understander.rank(clause.features | subject | conditions, clause.text)
        if conditions or not clause.features - self._national.asking:
            return completed
        return max(own, completed, key=lambda ranking: ranking.topics[0].score)

    def _aspects(self, turn: Turn, first: str) -> list[str]:
        """Find the topics of one subject that a message asks in one breath (起付线和封顶线, 门槛费跟报销)."""
        named: list[str] = [aspect for aspect in ASPECTS if aspect in turn.heard.features]
        if named and Notion.RATE not in named and _AND_PAID_BACK.search(turn.heard.rest):
            named.append(Notion.RATE)
        if len(named) < _TWO:
            return [first]
        of_subject = self._national.by_subject[self._national.topics[first].subject]
        asked = [topic for topic in of_subject if self._national.topics[topic].aspect in named]
        return asked if len(asked) > 1 else [first]
