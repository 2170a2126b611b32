"""Token F1 of a short answer, in the signature that the lm-evaluation-harness calls (`!function token_f1.f1`).

The harness loads this file by its path, so it imports nothing of the package.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

_ARTICLES = {"a", "an", "the"}


def f1(references: Sequence[Any], predictions: Sequence[str], **_: Any) -> float:
    """F1 of words against the best reference, as in SQuAD: lower case, no punctuation, no articles. From 0 to 1."""
    flat = [text for each in references for text in (each if isinstance(each, list) else [each])]
    return max((_f1(_words(str(text)), _words(predictions[0])) for text in flat), default=0.0)


def _words(text: str) -> Counter[str]:
    return Counter(word for word in re.findall(r"[a-z0-9]+", text.lower()) if word not in _ARTICLES)


def _f1(right: Counter[str], said: Counter[str]) -> float:
    shared = (right & said).total()
    return 2 * shared / (right.total() + said.total()) if shared else 0.0
