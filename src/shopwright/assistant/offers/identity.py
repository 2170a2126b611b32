"""Whether an offer's title names that very product: its model, no more and no less.

A name is taken apart into words and numbers ("QX4060" is qx, 4060). Every number must be there, beside the word that
it stands beside in the name, with no letters glued on that the name has not ("700DX" is no 700); every other word
weighs as much as it is rare among the offers. Words that tell models of a family apart (Pro, Ti, Max, II ...) must
neither be lacking nor in excess beside the model. Word breaks, case, accents, plurals, order and language of the rest
are free.

Colours and sizes count only where the name states them. Simplification: one list of such family words for all trades.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shopwright.catalog.units import unit_symbol
from shopwright.catalog.vocabulary import fold
from shopwright.knowledge.goods import plain
from shopwright.skills.rewrite.english import COLOURS

_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+")
_PLUS = re.compile(r"(?<=[^\W_])\+(?!\w)")
_SPELLED = (
    (re.compile(r"\brepublic of gamers\b"), "rog"),
    (re.compile(r"\bwi-?\s?fi\b"), "wifi"),
    (re.compile(r"\bblue-?\s?tooth\b"), "bluetooth"),
    (re.compile(r"\bdisplay ports?\b"), "displayport"),
    (re.compile(r"\bgrey\b"), "gray"),
    (re.compile(r"(?<=\d)\s?(?:inch(?:es)?|[\"″”])"), " inch "),
)
_FAMILY = """
pro plus max ultra mini lite se fe ti super xt xtx gre ii iii iv vi vii viii oc compact xl xxl slim neo elite nano turbo
extreme prime junior senior deluxe premium advanced signature air edge fold flip rgb argb lpx wifi fx dx ace
"""
FAMILY = frozenset(_FAMILY.split())
"""Words that tell the models of a family apart."""
_BETWEEN = frozenset(map(fold, ("mark", "mk", "gen", "generation", "series", "version", "type", "model", "no", "nr")))
"""Words that may stand between a name and its number."""
_CLAUSE = re.compile(r"[,;(\[|]|\s[-–]\s")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number of a name; `glued` when nothing stands between it and the one before."""

    text: str
    glued: bool = False

    @property
    def number(self) -> bool:
        """Whether it is a number."""
        return self.text[0].isdigit()

    @property
    def short(self) -> bool:
        """Too short to mean the same wherever it stands."""
        return len(self.text) <= (3 if "." in self.text else 2)


@lru_cache(maxsize=400_000)
def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of a name, in lower case, without accents and plurals."""
    said = _PLUS.sub(" plus ", plain(text))
    for pattern, spelled in _SPELLED:
        said = pattern.sub(spelled, said)
    found, end = [], -1
    for match in _TOKEN.finditer(said):
        word = match[0] if match[0][0].isdigit() else fold(match[0])
        found.append(Token(word, match.start() == end))
        end = match.end()
    return tuple(found)


@dataclass(frozen=True)
class Title:
    """A title, ready to be compared with names."""

    text: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Its words and numbers."""
        return tokens(self.text)

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """Where each token stands; two words in a row also as one ("soft silence" as "softsilence")."""
        found: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            found.setdefault(token.text, []).append(place)
            if place and not token.number and not self.tokens[place - 1].number:
                found.setdefault(self.tokens[place - 1].text + token.text, []).append(place)
        return found

    @cached_property
    def clause(self) -> int:
        """How many tokens its first clause has, in which the model stands."""
        first = next((piece for piece in _CLAUSE.split(self.text) if piece.strip()), "")
        return len(tokens(first))


@dataclass(frozen=True, slots=True)
class Match:
    """How well a title has a name: the share of its weight, and what it lacks or has in excess."""

    share: float
    lacking: tuple[str, ...] = ()
    excess: tuple[str, ...] = ()


def compare(name: Sequence[Token], title: Title, weights: Mapping[str, float], *, model: bool = True) -> Match:
    """Compare a name with a title.

    Args:
        name: what was asked for, without measures and without the kind.
        weights: of the name's words, by text; 1 where there is none.
        model: whether the name is a model's, so that family words in excess count.
    """
    if not name:
        return Match(1.0)
    found: dict[int, int] = {}
    for place in range(len(name)):
        where = _find(name, place, title)
        if where is not None:
            found[place] = where
    total = sum(weights.get(token.text, 1.0) for token in name)
    got = sum(weights.get(name[place].text, 1.0) for place in found)
    lacking = tuple(
        token.text
        for place, token in enumerate(name)
        if place not in found
        and (
            token.number or token.text in FAMILY or (token.short and (token.glued or place > 0)) or _other(token, title)
        )
        and not _joined(name, place, title)
    )
    excess = _excess(name, title, found) if model else ()
    return Match(got / total if total else 1.0, lacking, excess)


