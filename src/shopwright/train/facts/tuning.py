"""What a model is taught and examined on: known topics, and three sorts of topics that it cannot know.

- "unstated": an attribute that products of the same department have and this one does not state;
- "made up": a product that does not exist, with a name as plausible as the real ones;
- "left out": a fact that the catalogue states and training withholds: of a product that was left out as a whole.

The unknowable is taught to be refused (R-Tuning, Zhang et al. 2023, arXiv:2311.09677), and no product, pair or name
that serves to teach refusal is examined. In the second stage so are known topics that the model did not learn in the
first: it is taught the bounds of its own knowledge and not those of the catalogue.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Generic, TypeVar

from shopwright.errors import ConfigError
from shopwright.train.facts.catalogue import Subject, Topic, attributes, subjects, topics
from shopwright.train.facts.paraphrase import Split, question
from shopwright.types import Product

SORTS = ("unstated", "made up", "left out")
_SYLLABLES = (
    "ald", "bar", "bex", "bram", "cal", "cor", "dell", "dun", "elm", "fen", "fir", "glen", "hal", "hol", "ivo",
    "jas", "kel", "lar", "lin", "mar", "mel", "nor", "oak", "pel", "quil", "ros", "sel", "tam", "thorn", "ul",
    "vel", "wes", "yar", "zen",
)  # fmt: skip
_ENDS = (
    "a", "bury", "by", "dale", "den", "er", "field", "ford", "ham", "ia", "ley", "low", "mere", "o", "on", "ra",
    "ridge", "ton", "well", "wick",
)  # fmt: skip
_TRIES = 50
_MADE_UP = 10
"""Names of products that do not exist, for each product that is taught."""
_UNSTATED = 8
"""Attributes of a product that it is asked for in vain."""
_LEAST = 6
"""Products that a lesson needs: of each group at least two."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A topic as it is asked."""

    text: str
    topic: Topic


@dataclass(frozen=True, slots=True)
class Unknowable:
    """Topics nobody can know from training, by split; each sort of `SORTS` under its name."""

    train: dict[str, list[Topic]]
    dev: dict[str, list[Topic]]
    test: dict[str, list[Topic]]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn: what is known, what cannot be, and the catalogue's most common answer by attribute."""

    known: list[Topic]
    unknowable: Unknowable
    common: dict[str, str]

    def refusing(self, unlearned: Collection[Topic]) -> Lessons:
        """The same with topics that were not learned among those to refuse."""
        beyond = set(unlearned)
        kept = [topic for topic in self.known if topic not in beyond]
        missed = [replace(topic, answer=None) for topic in self.known if topic in beyond]
        train = {**self.unknowable.train, **({"not learned": missed} if missed else {})}
        return Lessons(kept, replace(self.unknowable, train=train), self.common)


