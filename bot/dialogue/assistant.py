"""The assistant: (session, message) -> (session', reply), a pure function over the knowledge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue.cases import Cases
from bot.dialogue.compose import Composer
from bot.dialogue.facts import amount_instead, facts_of
from bot.dialogue.picks import pick
from bot.dialogue.reply import Candidate, Reply, Trace
from bot.dialogue.session import Facts, Offer, Session
from bot.dialogue.sums import Sums
from bot.dialogue.topics import Aim, Aimer
from bot.dialogue.turn import Turn
from bot.understanding.understand import SCOPE, TALK, Understander, Understanding
from knowledge.contents import Knowledge

_MOST_CANDIDATES = 5
_UNCLEAR = "unclear"
_CANCEL = "cancel"
_RESET = "reset"
"""Kinds of small talk that the dialogue acts on."""
_COMMON_BENEFITS = ("inpatient", "outpatient", "chronic")
_MOST_OFFERED = 3
_SHORT_NUMBER = 2


class Assistant:
    """Answers messages over one state of the knowledge; keeps nothing between two of them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._understander = Understander(knowledge)
        self._aimer = Aimer(self._understander, knowledge.national)
        self._composer = Composer(knowledge)
        self._sums = Sums(knowledge)
        self._cases = Cases(knowledge, self._aimer, self._sums, self._composer)

    def reply(
        self, session: Session, text: str, *, today: dt.date, preset: str | None = None
    ) -> tuple[Session, Reply]:
        """Answer a message.

        Args:
            session: the chat so far (Session() for a new one).
            text: the message as the user sent it.
            today: the day on which it was sent.
            preset: the id of the region that the chat belongs to until the user names another; an id that
                is not known counts as none.

        Returns:
            The chat as it stands now, and the reply. Any text has a reply; nothing is raised.

        """
        if not session.named and preset in self._knowledge.regions:
            session = session.model_copy(update={"region": preset})
        heard = self._understander.understand(text, session.region, today)
        session, reply, decided = self._decide(session, heard, today)
        return session, reply.model_copy(update={"trace": _trace(heard, decided)})

    # --- the order of decisions -------------------------------------------------------------------------

    def _decide(self, session: Session, heard: Understanding, today: dt.date) -> tuple[Session, Reply, str]:
        offer = pick(heard.text, session.offers)
        if offer is not None:
            return self._take(session, offer, heard, today)
        told = heard.where.region is not None
        if told:
            session = _moved(session, heard.where.region)
        turn = self._turn(session, heard, today)
        session = session.model_copy(update={"offering": False})
        placed = told or (heard.where.elsewhere is not None and session.region is None)
        if not any(character.isalnum() for character in heard.rest) or (
            placed and all(token.filler for token in heard.tokens)
        ):
            return self._without_words(turn, told=told)
        if session.question is not None:
            if heard.rest.isdigit() and len(heard.rest) <= _SHORT_NUMBER and session.offers:
                again = self._cases.ask_again(turn)
                if again is not None:
                    return *again, "a number that is none of the choices"
            answered = self._cases.answered(turn)
            if answered is not None:
                return *answered, "the answer to what was asked"
        aim = self._aim(turn)
        if session.waiting is not None and told:
            return self._resume_with(turn, aim)
        if told and session.calculated and session.topic is not None and turn.follows and not self._aimer.asks(turn):
            aim = Aim("answer", (session.topic,), "the same sum for another place", follows=True)
        return self._pursue(turn, aim)

    def _resume_with(self, turn: Turn, aim: Aim) -> tuple[Session, Reply, str]:
        """Answer what waited for the place, and then what the message asks besides."""
        session, reply, decided = self._resume(turn.session, turn.today)
        if aim.kind != "answer" or aim.follows or aim.topics[0] not in self._knowledge.national.topics:
            return session, reply, decided
        later, other, _ = self._pursue(replace(turn, session=session), aim)
        if other.topic == reply.topic or reply.kind == "clarify":
            return session, reply, decided
        return later, self._composer.joined(reply, other), decided

    def _turn(self, session: Session, heard: Understanding, today: dt.date) -> Turn:
        region = self._knowledge.regions.get(session.region) if session.region is not None else None
        groups = self._understander.people(heard.rest, today)
        told = facts_of(heard.entities, heard.where.care, groups, region.info.document if region is not None else None)
        if session.calculated and not told.amounts:
            told = told.updated(amount_instead(heard.rest))
        return Turn(session, heard, told, region, today)

    def _aim(self, turn: Turn) -> Aim:
        """Decide what a message is about: a sum to be worked out, else a topic."""
        offered = self._detailed_offer(turn)
        if offered is not None:
            return Aim("answer", (offered,), "a detail that fits one of the topics offered", follows=True)
        aim = self._aimer.aim(turn, details_matter=self._cases.turns_on_details(turn))
        if aim.follows and (not turn.told.amounts or self._sums.called_for(turn, aim.topics[0])):
            return aim
        topic = self._sums.topic(turn) if turn.region is not None else None
        if topic is None:
            return aim
        if self._sums.is_open(turn) and self._aimer.asks(turn):
            return Aim("offer", self._benefits(topic), "a cost, but not of what")
        topics = self._knowledge.national.topics
        others = [other for other in aim.topics[1:] if other in topics and not self._sums.called_for(turn, other)]
        return Aim("answer", (topic, *others[:1]), f"a sum; {aim.decided}", follows=topic == turn.session.topic)

    def _benefits(self, likeliest: str) -> tuple[str, ...]:
        """Name the benefits that a cost may be of: the likeliest, then the common ones."""
        return tuple(dict.fromkeys((likeliest, *_COMMON_BENEFITS)))[:_MOST_OFFERED]

    def _without_words(self, turn: Turn, *, told: bool) -> tuple[Session, Reply, str]:
        """Answer a message that is only a place, or nothing but signs."""
        session = turn.session
        if told and session.waiting is not None:
            return self._resume(session, turn.today)
        if told and session.topic is not None and turn.region is not None:
            return self._pursue(turn, Aim("answer", (session.topic,), "another place for the same topic", follows=True))
        if told and turn.region is not None:
            return session, self._composer.region_set(turn.region), "only a place"
        if turn.heard.where.elsewhere is not None:
            return self._no_document(turn, turn.heard.where.elsewhere)
        return session, self._composer.small_talk(_UNCLEAR, session.region), "no words"

    def _take(
        self, session: Session, offer: Offer, heard: Understanding, today: dt.date
    ) -> tuple[Session, Reply, str]:
        """Go on with the choice that the user picked."""
        session = session.model_copy(update={"offers": ()})
        if offer.region is not None:
            session = _moved(session, offer.region)
            if session.waiting is not None:
                return self._resume(session, today)
        turn = self._turn(session, heard, today)
        if offer.topic is not None:
            return self._pursue(turn, Aim("answer", (offer.topic,), "picked from the choices", follows=True))
        if offer.input is not None and session.question is not None:
            facts = session.question.facts.updated(Facts(values={offer.input: offer.values}))
            return *self._cases.go_on(turn, session.question.topic, facts), "picked from the choices"
        return self._without_words(turn, told=offer.region is not None)

    def _resume(self, session: Session, today: dt.date) -> tuple[Session, Reply, str]:
        """Answer the message that waited for the region."""
        waiting = session.waiting or ""
        session = session.model_copy(update={"waiting": None, "offers": ()})
        heard = self._understander.understand(waiting, session.region, today)
        session, reply, decided = self._decide(session, heard, today)
        return session, reply, f"the question that waited for the place; {decided}"

    def _detailed_offer(self, turn: Turn) -> str | None:
        """Choose among topics that were offered by a detail that only one kind of them turns on (三甲的)."""
        if not turn.session.offering or self._aimer.asks(turn):
            return None
        topics = [offer.topic for offer in turn.session.offers if offer.topic is not None]
        return next((topic for topic in topics if self._sums.takes(turn, topic)), None)

    # --- a topic ----------------------------------------------------------------------------------------

    def _pursue(self, turn: Turn, aim: Aim) -> tuple[Session, Reply, str]:
        session = turn.session
        place = turn.heard.where.elsewhere
        if aim.kind == "none":
            if place is not None:
                return self._no_document(turn, place)
            asked = self._cases.ask_again(turn)
            if asked is not None:
                return *asked, f"{aim.decided}; asked once more"
            return _at_rest(session), self._composer.unknown(session.region), aim.decided
        first = aim.topics[0]
        if first.startswith(TALK):
            reply = self._composer.small_talk(first.removeprefix(TALK), session.region)
            return _after_talk(session, first.removeprefix(TALK)), reply, aim.decided
        if first.startswith(SCOPE):
            return session, self._composer.out_of_scope(first.removeprefix(SCOPE), session.region), aim.decided
        if place is not None and (turn.region is None or not self._knowledge.national.topics[first].elsewhere):
            return self._no_document(turn, place)
        if turn.region is None:
            reply, offers = self._composer.ask_region(first if aim.kind == "answer" else None)
            waiting = session.model_copy(update={"waiting": turn.heard.text, "offers": offers})
            return waiting, reply, f"{aim.decided}; no place known"
        if aim.kind == "offer":
            ask = self._knowledge.national.wording.which_topic
            reply, offers = self._composer.which_topic(aim.topics, session.region, ask)
            update = {"offers": offers, "question": None, "offering": True, "facts": session.facts.updated(turn.told)}
            return session.model_copy(update=update), reply, aim.decided
        return *self._cases.open(turn, aim), aim.decided

    def _no_document(self, turn: Turn, place: str) -> tuple[Session, Reply, str]:
        """Decline for a place; the question waits, should the user name one that has a document."""
        asked = turn.heard.rest if any(not token.filler for token in turn.heard.tokens) else turn.session.waiting
        session = turn.session.model_copy(update={"waiting": asked, "question": None})
        return session, self._composer.no_document(place, session.region), "a place without a document"


