"""The rewriter of a running shop: a doubtful query is written anew by a language model, and the gate decides.

    rewriter = Rewriter(Generator(EmbeddedLanguageModel("rewriter-s-int8")), Gate.load(...))
    rewriter.rewrites(["flourescent", "light"], catalogue)      # (Run(0, 1, ("fluorescent",), 0.93),)

Doubtful is a query with a word that no product has, or that is rare while one spelled nearly so is common: merchants
mistype too, so that a word's being in the catalogue is no proof. The language model runs for those queries alone, over
the lattice of what may stand at each doubtful place: words of titles that are spelled nearly so, two words that it is
made of, one that it makes with its neighbour. What is written is added to what was typed, never put in its place, and
words with a digit stay as they are.

Endpoints fill the same interface (`assistant.remote`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Protocol

from shopwright.models.language.lattice import Arc
from shopwright.models.onnx_files import folder_of
from shopwright.skills.rewrite.gate import FILE, LEAST, Case, Gate, runs
from shopwright.skills.rewrite.generator import REWRITER, WaitingGenerator, Writer, Written

_MOST_WORDS = 12
_SHORTEST = 4
_RARE = 0.01
_COMMONER = 6
_WIDTH = 3
_UNSEEN = 2.0
_JOINED = 2
_SHORTEST_PART, _MOST_PARTED = 3, 2
_DIGIT = re.compile(r"\d")


class Catalogue(Protocol):
    """What is asked of a catalogue; words are in lower case without accents."""

    @property
    def products(self) -> int:
        """How many products there are."""
        ...

    def frequency(self, word: str) -> int:
        """How many products have the word in any of its forms; 0 when none has it."""
        ...

    def titled(self, word: str) -> int:
        """In how many titles the word stands in this very form."""
        ...

    def nearest(self, word: str) -> Sequence[tuple[str, int]]:
        """Words of titles near to this one, with the number of edits between them."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """Words that may stand for the typed words from `start` to before `end`; `weight` is the gate's probability."""

    start: int
    end: int
    words: tuple[str, ...]
    weight: float


class Rewriter:
    """Rewrites doubtful queries. Safe to share between threads.

    Args:
        generator: writes.
        gate: decides.
    """

    def __init__(self, generator: Writer, gate: Gate) -> None:
        self._generator, self._gate = generator, gate

    def rewrites(self, typed: Sequence[str], catalogue: Catalogue) -> tuple[Run, ...]:
        """What may stand for runs of the words; () for a query without doubt."""
        best: dict[tuple[int, int], Run] = {}
        for (start, end), case in self.cases(typed, catalogue):
            weight = self._gate.probability(case)
            if weight >= LEAST and weight > (best[start, end].weight if (start, end) in best else 0.0):
                best[start, end] = Run(start, end, case.written, weight)
        return tuple(best.values())

    def cases(self, typed: Sequence[str], catalogue: Catalogue) -> list[tuple[tuple[int, int], Case]]:
        """What the gate has to decide: runs of the words, and what is written for each."""
        if not 0 < len(typed) <= _MOST_WORDS or not any(doubtful(word, catalogue) for word in typed):
            return []
        written = self._generator.write(" ".join(typed), "meant", width=_WIDTH, lattice=lattice(typed, catalogue))
        return list(_cases(tuple(typed), written, catalogue))


def rewriter_of(models: Path) -> Rewriter | None:
    """The rewriter of a shop, which loads its language model with the first doubtful query; None where there is none.

    Args:
        models: the shop's own folder of models; what is not there is taken from the shipped ones.

    Raises:
        ModelError: the gate is damaged or is for another version.
    """
    folder = folder_of(REWRITER, models)
    if not ((folder / f"{REWRITER}.md").is_file() and (folder / FILE).is_file()):
        return None
    return Rewriter(WaitingGenerator(folder), Gate.load(folder / FILE))


def lattice(typed: Sequence[str], catalogue: Catalogue) -> list[list[Arc]]:
    """What may be written at each word: the word, and where it is doubtful, what the catalogue has instead."""
    doubt = [doubtful(word, catalogue) for word in typed]
    found: list[list[Arc]] = []
    for place, word in enumerate(typed):
        after = place + 1
        arcs: list[Arc] = [(after, word)]
        if doubt[place]:
            arcs += [(after, near) for near, _ in catalogue.nearest(word) if catalogue.frequency(near)]
            arcs += [(after, parts) for parts in _parted(word, catalogue)]
        if after < len(typed) and (doubt[place] or doubt[after]):
            joined = word + typed[after]
            if joined.isalpha() and catalogue.frequency(joined) >= _JOINED:
                arcs.append((after + 1, joined))
        found.append(list(dict.fromkeys(arcs)))
    return found


def _parted(word: str, catalogue: Catalogue) -> list[str]:
    """The ways to take a word apart into two that products have, those of common words first."""
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    parts = [(word[:cut], word[cut:]) for cut in cuts if catalogue.titled(word[:cut]) and catalogue.titled(word[cut:])]
    rarer = {(left, right): min(catalogue.frequency(left), catalogue.frequency(right)) for left, right in parts}
    best = sorted((each for each in parts if rarer[each] >= _JOINED), key=lambda each: -rarer[each])
    return [" ".join(each) for each in best[:_MOST_PARTED]]


def doubtful(word: str, catalogue: Catalogue) -> bool:
    """Whether a word may be a slip: no product has it, or few have and many have one that is spelled nearly so."""
    if len(word) < _SHORTEST or not word.isalpha():
        return False
    known = catalogue.frequency(word)
    if known > _RARE * catalogue.products:
        return False
    return not known or any(catalogue.frequency(near) >= _COMMONER * known for near, _ in catalogue.nearest(word))


def _cases(
    typed: tuple[str, ...], written: Sequence[Written], catalogue: Catalogue
) -> Iterator[tuple[tuple[int, int], Case]]:
    query = " ".join(typed)
    kept = next((each.logprob for each in written if each.text == query), None)
    if kept is None:
        kept = min((each.logprob for each in written), default=0.0) - _UNSEEN
    for each in written:
        if each.text == query:
            continue
        for start, end, words in runs(typed, tuple(each.text.split())):
            before = typed[start:end]
            if not words or _DIGIT.search("".join((*before, *words))):
                continue
            yield (
                (start, end),
                Case(
                    before,
                    words,
                    each.logprob,
                    kept,
                    min(map(catalogue.frequency, before)),
                    min(map(catalogue.frequency, words)),
                    _edits("".join(before), "".join(words)),
                    len(typed),
                ),
            )


def _edits(left: str, right: str) -> int:
    """Letters that a matching of the two leaves over, the greater of both sides."""
    same = sum(block.size for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks())
    return max(len(left), len(right)) - same
