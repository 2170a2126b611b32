"""Which facts bear on a question, over mixed sources: attributes, sentences, reviews, answers, policies.

The encoder and shared words choose who is read; the judge reads each of those beside the question and ranks. A cell is
shown to the judge as it stands ("Battery life: 12 h", "waterproof: yes"). The score is the judge's relevance, which is
calibrated, so that a caller may compare it with a threshold; trust does not move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shopwright.models.protocols import Encoder, Judge
from shopwright.skills.evidence.dedupe import Weighed, merged
from shopwright.skills.evidence.sources import usable
from shopwright.skills.evidence.terms import content, passage
from shopwright.types import Evidence

_WORDS = 0.5
"""Weight of the share of the question's words against the cosine, in choosing whom the judge reads."""


def shown(fact: Evidence) -> str:
    """A fact as a judge reads it: with its field where its text alone says nothing ("yes")."""
    text = fact.text.strip()
    label = fact.field.replace("_", " ").strip()
    return f"{label}: {text}" if label and len(text) <= 3 else text


def ranked(
    question: str, facts: Sequence[Evidence], judge: Judge, encoder: Encoder | None, k: int = 5, prefilter: int = 24
) -> list[Weighed]:
    """The k facts that answer the question best, best first, near-duplicates merged.

    Args:
        encoder: None to choose by words alone.
        prefilter: how many facts the judge reads at most; 20 ms each on one core with the embedded judge.

    Returns:
        Each with its relevance as score (0 to 1), its provenance and date, its independent sources and their trust.
    """
    kept, _ = usable(question, facts)
    kept = [replace(fact, text=passage(fact.text, question)) if len(fact.text) > 4000 else fact for fact in kept]
    if not kept or k < 1:
        return []
    texts = [shown(fact) for fact in kept]
    vectors = encoder.encode([question, *texts]) if encoder is not None else None
    closeness_N = _overlap(question, texts)
    if vectors is not None:
        closeness_N = vectors[1:] @ vectors[0] + _WORDS * closeness_N
    alone = merged(
        [replace(fact, id=str(place)) for place, fact in enumerate(kept)], None if vectors is None else vectors[1:]
    )
    places = [int(fact.id) for fact in alone]
    order = np.argsort(-closeness_N[places], kind="stable")[:prefilter].tolist()
    chosen = [replace(alone[i], id=kept[places[i]].id) for i in order]
    judged = judge.judge([(question, shown(fact)) for fact in chosen])
    scored = [replace(fact, score=min(1.0, max(0.0, one.relevance))) for fact, one in zip(chosen, judged, strict=True)]
    return sorted(scored, key=lambda fact: (-fact.score, -fact.trust))[:k]


def _overlap(question: str, texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The share of the question's content words that each text has, shape (N,)."""
    asked = content(question)
    return np.array([len(asked & content(text)) / max(len(asked), 1) for text in texts], np.float32)
