"""Opinions by aspect: what reviewers speak of, how many like it and how many do not, each with their own words.

Aspects are found in the reviews themselves: words and pairs of words that stand where nouns stand ("the battery", "its
strap is") in at least two reviews, beside the attribute names that a caller gives. Polarity of a clause comes from a
lexicon with negation ("not bad" is praise); where it is silent, from the review's stars, unless those are three. Quotes
are whole sentences, both sides alternating, the plainest first.

What not: no irony, no comparison ("better than the old one" praises the new one and says so only by its words), English
words only; reviews in another language are counted by their stars and not quoted by aspect.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from shopwright.skills.evidence.facts import sentences
from shopwright.skills.evidence.sources import refused
from shopwright.skills.evidence.terms import FUNCTION, LONGEST, stem, word_set, words
from shopwright.types import Evidence, Review


def stems(text: str) -> frozenset[str]:
    """The stems of a list of words that is written as one text."""
    return frozenset(map(stem, text.split()))


_PRAISE = stems(
    "amazing awesome beautiful best better bright brilliant clear comfortable comfy compact convenient cool cozy "
    "crisp decent delicious durable easy effective efficient effortless elegant enjoy excellent exceptional "
    "fabulous fantastic fast favorite fine flawless fresh fun generous gentle glad good gorgeous great handy happy "
    "helpful ideal impressed impressive incredible intuitive light lightweight like likes liked lovely love loved "
    "nice outstanding perfect perfectly pleasant pleased plenty powerful quick quiet recommend reliable responsive "
    "rich robust roomy satisfied sharp simple sleek smooth soft solid spacious stable sturdy stylish super superb "
    "superior tasty terrific thrilled tough versatile warm waterproof well wonderful worth worthwhile yummy "
)
_BLAME = stems(
    "annoying annoyed awful awkward bad bitter bland blurry breaks broke broken bulky burnt cheap cheaply clumsy "
    "complain complaint cold cracked cramped crap crappy dead defective died difficult dim dirty disappointed "
    "disappointing disappointment dull expensive fail failed fails failure fake faulty fell fiddly flawed flimsy "
    "fragile frustrating garbage gross hard harsh hate hated heavy horrible impossible inaccurate inconvenient "
    "inferior issue issues junk lacking lacks leak leaked leaks leaky loose loud lousy mediocre misleading missing "
    "nasty noisy overpriced pain painful peeling plasticky pointless poor poorly problem problems refund regret "
    "return returned returning ripped rough rusty scratched scratches shame short slippery slow sloppy smelly sour "
    "stale stiff stopped stuck terrible thin tore torn trouble uncomfortable unhappy unreliable unusable useless "
    "waste weak weird worse worst wrong "
)
_NEGATION = word_set(
    "not no never without hardly barely cannot isn't aren't wasn't weren't doesn't don't didn't won't can't "
    "couldn't wouldn't shouldn't hasn't haven't isnt doesnt dont didnt wont cant nor neither "
)
_REACH = 3
"""Words before a word of the lexicon in which a negation turns it."""
_TURN = re.compile(r"[;,]|\b(?:but|although|though|however|except|yet|while)\b", re.IGNORECASE)
_BEFORE_NOUN = word_set("the this that its it's my his her their our your a an these those")
_AFTER_NOUN = word_set("is are was were has have isn't aren't wasn't weren't seems seem looks feels works")
_NO_ASPECT = stems(
    "small large high low long "
    "thing lot bit way time day week month year one other kind sort product item review star money price-wise "
    "people person family husband wife son daughter friend reason point fact first second last next new old same "
    "little big few couple day purchase order amazon everything something anything nothing use used using make made "
    "need want know think really even still back little go going went come came say said much many see put buy "
    "bought ve ll re problem issue "
)
_NAMES_NOTHING = _PRAISE | _BLAME | _NO_ASPECT
WHOLE = "the product as a whole"
"""The aspect under which the stars are counted: 4 and 5 for, 1 and 2 against."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What reviewers say of one aspect.

    Args:
        aspect: in the reviewers' word; `WHOLE` for the reviews' stars.
        pro, con: how many reviewers like it and how many do not. One who says both counts in both.
        quotes: their sentences, the two sides alternating; the source is the review, the field is "pro" or "con".
    """

    aspect: str
    pro: int
    con: int
    quotes: tuple[Evidence, ...]

    def words(self) -> str:
        """The counts for a shopper: "battery: 7 like it, 2 do not"."""
        likes = f"{self.pro} like{'s' if self.pro == 1 else ''} it"
        return f"{self.aspect}: {likes}, {self.con} do{'es' if self.con == 1 else ''} not"


@dataclass(frozen=True, slots=True)
class _Clause:
    review: Review
    sentence: str
    tokens: tuple[str, ...]
    polarity: int
    sure: bool
    stems: str = ""


def summarise(
    reviews: Sequence[Review], *, aspects: Sequence[str] = (), most: int = 6, quotes: int = 2
) -> list[Opinion]:
    """Opinions by aspect, the most spoken of first; the stars come before all.

    Args:
        aspects: names that count as aspects wherever reviews use them (the product's attributes).
        most: how many aspects at most, the stars left out.
        quotes: how many sentences of each side at most.
    """
    read = list(
        {
            (review.id, review.text): review for review in reviews if not refused("", _evidence(review, review.text))
        }.values()
    )
    if not read:
        return []
    clauses = [clause for review in read for clause in _clauses(review)]
    found = [_opinion(term, clauses, quotes) for term in _aspects(clauses, aspects)]
    found = [opinion for opinion in found if opinion.pro + opinion.con]
    found.sort(key=lambda opinion: -(opinion.pro + opinion.con))
    return [_stars(read, quotes), *found[:most]]


def polarity(text: str) -> int:
    """1 for praise, -1 for blame, 0 where the lexicon is silent or divided."""
    tokens = [word.folded for word in words(text)]
    total = 0
    for place, token in enumerate(tokens):
        sign = (stem(token) in _PRAISE) - (stem(token) in _BLAME)
        if sign and any(other in _NEGATION for other in tokens[max(0, place - _REACH) : place]):
            sign = -sign
        total += sign
    return (total > 0) - (total < 0)


def _clauses(review: Review) -> list[_Clause]:
    """The clauses of a review with what each thinks; a clause without a word of its own takes the stars."""
    stars = (review.rating >= 4) - (review.rating <= 2)
    found = []
    for sentence in sentences(review.text[: 5 * LONGEST]):
        for part in _TURN.split(sentence):
            tokens = tuple(word.folded for word in words(part))
            if tokens:
                said = polarity(part)
                found.append(
                    _Clause(review, sentence, tokens, said or stars, bool(said), f" {' '.join(map(stem, tokens))} ")
                )
    return found


def _aspects(clauses: Sequence[_Clause], given: Sequence[str]) -> list[tuple[str, ...]]:
    """Words and pairs of words that stand where nouns stand, in two reviews at least; the longer before the shorter."""
    where: dict[tuple[str, ...], set[str]] = defaultdict(set)
    nounlike: Counter[tuple[str, ...]] = Counter()
    for clause in clauses:
        tokens = clause.tokens
        for size in (1, 2):
            for start in range(len(tokens) - size + 1):
                term = tokens[start : start + size]
                if all(map(_may_name, term)):
                    where[term].add(clause.review.id)
                    before = tokens[start - 1] if start else ""
                    after = tokens[start + size] if start + size < len(tokens) else ""
                    nounlike[term] += (before in _BEFORE_NOUN) + (after in _AFTER_NOUN)
    merged: dict[tuple[str, ...], tuple[str, ...]] = {}
    named = {tuple(word.folded for word in words(name)) for name in given}
    terms = [
        term
        for term in where
        if term in named or (len(where[term]) >= 2 and nounlike[term] >= 0.3 * len(where[term]) > 0)
    ]
    for term in sorted(terms, key=lambda term: (-len(term), -len(where[term]), term)):
        key = tuple(stem(word) for word in term)
        inside = any(
            len(other) > len(key) and set(key) <= set(other) and len(where[longer]) >= 0.6 * len(where[term])
            for other, longer in merged.items()
        )
        if not inside and key not in merged:
            merged[key] = term
    return sorted(merged.values(), key=lambda term: -len(where[term]))[:40]


@lru_cache(maxsize=8192)
def _may_name(token: str) -> bool:
    base = stem(token)
    return (
        len(token) > 2
        and not token[0].isdigit()
        and token not in FUNCTION
        and token not in _NEGATION
        and base not in _NAMES_NOTHING
        and not token.endswith("ly")
    )


def _opinion(term: tuple[str, ...], clauses: Sequence[_Clause], quotes: int) -> Opinion:
    wanted = f" {' '.join(map(stem, term))} "
    said = [clause for clause in clauses if clause.polarity and wanted in clause.stems]
    pro = [clause for clause in said if clause.polarity > 0]
    con = [clause for clause in said if clause.polarity < 0]
    likes, dislikes = len({clause.review.id for clause in pro}), len({clause.review.id for clause in con})
    return Opinion(" ".join(term), likes, dislikes, _quoted(pro, con, quotes))


def _quoted(pro: Sequence[_Clause], con: Sequence[_Clause], most: int) -> tuple[Evidence, ...]:
    sides = [
        [_evidence(c.review, c.sentence, field) for c in _plainest(side, most)]
        for side, field in ((pro, "pro"), (con, "con"))
    ]
    return tuple(quote for pair in zip_longest(*sides) for quote in pair if quote is not None)


def _plainest(side: Sequence[_Clause], most: int) -> list[_Clause]:
    """The best quotes: what says so itself before what only the stars say, then the shorter and the newer."""
    order = sorted(side, key=lambda clause: clause.review.date, reverse=True)
    order.sort(key=lambda clause: (not clause.sure, abs(len(clause.sentence) - 80) // 40))
    first = {clause.review.id: clause for clause in reversed(order)}
    return [clause for clause in order if first[clause.review.id] is clause][:most]


def _stars(reviews: Sequence[Review], quotes: int) -> Opinion:
    pro, con = ([review for review in reviews if _sign(review) == sign] for sign in (1, -1))
    return Opinion(WHOLE, len(pro), len(con), _quoted(_openings(pro), _openings(con), quotes))


def _openings(reviews: Sequence[Review]) -> list[_Clause]:
    """The first sentence of each review, as a clause that says what the stars say."""
    found = [(review, sentences(review.text[:LONGEST])[:1]) for review in reviews]
    return [_Clause(review, first[0], (), _sign(review), sure=True) for review, first in found if first]


def _sign(review: Review) -> int:
    return (review.rating >= 4) - (review.rating <= 2)


def _evidence(review: Review, text: str, field: str = "text") -> Evidence:
    return Evidence("", "review", review.id, text, field, f"review by {review.author}", date=review.date or None)
