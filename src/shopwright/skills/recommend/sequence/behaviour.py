"""The behaviour of one shop's visitors as a recommender: a sequence model over the ids of its products.

    behaviour = Behaviour.fit(visits, ids, vectors, attributes)     # or Behaviour.load(path)
    for one in behaviour.scored(["tarn-2-tent", "down-bag"], limit=200):
        print(one.id, one.relevance, one.because, one.together)

Products that came into the catalogue later are taken in by learning on from it (`start`); ids that the catalogue no
longer has say nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError, ModelError
from shopwright.sequences.archive import read_arrays, write_arrays
from shopwright.sequences.encoder import Vectors
from shopwright.sequences.log import Ints
from shopwright.skills.recommend.sequence.items import Items
from shopwright.skills.recommend.sequence.primitive import expected
from shopwright.skills.recommend.sequence.sequence_model import SequenceModel, SequenceSettings, learned_places

Sources = NDArray[np.uint64]


class Scored(NamedTuple):
    """A product that visitors' behaviour speaks for.

    Args:
        id: of the product.
        relevance: its probability among the candidates.
        because: id of the history's product that speaks most for it; "" when none does by itself.
        together: earlier visits that held both.
    """

    id: str
    relevance: float
    because: str
    together: int


class Behaviour:
    """A sequence model, and the ids that its items stand for. Safe to share between threads.

    Args:
        model: over the items.
        ids: of the items.
        sources: where each choice of the remembered visits comes from (`catalog.learned`); 0 for nobody's.
        forgotten: choices that were taken out since it was learned: what weights know of them is still in it.
    """

    def __init__(
        self, model: SequenceModel, ids: Sequence[str], sources: Sources | None = None, forgotten: int = 0
    ) -> None:
        self.model = model
        self.ids = tuple(ids)
        self.sources = np.zeros(len(model.memory.sessions.items), np.uint64) if sources is None else sources
        self.forgotten = forgotten
        self._numbers = {key: number for number, key in enumerate(self.ids)}

    @classmethod
    def fit(
        cls,
        visits: Sequence[Sequence[str]],
        ids: Sequence[str],
        vectors_ND: Vectors,
        attributes: Sequence[Sequence[str]],
        settings: SequenceSettings | None = None,
        start: Behaviour | None = None,
        sources: Sequence[Sources] | None = None,
    ) -> Behaviour:
        """Learn from ids in the order in which they were chosen, a list a person or visit.

        Args:
            visits: oldest first; ids that are none of `ids` are left out.
            ids: of everything that can be recommended.
            vectors_ND: of their texts, unit length or zero.
            attributes: values that items share: brand, parts of the category.
            settings: how.
            start: a behaviour to go on from; its ids that are not in `ids` are forgotten.
            sources: a number for each choice of each visit that says where it comes from; see `catalog.learned`.

        Raises:
            CorpusError: there are no visits with three different products to learn from.
        """
        if start is not None:
            ids, vectors_ND, attributes = _old_first(start.ids, ids, vectors_ND, attributes)
        numbers = {key: number for number, key in enumerate(ids)}
        given = sources or [np.zeros(len(visit), np.uint64) for visit in visits]
        known = [_known(visit, own, numbers) for visit, own in zip(visits, given, strict=True)]
        kept = [(items, own) for items, own in known if len(items) > 1]
        before = start.model.start_of(start.places(numbers)) if start is not None else None
        model = SequenceModel.fit([items for items, _ in kept], Items.of(vectors_ND, attributes), settings, before)
        return cls(model, ids, np.concatenate([own for _, own in kept]))

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Collection[str]) -> Ints:
        """The numbers of those items that are among these ids, ascending."""
        return np.array([number for number, key in enumerate(self.ids) if key in ids], np.int64)

    def numbers(self, history: Sequence[str]) -> Ints:
        """The history as the model knows it, latest first, each product once; () of nothing that it knows."""
        known = [number for key in history if (number := self._numbers.get(key)) is not None]
        return self.model.memory.known(np.asarray(known, np.int64))

    def scored(self, history: Sequence[str], limit: int = 200) -> list[Scored]:
        """The likeliest products after a history, best first, none of the history; the popular after nothing known."""
        back = self.numbers(history)
        items, shares = self.model.distribution(back[::-1])
        order = np.argsort(-shares, kind="stable")[:limit]
        memory = self.model.memory
        found = items[order]
        origins = memory.origins(found, back)
        return [
            Scored(
                self.ids[item],
                float(share),
                self.ids[origin] if origin >= 0 else "",
                memory.neighbours.together(origin, item) if origin >= 0 else 0,
            )
            for item, share, origin in zip(found.tolist(), shares[order].tolist(), origins.tolist(), strict=True)
        ]

    def popular(self, limit: int = 100) -> list[Scored]:
        """What was chosen most often, with its share of all choices."""
        counts = self.model.memory.popularity
        best = [one for one in self.model.memory.best_selling[:limit].tolist() if counts[one]]
        return [Scored(self.ids[one], float(counts[one] / counts.sum()), "", 0) for one in best]

    def primitive(self, history: Sequence[str]) -> dict[str, int]:
        """What the primitive recommender would list (`primitive`), with its place from 0."""
        listed = expected(self.model.memory, self.numbers(history))
        return {self.ids[item]: place for item, place in listed.items()}

    def save(self, path: Path) -> None:
        """Keep it as one NumPy archive without pickled objects."""
        items = self.model.memory.items
        write_arrays(
            path,
            {
                **self.model.arrays(),
                "ids": np.frombuffer("\n".join(self.ids).encode(), np.uint8),
                "vectors": items.vectors.astype(np.float16),
                "attribute_starts": items.starts,
                "attributes": items.attributes.astype(np.int32),
                "sources": self.sources,
                "forgotten": np.array(self.forgotten),
            },
        )

    @classmethod
    def load(cls, path: Path) -> Behaviour:
        """What `save` kept.

        Raises:
            ModelError: there is no such file, or it holds no behaviour.
        """
        kept = read_arrays(path)
        try:
            ids = kept["ids"].tobytes().decode().split("\n")
            starts, attributes = (np.asarray(kept[name], np.int64) for name in ("attribute_starts", "attributes"))
            items = Items(np.asarray(kept["vectors"], np.float32), starts, attributes)
            if not len(ids) == len(items) == len(starts) - 1 or starts[-1] != len(attributes):
                raise ValueError("its parts do not fit together")
            sources = np.asarray(kept["sources"], np.uint64)
            if len(sources) != len(kept["items"]):
                raise ValueError(f"{len(sources)} sources of {len(kept['items'])} choices")
            return cls(SequenceModel.from_arrays(kept, items), ids, sources, int(kept["forgotten"]))
        except (KeyError, TypeError, ValueError, IndexError, ConfigError) as error:
            raise ModelError(f"{path}: no recommender, or of another version ({error}): learn it again") from error


def _known(visit: Sequence[str], sources: Sources, numbers: Mapping[str, int]) -> tuple[Ints, Sources]:
    """The numbers of what is learned from of a visit, and the source of each."""
    there = [place for place, key in enumerate(visit) if key in numbers]
    items = np.array([numbers[visit[place]] for place in there], np.int64)
    places = learned_places(items)
    return items[places], sources[there][places] if there else sources[:0]


def _old_first(
    old: Sequence[str], ids: Sequence[str], vectors_ND: Vectors, attributes: Sequence[Sequence[str]]
) -> tuple[list[str], Vectors, list[Sequence[str]]]:
    """Items in the order of a model before, those that it did not know at the end."""
    place = {key: number for number, key in enumerate(ids)}
    known = [key for key in old if key in place]
    before = set(known)
    order = [place[key] for key in known] + [place[key] for key in ids if key not in before]
    return [ids[each] for each in order], vectors_ND[order], [attributes[each] for each in order]
