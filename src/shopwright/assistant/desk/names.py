"""Products by the words that customers use for them: "the jigsaw", "tshirts", "boots", "my coffee machine".

A name is found by its head (its last word, or a first word that says as much, as in "Jigsaw Puzzle"); words before the
head that belong to the name raise the score. Which of several products is meant is decided later, by what the customer
ordered.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from shopwright.assistant.desk.plain import stem, words

_WEAK_HEADS = frozenset(["set", "kit", "maker", "machine", "system", "pack"])
_PLACES = frozenset(["office", "garden", "action", "travel", "kitchen", "family", "winter", "summer"])
_NO_NOUN = re.compile(r"(?:ing|al|ic|less|able|door)$")
_ALIASES = {
    "bike": "bicycle",
    "suitcase": "luggage",
    "earphone": "headphone",
    "earpod": "earbud",
    "headset": "headphone",
    "kindle": "ereader",
    "tee": "tshirt",
    "cellphone": "smartphone",
    "notepad": "notebook",
    "lightbulb": "bulb",
    "couch": "sofa",
    "sneaker": "sneaker",
    "trainer": "sneaker",
    "fragrance": "perfume",
    "cosmetics": "makeup",
    "barbecue": "grill",
    "bbq": "grill",
}
_WORD = re.compile(r"[a-z0-9]+")
_PART_OF = re.compile(r"\b(?:for|with|of|in|from|and)\b|[,:(]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text that names a product.

    Args:
        scores: product id -> how well the words fit its name, 0 to 1.
        plural: whether the noun is a plural ("bookshelves").
    """

    start: int
    end: int
    scores: Mapping[str, float]
    plural: bool = False

    def products(self) -> frozenset[str]:
        """Those that it may mean."""
        return frozenset(self.scores)


class Names:
    """The names of products, ready to be found in plain texts.

    Args:
        names: product id -> name.
        values: words that are option values in front of an option's name ("camera compartment"): no product there.
        items: id of an item that may be spoken of -> its product. Ids of products are known by themselves.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        values: frozenset[tuple[str, str]] = frozenset(),
        items: Mapping[str, str] | None = None,
    ) -> None:
        self._values = values
        self._ids = {key: key for key in names} | {item: key for item, key in (items or {}).items() if key in names}
        self._tokens = {key: tuple(stem(word) for word in _WORD.findall(_core(name))) for key, name in names.items()}
        counts = Counter(token for tokens in self._tokens.values() for token in set(tokens))
        total = max(len(names), 2)
        self._weight = {token: math.log(1 + total / count) for token, count in counts.items()}
        self._plural_names = {
            key for key, name in names.items() if _core(name).endswith("s") and not _core(name).endswith("ss")
        }
        option_words = {value for value, _ in values}
        self._heads: dict[str, set[str]] = {}
        for key, tokens in self._tokens.items():
            for head in _heads(tokens, counts, option_words):
                self._heads.setdefault(head, set()).add(key)

    def find(self, text: str) -> list[Mention]:
        """Mentions in a plain text, from left to right, without overlaps."""
        tokens = list(_WORD.finditer(text))
        found: list[Mention] = []
        for place, token in enumerate(tokens):
            mention = self._at(text, tokens, place, token)
            if mention is None:
                continue
            if found and (mention.start < found[-1].end or self._same_phrase(text, found[-1], mention)):
                first = found.pop()
                shared = mention.products() & first.products()
                scores = {key: max(mention.scores[key], first.scores[key]) for key in shared}
                scores = scores or {**first.scores, **mention.scores}
                mention = Mention(min(first.start, mention.start), mention.end, scores, mention.plural)
            found.append(mention)
        return found

    def _same_phrase(self, text: str, first: Mention, second: Mention) -> bool:
        """Whether two heads stand side by side: "jigsaw puzzle", "coffee machine"."""
        return text[first.end : second.start].strip() == ""

    def _at(self, text: str, tokens: list[re.Match[str]], place: int, token: re.Match[str]) -> Mention | None:
        if token[0] in self._ids:
            return Mention(token.start(), token.end(), {self._ids[token[0]]: 1.0})
        word = stem(token[0])
        following = stem(tokens[place + 1][0]) if place + 1 < len(tokens) else ""
        if (word, following) in self._values:
            return None
        keys = self._by_head(word)
        if not keys:
            return None
        start = token.start()
        before: list[str] = []
        for earlier in reversed(tokens[max(place - 4, 0) : place]):
            part = stem(earlier[0])
            gap = text[earlier.end() : start]
            if gap.strip(" ") or not any(part in self._tokens[key] for key in keys):
                break
            before.append(part)
            start = earlier.start()
        after = following if following and not text[token.end() : tokens[place + 1].start()].strip() else ""
        scores = {
            key: self._score(key, {keys[key], *before, after})
            * (0.6 if keys[key].endswith(word) and keys[key] != word else 1)
            for key in keys
        }
        best = max(scores.values())
        scores = {key: score for key, score in scores.items() if score >= best - 0.25}
        end = token.end()
        if after and any(after in self._tokens[key] for key in scores):
            end = tokens[place + 1].end()
        plural = token[0] != word and not all(key in self._plural_names for key in scores)
        return Mention(start, end, scores, plural)

    def _by_head(self, word: str) -> dict[str, str]:
        """Product -> the token of its name that this word stands for."""
        word = _ALIASES.get(word, word)
        found = dict.fromkeys(self._heads.get(word, ()), word)
        if len(word) >= 5:
            for head, keys in self._heads.items():
                if head != word and head.endswith(word):
                    found |= {key: head for key in keys if key not in found}
        return found

    def _score(self, key: str, present: set[str]) -> float:
        weights = {token: self._weight[token] for token in self._tokens[key]}
        return sum(weight for token, weight in weights.items() if token in present) / (sum(weights.values()) or 1)


def _core(name: str) -> str:
    """The part of a name that says what it is: "Barrier cream for dry skin" -> "barrier cream"."""
    plain = words(name)
    core = _PART_OF.split(plain)[0].strip()
    return core or plain


def _heads(tokens: tuple[str, ...], counts: Mapping[str, int], option_words: set[str]) -> set[str]:
    if not tokens:
        return set()
    last = tokens[-1]
    heads = set() if last in _WEAK_HEADS and len(tokens) > 1 else {last}
    if last in _WEAK_HEADS and len(tokens) > 1:
        heads |= {tokens[-2]} | ({last} if last in {"machine", "maker"} else set())
    first = tokens[0]
    if (
        len(tokens) == 2
        and len(first) >= 6
        and counts[first] == 1
        and not _NO_NOUN.search(first)
        and first not in _PLACES | option_words
    ):
        heads.add(first)
    return heads
