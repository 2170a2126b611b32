"""One batch of documents through the rules: a pure function, the same for one process, a pool and Ray.

    normalise -> quality rules -> language -> personal data replaced

What is removed says why; what stays has its text, and what was replaced in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shopwright.train.corpus.language import is_wanted
from shopwright.train.corpus.normalise import normalise
from shopwright.train.corpus.pii import replace
from shopwright.train.corpus.quality import PROSE, STRUCTURED, first_failed

Form = Literal["prose", "structured"]


@dataclass(frozen=True, slots=True)
class CleanRules:
    """What a batch is judged by.

    Args:
        form: whose thresholds the quality rules take.
        languages: those that stay (ISO 639-1); all when empty.
    """

    form: Form = "prose"
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one document.

    Args:
        text: as it goes on; as it was when a rule removed it.
        id: as it came.
        reason: why it was removed; "" for one that stays.
        replaced: how many pieces of personal data of each kind.
    """

    text: str
    id: str
    reason: str = ""
    replaced: Mapping[str, int] = field(default_factory=dict)


def clean_batch(documents: Sequence[tuple[str, str]], rules: CleanRules) -> list[Cleaned]:
    """What becomes of documents (id and text of each), in order."""
    return [_clean(id, text, rules) for id, text in documents]


def _clean(id: str, raw: str, rules: CleanRules) -> Cleaned:
    text = normalise(raw)
    if not text:
        return Cleaned(raw, id, "empty")
    if failed := first_failed(text, PROSE if rules.form == "prose" else STRUCTURED):
        return Cleaned(text, id, failed)
    if rules.languages and not is_wanted(text, rules.languages):
        return Cleaned(text, id, "language")
    text, replaced = replace(text)
    return Cleaned(text, id, replaced=replaced)
