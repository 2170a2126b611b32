"""The check: a sentence passes when every number in it stands in the evidence that it cites.

Numbers are compared by value, without thousands separators: "999 million" is not "9.99 million". Where both name a unit
or a currency, that is compared too: "1.9 kg" is "1900 g" but not "1.9 g", "€5" is not "$5". A number that names none on
one side is compared by value alone. Words are not checked: the built-in wording copies them from the evidence, and an
endpoint's is read by `verifier`.

A sentence without citations may not state a number at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shopwright.skills.verify import numbers
from shopwright.skills.verify.numbers import Stated
from shopwright.types import Evidence, Sentence


def stated(text: str) -> list[Stated]:
    """The numbers in a text that stand in digits, in order."""
    return [number for number in numbers.stated(text) if not number.spelled]


def check(
    sentences: Sequence[Sentence], evidence: Mapping[str, Evidence]
) -> tuple[tuple[Sentence, ...], tuple[str, ...]]:
    """The sentences that may be said, and those that were removed."""
    kept: list[Sentence] = []
    removed: list[Sentence] = []
    for sentence in sentences:
        (kept if supported(sentence, evidence) else removed).append(sentence)
    return tuple(kept), tuple(sentence.text for sentence in removed)


def supported(sentence: Sentence, evidence: Mapping[str, Evidence]) -> bool:
    """Whether the cited evidence holds the sentence's numbers."""
    if any(key not in evidence for key in sentence.citations):
        return False
    facts = (evidence[key] for key in sentence.citations)
    text = "\n".join(
        part for fact in facts for part in (fact.title, fact.text)
    )  # no number meets the next part's words
    held = stated(text)
    return all(any(number.is_told_by(other) for other in held) for number in stated(sentence.text))
