"""Tables for spreadsheets: CSV that Excel opens in Chinese, and that runs no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_MARK = "\ufeff"
"""By it Excel knows UTF-8."""
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠|%")
"""What a formula, or a call of another program, may begin with."""


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as CSV in UTF-8.

    Args:
        head: the names of the columns.
        rows: their values; a text that a spreadsheet would take for a formula gets an apostrophe before it.

    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return f"{_MARK}{written.getvalue()}".encode("utf-8", "replace")


def _harmless(value: object) -> object:
    if isinstance(value, str) and value.lstrip(" ")[:1] in _FORMULA:
        return f"'{value}"
    return "" if value is None else value
