"""The gate of the rewriter, fitted on queries of which it is known what was meant.

Queries that people typed are mistyped by `noise`, and what the rewriter writes for each is right where it gives the
word back that was there before. The same queries as they were typed give the other half: there, whatever is written for
a rare word is wrong. Some of the mistyped words count as if a product or two had them, since merchants mistype too; a
gate that never saw this would take every word of a catalogue for right. All of this is simulated, and the gate is
judged by recall on real queries afterwards.

Logistic regression by Newton's method with a little ridge; queries are split by a hash, one part in four only measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random

import numpy as np
import orjson
from numpy.typing import NDArray

from shopwright.metrics import calibration_error
from shopwright.search.lexical import LexicalIndex, stem
from shopwright.search.protocols import Catalogue
from shopwright.skills.rewrite.gate import FEATURES, FILE, LEAST, Case, Gate, runs
from shopwright.skills.rewrite.rewriter import Rewriter
from shopwright.train.outcome import Report
from shopwright.train.rewrite.noise import misspelled

Floats = NDArray[np.float64]
_RIDGE = 0.1
_ROUNDS = 50
_HELD = 4
_KNOWN = 0.35
_MOST_PRODUCTS = 3
_REPORT_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, whether it is what was meant, and whether it only measures."""

    case: Case
    helps: bool
    held: bool


class _Mistaken:
    """A catalogue in which some words are as rare as a merchant's own slips."""

    def __init__(self, catalogue: LexicalIndex, slips: Mapping[str, int]) -> None:
        self._catalogue, self._slips = catalogue, slips

    @property
    def products(self) -> int:
        return self._catalogue.products

    def frequency(self, word: str) -> int:
        return self._catalogue.frequency(word) or self._slips.get(word, 0)

    def titled(self, word: str) -> int:
        return self._catalogue.titled(word)

    def together(self, left: str, right: str) -> int:
        return self._catalogue.together(left, right)

    def nearest(self, word: str) -> Sequence[tuple[str, int]]:
        return self._catalogue.nearest(word)


def tried(
    rewriter: Rewriter, asked: Iterable[tuple[LexicalIndex, str]], seed: int = 0, report: Report = print
) -> list[Tried]:
    """Every case of queries that people typed, and of the same queries mistyped.

    Args:
        rewriter: whose cases they are.
        asked: a catalogue and a query that is right as it stands.
        seed: of the mistakes.
        report: told of progress.
    """
    chance = Random(f"gate {seed}")
    found: list[Tried] = []
    for done, (lexical, query) in enumerate(asked, 1):
        right = _words(lexical, query)
        typed = _words(lexical, misspelled(query, chance))
        found += _cases(rewriter, right, right, lexical, _held(query))
        slips = {word: chance.randint(1, _MOST_PRODUCTS) for word in typed if chance.random() < _KNOWN}
        found += _cases(rewriter, typed, right, _Mistaken(lexical, slips), _held(query))
        if done % _REPORT_EVERY == 0:
            report(f"gate: {done} queries, {len(found)} cases")
    return found


def fitted(cases: Sequence[Tried], otherwise: Gate) -> tuple[Gate, dict[str, float]]:
    """The gate, and on what was held out: `precision` and `recall` of what is let through, `ece`, `base`, `n`.

    Args:
        cases: right and wrong ones.
        otherwise: the gate that stands where there are none to learn from, as in a shop of five products.
    """
    learned, held = [each for each in cases if not each.held], [each for each in cases if each.held]
    features, helps = _table(learned)
    weights = np.zeros(len(FEATURES))
    learnable = len(set(helps.tolist())) == 2
    for _ in range(_ROUNDS if learnable else 0):
        chance = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (helps - chance) - _RIDGE * weights
        curvature = (features * (chance * (1 - chance))[:, None]).T @ features + _RIDGE * np.eye(len(FEATURES))
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    gate = Gate(tuple(float(f"{each:.5g}") for each in weights)) if learnable else otherwise
    chances = [gate.probability(each.case) for each in held]
    passed = [each.helps for each, chance in zip(held, chances, strict=True) if chance >= LEAST]
    right = sum(each.helps for each in held)
    return gate, {
        "n": float(len(held)),
        "base": right / max(len(held), 1),
        "precision": float(np.mean(passed)) if passed else 0.0,
        "recall": sum(passed) / max(right, 1),
        "ece": calibration_error(chances, [each.helps for each in held]) if held else 0.0,
    }


def save_gate(gate: Gate, measured: Mapping[str, float], command: str, data: str, folder: Path) -> None:
    """Write the gate's file, whole or not at all."""
    record = {"features": FEATURES, "weights": gate.weights, "held_out": measured, "data": data, "command": command}
    partial = folder / f"{FILE}.part"
    partial.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    partial.replace(folder / FILE)


def _cases(
    rewriter: Rewriter, typed: Sequence[str], right: Sequence[str], catalogue: Catalogue, held: bool
) -> list[Tried]:
    meant = {(start, end): tuple(map(stem, words)) for start, end, words in runs(typed, right)}
    return [
        Tried(case, meant.get(place) == tuple(map(stem, case.written)), held)
        for place, case in rewriter.cases(typed, catalogue)
    ]


def _words(lexical: LexicalIndex, text: str) -> tuple[str, ...]:
    return tuple(word.plain for word in lexical.read(text, literal=True))


def _table(cases: Iterable[Tried]) -> tuple[Floats, Floats]:
    rows = [(each.case.features(), float(each.helps)) for each in cases]
    return np.array([row for row, _ in rows]).reshape(-1, len(FEATURES)), np.array([helps for _, helps in rows])


def _held(query: str) -> bool:
    return blake2b(query.encode("utf-8", "replace"), digest_size=4).digest()[0] % _HELD == 0
