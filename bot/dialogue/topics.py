"""Which topic a message is about, the chat so far taken into account."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.dialogue.likelihood import (
    ANSWER,
    CLEAR_ANSWER,
    KNOWN,
    NEAR,
    OFFER,
    SURE,
    TALK_NEAR,
    TALK_SURELY,
    is_clear,
    of_one_matter,
    without_weak_talk,
)
from bot.dialogue.parts import Parts
from bot.dialogue.turn import Turn
from bot.understanding.index import SCOPE, TALK
from bot.understanding.matcher import Ranking
from bot.understanding.money import OF_RULE
from bot.understanding.understand import Understander
from calculators.known import COST
from knowledge.contents import National
from knowledge.names import ASPECTS, BENEFITS, CARE, OVERVIEW, Circumstance, Notion

_FOLLOWED = 0.35
"""From this probability on a message is read as going on from the topic of the chat."""
_ONE_MATTER = 0.60
"""From this probability of its subject or calculator on, the best topic is answered, whatever its aspect."""
_DESPITE_WORDS = 0.75
"""From this probability on a topic is answered though a word of the message is out of scope."""
_INSURANCE = frozenset({Notion.INSURANCE, Notion.REIMBURSE, Notion.VOUCHER, *ASPECTS})
"""A message with such a word that is about the insurance all the same names one of these."""
_SAME_SUBJECT = 1.6
_COMPLETED = 1.3
"""How much a topic of the chat's subject is preferred: by the words alone, and completed by the chat."""
_TWO = 2
_OF_HOSPITALS = frozenset({Circumstance.LEVEL, Circumstance.PLACE})
"""Circumstances that hospitals differ in."""
_CIRCUMSTANTIAL = frozenset({Notion.REMOTE})
"""Subjects whose words tell a circumstance of the others, too (care away from home)."""
_OF_SOMEBODY = frozenset({Notion.NEWBORN})
"""Subjects that are people: a chat about them goes on about them."""
_OF_SEVERAL = "an aspect that several benefits have"
_ONESELF_PAYS = re.compile("自[己个家][^,，。;；?]{0,6}?[掏出付贴垫拿花担负](?!院)")
_MOST_OFFERED = 3


@dataclass(frozen=True)
class Aim:
    """What a message is about, and the rule that decided so.

    Attributes:
        kind: answer these topics; offer them; or none fits.
        topics: best first; at most two to answer, three to offer.
        follows: whether the message goes on with what the chat was about.
        of_cost: whether it is the kind of a cost that the topics offered differ in.

    """

    kind: Literal["answer", "offer", "none"]
    topics: tuple[str, ...]
    decided: str
    follows: bool = False
    of_cost: bool = False