def lessons(products: Iterable[Product], count: int, each: int, seed: int = 0) -> Lessons:
    """Choose what to teach.

    Args:
        products: of the catalogue.
        count: how many are taught at most; twice as many are left out where there are, a tenth of all at least.
        each: facts of a product, drawn by chance, at most one of them of yes or no where there are others.
        seed: of the choice.

    Raises:
        ConfigError: too few products have facts.
    """
    every = list(products)
    named = subjects(every)
    stated = {product.id: topics(product, named[product.id]) for product in every if product.id in named}
    chosen = sorted(id_ for id_, found in stated.items() if found)
    chance = Random(f"facts {seed}")
    chance.shuffle(chosen)
    if len(chosen) < _LEAST:
        raise ConfigError(f"{len(chosen)} products have facts that can be taught, {_LEAST} are needed: ingest more")
    withheld = max(3, len(chosen) // 10, min(len(chosen) - count, 2 * count))
    taught, left = chosen[: min(count, len(chosen) - withheld)], chosen[-withheld:]
    known = [topic for id_ in taught for topic in _some(stated[id_], each, chance)]
    parts = _parted(left)
    own = {product.id: attributes(product) for product in every}
    unstated = _unstated(taught, named, stated, own, chance)
    invented = _made_up([stated[id_] for id_ in chosen], _titles(named.values()), _MADE_UP * len(taught), chance)
    found: dict[Split, dict[str, list[Topic]]] = {
        split: {
            "unstated": unstated[split],
            "made up": invented[split],
            "left out": [
                replace(topic, answer=None, sort="left out")
                for id_ in parts[split]
                for topic in _some(stated[id_], each, chance)
            ],
        }
        for split in ("train", "dev", "test")
    }
    return Lessons(known, Unknowable(**found), _common(topic for found in stated.values() for topic in found))


def examined(asked: Lessons, split: Split, seed: int = 0, most: int | None = None) -> list[Question]:
    """The questions of an examination: every known topic in a wording of the split, and what cannot be known.

    Args:
        split: "dev" or "test".
        seed: of wordings.
        most: unknowable topics of a sort; as many as known ones in all when None.
    """
    chance = Random(f"{split} {seed}")
    unknowable = asked.unknowable.dev if split == "dev" else asked.unknowable.test
    limit = most if most is not None else max(len(asked.known) // len(SORTS), 1)
    found = list(asked.known)
    for sort in SORTS:
        found += chance.sample(unknowable[sort], min(limit, len(unknowable[sort])))
    return [Question(question(topic, split, chance), topic) for topic in found]


class Deck(Generic[T]):
    """Gives each of some things equally often, in an order that is drawn anew on each pass; any place by its number."""

    def __init__(self, things: Sequence[T], seed: str) -> None:
        self._things, self._seed = things, seed
        self._pass, self._order = -1, list(range(len(things)))

    def __bool__(self) -> bool:
        return bool(self._things)

    def dealt(self, start: int, count: int) -> list[T]:
        """The things number `start` to `start + count` of the endless row."""
        return [self._at(place) for place in range(start, start + count)] if self._things else []

    def _at(self, place: int) -> T:
        number, inside = divmod(place, len(self._things))
        if number != self._pass:
            self._pass, self._order = number, list(range(len(self._things)))
            Random(f"{self._seed} {number}").shuffle(self._order)
        return self._things[self._order[inside]]


def _some(found: Sequence[Topic], each: int, chance: Random) -> list[Topic]:
    """At most `each` of the topics; those of yes or no say little and come last, but for one."""
    order = chance.sample(found, len(found))
    booleans = [topic for topic in order if topic.answer in ("yes", "no")]
    order = [topic for topic in order if topic not in booleans[1:]] + booleans[1:]
    return order[:each]


def _parted(ids: Sequence[T]) -> dict[Split, Sequence[T]]:
    """Half to train, a fifth for development, the rest to measure; one of each at least where there are three."""
    dev = max(len(ids) // 5, 1)
    train = max(min(len(ids) // 2, len(ids) - dev - 1), 1)
    return {"train": ids[:train], "dev": ids[train : train + dev], "test": ids[train + dev :]}


def _unstated(
    taught: Sequence[str],
    named: dict[str, Subject],
    stated: dict[str, list[Topic]],
    own: dict[str, set[str]],
    chance: Random,
) -> dict[Split, list[Topic]]:
    """Attributes that a taught product does not state and others of its department do, each pair in one split."""
    usual: dict[str, list[Topic]] = defaultdict(list)
    for id_, found in stated.items():
        usual[named[id_].department] += found
    made: list[Topic] = []
    for id_ in taught:
        others = {
            topic.attribute: topic.form for topic in usual[named[id_].department] if topic.attribute not in own[id_]
        }
        asked = chance.sample(sorted(others), min(len(others), _UNSTATED))
        made += [Topic(named[id_], name, others[name], None, "unstated") for name in asked]
    chance.shuffle(made)
    return {split: [*part] for split, part in _parted(made).items()}


def _made_up(
    stated: Sequence[Sequence[Topic]], titles: Collection[str], count: int, chance: Random
) -> dict[Split, list[Topic]]:
    """Attributes of products that no catalogue has: a real title with an invented name in its place, or two crossed."""
    made: list[list[Topic]] = []
    used = set(titles)
    for _ in range(count):
        name = next((each for each in _names(stated, chance) if each.lower() not in used), None)
        if name is None:
            break
        used.add(name.lower())
        like = chance.choice(stated)
        subject = Subject(f"made-up-{len(made)}", (name,), like[0].subject.department)
        made.append(
            [
                replace(topic, subject=subject, answer=None, sort="made up")
                for topic in chance.sample(list(like), min(2, len(like)))
            ]
        )
    return {split: [topic for each in part for topic in each] for split, part in _parted(made).items()}


def _names(stated: Sequence[Sequence[Topic]], chance: Random) -> Iterator[str]:
    for _ in range(_TRIES):
        one, other = (chance.choice(stated)[0].subject.names[0].split() for _ in range(2))
        if len(one) > 1 and chance.random() < 0.5:
            word = chance.choice(_SYLLABLES) + chance.choice(_ENDS)
            yield " ".join([word.capitalize(), *one[1:]])
        elif len(other) > 1:
            yield " ".join([one[0], *other[1:]])


def _titles(named: Iterable[Subject]) -> set[str]:
    return {name.lower() for subject in named for name in subject.names}


def _common(stated: Iterable[Topic]) -> dict[str, str]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for topic in stated:
        counts[topic.attribute][topic.answer or ""] += 1
    return {name: max(values, key=lambda value: (values[value], value)) for name, values in counts.items()}
