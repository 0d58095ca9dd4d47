"""The assistant: (session, message) -> (session', reply), a pure function over the knowledge."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

from bot.dialogue.asking import Asking
from bot.dialogue.calculating import Calculating
from bot.dialogue.cases import Cases
from bot.dialogue.compose import Composer
from bot.dialogue.facts import (
    added_up,
    after_those_before,
    amount_instead,
    compared,
    facts_of,
    in_the_same_role,
    less_outside,
    less_parts,
    set_against,
    set_against_before,
    with_those_before,
)
from bot.dialogue.family import joined, meant
from bot.dialogue.intent import Intent
from bot.dialogue.matters import Matters, comes_back
from bot.dialogue.parts import Parts
from bot.dialogue.picks import pick
from bot.dialogue.reply import Candidate, Reply, Trace
from bot.dialogue.session import Facts, Offer, Session
from bot.dialogue.several import Costs, Several
from bot.dialogue.sums import Sums
from bot.dialogue.topics import Aim, Aimer
from bot.dialogue.turn import Move, Turn
from bot.dialogue.workings import Workings
from bot.understanding.index import SCOPE, TALK
from bot.understanding.segment import EngineName
from bot.understanding.sides import DIFFERENCE_ASKED
from bot.understanding.understand import Understander, Understanding
from calculators.catalogue import Catalogues
from knowledge.contents import Knowledge
from knowledge.names import Notion, Talk

_ADDED = re.compile(
    "加起来|合起来|加埋|加一块|加一起|加在一[起块]|合一块|一块儿?算|加上(?:前面|上次|上回|之前)|连(?:前面|上次|上回|之前)|累计起来"
)
_WHICH = re.compile(rf"{DIFFERENCE_ASKED.pattern}|哪[个家边种样头]|划算|合算")
_MOST_CANDIDATES = 5
_SHORT_NUMBER = 2
_TWO = 2


class Assistant:
    """Answers messages over one state of the knowledge; keeps nothing between two of them.

    Args:
        knowledge: what is answered from.
        engine: what cuts messages into words.

    Raises:
        ImportError: the engine is not installed.

    """

    def __init__(self, knowledge: Knowledge, engine: EngineName = "jieba") -> None:
        national = knowledge.national
        self._knowledge = knowledge
        self._understander = Understander(knowledge, engine)
        self._composer = Composer(knowledge)
        self._parts = Parts(self._understander, national)
        self._aimer = Aimer(self._understander, national, self._parts)
        self.calculators = Catalogues(knowledge)
        """For each region, its calculators by id."""
        self._workings = Workings(national.topics, self.calculators)
        sums = Sums(knowledge, self._workings)
        calculating = Calculating(national, self._workings, self._composer)
        self._cases = Cases(national, self._aimer, sums, self._composer, calculating)
        self._asking = Asking(national, self._aimer, self._workings, self._cases)
        self._matters = Matters(national.topics)
        self._several = Several(national, self._understander.lexicon)
        self._intent = Intent(national, self._aimer, sums, self._cases)

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
        heard = self._heard(text, session.region, today)
        besides = comes_back(heard.text)
        if besides is not None:
            session = self._matters.returned(session, heard.features)
            heard = self._heard(besides, session.region, today)
        move = self._move(session, heard, today)
        if heard.is_english:
            move = replace(move, reply=self._composer.for_english(move.reply))
        session = self._matters.kept(session, move.session)
        if things := self._parts.named(heard.features):
            session = session.model_copy(update={"things": tuple(sorted(things))})
        return session, move.reply.model_copy(update={"trace": _trace(heard, move.decided)})

    def _heard(self, text: str, region: str | None, today: dt.date) -> Understanding:
        """Understand a message, by what it asks where its story leaves that open."""
        return self._parts.focused(self._understander.understand(text, region, today))

    # --- the order of decisions -------------------------------------------------------------------------

    def _move(self, session: Session, heard: Understanding, today: dt.date) -> Move:
        offer = pick(heard.text, session.offers)
        if offer is not None:
            return self._take(session, offer, heard, today)
        if heard.where.region is not None:
            session = _moved(session, heard.where.region)
        costs = self._several.of(heard) if session.region is not None else None
        if costs is not None:
            return self._one_by_one(session, costs, today)
        turn = self._turn(session, heard, today)
        named_a_place = heard.where.region is not None or (
            heard.where.elsewhere is not None and session.region is None
        )
        if turn.is_wordless or (named_a_place and turn.says_nothing):
            return self._without_words(turn)
        answered = self._answered(turn)
        if answered is not None:
            return answered
        aim = self._intent.of(turn)
        if aim.kind == "answer" and aim.follows and any(offer.unsure for offer in session.offers):
            turn = replace(turn, told=session.facts.updated(turn.told))
        if session.waiting is not None and heard.where.region is not None:
            return self._resume_and(turn, aim)
        if heard.where.region is not None and self._is_the_same_sum(turn):
            assert session.topic is not None
            aim = Aim("answer", (session.topic,), "the same sum for another place", follows=True)
        return self._pursue(turn, aim)

    def _one_by_one(self, session: Session, costs: Costs, today: dt.date) -> Move:
        """Answer what a message asks of several costs, each by itself; nobody's case is another's."""
        moves: list[Move] = []
        begun = session
        for text in costs.texts:
            moves.append(self._move(begun, self._heard(text, session.region, today), today))
            begun = session if costs.of_people else moves[-1].session
        replies = [move.reply for move in moves]
        join = self._composer.added_up if self._add_up(session, costs, replies) else self._composer.joined
        decided = "; ".join(move.decided for move in moves)
        return Move(moves[-1].session, reduce(join, replies), f"several costs: {decided}")

    def _add_up(self, session: Session, costs: Costs, replies: Sequence[Reply]) -> bool:
        """Whether two sums may be added up: each is paid for itself."""
        topics = [reply.topic for reply in replies if reply.kind == "calculation" and reply.topic is not None]
        if len(replies) != _TWO or len(topics) != _TWO or session.region is None:
            return False
        region = self._knowledge.regions[session.region]
        return costs.of_people or not self._workings.share_a_limit(region, *topics)

    def _turn(self, session: Session, heard: Understanding, today: dt.date) -> Turn:
        region = self._knowledge.regions.get(session.region) if session.region is not None else None
        document = region.info.document if region is not None else None
        party = self._understander.people(heard.rest, today)
        of_one = region is not None and self._workings.is_premium(region, session.topic)
        family = joined(session.facts, party, document, of_one=of_one)
        entities = meant(heard.entities, party, session.facts, family)
        told = facts_of(entities, heard.where.care, family, document, heard.visits)
        if _WHICH.search(heard.rest) and Notion.TOTAL not in heard.features:
            told = compared(told)
        if heard.sides and not (told.stays and Notion.TOTAL in heard.features):
            told = set_against(told, heard.sides)
        elif session.calculated and DIFFERENCE_ASKED.search(heard.rest):
            told = set_against_before(session.facts, told, self._knowledge.national.dimensions)
        if session.calculated and not told.amounts:
            told = told.updated(amount_instead(heard.rest))
        if session.calculated:
            told = after_those_before(session.facts, told)
            if Notion.TOTAL in heard.features or _ADDED.search(heard.rest):
                told = with_those_before(session.facts, told)
        if session.calculated and _ADDED.search(heard.rest):
            told = added_up(session.facts, told)
        if session.calculated:
            told = less_parts(session.facts, told, entities.parts)
        told = less_outside(session.facts, in_the_same_role(session.facts, told, heard.text, heard.rest))
        told = told.model_copy(update={"eligible": told.eligible or Notion.ELIGIBLE in heard.features})
        return Turn(session, heard, told, region, today)

    def _take(self, session: Session, offer: Offer, heard: Understanding, today: dt.date) -> Move:
        """Go on with the choice that the user picked."""
        session = session.model_copy(update={"offers": ()})
        if offer.region is not None:
            session = _moved(session, offer.region)
        turn = self._turn(session, heard, today)
        if heard.rest.isdigit():  # the number of the choice is no amount
            turn = replace(turn, told=Facts())
        if offer.topic is not None and offer.unsure and turn.region is not None:
            told_before = replace(turn, told=session.facts.updated(turn.told))
            aim = Aim("answer", (offer.topic,), "picked from what the message may have meant")
            return self._pursue(told_before, aim)
        if offer.topic is not None:
            return self._pursue(turn, Aim("answer", (offer.topic,), "picked from the choices", follows=True))
        if offer.input is not None and session.question is not None:
            facts = session.question.facts.updated(Facts(values={offer.input: offer.values}))
            return Move(*self._cases.go_on(turn, session.question.topic, facts), "picked from the choices")
        return self._placed(turn)

    def _answered(self, turn: Turn) -> Move | None:
        """Take the message as the answer to the open question, if there is one."""
        if turn.session.question is None:
            return None
        rest = turn.heard.rest
        if turn.session.offers and rest.isdigit() and len(rest) <= _SHORT_NUMBER:
            again = self._asking.again(turn)
            return Move(*again, "a number that is none of the choices") if again is not None else None
        answered = self._asking.answered(turn)
        return Move(*answered, "the answer to what was asked") if answered is not None else None

    def _is_the_same_sum(self, turn: Turn) -> bool:
        """Whether a message only moves what was worked out to another place (要是在那边参保呢)."""
        session = turn.session
        goes_on = session.calculated and session.topic is not None and turn.follows
        return goes_on and not self._aimer.asks(turn)

    # --- places -----------------------------------------------------------------------------------------

    def _without_words(self, turn: Turn) -> Move:
        """Answer a message that is only a place, or nothing but signs."""
        if turn.heard.where.region is not None:
            return self._placed(turn)
        if turn.heard.where.elsewhere is not None:
            return self._no_document(turn, turn.heard.where.elsewhere)
        return Move(turn.session, self._composer.small_talk(Talk.UNCLEAR, turn.session.region), "no words")

    def _placed(self, turn: Turn) -> Move:
        """Go on when the place is told: with what waited for it, or with the topic of the chat."""
        if turn.session.waiting is not None:
            return self._resume(turn.session, turn.today)
        if turn.session.topic is not None:
            aim = Aim("answer", (turn.session.topic,), "another place for the same topic", follows=True)
            return self._pursue(turn, aim)
        return Move(turn.session, self._composer.region_set(turn.here), "only a place")

    def _resume(self, session: Session, today: dt.date) -> Move:
        """Answer the message that waited for the region."""
        waiting = session.waiting or ""
        session = session.model_copy(update={"waiting": None, "offers": ()})
        heard = self._heard(waiting, session.region, today)
        move = self._move(session, heard, today)
        return replace(move, decided=f"the question that waited for the place; {move.decided}")

    def _resume_and(self, turn: Turn, aim: Aim) -> Move:
        """Answer what waited for the place, with what the message tells of it or asks besides."""
        if turn.told.amounts or (turn.tells and not self._aimer.asks(turn)):
            waiting = f"{turn.session.waiting} {turn.heard.rest}"
            return self._resume(turn.session.model_copy(update={"waiting": waiting}), turn.today)
        resumed = self._resume(turn.session, turn.today)
        if aim.kind != "answer" or aim.follows or aim.topics[0] not in self._knowledge.national.topics:
            return resumed
        besides = self._pursue(replace(turn, session=resumed.session), aim)
        if besides.reply.topic == resumed.reply.topic or resumed.reply.kind == "clarify":
            return resumed
        joined = self._composer.joined(resumed.reply, besides.reply)
        return Move(besides.session, joined, resumed.decided)

    def _no_document(self, turn: Turn, place: str) -> Move:
        """Decline for a place; the question waits, should the user name one that has a document."""
        asked = turn.session.waiting if turn.says_nothing else turn.heard.rest
        session = turn.session.model_copy(update={"waiting": asked, "question": None})
        reply = self._composer.no_document(place, session.region)
        return Move(session, reply, "a place without a document")

    # --- a topic ----------------------------------------------------------------------------------------

    def _pursue(self, turn: Turn, aim: Aim) -> Move:
        if aim.kind == "none":
            return self._nothing_fits(turn, aim)
        topic = self._knowledge.national.topics.get(aim.topics[0])
        if topic is None:
            return self._outside(turn, aim)
        place = turn.heard.where.elsewhere
        treated_there = topic.elsewhere and turn.heard.where.care is not None
        if place is not None and (turn.region is None or not treated_there):
            return self._no_document(turn, place)
        if turn.region is None:
            reply, offers = self._composer.ask_region(aim.topics[0] if aim.kind == "answer" else None)
            session = turn.session.model_copy(update={"waiting": turn.heard.text, "offers": offers})
            return Move(session, reply, f"{aim.decided}; no place known")
        if aim.kind == "offer":
            return self._offer(turn, aim)
        return Move(*self._cases.open(turn, aim), aim.decided)

    def _nothing_fits(self, turn: Turn, aim: Aim) -> Move:
        if turn.heard.where.elsewhere is not None:
            return self._no_document(turn, turn.heard.where.elsewhere)
        again = self._asking.again(turn)
        if again is not None:
            return Move(*again, f"{aim.decided}; asked once more")
        return Move(_at_rest(turn.session), self._composer.unknown(turn.session.region), aim.decided)

    def _outside(self, turn: Turn, aim: Aim) -> Move:
        """Answer small talk, or decline what no document here is about."""
        session, name = turn.session, aim.topics[0]
        if name.startswith(SCOPE):
            declined = self._composer.out_of_scope(name.removeprefix(SCOPE), session.region)
            return Move(session, declined, aim.decided)
        talk = name.removeprefix(TALK)
        reply = self._composer.small_talk(talk, session.region)
        if talk == Talk.RESET:
            session = Session(region=session.region, named=session.named)
        return Move(_at_rest(session) if talk == Talk.CANCEL else session, reply, aim.decided)

    def _offer(self, turn: Turn, aim: Aim) -> Move:
        """Offer the topics that the message may mean, and keep what it tells until one is picked."""
        wording = self._knowledge.national.wording
        ask = wording.which_cost if aim.of_cost else wording.which_topic
        reply, offers = self._composer.which_topic(aim.topics, turn.session.region, ask, unsure=True)
        facts = turn.session.facts.updated(turn.told)
        session = turn.session.model_copy(update={"offers": offers, "question": None, "facts": facts})
        return Move(session, reply, aim.decided)


def _moved(session: Session, region: str) -> Session:
    """Let the chat be about another place; what was asked for the old one is over."""
    if region == session.region:
        return session.model_copy(update={"named": True})
    return session.model_copy(update={"region": region, "named": True, "question": None})


def _at_rest(session: Session) -> Session:
    """Let go of what was asked and offered."""
    return session.model_copy(
        update={"question": None, "waiting": None, "offers": (), "facts": Facts(), "calculated": False}
    )


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
            Candidate(
                topic=found.topic,
                score=round(found.score, 3),
                near=round(found.near, 3),
                phrasing=found.phrasing,
            )
            for found in heard.ranking.topics[:_MOST_CANDIDATES]
        ),
        known=round(heard.ranking.known, 3),
        decided=decided,
    )
