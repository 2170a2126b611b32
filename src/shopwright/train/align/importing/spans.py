"""Long answers with marked errors (Wu et al., 2023, "Fine-Grained Human Feedback", QA-Feedback).

A record has a question, four predictions, what a person found wrong in the first, and which of each two is better. What
was found becomes three scores of the first prediction, all 1 where nothing was:

    accuracy   the share of its characters outside spans "Wrong-Grounding" and "Unverifiable"
    relevance  the share outside spans "Irrelevant", "Redundant" and "Incoherent"
    coverage   1 / (1 + what is missing), a missing answer counting 1, a major auxiliary fact 0.5, a minor one 0.25

`preference` holds 0 (a tie), 1 (the first is better) or 2 for the pairs 1-2, 1-3, 1-4, 2-3, 2-4, 3-4. In this order the
500 published questions hold no cycle at all; in every other that is not its mirror image they hold at least 54.

Left out are the person's own answer and the corrected prediction, which nobody compared with the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from shopwright.train.align.examples import Comparison, Response, Row, Score, Unread
from shopwright.train.align.importing.lines import mappings

_OBJECTIVES = {
    "Wrong-Grounding": "accuracy",
    "Unverifiable": "accuracy",
    "Irrelevant": "relevance",
    "Redundant": "relevance",
    "Incoherent": "relevance",
}
_MISSING = {"Missing-Answer": 1.0, "Missing-Major-Auxiliary": 0.5, "Missing-Minor-Auxiliary": 0.25}
_LABELS = {0: 0.5, 1: 0.0, 2: 1.0}
_PAIRS = tuple(combinations(range(4), 2))
_PERSON = "qa_feedback"


def span_rows(path: Path, source: str = "qa_feedback") -> Iterator[Row | Unread]:
    """The predictions of a file, their scores and their comparisons.

    Raises:
        CorpusError: the file is missing, cut off or damaged.
    """
    for where, record in mappings(path):
        if isinstance(record, Unread):
            yield record
            continue
        question = record.get("question")
        texts = [record.get(f"prediction {number}") for number in (1, 2, 3, 4)]
        if not isinstance(question, str) or not isinstance(texts[0], str):
            yield Unread("a question without text or prediction", where)
            continue
        asked = f"{question.strip()}\n\n{_passages(record)}".strip()
        given = [Response(asked, text, f"prediction {n}", source) if isinstance(text, str) else None
                 for n, text in enumerate(texts, 1)]  # fmt: skip
        yield from filter(None, given)
        first = given[0]
        if isinstance(feedback := record.get("feedback"), Mapping) and first is not None:
            try:
                scores = objective_scores(first.text, feedback)
            except (AttributeError, KeyError, TypeError, ValueError):
                scores = {}
                yield Unread("marked errors that cannot be read", where)
            for objective, value in scores.items():
                yield Score(first.prompt_id, first.id, objective, value, _PERSON, source=source)
        yield from _compared(given, record.get("preference"), where, source)


def objective_scores(text: str, feedback: Mapping[str, Any]) -> dict[str, float]:
    """What marked errors say of a text in each respect, 0 to 1; spans outside of it are cut to it."""
    wrong: dict[str, set[int]] = {"accuracy": set(), "relevance": set()}
    for error in feedback.get("errors") or ():
        if objective := _OBJECTIVES.get(str(error.get("error type"))):
            wrong[objective].update(range(max(0, int(error["start"])), min(len(text), int(error["end"]))))
    scores = {objective: 1 - len(places) / max(1, len(text)) for objective, places in wrong.items()}
    missing = sum(_MISSING.get(str(one.get("error type")), 0.0) for one in feedback.get("missing-info") or ())
    return scores | {"coverage": 1 / (1 + missing)}


def _compared(given: list[Response | None], preference: object, where: str, source: str) -> Iterator[Row | Unread]:
    if not isinstance(preference, list) or len(preference) != len(_PAIRS):
        yield Unread("a preference that is not of six pairs", where)
        return
    for (i, j), said in zip(_PAIRS, preference, strict=True):
        one, other = given[i], given[j]
        label = _LABELS.get(said) if isinstance(said, int) else None
        if one is None or other is None or label is None:
            yield Unread(f"a preference {str(said)[:20]!r}: 0, 1 or 2 between two predictions", where)
        else:
            yield Comparison(one.prompt_id, one.id, other.id, label, _PERSON, source=source)


def _passages(record: Mapping[str, Any]) -> str:
    passages = record.get("passages")
    kept = [passage for passage in passages if isinstance(passage, list)] if isinstance(passages, list) else []
    return "\n\n".join(" ".join(map(str, passage[1:])) for passage in kept)
