"""How fast a log of events goes into a store: simulated visits over the demo shop, as a GA4 export, on one core.

    events_per_s            lines read, checked, stored, rolled up and looked at for bots, a second of processor time
    events_per_s:orjson     the same lines parsed and nothing else: what the machine can do today
    bytes_per_event         of the file

The visits are simulated (`train.intent.shoppers.visits`). Lines of a real export are longer: it has more fields, which
are not read.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson

from shopwright.bench.task import BenchSet, Options, Row
from shopwright.catalog.demo_filling import fill_with_demo
from shopwright.catalog.events.importing import import_events
from shopwright.catalog.events.kept import Events
from shopwright.catalog.store import Store
from shopwright.train.intent.shoppers.visits import write_visits

_BENCH, _NAME = "intent", "events"
VISITS, _DAYS, _DAY_S = 150_000, 90, 86_400


def event_rows(_options: Options, visits: int = VISITS) -> Iterator[Row]:
    """Writes a log of visits, reads it in, and parses it alone for comparison."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        closing(Store.open(Path(folder) / "store.db")) as store,
    ):
        fill_with_demo(store)
        log = Path(folder) / "visits.jsonl"
        count = write_visits(list(store.all_products()), log, visits, start=time.time() - 60 * _DAY_S)
        began = time.process_time()
        report = import_events(Events(store, _DAYS), log)
        took = time.process_time() - began
        began = time.process_time()
        with log.open("rb") as lines:
            for line in lines:
                orjson.loads(line)
        alone = time.process_time() - began
        size = log.stat().st_size
    yield Row(_BENCH, _NAME, "events_per_s", report.stored / took, report.stored, seconds=took)
    yield Row(_BENCH, _NAME, "events_per_s:orjson", count / alone, count, seconds=alone)
    yield Row(_BENCH, _NAME, "bytes_per_event", size / count, count)


SET = BenchSet(_NAME, event_rows)
