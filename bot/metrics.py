"""What Prometheus is told: numbers of this process or, where several serve one port, of all of them together.

No label holds anything that a user wrote, or who a user is. With several workers the library keeps its
numbers in files of the folder that PROMETHEUS_MULTIPROC_DIR names, so that those of a dead one still count.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, registry
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

CONTENT_TYPE = CONTENT_TYPE_LATEST
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

NOWHERE = "none"
"""The region of a message that is of none."""

MESSAGES = Counter("yibao_messages_total", "Messages answered.", ("channel", "kind", "region"))
DECLINES = Counter("yibao_declines_total", "Messages declined, by why.", ("reason",))
ANSWER_SECONDS = Histogram(
    "yibao_answer_seconds",
    "Time from a message to its reply, waiting and storage included.",
    ("channel",),
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 4, 5, 10),
)
REQUESTS = Counter("yibao_http_requests_total", "Requests over HTTP.", ("method", "route", "status"))
REFUSALS = Counter("yibao_refused_requests_total", "Requests beyond a limit.", ("limit",))

BACKEND_ERRORS = Counter("yibao_backend_errors_total", "Calls that a backend did not do.", ("backend",))
BACKEND_OUTAGES = Counter("yibao_backend_outages_total", "Times that a backend went away.", ("backend",))
BACKEND_AWAY = Gauge(
    "yibao_backend_away", "Whether a backend is away now.", ("backend",), multiprocess_mode="livemax"
)
WRITER_QUEUE = Gauge(
    "yibao_writer_queue", "Work that waits for a backend's writer.", ("writer",), multiprocess_mode="livesum"
)
SPOOL_TURNS = Gauge(
    "yibao_spool_turns", "Turns that wait in a spool of a living process.", multiprocess_mode="livesum"
)
SPOOLED = Counter("yibao_spooled_turns_total", "Turns that went to a spool.")
LOST = Counter("yibao_lost_turns_total", "Turns that neither the journal nor a spool took.")

RELOADS = Counter("yibao_reloads_total", "Times that the knowledge was read again.", ("outcome",))
KNOWLEDGE_FAULTS = Gauge(
    "yibao_knowledge_faults", "Faults of the knowledge as it was read last.", multiprocess_mode="livemax"
)
CLOCK_JUMPS = Counter("yibao_clock_jumps_total", "Times that the clock was set, by which way.", ("way",))
WORKER_STARTS = Counter("yibao_worker_starts_total", "Processes that began to serve.")

for backend in ("state", "journal"):  # told as nought from the start, so that a first change is seen
    BACKEND_ERRORS.labels(backend)
    BACKEND_OUTAGES.labels(backend)
    BACKEND_AWAY.labels(backend)
for outcome in ("good", "bad"):
    RELOADS.labels(outcome)


def exposition() -> bytes:
    """Give all numbers in the text form of Prometheus."""
    if FOLDER_VARIABLE not in os.environ:
        return generate_latest(registry.REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library's
    return generate_latest(together)


def forget_process(folder: Path, process: int, *, served: bool) -> None:
    """Take a dead process out of what is told of the living; what it counted stays, if it ever served."""
    mark_process_dead(process, str(folder))  # type: ignore[no-untyped-call]  # the library's
    if not served:
        for file in folder.glob(f"*_{process}.db"):
            file.unlink()
