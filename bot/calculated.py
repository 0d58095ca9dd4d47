"""What `yibao calc` prints of what a calculator worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.dialogue.calculations import headline, say_span, working
from calculators.comparison import Comparison
from calculators.money import Span
from calculators.outcomes import Result
from knowledge.model import Document


def as_lines(worked_out: Result | Comparison, document: Document) -> Iterator[str]:
    """Say a result with its steps, or a comparison row by row, and what either rests on in the document."""
    if isinstance(worked_out, Result):
        yield from (worked_out.title, headline(worked_out), *working(worked_out), *worked_out.assumptions)
    else:
        yield from _side_by_side(worked_out)
    yield from worked_out.caveats
    yield _source(document, worked_out.clauses)


def _source(document: Document, clauses: Iterable[str]) -> str:
    return f"依据：《{document.title}》{'；'.join(clauses)}（{document.year}）"


def _side_by_side(comparison: Comparison) -> Iterator[str]:
    """Say what comes out under each circumstance, and how much more than under the first."""
    first = comparison.rows[0]
    yield first.result.title
    for row in comparison.rows:
        said = f"· {row.option.label}：{headline(row.result)}"
        if row.premium is not None:
            said += f"，一年缴费 {say_span(row.premium)}"
        gain = comparison.gain(row)
        if row is not first and gain is not None:
            more = _apart(comparison.more(row), "多报", "少报")
            said += f"；比{first.option.label}{more}，算上保费{_apart(gain, '多得', '少得')}"
        yield said
    for option, text in comparison.left_out:
        yield f"· {option.label}：{text}"


def _apart(difference: Span, more: str, less: str) -> str:
    if difference.high < 0:
        return f"{less} {say_span(Span(-difference.high, -difference.low))}"
    return f"{more} {say_span(difference)}"
