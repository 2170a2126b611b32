"""A learned score for texts: logistic regression over hashed words, pairs of words and runs of four characters.

Order is judged by pairs and triples of word classes as well (a short word is its own class, a longer one that of its
last two letters): they tell shuffled text from text after few examples.

In the manner of fastText's classifier (Joulin et al. 2016) without the embedding: one weight a feature, 2^18 of them,
learned with Adagrad in seconds on one core, torch-free. Two are trained when a corpus is built: quality (texts that
passed all rules against the same texts damaged, and against what the rules removed) and domain (commerce against the
rest). No weights are shipped: they are made from the sources that are declared.

Simplifications: a text is judged by its first 2,000 characters; digits are all the same digit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import CorpusError
from shopwright.selective import auroc

_BITS = 18
_SCALE = 40.0
_CHARACTERS = 2_000
_BATCH = 256
_PRIME = np.uint64(0x100000001B3)
_INVERSE = np.uint64(pow(0x100000001B3, -1, 1 << 64))
_CLASS_MIX = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Scorer:
    """A trained scorer.

    Args:
        weights: shape (2**18,).
        bias: added to each sum.
        auroc: on the tenth of the examples that it was not trained on.
        examples: how many it was trained on.
    """

    weights: NDArray[np.float32]
    bias: float
    auroc: float
    examples: int

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """P(good) of each text, shape (len(texts),)."""
        return score_all((self,), texts)[0]

    def save(self, path: Path) -> None:
        """Write it, half precision, where zero weights take no room."""
        with path.open("wb") as file:
            np.savez_compressed(
                file, weights=self.weights.astype(np.float16), bias=self.bias, auroc=self.auroc, examples=self.examples
            )

    @classmethod
    def load(cls, path: Path) -> Scorer:
        """Read what `save` wrote.

        Raises:
            CorpusError: the file is missing or is no scorer.
        """
        try:
            with path.open("rb") as file, np.load(file) as stored:
                weights = stored["weights"].astype(np.float32)
                if weights.shape != (1 << _BITS,):
                    raise ValueError(f"{weights.shape} weights")
                return cls(weights, float(stored["bias"]), float(stored["auroc"]), int(stored["examples"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise CorpusError(f"{path} is no scorer ({error}): build the corpus again") from error

    @classmethod
    def train(
        cls, good: Sequence[str], bad: Sequence[str], *, seed: int = 0, passes: int = 4, rate: float = 0.1
    ) -> Scorer:
        """Learn to tell two piles of texts apart; the smaller one counts as much as the larger.

        Args:
            good, bad: at least ten texts each; a tenth is held out to measure the AUROC.
            seed: of the order.
            passes: over all examples.
            rate: of Adagrad.

        Raises:
            CorpusError: too few texts.
        """
        if min(len(good), len(bad)) < 10:
            raise CorpusError(
                f"a scorer needs 10 texts of each kind, got {len(good)} and {len(bad)}: declare more sources"
            )
        texts = [*good, *bad]
        labels = np.concatenate([np.ones(len(good), np.float32), np.zeros(len(bad), np.float32)])
        order = np.random.default_rng(seed).permutation(len(texts))
        held = order[: max(2, len(texts) // 10)]
        kept = order[len(held) :]
        weights, bias = _fit([texts[place] for place in kept], labels[kept], seed, passes, rate)
        scorer = cls(weights, bias, 0.5, len(kept))
        truth = [bool(label) for label in labels[held]]
        measured = (
            auroc(scorer.score([texts[place] for place in held]).tolist(), truth) if len(set(truth)) == 2 else 0.5
        )
        return cls(weights, bias, measured, len(kept))


def score_all(scorers: Sequence[Scorer], texts: Sequence[str]) -> NDArray[np.float32]:
    """What several scorers say, shape (len(scorers), len(texts)); the features are made once."""
    scores = np.zeros((len(scorers), len(texts)), np.float32)
    for start in range(0, len(texts) if scorers else 0, _BATCH):
        batch = texts[start : start + _BATCH]
        owners, buckets = features(batch)
        for place, scorer in enumerate(scorers):
            found = _probability(scorer.weights, scorer.bias, owners, buckets, len(batch))
            scores[place, start : start + len(batch)] = found
    return scores


def _fit(
    texts: Sequence[str], labels: NDArray[np.float32], seed: int, passes: int, rate: float
) -> tuple[NDArray[np.float32], float]:
    batches = [
        (*features(texts[start : start + _BATCH]), labels[start : start + _BATCH])
        for start in range(0, len(texts), _BATCH)
    ]
    share = float(labels.mean())
    weights = np.zeros(1 << _BITS, np.float32)
    squares = np.full(1 << _BITS, 1e-6, np.float32)
    bias, bias_square = 0.0, 1e-6
    generator = np.random.default_rng(seed + 1)
    for _ in range(passes):
        for place in generator.permutation(len(batches)):
            owners, buckets, wanted = batches[place]
            error = _probability(weights, bias, owners, buckets, len(wanted)) - wanted
            error *= np.where(wanted == 1, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
            lengths = np.maximum(np.bincount(owners, minlength=len(wanted)), 1)
            slopes = (error * _SCALE / lengths)[owners]
            gradient = np.bincount(buckets, slopes, minlength=1 << _BITS).astype(np.float32) / len(wanted)
            squares += gradient * gradient
            weights -= rate * gradient / np.sqrt(squares)
            slope = float(error.mean())
            bias_square += slope * slope
            bias -= rate * slope / bias_square**0.5
    weights[np.abs(weights) < 1e-3] = 0
    return weights, bias


def _probability(
    weights: NDArray[np.float32], bias: float, owners: NDArray[np.int64], buckets: NDArray[np.int64], count: int
) -> NDArray[np.float32]:
    sums = np.bincount(owners, weights[buckets], minlength=count)
    lengths = np.maximum(np.bincount(owners, minlength=count), 1)
    return np.asarray(1 / (1 + np.exp(-np.clip(bias + _SCALE * sums / lengths, -30, 30))), np.float32)


def features(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The features of texts: the text each belongs to and its bucket, two arrays of the same length.

    Words are hashed all at once: with H the prefix sums of byte * p^place modulo 2^64, the hash of a word from s to e
    is (H[e] - H[s]) * p^-s.
    """
    pieces = [text[:_CHARACTERS].lower().encode("utf-8", "replace") + b" \n" for text in texts]
    data = _FOLD[np.frombuffer(b"".join(pieces), np.uint8)]
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    powers = np.cumprod(np.full(len(data), _PRIME))
    prefix = np.concatenate([np.zeros(1, np.uint64), np.cumsum(data.astype(np.uint64) * powers)])
    edges = np.diff(np.concatenate([[0], (data > 32).astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    inverses = np.cumprod(np.full(len(data), _INVERSE))
    words = (prefix[ends] - prefix[starts]) * inverses[starts]
    same = owner[starts[:-1]] == owner[starts[1:]] if len(starts) else np.zeros(0, bool)
    pairs = (words[:-1] * _MIX ^ words[1:])[same]
    wide = data.astype(np.uint64)
    runs = wide[:-3] | wide[1:-2] << np.uint64(8) | wide[2:-1] << np.uint64(16) | wide[3:] << np.uint64(24)
    inside = owner[:-3] == owner[3:]
    classes = np.where(ends - starts <= 3, words, wide[ends - 1] << np.uint64(8) | wide[np.maximum(ends - 2, 0)])
    two = (classes[:-1] * _CLASS_MIX ^ classes[1:])[same]
    three = (classes[:-2] * _CLASS_MIX ^ classes[1:-1]) * _CLASS_MIX ^ classes[2:]
    both = same[:-1] & same[1:]
    owners = np.concatenate(
        [
            owner[starts],
            owner[starts[:-1]][same],
            owner[:-3][inside],
            owner[starts[:-1]][same],
            owner[starts[:-2]][both],
        ]
    )
    hashes = np.concatenate([words, pairs, runs[inside] * np.uint64(0xD6E8FEB86659FD93), two, three[both]])
    return owners.astype(np.int64), ((hashes * _MIX) >> np.uint64(64 - _BITS)).astype(np.int64)


def _fold_table() -> NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = ord("0")
    table[:33] = 32
    return table


_FOLD = _fold_table()


# ── damage ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def damaged(text: str, seed: int = 0) -> str:
    """A text made worse in one of several ways, as texts from the web are bad: what quality is learned against."""
    generator = Random(f"{seed} {text[:200]}")
    words = text.split()
    if len(words) < 5:
        words = words * 5 or ["empty"] * 5
    return generator.choice(_DAMAGES)(words, generator)


def _shuffled(words: list[str], generator: Random) -> str:
    generator.shuffle(words)
    return " ".join(words)


def _mashed(words: list[str], generator: Random) -> str:
    return " ".join("".join(generator.choices("asdfghjklqwertyuiopzxcvbnm", k=len(word))) for word in words)


def _garbled(words: list[str], generator: Random) -> str:
    return " ".join(
        "".join(generator.sample(word, len(word))) if len(word) > 3 and generator.random() < 0.6 else word
        for word in words
    )


def _repeated(words: list[str], generator: Random) -> str:
    start = generator.randrange(len(words))
    run = words[start : start + generator.randint(3, 12)]
    return " ".join(run * (len(words) // len(run) + 1))


def _stuffed(words: list[str], generator: Random) -> str:
    chosen = generator.sample(words, min(len(words), 12))
    return ", ".join(
        f"{generator.choice(('buy', 'cheap', 'best', 'online', 'sale', 'free', ''))} {generator.choice(chosen)}".strip()
        for _ in words[:200]
    )


def _menu(words: list[str], generator: Random) -> str:
    items = ("Home", "Shop", "Sign in", "My account", "Contact us", "About", "Cart (0)", "Search", "Privacy policy",
             "Terms", "Help", "Next", "Previous",
             "Share", "Read more", "Cookie settings", "Subscribe", "FAQ", "Blog", "Login")  # fmt: skip
    mixed = [
        generator.choice(items) if generator.random() < 0.6 else " ".join(words[place : place + 2])
        for place in range(0, min(len(words), 150), 2)
    ]
    return generator.choice((" | ", "\n", " > ", " ")).join(mixed)


def _spaced(words: list[str], generator: Random) -> str:
    return " ".join(" ".join(word) if generator.random() < 0.7 else word for word in words)


def _mistaken(words: list[str], generator: Random) -> str:
    signs = "�~^|#@*¤§%&$"
    return " ".join(
        "".join(generator.choice(signs) if generator.random() < 0.25 else sign for sign in word) for word in words
    )


def _shouted(words: list[str], generator: Random) -> str:
    calls = ("BUY NOW!!!", "CLICK HERE", "100% FREE $$$", "LIMITED OFFER!!", "ACT NOW", "WIN WIN WIN")
    return " ".join(
        f"{word.upper()} {generator.choice(calls)}" if generator.random() < 0.25 else word.upper() for word in words
    )


def _chopped(words: list[str], generator: Random) -> str:
    """Pieces of two to four words out of their order, with ellipses: search results and teasers."""
    pieces = []
    for _ in range(max(3, len(words) // 4)):
        start = generator.randrange(len(words))
        pieces.append(" ".join(words[start : start + generator.randint(2, 4)]))
    return " ... ".join(pieces)


_DAMAGES: tuple[Callable[[list[str], Random], str], ...] = (
    _shuffled, _mashed, _garbled, _repeated, _stuffed, _menu, _spaced, _mistaken, _shouted, _chopped,
)  # fmt: skip
