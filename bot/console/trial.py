"""The trial of an addition before it is used: whether the test questions still get the answers they got.

It runs in a process of its own (`python -m bot.console.trial`), because it keeps a processor busy for some
seconds, and so that it can be ended. That reads a request as JSON from its standard input, and tells its
progress and then the outcome, a line of JSON each.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.dialogue.assistant import Assistant
from bot.dialogue.reply import Reply
from bot.dialogue.session import Session
from bot.evaluation import Case, CaseError, judge, read_cases
from bot.understanding.segment import EngineName
from knowledge import PACKAGED
from knowledge.contents import Knowledge, National
from knowledge.faults import KnowledgeError
from knowledge.loader import load
from knowledge.overlay import QUESTIONS, Addition, Broken, added, with_overlay

MOST_BROKEN = 20
"""So many broken answers are told at most."""
_REPORTED = 25
"""Progress is told after so many questions."""
_PRIORITY = 5
"""The trial gives way to whatever answers residents."""

Tell = Callable[[int, int], None]
"""Told how many questions of how many are done."""


class Request(BaseModel):
    """What a trial is asked: an addition, the knowledge that it is to join, and what cuts messages."""

    model_config = ConfigDict(frozen=True)

    knowledge: Path | None
    overlay: Path
    engine: EngineName
    addition: Addition
    today: dt.date


class Progress(BaseModel):
    """How many questions of how many are done."""

    model_config = ConfigDict(frozen=True)

    done: int
    of: int


class Outcome(BaseModel):
    """What came out: nothing against the addition, or why it is held and which answers it breaks."""

    model_config = ConfigDict(frozen=True)

    why_held: str | None = None
    breaks: tuple[Broken, ...] = ()


def questions(knowledge: Path | None, overlay: Path) -> list[Case]:
    """Read the test questions that come with knowledge (None: that of the package), and the office's own.

    Raises:
        CaseError: a file of them cannot be used.

    """
    packaged = (PACKAGED / QUESTIONS,) if knowledge is None else ()  # without these nothing is tried
    others = ((knowledge / QUESTIONS,) if knowledge is not None else ()) + (overlay / QUESTIONS,)
    folders = (*packaged, *(folder for folder in others if any(folder.glob("*.yaml"))))
    return [case for folder in folders for case in read_cases(folder) if not case.fails]


def try_out(knowledge: Knowledge, request: Request, cases: Sequence[Case], tell: Tell) -> Outcome:
    """Ask the test questions with an addition, and those that go wrong without it, too.

    Args:
        knowledge: what the addition is to join.
        request: what is asked.
        cases: the test questions.
        tell: told of the progress.

    """
    addition, today = request.addition, request.today
    after = Assistant(joined := added(knowledge, [addition]), request.engine)
    if not is_reached(after, addition, joined.national, today):
        return Outcome(why_held="加上以后，这句话还是答不到所选的话题。请换个话题，或者把句子改短、改清楚。")
    wrong = list(_wrong(after, cases, today, tell))
    before = partial(Assistant, knowledge, request.engine)
    breaks = tuple(islice(_broken(before, wrong, today), MOST_BROKEN)) if wrong else ()
    if breaks:
        at_least = "至少 " if len(breaks) == MOST_BROKEN else ""
        return Outcome(why_held=f"加上以后，{at_least}{len(breaks)} 个测试问题答错了。", breaks=breaks)
    return Outcome()


def is_reached(assistant: Assistant, addition: Addition, national: National, today: dt.date) -> bool:
    """Whether the words of an addition are taken to mean what it says."""
    _, reply = assistant.reply(Session(), addition.phrasing, today=today, preset=addition.region)
    if addition.out_of_scope is not None:
        return reply.kind == "decline" and reply.text == national.out_of_scope[addition.out_of_scope].text
    return reply.topic == addition.topic


def _wrong(
    assistant: Assistant, cases: Sequence[Case], today: dt.date, tell: Tell
) -> Iterator[tuple[Case, Reply]]:
    for number, case in enumerate(cases):
        if number % _REPORTED == 0:
            tell(number, len(cases))
        verdict = judge(assistant, case, today)
        if not verdict.right:
            yield case, verdict.reply
    tell(len(cases), len(cases))


def _broken(
    made: Callable[[], Assistant], wrong: Iterable[tuple[Case, Reply]], today: dt.date
) -> Iterator[Broken]:
    before = made()
    for case, reply in wrong:
        verdict = judge(before, case, today)
        if verdict.right:
            yield Broken(asked=case.turns, region=case.region, was=verdict.reply.text, now=reply.text)


def main() -> None:
    """Try what is asked on the standard input, and tell what comes out."""
    with suppress(OSError):  # a service manager may forbid it
        os.nice(_PRIORITY)
    request = Request.model_validate_json(sys.stdin.buffer.read())
    try:
        knowledge = with_overlay(load(request.knowledge), request.overlay)
        cases = questions(request.knowledge, request.overlay)
    except KnowledgeError as error:
        _say(Outcome(why_held=f"知识文件有错，先改好再试：{error}"))
        return
    except CaseError as error:
        _say(Outcome(why_held=f"自己的测试问题有错，先改好再试：{error}"))
        return
    _say(
        try_out(
            knowledge,
            request,
            cases,
            lambda done, of: _say(Progress(done=done, of=of)),
        )
    )


def _say(told: BaseModel) -> None:
    sys.stdout.write(f"{json.dumps(told.model_dump(mode='json'), ensure_ascii=True)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
