"""What is relevant from far back: a search over one conversation, in memory, that grows with it.

    recall = Recall(encoder)
    vectors = recall.add(utterances)                     # to be stored beside the texts
    recall.search("which tent did you show me first?")   # utterances, nearest first
    recall.within("the tent", 1_000, count)              # as many as fit a budget, in the order of the conversation

An utterance scores by its words (BM25) and its meaning (cosine to the encoder's vector), each divided by the highest of
the conversation; and by a part of what the utterance before and the one after score, because a short answer is about
the question before it. A question that names one speaker, or says "I" or "you" in a shop, is answered by that speaker's
words likelier than by another's, and the name itself is not searched for (`words.read_question`). Of a question with a
time ("last week", "in May 2022") what was said then or is about then counts for more, of one that asks "when" what
names a time (`times`), of one that means a subject by its place ("the first topic") what belongs to it (`ordinals`).

Each search reads every row once: a few ms for 30,000 utterances. Rows are kept in the order in which they were added;
of a long text the encoder reads the first words and BM25 the first 20,000 characters. Not safe to share between threads
while something is added.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError
from shopwright.models.protocols import Encoder
from shopwright.skills.context.episodes import SITTING_S, Segmenter
from shopwright.skills.context.moments import Mask, Moments, asks_when
from shopwright.skills.context.ordinals import asked_episode, asks_for_subject
from shopwright.skills.context.postings import Postings
from shopwright.skills.context.times import asked_times
from shopwright.skills.context.vectors import Rows, VectorBlock, quantised
from shopwright.skills.context.words import LONGEST, read_question, stems
from shopwright.types.memory import Episode, Recalled, Utterance

Scores = NDArray[np.float32]

_MEANING = 1.5
"""Weight of meaning against words."""
_NEIGHBOUR = 0.25
"""Weight of what stands before and after."""
_ASIDE = 0.65
"""What an utterance counts that is not of the speaker or not of the time that a question names."""
_ELSEWHERE = 0.05
"""What one counts outside the episode that is asked for by its place."""
_TIMELESS = 0.8
"""What one counts that names no time, when a question asks for one."""
_CONSIDERED = 200
"""How many of the best a budget is filled from."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Every row's scores for one question, by words, by meaning and in all; whether it is of the time or episode asked.

    All of shape (N,).
    """

    lexical: Scores
    meaning: Scores
    scores: Scores
    timely: Mask
    placed: Mask


class Recall:
    """The index of one conversation.

    Args:
        encoder: makes the vectors; those of another encoder must not be added.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._clear()

    def _clear(self) -> None:
        self._utterances: list[Utterance] = []
        self._known: set[str] = set()
        self._speakers: dict[str, int] = {}
        self._spoken = array("i")
        self._follows = array("b")
        self._postings = Postings()
        self._moments = Moments()
        self._segmenter = Segmenter()
        self._vectors = VectorBlock(self._encoder.dimensions)

    def __len__(self) -> int:
        """How many utterances it has."""
        return len(self._utterances)

    def add(self, utterances: Sequence[Utterance], vectors: Rows | None = None) -> Rows:
        """Take in what was said; one that has the turn and place of a known one replaces it.

        Args:
            utterances: in the order of the conversation, after those that are there.
            vectors: what an earlier `add` returned for them, shape (N, D), int8; they are encoded when None.

        Returns:
            Their vectors, shape (N, D), int8, to be stored beside the texts.

        Raises:
            ConfigError: the vectors are of another shape.
        """
        rows_ND = self._encoded(utterances) if vectors is None else vectors
        if rows_ND.shape != (len(utterances), self._encoder.dimensions):
            raise ConfigError(
                f"vectors of shape {rows_ND.shape} for {len(utterances)} utterances: they must have shape "
                f"({len(utterances)}, {self._encoder.dimensions}); leave them out to have them made"
            )
        if again := {each.id for each in utterances} & self._known:
            self._keep(lambda known: known.id not in again)
        last = {each.id: place for place, each in enumerate(utterances)}
        for place, each in enumerate(utterances):
            if last[each.id] == place:
                self._append(each, rows_ND[place : place + 1])
        return rows_ND

    def remove(self, turns: Collection[int]) -> int:
        """Forget turns: their texts, words and vectors. Returns how many utterances went."""
        before, gone = len(self), frozenset(turns)
        self._keep(lambda known: known.turn not in gone)
        return before - len(self)

    def search(
        self, query: str, limit: int = 10, *, now: float | None = None, speakers: Collection[str] | None = None
    ) -> list[Recalled]:
        """The utterances that are nearest to a question, nearest first.

        Args:
            query: as it was asked.
            limit: how many at most.
            now: when it was asked, for "last week"; the time of the last utterance when None.
            speakers: only what these said.
        """
        if not self._utterances or limit < 1 or not query.strip():
            return []
        found = self._found(query, now)
        scores_N = found.scores
        if speakers is not None:
            codes = [self._speakers[name] for name in speakers if name in self._speakers]
            scores_N = np.where(np.isin(np.array(self._spoken), codes), scores_N, -np.inf)
        places = _best(scores_N, limit)
        return [
            Recalled(self._utterances[place], float(scores_N[place]), self._why(found, place))
            for place in places
            if scores_N[place] > -np.inf
        ]

    def within(
        self, query: str, tokens: int, count: Callable[[str], int], *, now: float | None = None
    ) -> list[Recalled]:
        """The nearest utterances that fit a budget together, in the order of the conversation.

        Args:
            query: as it was asked.
            tokens: of all their texts; one that does not fit is left out, and smaller ones after it may still fit.
            count: tokens of a text.
            now: see `search`.
        """
        chosen: list[Recalled] = []
        left = tokens
        for each in self.search(query, _CONSIDERED, now=now):
            size = count(each.utterance.text)
            if size <= left:
                chosen.append(each)
                left -= size
        return sorted(chosen, key=lambda each: (each.utterance.turn, each.utterance.place))

    def answerable(self, query: str) -> float:
        """How sure it is that the conversation says it, 0 to 1; comparable between questions.

        How much of the question's words, weighed by rarity, one utterance has, or its cosine where that is more. Of a
        question that names a speaker only that speaker's utterances count, and the figure falls by as much as another
        speaker's say more of it: to a half where both say the same, to nothing where only another does.
        """
        if not self._utterances or not query.strip():
            return 0.0
        question = read_question(query, self._speakers)
        own_N = self._said_by(question.speaker if question.named else None)
        shares_N = self._postings.shares(stems(question.text))
        nearest_N = np.maximum(shares_N, self._vectors.cosines(self._encoder.encode([question.text])[0]))
        own, other = float(shares_N[own_N].max(initial=0.0)), float(shares_N[~own_N].max(initial=0.0))
        lead = (own - other) / max(own, other) if own or other else 0.0
        if not question.named:
            lead = 1.0
        return float(np.clip(nearest_N[own_N].max(initial=0.0) * 0.5 * (1.0 + lead), 0.0, 1.0))

    def episodes(self) -> list[Episode]:
        """The conversation in stretches about one thing each, in order (see `episodes.Segmenter`)."""
        return self._segmenter.episodes()

    def episode(self, question: str) -> Episode | None:
        """The one that a question means by its place ("the second topic we discussed"); None when it means none."""
        return asked_episode(question, self.episodes()) if asks_for_subject(question) else None

    def _encoded(self, utterances: Sequence[Utterance]) -> Rows:
        if not utterances:
            return np.zeros((0, self._encoder.dimensions), np.int8)
        return quantised(self._encoder.encode([each.text for each in utterances]))

    def _append(self, utterance: Utterance, row_1D: Rows) -> None:
        before = self._utterances[-1] if self._utterances else None
        self._follows.append(before is not None and _are_neighbours(before, utterance))
        self._utterances.append(utterance)
        self._known.add(utterance.id)
        self._spoken.append(self._speakers.setdefault(utterance.speaker, len(self._speakers)))
        self._postings.add(stems(utterance.text))
        self._moments.add(utterance.text if utterance.kind == "said" else "", utterance.at)
        self._vectors.add(row_1D)
        self._segmenter.add(utterance, self._vectors.unit(len(self) - 1))

    def _keep(self, wanted: Callable[[Utterance], bool]) -> None:
        """Build everything again from the utterances that are wanted, so that nothing else leaves a trace."""
        places = [place for place, each in enumerate(self._utterances) if wanted(each)]
        if len(places) == len(self):
            return
        kept, rows_ND = [self._utterances[place] for place in places], self._vectors.rows[places]
        self._clear()
        self.add(kept, rows_ND)

    def _found(self, query: str, now: float | None) -> _Found:
        question = read_question(query, self._speakers)
        lexical_N = self._postings.scores(stems(question.text))
        meaning_N = self._vectors.cosines(self._encoder.encode([question.text])[0])
        own_N = _scaled(lexical_N) + _MEANING * _scaled(meaning_N)
        scores_N = own_N + _NEIGHBOUR * self._around(own_N)
        timely_N = self._moments.during(asked_times(query[:LONGEST], self._moments.last if now is None else now))
        if timely_N.any():
            _set_aside(scores_N, timely_N, _ASIDE)
        if question.speaker is not None:
            _set_aside(scores_N, self._said_by(question.speaker), _ASIDE)
        if asks_when(query):
            _set_aside(scores_N, self._moments.naming(), _TIMELESS)
        placed_N = self._during(self.episode(query))
        if placed_N.any():
            _set_aside(scores_N, placed_N, _ELSEWHERE)
        return _Found(lexical_N, meaning_N, scores_N, timely_N, placed_N)

    def _around(self, scores_N: Scores) -> Scores:
        """The scores of the utterance before and of the one after, added up."""
        follows_N = np.array(self._follows, np.float32)
        around_N = np.zeros_like(scores_N)
        around_N[1:] = scores_N[:-1] * follows_N[1:]
        around_N[:-1] += scores_N[1:] * follows_N[1:]
        return around_N

    def _said_by(self, speaker: str | None) -> Mask:
        """Which utterances are that speaker's; all of them for None."""
        if speaker is None:
            return np.ones(len(self), np.bool_)
        said_N: Mask = np.array(self._spoken) == self._speakers[speaker]
        return said_N

    def _during(self, episode: Episode | None) -> Mask:
        """Which utterances are of an episode; none of them for None."""
        if episode is None:
            return np.zeros(len(self), np.bool_)
        during_N = [episode.first <= each.turn <= episode.last for each in self._utterances]
        return np.array(during_N, np.bool_)

    def _why(self, found: _Found, place: int) -> str:
        """What found a row, by which of its parts are at least half of the best."""
        parts = {"words": found.lexical, "meaning": found.meaning}
        reasons = [name for name, part_N in parts.items() if part_N[place] > 0.5 * part_N.max()]
        reasons += ["time"] * bool(found.timely[place]) + ["episode"] * bool(found.placed[place])
        return "+".join(reasons or ["neighbour"])


def _are_neighbours(before: Utterance, after: Utterance) -> bool:
    return 0 <= after.turn - before.turn <= 1 and after.at - before.at <= SITTING_S


def _set_aside(scores_N: Scores, wanted_N: Mask, share: float) -> None:
    """Leave those that are not wanted a share of their score, in place."""
    scores_N[~wanted_N] *= share


def _scaled(scores_N: Scores) -> Scores:
    """0 to 1: what is below zero is 0, and the highest 1."""
    highest = float(scores_N.max(initial=0.0))
    scaled_N: Scores = np.clip(scores_N, 0.0, None, dtype=np.float32)
    scaled_N /= highest or 1.0
    return scaled_N


def _best(scores_N: Scores, limit: int) -> list[int]:
    """Places of the highest scores, highest first, equal ones in the order of the conversation."""
    places = np.arange(len(scores_N))
    if len(places) > limit:
        cut = np.partition(scores_N, len(scores_N) - limit)[len(scores_N) - limit]
        places = places[scores_N >= cut]
    order: Iterable[int] = places[np.argsort(-scores_N[places], kind="stable")][:limit].tolist()
    return list(order)
