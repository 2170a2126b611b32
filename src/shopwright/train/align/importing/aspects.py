"""People's scores on several aspects (UniEval's collection; Zhong et al., 2022): one record an output.

    {"task", "source", "context", "output", "scores": {"naturalness": 2.33, ...}}

The prompt is the source, followed by the context where there is one. Every task has scales of its own, which are
brought to 0 to 1; a task that is not among `SCALES` is refused, since nobody could say what its numbers mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from shopwright.train.align.examples import Response, Row, Score, Unread
from shopwright.train.align.importing.lines import mappings, number

_ONE, _THREE, _FIVE, _SIX = (0.0, 1.0), (1.0, 3.0), (1.0, 5.0), (1.0, 6.0)
Scales = Mapping[str, Mapping[str, tuple[float, float]]]
"""Least and greatest score by task and aspect."""
SCALES: Scales = {
    "topical_chat": {
        "understandability": _ONE, "groundedness": _ONE, "naturalness": _THREE, "coherence": _THREE,
        "engagingness": _THREE, "overall": _FIVE,
    },
    "sfres": {"informativeness": _SIX, "naturalness": _SIX, "overall": _SIX},
    "sfhot": {"informativeness": _SIX, "naturalness": _SIX, "overall": _SIX},
    "qags_cnndm": {"consistency": _ONE},
    "qags_xsum": {"consistency": _ONE},
}  # fmt: skip


def aspect_rows(path: Path, source: str = "unieval", scales: Scales | None = None) -> Iterator[Row | Unread]:
    """The outputs of a file with their scores; the annotator is the task, since the file gives people's mean.

    Args:
        path: the file.
        source: its name in the store.
        scales: of tasks and aspects, for data of one's own; `SCALES` by default.

    Raises:
        CorpusError: the file is missing, cut off or damaged.
    """
    scales = scales or SCALES
    for where, record in mappings(path):
        if isinstance(record, Unread):
            yield record
            continue
        task, scores = str(record.get("task")), record.get("scores")
        asked, output = record.get("source"), record.get("output")
        if task not in scales:
            yield Unread(f"a task of unknown scale: {task[:40]}", where)
        elif not (isinstance(asked, str) and isinstance(output, str) and isinstance(scores, Mapping)):
            yield Unread("an output without source, text or scores", where)
        else:
            response = Response("\n\n".join((asked, str(record.get("context") or ""))).strip(), output, task, source)
            yield response
            for aspect, value in scores.items():
                if (scale := scales[task].get(aspect)) is None:
                    yield Unread(f"an aspect of unknown scale: {task} {str(aspect)[:40]}", where)
                    continue
                worth = (number(value) - scale[0]) / (scale[1] - scale[0])
                yield Score(response.prompt_id, response.id, aspect, worth, task, source=source)
