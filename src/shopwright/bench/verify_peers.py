"""Language models as peers: what eleven of them said when asked whether some passages answer a question.

NoMIRACL (Thakur et al., 2023, arXiv 2312.11361) asked each for "Yes, answer is present" or "I don't know" over ten
passages, and published the raw outputs. `official` reads them as its evaluation does (`VanillaTemplate.postprocess` in
project-miracl/nomiracl): by the two phrases, and as invalid where neither or one of each is found. An invalid output
is wrong there, whatever the question, and so it is here in `balanced_accuracy:PEER`.

Weaker models often answer outright ("Switzerland"), or say "No" and why; counting that as wrong flatters whoever is
compared with them. `lenient` reads such outputs as a person would, for `balanced_accuracy_lenient:PEER`; an output that
only repeats the instruction stays undecided. A system that claims to beat a peer should beat both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shopwright.bench.task import Row
from shopwright.errors import CorpusError
from shopwright.selective import balanced_accuracy, mcnemar

BENCH = "verify"
_YES, _NO = "yes, answer is present", "i don't know"
_PASSAGE = re.compile(r"\[\d+\]")
_BARE_REFERENCE = 10
"""An output shorter than this that names a passage ("[3]") is an answer to NoMIRACL."""

_INSTRUCTION = re.compile(
    r"please (?:answer|respond|read|select|provide|let me know)|possible outputs|do you know|respond as either|"
    r"i will give you a question|do any of the contexts|unable to generate"
)
_REFUSAL = re.compile(
    r"^no\b|\[1\] no\b|answers? (?:is|are) not present|(?:is|are) not (?:present|mentioned|provided)|"
    r"(?:do|does) not (?:\w+ ){0,2}(?:provide|mention|contain|answer|specify|state)|"
    r"none of (?:them|the (?:given |provided )?contexts)|(?:is|are) (?:unclear|not clear)|cannot be determined"
)
_ANSWER = re.compile(r"^[\W\d_]*(?:context[\W\d_]*)*yes\b|answers? (?:is|are) present")


def official(output: str) -> bool | None:
    """Whether an output says that the passages answer: True, False ("I don't know"), or None where it is invalid."""
    said = " ".join(output.split()).lower()
    if _YES in said and _NO in said:
        return True if said.count(_YES) > 1 else None
    if _NO in said:
        return False
    if _YES in said or "answer is present" in said:
        return True
    if "answer is not present" in said:
        return False
    return True if _PASSAGE.search(said) and len(said) < _BARE_REFERENCE else None


def lenient(output: str) -> bool | None:
    """Like `official`, but an output that is invalid there is read for what it means.

    An answer written out counts as an answer; a "No", or that the passages do not say, as a refusal; of several
    judgements ("Yes ... in context 1. I don't know in context 2") the first holds. None where an output only repeats
    the instruction or is empty.
    """
    decided = official(output)
    said = " ".join(output.split()).lower()
    if decided is not None or not said:
        return decided
    if said.startswith((_YES, _NO)):
        return said.startswith(_YES)
    if _INSTRUCTION.search(said):
        return None
    return bool(_ANSWER.search(said)) or not _REFUSAL.search(said)


def peer_rows(
    set: str, rows: Sequence[Mapping[str, Any]], decided: Sequence[bool], *, bench: str = BENCH
) -> Iterator[Row]:
    """Each peer's balanced accuracy on the questions that it saw, and whether the system differs from it.

    Args:
        set: name of the set.
        rows: of the file: `answerable`, and `peers` with the raw output of each model.
        decided: whether the system answers, a row each.
        bench: name of the bench.

    Yields:
        For each peer `balanced_accuracy`, `balanced_accuracy_lenient`, `invalid` (share of its outputs that are) and
        `mcnemar_p`, the exact two-sided p of the hypothesis that system and peer (read officially) are right equally
        often; each with the suffix of its name.

    Raises:
        CorpusError: not one decision a row.
    """
    if len(rows) != len(decided):
        raise CorpusError(f"{len(decided)} decisions for {len(rows)} questions: give one for each")
    for name in dict.fromkeys(name for row in rows for name in row["peers"]):
        pairs = [(row, bool(ours)) for row, ours in zip(rows, decided, strict=True) if name in row["peers"]]
        seen = [(row["peers"][name] or "", bool(row["answerable"]), ours) for row, ours in pairs]
        truth = [is_so for _, is_so, _ in seen]
        theirs = [official(output) for output, _, _ in seen]
        read = [lenient(output) for output, _, _ in seen]
        right = [ours == is_so for _, is_so, ours in seen]
        p = mcnemar(right, [said is is_so for said, is_so in zip(theirs, truth, strict=True)])
        invalid = sum(said is None for said in theirs) / len(seen)
        yield Row(bench, set, f"balanced_accuracy:{name}", balanced_accuracy(theirs, truth), len(seen))
        yield Row(bench, set, f"balanced_accuracy_lenient:{name}", balanced_accuracy(read, truth), len(seen))
        yield Row(bench, set, f"invalid:{name}", invalid, len(seen))
        yield Row(bench, set, f"mcnemar_p:{name}", p, len(seen))
