"""Putting replies into words: the answer first, then conditions, then where it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from bot.dialogue.calculations import headline, say_span, working
from bot.dialogue.reply import Kind, Reply, Source
from bot.dialogue.session import Facts, Offer
from calculators.calculator import Aspect
from calculators.comparison import Comparison, Row
from calculators.money import Span
from calculators.outcomes import Ask, Fact, NotCovered, Result
from knowledge.contents import Knowledge, Region
from knowledge.figures import say_yuan
from knowledge.model import Case
from knowledge.templates import fill

_MOST_NEXT = 3
_FUND = "fund"
"""The amount of a sum that the insurance pays."""
_MOST_PLACES = 12
"""So many places can be looked over at once; of more only as many are named, and none is offered."""


class Composer:
    """Words replies over one state of the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._national = knowledge.national
        self._wording = knowledge.national.wording
        self._aspects: Mapping[Aspect, str] = {
            "rate": self._wording.rate,
            "deductible": self._wording.deductible,
            "cap": self._wording.cap,
        }
        self._regions = knowledge.regions
        self._places = _places(knowledge)

    # --- what the documents say -------------------------------------------------------------------------

    def answer(self, region: Region, topic: str, facts: Facts, today: dt.date) -> Reply:
        """Answer a topic from a region's document: its text for what is known of the case, or its gap."""
        answer = region.answers.get(topic)
        if answer is None:
            return self._gap(region, topic)
        case = self._case(answer.cases, facts)
        text, clause = (case.text, case.clause or answer.clause) if case else (answer.text, answer.clause)
        parts = [fill(text, region.figures)]
        if answer.caveat is not None and not (case is not None and case.gap):
            parts.append(fill(answer.caveat, region.figures))
        if case is not None and case.gap:
            parts.append(self._elsewhere(region))
            return self._sourced((region, topic), "decline", parts, (clause,))
        return self._sourced((region, topic), "answer", parts, (clause,), today)

    def silent(self, region: Region, topic: str, features: frozenset[str]) -> Reply | None:
        """Say that the document is silent about what a message asks of a topic, and what it does say."""
        answer = region.answers.get(topic)
        if answer is None:
            return None
        texts = [text for concept, text in answer.silent.items() if concept in features]
        if not texts:
            return None
        lines = answer.text.splitlines()
        first = [text for text in texts if text in lines or text not in answer.text]
        said = "\n".join(line for line in lines if line not in first)
        parts = [fill(text, region.figures) for text in (*first, said)]
        return self._sourced((region, topic), "decline", [*parts, self._elsewhere(region)], (answer.clause,))

    def has_case(self, region: Region, topic: str, facts: Facts) -> bool:
        """Whether a region's answer to a topic has words of its own for what is known of the case."""
        answer = region.answers.get(topic)
        case = self._case(answer.cases, facts) if answer is not None else None
        return case is not None and any(name in facts.values for name in case.when)

    def _case(self, cases: Sequence[Case], facts: Facts) -> Case | None:
        """Choose the case whose every condition holds, for what is known or for what holds by default."""
        for case in cases:
            if all(self._holds(name, words, facts) for name, words in case.when.items()):
                return case
        return None

    def _holds(self, name: str, words: tuple[str, ...], facts: Facts) -> bool:
        dimension = self._national.dimensions[name]
        default = dimension.spread([dimension.default]) if dimension.default is not None else frozenset()
        known = frozenset(facts.values.get(name, ())) or default
        return bool(known) and known <= dimension.spread(words)

    def _gap(self, region: Region, topic: str) -> Reply:
        gap = region.gaps[topic]
        title = self._national.topics[topic].title
        parts = [self._wording.gap.format(title=title, document=region.info.document.title)]
        if gap.says is not None:
            parts.append(fill(gap.says, region.figures))
        parts.append(self._elsewhere(region))
        return self._sourced((region, topic), "decline", parts, (gap.clause,) if gap.clause else ())

    def stated(
        self, region: Region, topic: str, stated: Mapping[Aspect, Sequence[Fact]], today: dt.date
    ) -> Reply:
        """State parameters of a calculator: one in a line, several of an aspect as a list."""
        lines: list[str] = []
        for aspect, facts in stated.items():
            entry = self._national.topics[topic]
            name = entry.title if aspect == entry.aspect else self._aspects[aspect]
            if len(facts) == 1:
                circumstances = f"（{facts[0].label}）" if facts[0].label else ""
                lines.append(f"{name}{circumstances}：{facts[0].said}")
            elif facts:
                lines.append(f"{name}：")
                lines.extend(
                    f"· {fact.label}：{fact.said}" if fact.label else f"· {fact.said}" for fact in facts
                )
        clauses = tuple(
            dict.fromkeys(fact.clause for facts in stated.values() for fact in facts if fact.clause)
        )
        return self._sourced((region, topic), "answer", ["\n".join(lines)], clauses, today)

    # --- what was worked out ----------------------------------------------------------------------------

    def result(self, region: Region, topic: str, result: Result, given: str, today: dt.date) -> Reply:
        """Say what a calculator worked out, with its working."""
        said = headline(result)
        first = self._wording.calculated.format(given=given, result=said) if given else f"{said}。"
        parts = ["\n".join([first, *working(result)])]
        if result.assumptions:
            parts.append(self._wording.assumed.format(assumptions="、".join(result.assumptions)))
        parts.extend(result.caveats)
        # A cost below a deductible that the user told rests on no figure; the benefit's clause says so.
        answer = region.answers.get(topic)
        clauses = result.clauses or ((answer.clause,) if answer is not None else ())
        return self._sourced((region, topic), "calculation", parts, clauses, today)

    def _difference(self, least: Row, most: Row, rows: Sequence[Row]) -> str:
        """Say how far apart results are, or that they are the same."""
        apart = most.amount.low - least.amount.low
        if not apart:
            return self._wording.compared_alike.format(several="、".join(row.option.label for row in rows))
        return self._wording.compared.format(
            more=most.option.label, less=least.option.label, difference=say_span(Span.exact(apart))
        )

    def comparison(self, region: Region, topic: str, comparison: Comparison, today: dt.date) -> Reply:
        """Set results for several choices side by side, and say how far apart they are."""
        rows = sorted(comparison.rows, key=lambda row: row.amount.low)
        lines = [f"· {row.option.label}：{headline(row.result)}" for row in comparison.rows]
        least, most = rows[0], rows[-1]
        if least.amount.is_exact and most.amount.is_exact:
            said = self._difference(least, most, rows)
            if least.premium is not None and most.premium is not None and most.premium != least.premium:
                dearer = say_span(Span.exact(most.premium.low - least.premium.low))
                said += self._wording.dearer.format(more=most.option.label, difference=dearer)
            lines.insert(0, said)
        caveats = dict.fromkeys(caveat for row in rows for caveat in row.result.caveats)
        clauses = dict.fromkeys(clause for row in rows for clause in row.result.clauses)
        return self._sourced(
            (region, topic), "calculation", ["\n".join(lines), *caveats], tuple(clauses), today
        )

    def not_covered(self, region: Region, topic: str, outcome: NotCovered) -> Reply:
        """Say that the document is silent about the case."""
        parts = [outcome.text, self._elsewhere(region)]
        return self._sourced((region, topic), "decline", parts, (outcome.clause,) if outcome.clause else ())

    # --- asking back ------------------------------------------------------------------------------------

    def question(
        self, region: Region, topic: str, ask: Ask, so_far: str | None
    ) -> tuple[Reply, tuple[Offer, ...]]:
        """Ask for the one thing that a calculator lacks, with choices; `so_far`: what is clear already."""
        offers = tuple(
            Offer(label=option.label, input=ask.input, values=tuple(sorted(option.values)))
            for option in ask.options
        )
        text = f"{so_far or ''}{ask.question}"
        return self._clarify(text, offers, topic, region.id), offers

    def ask_amount(self, region: Region, topic: str, text: str) -> Reply:
        """Ask for an amount anew, saying why."""
        return Reply(text=text, kind="clarify", topic=topic, region=region.id)

    def ask_region(self, topic: str | None) -> tuple[Reply, tuple[Offer, ...]]:
        """Ask where the user is insured; so few places that they can be looked over are offered."""
        few = self._regions.items() if len(self._regions) <= _MOST_PLACES else ()
        offers = tuple(Offer(label=region.info.place.name, region=name) for name, region in few)
        return self._clarify(self._wording.ask_region, offers, topic, None), offers

    def which_topic(
        self, topics: Iterable[str], region: str | None, ask: str, *, unsure: bool
    ) -> tuple[Reply, tuple[Offer, ...]]:
        """Offer topics to choose from; `unsure`: because the message may have meant any of them."""
        titles = self._national.topics
        offers = tuple(Offer(label=titles[topic].title, topic=topic, unsure=unsure) for topic in topics)
        return self._clarify(ask, offers, None, region), offers

    def _clarify(self, text: str, offers: tuple[Offer, ...], topic: str | None, region: str | None) -> Reply:
        options = tuple(offer.label for offer in offers)
        return Reply(text=text, kind="clarify", topic=topic, region=region, options=options)

    # --- everything else --------------------------------------------------------------------------------

    def region_set(self, region: Region) -> Reply:
        """Confirm the place."""
        return Reply(
            text=self._wording.region_set.format(place=region.info.place.name), kind="chat", region=region.id
        )

    def other_year(self, region: Region, topic: str, year: str) -> Reply:
        """Say that the document holds for another year than the one asked about."""
        document = region.info.document
        said = self._wording.other_year.format(document=document.title, year=document.year, asked=year)
        return Reply(text=f"{said}\n{self._elsewhere(region)}", kind="decline", topic=topic, region=region.id)

    def no_document(self, place: str, region: str | None) -> Reply:
        """Say that there is no document for a place, and for which places there is one."""
        return Reply(
            text=self._wording.no_document.format(place=place, places=self._places),
            kind="decline",
            region=region,
        )

    def small_talk(self, name: str, region: str | None) -> Reply:
        """Say what belongs to a kind of small talk."""
        talk = self._national.small_talk[name]
        return Reply(text=talk.text, kind=talk.kind, region=region)

    def out_of_scope(self, name: str, region: str | None) -> Reply:
        """Decline a kind of question that no document here answers."""
        return Reply(text=self._national.out_of_scope[name].text, kind="decline", region=region)

    def unknown(self, region: str | None) -> Reply:
        """Decline a message that nothing here fits."""
        return Reply(
            text=f"{self._wording.unknown}\n{self._wording.unknown_hint}", kind="decline", region=region
        )

    def for_english(self, reply: Reply) -> Reply:
        """Put a word in English before a reply to somebody who wrote in it."""
        return reply.model_copy(update={"text": f"{self._wording.english}\n{reply.text}"})

    def joined(self, first: Reply, second: Reply) -> Reply:
        """Make one reply of two answers; it takes the kind of the first."""
        return first.model_copy(
            update={
                "text": f"{first.text}\n\n{self._wording.also}\n{second.text}",
                "sources": tuple(dict.fromkeys((*first.sources, *second.sources))),
                "calculation": first.calculation or second.calculation,
            }
        )

    def added_up(self, whole: Reply, part: Reply) -> Reply:
        """Make one reply of two sums, of a cost and of a part looked at apart, and add them up."""
        joined = self.joined(whole, part)
        paid = [(reply.calculation or {}).get("amounts", {}).get(_FUND) for reply in (whole, part)]
        exact = [Decimal(amount) for amount in paid if amount is not None]
        if len(exact) < len(paid):
            return joined
        together = self._wording.together.format(fund=say_yuan(sum(exact, Decimal(0))))
        return joined.model_copy(update={"text": f"{joined.text}\n\n{together}"})

    def next_offers(self, region: Region, topic: str) -> tuple[Offer, ...]:
        """Choose what people ask next and this region's document answers."""
        following = [name for name in self._national.topics[topic].next if name in region.answers]
        return tuple(
            Offer(label=self._national.topics[name].title, topic=name) for name in following[:_MOST_NEXT]
        )

    def _elsewhere(self, region: Region) -> str:
        return fill(region.info.ask_elsewhere, region.figures)

    def _sourced(
        self,
        about: tuple[Region, str],
        kind: Kind,
        parts: Sequence[str],
        clauses: Sequence[str],
        today: dt.date | None = None,
    ) -> Reply:
        """Make a reply about a topic of a region of its parts and the line that says where it stands.

        `today` tells whether the scheme year is past, which a reply with figures has to say.
        """
        region, topic = about
        document = region.info.document
        lines = list(parts)
        if today is not None and today > document.valid_to:
            lines.append(self._wording.past.format(year=document.year))
        if clauses:
            clause_line = "；".join(clauses)
            lines.append(self._wording.source.format(document=document.title, clause=clause_line))
        sources = tuple(
            Source(document=document.title, clause=clause, year=document.year) for clause in clauses
        )
        return Reply(text="\n".join(lines), kind=kind, topic=topic, region=region.id, sources=sources)


def _places(knowledge: Knowledge) -> str:
    """Name the places that have a document; of many the first ones, and how many there are."""
    names = [region.info.place.name for region in knowledge.regions.values()]
    listed = "、".join(names[:_MOST_PLACES])
    if len(names) <= _MOST_PLACES:
        return listed
    return knowledge.national.wording.many_places.format(places=listed, count=len(names))
