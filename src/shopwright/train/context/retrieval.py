"""Documents written by code that teach a language model to find and copy what stands in its window.

    lessons = Lessons(tokenizer, filler, seed=1)
    ids, told = lessons.window(0, 512)          # shape (513,): tokens, and which of them the loss is on

Three kinds, drawn by share: `copies` (a stretch of random tokens, again and again: what an induction head needs;
Olsson et al., arXiv:2209.11895), `records` (lists of keys and values in several notations, then questions about them)
and `needles` (sentences with a made-up fact strewn over running text, then questions). A window holds as many questions
as fit, so that half of its tokens can be told from what stands before. Every window begins with the end token, which
attention can rest on (the sink of StreamingLLM, arXiv:2309.17453).

Not covered: facts that need two steps, questions without an answer, paraphrase.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ConfigError

Ids = NDArray[np.int64]
Told = NDArray[np.bool_]
Filler = Callable[[int], Sequence[int]]
"""So many tokens of running text; another stretch at each call."""

RECORDS: tuple[tuple[str, str, str, str, str], ...] = (
    ('{{"{k}": "{v}"', ', "{k}": "{v}"', "}}\n", 'Key: "{k}"\nValue: "', '"\n'),
    ("- {k}: {v}\n", "- {k}: {v}\n", "\n", "Which value has {k}? ", "\n"),
    ("{k} = {v}\n", "{k} = {v}\n", "\n", "{k} = ", "\n"),
    ("| key | value |\n| {k} | {v} |\n", "| {k} | {v} |\n", "\n", "Value of {k}: ", "\n"),
    ("SKU {k} costs {v}.", " SKU {k} costs {v}.", "\n", "Question: What does SKU {k} cost?\nAnswer: ", "\n"),
    ("Order {k}: {v}", "; order {k}: {v}", ".\n", "Status of order {k}: ", "\n"),
    ("The {k} is {v}.", " The {k} is {v}.", "\n", "Question: What is the {k}?\nAnswer: ", "\n"),
)
"""Notations of a list: the first record, a further one, the list's end, a question up to its value, what follows."""

NEEDLES: tuple[tuple[str, str], ...] = (
    ("The code of {k} is {v}.", "The code of {k} is "),
    ("Remember that the order number of {k} is {v}.", "Question: What is the order number of {k}?\nAnswer: "),
    ("{k} costs {v} here.", "What does {k} cost? "),
    ("The secret word for {k} is {v}.", "The secret word for {k} is "),
    ("{k} said: my number is {v}.", "The number of {k} is "),
)
"""Wordings of a fact, and the question up to its answer."""

_SYLLABLES = "ba be bo da den dor el fan gar gol hal in jo ka kel lan lor ma min nor ol per qua ran sel ta tor ul ver"
_STATUS = ("shipped", "packed", "returned", "on hold", "delivered", "cancelled", "in transit", "refunded", "paid")
_SURE = 8
"""Characters of a key in a question that cannot be known; what follows them can be copied."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each kind of document is drawn, in any unit."""

    copies: float = 0.2
    records: float = 0.6
    needles: float = 0.2

    def __post_init__(self) -> None:
        values = (self.copies, self.records, self.needles)
        if min(values) < 0 or sum(values) <= 0:
            raise ConfigError(f"shares {values}: none below 0, at least one above")


