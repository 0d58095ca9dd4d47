"""What the log looks like: a line for people, or JSON for programs, with the request that it belongs to."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Literal

from bot.clock import CHINA

LogFormat = Literal["text", "json"]

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The request that is being answered; empty where none is."""

_ONLY_PROCESS = "MainProcess"


def set_up_logging(form: LogFormat) -> None:
    """Write the log to the standard error output, in this form, from now on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def context_of(record: logging.LogRecord) -> dict[str, str]:
    """Tell the request and the worker that a record is of, where it is of one."""
    asked = getattr(record, "request_id", None) or request_id.get()
    worker = record.processName if record.processName != _ONLY_PROCESS else None
    return {name: value for name, value in (("worker", worker), ("request_id", asked)) if value}


class TextLines(logging.Formatter):
    """Moment, level, logger, worker and request, message."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(context)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line; a traceback follows it."""
        record.context = "".join(f" [{value}]" for value in context_of(record).values())
        return super().format(record)


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, and what else is known of it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line, a traceback within it."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, CHINA).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **context_of(record),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)