class Aimer:
    """Decides what messages are about."""

    def __init__(self, understander: Understander, national: National, parts: Parts) -> None:
        self._understander = understander
        self._national = national
        self._parts = parts
        self._subjects = frozenset(
            entry.subject for entry in national.topics.values() if entry.subject not in _CIRCUMSTANTIAL
        )

    def aim(self, turn: Turn, *, details_matter: bool) -> Aim:
        """Decide what a message is about: a follow-up to the topic of the chat, or a topic of its own.

        Args:
            turn: the message; details_matter: whether what it tells changes the answer to the chat's topic.

        """
        topic = turn.session.topic
        if topic is None or self.is_surely_talk(turn):
            return self._own_topic(turn)
        why = self._goes_on(turn, topic, details_matter=details_matter)
        if why is not None:
            return Aim("answer", (topic,), why, follows=True)
        new = self._names_a_thing(turn) and not self._is_about_somebody(turn, topic)
        follows = turn.follows or not new
        followed = self._follow_up(turn, topic) if follows else None
        if followed is not None:
            return followed
        own = self._own_topic(turn)
        unsure = own.kind == "none" or self._is_unsure_of_aspect(turn, topic) or own.decided == _OF_SEVERAL
        unsure = unsure or self._is_rather_of_the_chat(turn, topic)
        return (self._follow_up(turn, topic) if unsure and not turn.follows else None) or own

    def _is_about_somebody(self, turn: Turn, topic: str) -> bool:
        """Whether the chat is about a newborn, say, and a message names nobody else and no benefit."""
        of_somebody = self._national.topics[topic].subject in _OF_SOMEBODY
        other = Circumstance.PERSON in turn.told.values or turn.heard.features & frozenset(BENEFITS)
        return of_somebody and not other

    def _goes_on(self, turn: Turn, topic: str, *, details_matter: bool) -> str | None:
        """Tell why a message is surely about the very topic of the chat; None where it is not."""
        if turn.heard.rest and not turn.heard.tokens:
            return "what is left out leaves the topic of the chat"
        if details_matter and self.only_details(turn, topic):
            return "only details: the topic of the chat goes on"
        if self._points_at_the_rule(turn) or self._asks_of_itself(turn, topic):
            return "a part or an aspect that the topic of the chat tells of itself"
        if self._asks_what_comes_next(turn, topic):
            return "the next step of what the chat is about"
        worked_out = turn.session.calculated or COST in turn.session.facts.amounts
        if worked_out and self.asks_for_own_share(turn):
            return "one's own share of what was worked out"
        return None

    def _points_at_the_rule(self, turn: Turn) -> bool:
        """Whether a message goes on, and names nothing but an amount of the rule (那超过4万的那块呢)."""
        money = turn.heard.entities.money
        only_of_rule = bool(money) and all(found.role == OF_RULE for found in money)
        return turn.follows_on and only_of_rule and not self._names_a_thing(turn)

    def _asks_of_itself(self, turn: Turn, topic: str) -> bool:
        """Whether a message asks the rate, deductible or cap of a benefit that has no topic for it alone."""
        entry = self._national.topics[topic]
        asked = turn.heard.features.intersection(ASPECTS)
        if not asked or entry.calculator is None or self._names_a_thing(turn) or turn.told.amounts:
            return False
        of_subject = self._national.by_subject[entry.subject]
        told = {self._national.topics[name].aspect for name in of_subject}
        return entry.aspect == OVERVIEW and told.isdisjoint(asked)

    def _asks_what_comes_next(self, turn: Turn, topic: str) -> bool:
        """Whether a message asks how it goes on, and names nothing new."""
        new = self._parts.named(turn.heard.features) - self._understander.matcher.typical(topic)
        another = new and turn.heard.ranking.topics[0].score >= SURE
        return Notion.NEXT_STEP in turn.heard.features and not (new & self._subjects or another)

    def asks_for_own_share(self, turn: Turn) -> bool:
        """Whether a message asks what one pays oneself, and names nothing new."""
        of_oneself = Notion.SELF_PAY in turn.heard.features or _ONESELF_PAYS.search(turn.heard.rest)
        asked = of_oneself and Notion.HOW_MUCH in turn.heard.features
        chat = self._national.topics.get(turn.session.topic or "")
        own = {chat.subject, *turn.told.values} if chat is not None else set()
        return bool(asked) and not turn.told.amounts and not turn.heard.features & self._subjects - own

    def _is_unsure_of_aspect(self, turn: Turn, topic: str) -> bool:
        """Whether a message is about the matter of the chat, but which aspect of it the chat must tell."""
        first = turn.heard.ranking.topics[0]
        return first.score < CLEAR_ANSWER and self._is_of(first.topic, self._national.topics[topic].subject)

    def _is_rather_of_the_chat(self, turn: Turn, topic: str) -> bool:
        """Whether a message that is unsure by itself is as likely about the subject of the chat."""
        own = turn.heard.ranking.topics[0]
        if own.score >= SURE or own.topic.startswith((TALK, SCOPE)) or turn.told.amounts:
            return False
        subject = self._national.topics[topic].subject
        followed = self._likely_to_follow(turn, topic)
        best = max(followed, key=followed.__getitem__, default=None)
        return best is not None and self._is_of(best, subject) and followed[best] >= own.score

    def is_surely_talk(self, turn: Turn) -> bool:
        """Whether a message is small talk beyond doubt, whatever else stands in it (等一下我问下我妈)."""
        best = turn.heard.ranking.topics[0]
        return best.topic.startswith(TALK) and best.score >= SURE and best.near >= TALK_SURELY

    def _names_a_thing(self, turn: Turn) -> bool:
        return bool(self._parts.named(turn.heard.features))

    def only_details(self, turn: Turn, topic: str) -> bool:
        """Whether a message just tells more of the case that a topic is about, and asks nothing by itself."""
        if not turn.tells:
            return False
        subject = self._national.topics[topic].subject
        own = {subject, *turn.told.values, *({Notion.OUTPATIENT} if subject == Notion.CHRONIC else ())}
        other_subjects = (turn.heard.features & self._subjects) - own
        return not other_subjects - self._understander.matcher.typical(topic) and not self.asks(turn)

    def asks(self, turn: Turn) -> bool:
        """Whether a message asks for something in so many words."""
        asked = (
            turn.heard.features & (self._national.asking - self._national.vague) - turn.told.amounts.keys()
        )
        if Notion.DEDUCTIBLE in turn.told.amounts:
            asked -= {Notion.BEYOND}  # 起付线以上一万二 tells a cost
        return bool(asked - {Notion.SWITCH} if turn.follows_on else asked)

    def _follow_up(self, turn: Turn, topic: str) -> Aim | None:
        """Read a message as going on from the topic of the chat: another aspect, or the same of another.

        A topic of the same subject is preferred to one that the words alone would suggest a little more.
        """
        if turn.heard.ranking.known < KNOWN and not turn.follows_on:
            return None
        followed = self._likely_to_follow(turn, topic)
        best = max(followed, key=followed.__getitem__, default=None)
        if best is None or followed[best] < _FOLLOWED or self._interrupts(turn, topic, best, followed[best]):
            return None
        return Aim(
            "answer", (best,), f"goes on from {topic}: {followed[best]:.2f} (from {_FOLLOWED})", follows=True
        )

    def _likely_to_follow(self, turn: Turn, topic: str) -> dict[str, float]:
        """Tell how likely each topic is where a message goes on from the topic of the chat."""
        subject = self._national.topics[topic].subject
        typical = self._understander.matcher.typical(topic)
        asked = frozenset(feature for feature in typical if feature in self._national.asking)
        completed = [turn.heard.features | (typical - asked)]
        if turn.session.things:
            completed.append(turn.heard.features | frozenset(turn.session.things))
        if not turn.heard.features & self._national.asking:
            completed.append(turn.heard.features | asked)
        near = frozenset(self._national.topics[topic].next)
        followed = {
            found.topic: min(1.0, _SAME_SUBJECT * found.score)
            for found in turn.heard.ranking.topics
            if self._is_of(found.topic, subject) or found.topic in near
        }
        for features in completed:
            for found in self._understander.rank(features, turn.heard.rest).topics:
                if not found.topic.startswith((TALK, SCOPE)):
                    close = self._is_of(found.topic, subject) or found.topic in near
                    score = min(1.0, found.score * (_COMPLETED if close else 1.0))
                    followed[found.topic] = max(followed.get(found.topic, 0.0), score)
        of_somebody = {name: score for name, score in followed.items() if self._is_of(name, subject)}
        about_him = self._is_about_somebody(turn, topic) and max(of_somebody.values(), default=0) >= _FOLLOWED
        return of_somebody if about_him else followed

    def _interrupts(self, turn: Turn, topic: str, best: str, score: float) -> bool:
        """Whether a message rather asks something of its own than the topic that would follow best."""
        own = turn.heard.ranking.topics[0]
        if own.topic.startswith((TALK, SCOPE)):
            return own.score >= SURE and own.near >= TALK_NEAR
        subject = self._national.topics[topic].subject
        about_him = self._is_about_somebody(turn, topic) and self._is_of(best, subject)
        return score <= own.score and self._names_a_thing(turn) and not about_him

    def is_same_matter(self, topic: str, other: str) -> bool:
        """Whether what was told for one topic holds for another one, too: a journey's for the care on it."""
        subject = self._national.topics[topic].subject
        return subject in _CIRCUMSTANTIAL or self._is_of(other, subject)

    def _is_of(self, topic: str, subject: str) -> bool:
        entry = self._national.topics.get(topic)
        return entry is not None and entry.subject == subject

    def _own_topic(self, turn: Turn) -> Aim:
        field = self._names_a_thing(turn) or bool(turn.told.amounts)
        ranking = self._of_the_care_named(turn, without_weak_talk(turn.heard.ranking, field=field))
        first = ranking.topics[0]
        rival = turn.heard.outside is not None and self._national.out_of_scope[turn.heard.outside].rival
        named = not rival and turn.heard.features & _INSURANCE
        despite = named and first.score >= _DESPITE_WORDS
        if turn.heard.outside is not None and not despite:
            return Aim("answer", (f"{SCOPE}{turn.heard.outside}",), "a word that is out of scope by itself")
        of_several = self._aspect_of_several(turn)
        if of_several and first.score < SURE and not first.topic.startswith((TALK, SCOPE)):
            given = [name for name in of_several if turn.region is None or name in turn.region.answers]
            kind: Literal["answer", "offer"] = "answer" if len(given) == 1 else "offer"
            return Aim(kind, of_several, _OF_SEVERAL)
        nearest = max(found.near for found in ranking.topics)
        if first.score < OFFER or nearest < NEAR or ranking.known < KNOWN:
            measured = f"{first.score:.2f} (offer from {OFFER}), near {nearest:.2f} (from {NEAR})"
            measured += f", known {ranking.known:.2f} (from {KNOWN})"
            return Aim("none", (), measured)
        if first.topic.startswith((TALK, SCOPE)):
            return Aim("answer", (first.topic,), f"{first.score:.2f}")
        return self._of_the_field(turn, ranking)

    def _of_the_care_named(self, turn: Turn, ranking: Ranking) -> Ranking:
        """Leave aside what is about the other kind of care than a message names (门诊 二档一年封顶多少)."""
        named = turn.heard.features & CARE
        others = {topic for care in CARE - named for topic in self._national.by_subject.get(care, ())}
        if not named or ranking.topics[0].topic not in others:
            return ranking
        kept = [found for found in ranking.topics if found.topic not in others]
        total = sum(found.score for found in kept)
        if not total:
            return ranking
        return replace(ranking, topics=tuple(found._replace(score=found.score / total) for found in kept))

    def _of_the_field(self, turn: Turn, ranking: Ranking) -> Aim:
        """Decide what to answer, or to offer, of a message that belongs to the field."""
        first = ranking.topics[0]
        matter = of_one_matter(ranking, self._national.topics)
        stay = self._aspect_of_a_stay(turn)
        if stay is not None and not is_clear(ranking) and matter < _ONE_MATTER:
            return Aim("answer", (stay,), "a hospital's level or place and an aspect: a stay")
        unnamed = not self._names_a_thing(turn) and not turn.tells
        if (is_clear(ranking) and not unnamed) or first.score >= SURE:
            topics = self._parts.questions(turn, first.topic)
            return Aim("answer", topics, f"{first.score:.2f} (answer from {ANSWER})")
        if matter >= _ONE_MATTER:
            topics = self._parts.questions(turn, self._aspect_meant(turn, first.topic))
            return Aim("answer", topics, f"the matter {matter:.2f} (answer from {_ONE_MATTER})")
        if len(self._parts.asked(turn, first.topic)) >= _TWO:
            topics = self._parts.questions(turn, first.topic)
            return Aim("answer", topics, "each part asks something by itself")
        named = turn.heard.features & self._subjects
        if len(named) == 1 and (general := self._general(turn, *named)) is not None:
            return Aim("answer", (general,), "a matter that is named, and asked nothing of")
        offered = [found.topic for found in ranking.topics if not found.topic.startswith((TALK, SCOPE))]
        return Aim("offer", tuple(offered[:_MOST_OFFERED]), f"{first.score:.2f} between {OFFER} and {ANSWER}")

    def _aspect_meant(self, turn: Turn, topic: str) -> str:
        """Take a message that names a matter and asks nothing of it as asking about it in general."""
        return self._general(turn, self._national.topics[topic].subject) or topic

    def _general(self, turn: Turn, subject: str) -> str | None:
        """Name the topic that tells of a subject in general, where a message asks nothing of it."""
        if turn.heard.features & self._national.asking:
            return None
        of_subject = self._national.by_subject[subject]
        return next((name for name in of_subject if self._national.topics[name].aspect == OVERVIEW), None)

    def _aspect_of_a_stay(self, turn: Turn) -> str | None:
        """Take the rate, deductible or cap of a hospital, and no word on what for, as that of a stay."""
        likeliest = self._national.topics.get(turn.heard.ranking.topics[0].topic)
        is_named = likeliest is not None and not turn.heard.features.isdisjoint(likeliest.needs)
        if is_named or self._names_a_thing(turn) or not turn.told.values.keys() & _OF_HOSPITALS:
            return None
        named = [aspect for aspect in ASPECTS if aspect in turn.heard.features]
        stays = [name for name, entry in self._national.topics.items() if entry.subject == Notion.INPATIENT]
        return next((name for name in stays if self._national.topics[name].aspect in named), None)

    def _aspect_of_several(self, turn: Turn) -> tuple[str, ...]:
        """Take a bare rate, deductible or cap as that of every benefit for which the document gives one.

        Where it gives just one, the commonest benefit without it comes along, to be said that it is left out.
        """
        named = turn.heard.features.intersection(ASPECTS)
        if len(named) != 1 or self._names_a_thing(turn) or turn.tells:
            return ()
        having = [name for name, entry in self._national.topics.items() if entry.aspect in named]
        having.sort(key=self._likelihood_of_benefit)
        if turn.region is None:
            return tuple(having[:_MOST_OFFERED])
        given = [name for name in having if name in turn.region.answers]
        left_out = [name for name in having if name not in given]
        return (*given, *left_out[:1]) if len(given) == 1 else tuple(given[:_MOST_OFFERED])

    def _likelihood_of_benefit(self, topic: str) -> int:
        """Rank the benefits by how often residents use them."""
        subject = self._national.topics[topic].subject
        return next((place for place, benefit in enumerate(BENEFITS) if benefit == subject), len(BENEFITS))
