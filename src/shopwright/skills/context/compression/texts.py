"""One text shortened to a number of tokens, for a question: sentences first, then words.

What: extractive compression. Sentences are kept in the order of their relevance (`relevance`); of the one that the
budget cuts through, the words that say most (`units`, `information`). Numbers with their units, negations, ids, names,
quoted words and the last sentence are protected (`protection`). The result has at most the tokens asked for, and one
unit more would be too many; what is protected may make it longer, and then it says so (`Compressed.over`).

What not: nothing is rewritten, so every word stands where the source has it, and coreference is not resolved: a kept
"it" may have lost its noun.

Sources: token-level dropping and forced tokens, Pan et al. 2024 (LLMLingua-2, sections 3 and 4.3), whose classifier is
replaced by word frequency or by a language model's surprisal (Li et al. 2023, Selective Context); its budget is met on
average, here exactly, by counting the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.models.protocols import Encoder
from shopwright.skills.context.compression.fitting import longest_fitting
from shopwright.skills.context.compression.information import information
from shopwright.skills.context.compression.protection import clauses, last_sentence, protected_words
from shopwright.skills.context.compression.relevance import Ranked, ranked
from shopwright.skills.context.compression.result import Compressed, Dropped, Extent, Protection
from shopwright.skills.context.compression.units import Units, reason_of, units_of
from shopwright.skills.context.compression.words import Words, words_of

Count = Callable[[str], int]
"""Tokens of a text."""
Says = Callable[[Words], NDArray[np.float64]]
"""How much each word says, from 0 to 1, shape (W,)."""

_REPEATS = 0.5
_LAST = 0.25
"""Share of the budget that the last sentence may take before all others where nothing is protected in any case."""
_SPACE = {"\n": 2, "\r": 2, "\u2028": 2, "\u2029": 2}


def compress(
    text: str,
    query: str,
    *,
    count: Count,
    tokens: int | None = None,
    rate: float | None = None,
    encoder: Encoder | None = None,
    names: Collection[str] = (),
    protect: Protection = "text",
    says: Says = information,
) -> Compressed:
    """Shorten a text.

    Args:
        text: any; it comes back as it is when it fits.
        query: what it is read for; "" keeps what the text is mostly about.
        count: tokens of a text, by the tokenizer of whoever reads it; "" has none.
        tokens: the budget, 0 or more.
        rate: the budget as the share of tokens to keep, 0 to 1, in place of `tokens`.
        encoder: adds the cosine to the words that sentences share with the query; about 5 ms a sentence.
        names: brands and other words that are protected.
        protect: how far protection reaches, see `Protection`.
        says: how much a word says; `surprisal.Surprisal` asks a language model.

    Raises:
        ConfigError: both or none of `tokens` and `rate`, or one of them out of its range.
    """
    whole = count(text)
    budget = _budget(whole, tokens, rate)
    if whole <= budget:
        return Compressed(text, whole, whole, budget, ((0, len(text)),) if text else ())
    words = words_of(text)
    ranking = ranked(words, query, encoder)
    units = _units(words, ranking, query, names, protect, says, budget / whole)
    kept, size = longest_fitting(
        lambda k: count(_joined(text, _slices(words, units.rank < k))),
        units.lengths,
        budget,
        count(_joined(text, _slices(words, units.rank < 0))),
        whole,
    )
    mask = units.rank < kept
    slices = _slices(words, mask)
    dropped = tuple(_dropped(words, units, ranking, mask))
    return Compressed(_joined(text, slices), size, whole, budget, tuple(slices), dropped)


def _budget(whole: int, tokens: int | None, rate: float | None) -> int:
    if (tokens is None) == (rate is None):
        raise ConfigError(f"tokens={tokens} and rate={rate}: give one of them")
    if rate is not None:
        if not 0.0 <= rate <= 1.0:
            raise ConfigError(f"rate={rate}: must be from 0 to 1, the share of tokens to keep")
        return int(rate * whole + 1e-9)
    if tokens is None or tokens < 0:
        raise ConfigError(f"tokens={tokens}: must be 0 or more")
    return tokens


def _units(
    words: Words, ranking: Ranked, query: str, names: Collection[str], protect: Protection, says: Says, share: float
) -> Units:
    safe, last = protected_words(words, query, names), last_sentence(words)
    must = last if protect == "sentence" else safe | last if protect == "text" else np.zeros_like(safe)
    if ranking.asked.any() and int(words.ends[-1] - words.starts[last][0]) > _LAST * share * len(words.text):
        last = np.zeros_like(last)
    groups = np.where(safe, clauses(words) if protect == "budget" else words.sentence, -1)
    return units_of(words, ranking, says(words), must, groups, last)


def _slices(words: Words, kept: NDArray[np.bool_]) -> list[Extent]:
    """Slices of the text that hold the kept words, with the white space between them."""
    places = np.flatnonzero(kept)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > 1) + 1
    firsts, lasts = places[np.r_[0, breaks]], places[np.r_[breaks - 1, len(places) - 1]]
    slices: list[Extent] = []
    end = -1
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        begin, stop = int(words.starts[first]), int(words.ends[last])
        if end >= 0:
            space = _space(words, end, first)
            if space[1] == begin:
                begin = space[0]
            elif space[0] < space[1]:
                slices.append(space)
        slices.append((begin, stop))
        end = last
    return slices


def _space(words: Words, before: int, after: int) -> Extent:
    """The white space to set between two kept words that others stood between: a line break where there was one."""
    own = (int(words.ends[after - 1]), int(words.starts[after]))
    if words.starts[after] == words.ends[after - 1] and words.text[own[1] : own[1] + 1] in ".!?…。！？":
        return own
    if words.sentence[before] == words.sentence[after] and own[0] < own[1]:
        return own
    ends, starts = words.ends[before:after].tolist(), words.starts[before + 1 : after + 1].tolist()
    gaps = [(low, high) for low, high in zip(ends, starts, strict=True) if low < high]
    return max(reversed(gaps), key=lambda gap: _strength(words.text[gap[0] : gap[1]]), default=own)


def _strength(space: str) -> int:
    return 1 + sum(_SPACE.get(letter, 0) for letter in space)


def _joined(text: str, slices: list[Extent]) -> str:
    return "".join([text[start:end] for start, end in slices])


def _dropped(words: Words, units: Units, ranking: Ranked, kept: NDArray[np.bool_]) -> Iterator[Dropped]:
    """Runs of words that went, each within one sentence."""
    gone = np.flatnonzero(~kept)
    if not len(gone):
        return
    chosen = np.zeros(words.sentences, np.bool_)
    chosen[words.sentence[kept & (units.rank >= 0)]] = True
    chosen[words.sentences - 1] = True
    apart = (
        (np.diff(gone) > 1)
        | (np.diff(words.sentence[gone]) > 0)
        | (np.diff(units.aside[gone]) & chosen[words.sentence[gone]][1:])
    )
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(gone)]
    for low, high in pairwise(edges):
        run = gone[low:high]
        start, end = int(words.starts[run[0]]), int(words.ends[run[-1]])
        sentence = int(words.sentence[run[0]])
        if chosen[sentence]:
            reason = reason_of(words.kind[run], bool(units.aside[run[0]]))
            yield Dropped(start, end, words.text[start:end], "token", reason)
        else:
            reason = "repeats what is kept" if ranking.novelty[sentence] < _REPEATS else "far from the question"
            yield Dropped(start, end, words.text[start:end], "sentence", reason)