def _other(token: Token, title: Title) -> bool:
    """Whether a colour is asked for and the title states another one."""
    return token.text in COLOURS and not COLOURS.isdisjoint(title.places)


def _find(name: Sequence[Token], place: int, title: Title) -> int | None:
    token = name[place]
    spots = title.places.get(token.text, [])
    if not spots and place + 1 < len(name) and not token.number and not name[place + 1].number:
        spots = title.places.get(token.text + name[place + 1].text, [])
    if not spots and place and not token.number and not name[place - 1].number:
        spots = title.places.get(name[place - 1].text + token.text, [])
    if token.number:
        if not (place + 1 < len(name) and name[place + 1].glued):
            spots = [spot for spot in spots if not _measures(title, spot)]
        more = [spot for spot in spots if _glued_on(name, place, title, spot)]
        spots = [] if any(spot < title.clause for spot in more) else [spot for spot in spots if spot not in more]
    if token.short or token.text in FAMILY:
        spots = [spot for spot in spots if _beside(name, place, title, spot)]
    return spots[0] if spots else None


def _glued_on(name: Sequence[Token], place: int, title: Title, spot: int) -> bool:
    """Whether letters stand directly after the number in the title that do not follow it in the name."""
    if spot + 1 >= len(title.tokens) or not title.tokens[spot + 1].glued:
        return False
    follows = name[place + 1].text if place + 1 < len(name) else ""
    return title.tokens[spot + 1].text != follows


def _measures(title: Title, spot: int) -> bool:
    """Whether the number is one of a measure: "500GB"."""
    after = title.tokens[spot + 1 : spot + 2]
    return bool(after) and after[0].glued and len(after[0].text) > 1 and unit_symbol(after[0].text) is not None


def _beside(name: Sequence[Token], place: int, title: Title, spot: int) -> bool:
    """Whether a token stands after the one that it follows in the name, or before the one that follows it there.

    Words that the title has not are passed over, and so are "mark", "series" and the like.
    """
    before = next((said for other in range(place - 1, -1, -1) if (said := _said(name, other, title))), None)
    after = next((token.text for token in name[place + 1 :] if _counts(token, title)), None)
    if before is None and after is None:
        return True
    left, right = spot - 1, spot + 1
    while left >= 0 and title.tokens[left].text in _BETWEEN:
        left -= 1
    while right < len(title.tokens) and title.tokens[right].text in _BETWEEN:
        right += 1
    if before is not None and left >= 0 and title.tokens[left].text == before:
        return True
    if after is not None and right < len(title.tokens) and title.tokens[right].text == after:
        return before is None or not name[place].number
    return _near_family(name, place, title, spot)


def _said(name: Sequence[Token], place: int, title: Title) -> str:
    """What of the title a token of the name is: itself, or the end of a word that the name writes in two; or ""."""
    if _counts(name[place], title):
        return name[place].text
    joined = name[place - 1].text + name[place].text if place else ""
    return joined if joined in title.places else ""


def _counts(token: Token, title: Title) -> bool:
    return token.text not in _BETWEEN and token.text in title.places


def _near_family(name: Sequence[Token], place: int, title: Title, spot: int) -> bool:
    """A family word may stand a few words off, in the clause of the model ("Ultra" after "wireless")."""
    return name[place].text in FAMILY and spot < title.clause


def _joined(name: Sequence[Token], place: int, title: Title) -> bool:
    """Whether a number of the name is part of a longer one of the title that the name spells out in two ("8 0 2")."""
    return place > 0 and name[place].number and name[place - 1].text + name[place].text in title.places


def _excess(name: Sequence[Token], title: Title, found: Mapping[int, int]) -> tuple[str, ...]:
    """Family words, and single letters after a number, that stand beside the model in the title but not in the name."""
    asked = {token.text for token in name}
    models = [spot for place, spot in found.items() if name[place].number or place > 0]
    if not models:
        return ()
    low, high = min(found.values()), max((spot for spot in models if spot < title.clause), default=-1)
    beyond: list[str] = []
    for spot in range(low, min(high + 3, title.clause)):
        token = title.tokens[spot]
        if token.text in asked or spot in found.values():
            continue
        after_number = spot > 0 and title.tokens[spot - 1].number and spot - 1 in found.values()
        if token.text in FAMILY or (after_number and len(token.text) == 1 and not token.number):
            beyond.append(token.text)
    return tuple(beyond)


def rarity(names: Iterable[Sequence[Token]]) -> Mapping[str, float]:
    """How much each word tells among titles: 1 for one of them, little for a word that all have (inverse frequency)."""
    import math

    counts: dict[str, int] = {}
    total = 0
    for title in names:
        total += 1
        for text in {token.text for token in title}:
            counts[text] = counts.get(text, 0) + 1
    top = math.log(1 + total) or 1.0
    return {text: max(0.05, math.log((1 + total) / count) / top) for text, count in counts.items()}