class Lessons:
    """Windows by number: the same seed and number give the same window.

    Args:
        tokenizer: of the model, one of the tokenizers library.
        filler: running text of the corpus.
        seed: of everything random.
        end: the token that every window begins with.
        vocabulary: tokens that `copies` draws from are below it.
        shares: of the kinds.
        uuids: share of records of which keys and values are random UUIDs.
    """

    def __init__(
        self,
        tokenizer: Any,
        filler: Filler,
        seed: int,
        *,
        end: int = 0,
        vocabulary: int = 8192,
        shares: Shares | None = None,
        uuids: float = 0.5,
    ) -> None:
        self._tokenizer, self._filler, self._seed, self._end = tokenizer, filler, seed, end
        self._vocabulary, self._uuids = vocabulary, uuids
        chosen = shares or Shares()
        weights = np.array([chosen.copies, chosen.records, chosen.needles])
        self._shares = weights / weights.sum()

    def window(self, number: int, length: int) -> tuple[Ids, Told]:
        """Tokens of a window and which are told by what stands before them, both of shape (1 + length,)."""
        chance = np.random.default_rng([self._seed, number])
        kind = int(chance.choice(3, p=self._shares))
        write = (self._copies, self._records, self._needles)[kind]
        ids, told = write(chance, length)
        if len(ids) < length:
            ids, told = _again(ids, told, length)
        return (
            np.array([self._end, *ids[:length]], np.int64),
            np.array([False, *told[:length]], np.bool_),
        )

    def _copies(self, chance: np.random.Generator, length: int) -> tuple[list[int], list[bool]]:
        """A stretch of tokens from a small or large alphabet, over and over."""
        size = int(chance.integers(min(6, length), max(length // 2, 7)))
        if chance.random() < 0.5:
            letters = int(math.exp(chance.uniform(math.log(4), math.log(self._vocabulary - 8))))
            alphabet = chance.choice(np.arange(8, self._vocabulary), min(letters, self._vocabulary - 8), replace=False)
            stretch = [int(each) for each in chance.choice(alphabet, size)]
        else:
            stretch = self._encode(" ".join(random_uuid(chance) for _ in range(size // 24 + 1)))[:size]
        ids, told = list(stretch), [False] * len(stretch)
        return _again(ids, told, length)

    def _records(self, chance: np.random.Generator, length: int) -> tuple[list[int], list[bool]]:
        """A list, then as many questions as fit."""
        first, further, close, question, after = RECORDS[int(chance.integers(len(RECORDS)))]
        key, value = self._makers(chance)
        one = len(self._encode(further.format(k=key(chance), v=value(chance))))
        asked = len(self._encode(question.format(k=key(chance)))) + len(self._encode(value(chance) + after))
        share = chance.uniform(0.35, 0.9)
        count = max(int(share * length / one), 2)
        if count * one + asked > length:
            count = max((length - asked) // one, 1)
        pairs = list({key(chance): value(chance) for _ in range(count)}.items())
        parts: list[tuple[str, bool]] = []
        for place, (name, held) in enumerate(pairs):
            parts.append(((further if place else first).format(k=name, v=held), False))
        parts.append((close.format(), False))
        parts += self._questions(chance, pairs, question, after, (length - count * one) // asked + 1)
        return self._marked(parts)

    def _needles(self, chance: np.random.Generator, length: int) -> tuple[list[int], list[bool]]:
        """Running text with facts in it, then questions."""
        fact, question = NEEDLES[int(chance.integers(len(NEEDLES)))]
        _, value = self._makers(chance)
        names = {made_up_name(chance): value(chance) for _ in range(int(chance.integers(1, 2 + length // 64)))}
        pairs = list(names.items())
        facts = [self._encode(f" {fact.format(k=name, v=held)}") for name, held in pairs]
        parts = self._questions(chance, pairs, question, "\n", len(pairs))
        asked, told = self._marked([("\n", False), *parts])
        room = length - len(asked) - sum(map(len, facts))
        if room < 0:
            return self._records(chance, length)
        text = list(self._filler(room))
        ids: list[int] = []
        cuts = [0, *sorted(int(each) for each in chance.integers(0, room + 1, len(facts))), room]
        for place, sentence in enumerate(facts):
            ids += [*text[cuts[place] : cuts[place + 1]], *sentence]
        ids += text[cuts[-2] :]
        return [*ids, *asked], [False] * len(ids) + told

    def _questions(
        self, chance: np.random.Generator, pairs: Sequence[tuple[str, str]], question: str, after: str, count: int
    ) -> list[tuple[str, bool]]:
        """Questions in random order, each record once before any twice; what can be copied is told."""
        parts: list[tuple[str, bool]] = []
        before, _, behind = question.partition("{k}")
        while count > 0:
            for place in chance.permutation(len(pairs))[:count]:
                name, held = pairs[int(place)]
                parts += [(before + name[:_SURE], False), (name[_SURE:], True), (behind, False)]
                parts += [(held + after, True)]
            count -= len(pairs)
        return parts

    def _makers(self, chance: np.random.Generator) -> tuple[Maker, Maker]:
        """What makes keys, and what makes values."""
        if chance.random() < self._uuids:
            return random_uuid, random_uuid
        return KEYS[int(chance.integers(len(KEYS)))], VALUES[int(chance.integers(len(VALUES)))]

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    def _marked(self, parts: Sequence[tuple[str, bool]]) -> tuple[list[int], list[bool]]:
        """Tokens of the parts as one text; a token is told when its last character is."""
        marks = np.concatenate([np.full(len(text), told) for text, told in parts])
        encoded = self._tokenizer.encode("".join(text for text, _ in parts), add_special_tokens=False)
        return encoded.ids, [bool(marks[end - 1]) for _, end in encoded.offsets]


Maker = Callable[[np.random.Generator], str]


def random_uuid(chance: np.random.Generator) -> str:
    """A random UUID."""
    return str(UUID(bytes=chance.bytes(16)))


def made_up_name(chance: np.random.Generator) -> str:
    """A name of two made-up words, e.g. "Kelgar Minto"."""
    syllables = _SYLLABLES.split()
    words = ["".join(chance.choice(syllables, int(chance.integers(2, 4)))).capitalize() for _ in range(2)]
    return " ".join(words)


def _hex(chance: np.random.Generator) -> str:
    return chance.bytes(int(chance.integers(3, 7))).hex()


def _sku(chance: np.random.Generator) -> str:
    letters = "".join(chance.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ"), 2))
    return f"{letters}-{int(chance.integers(1000, 100_000))}"


def _number(chance: np.random.Generator) -> str:
    return str(int(chance.integers(10_000, 10_000_000)))


def _price(chance: np.random.Generator) -> str:
    return f"{int(chance.integers(1, 2000))}.{int(chance.integers(0, 100)):02d}"


def _status(chance: np.random.Generator) -> str:
    return str(chance.choice(_STATUS))


KEYS: tuple[Maker, ...] = (random_uuid, _hex, _sku, _number, made_up_name)
VALUES: tuple[Maker, ...] = (random_uuid, _hex, _sku, _number, _price, _status, made_up_name)


def _again(ids: Sequence[int], told: Sequence[bool], length: int) -> tuple[list[int], list[bool]]:
    """The same once more until the length is reached; in the repetition all but the first token is told."""
    found, marks = list(ids), list(told)
    while len(found) < length:
        found += ids
        marks += [False, *([True] * (len(ids) - 1))]
    return found, marks
