from __future__ import annotations

from shopwright.bench.intent_events import event_rows
from shopwright.bench.task import Options


def test_every_line_is_stored_and_parsing_alone_is_faster() -> None:
    rows = {row.metric: row for row in event_rows(Options(), visits=200)}
    assert rows["events_per_s"].n == rows["bytes_per_event"].n > 200
    assert rows["events_per_s"].value < rows["events_per_s:orjson"].value
    assert rows["bytes_per_event"].value > 100