def _after_talk(session: Session, name: str) -> Session:
    """Small talk leaves the chat as it is, but for calling things off and starting anew."""
    if name == _RESET:
        return Session(region=session.region, named=session.named)
    return _at_rest(session) if name == _CANCEL else session


def _moved(session: Session, region: str | None) -> Session:
    """Let the chat be about another place; what was worked out for the old one is over."""
    if region == session.region:
        return session.model_copy(update={"named": True})
    return session.model_copy(update={"region": region, "named": True, "question": None})


def _at_rest(session: Session) -> Session:
    """Let go of what was asked and offered."""
    return session.model_copy(update={"question": None, "waiting": None, "offers": (), "facts": Facts(), "calculated": False})


def _trace(heard: Understanding, decided: str) -> Trace:
    entities: Mapping[str, str] = {
        **{name: "、".join(sorted(values)) for name, values in heard.entities.values.items()},
        **{money.role: money.amount.text for money in heard.entities.money},
        **{day.role: day.moment.text for day in heard.entities.days},
    }
    return Trace(
        text=heard.rest,
        tokens=tuple(token.word for token in heard.tokens),
        entities=entities,
        candidates=tuple(
            Candidate(topic=found.topic, score=round(found.score, 3), near=round(found.near, 3), phrasing=found.phrasing)
            for found in heard.ranking.topics[:_MOST_CANDIDATES]
        ),
        known=round(heard.ranking.known, 3),
        decided=decided,
    )
