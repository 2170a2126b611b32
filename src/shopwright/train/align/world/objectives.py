"""How professional, accurate, complete and deep an answer is, by program: four figures from 0 to 1, 0 for no answer.

    score(assignment, answers)      (N, 4) in the order of `models.reward_objectives.OBJECTIVES`

    professionalism   (.35 whole sentences + .35 courtesy + .2 easy to take in + .1 numbers with unit or term)
                      x .64 for each word of slang, hype, empty promise or filler, and for each "!"
                      x what is not repeated x what is not copied x what reads like English (`fluency`)
                      x .6 if broken off x a length of 12 to 50 words.
                      A whole sentence has a capital, a verb, 4 to 30 words and an end; two courteous sentences are
                      all that counts; easy are up to two numbers and 16 words a sentence. A row of nine words of the
                      prompt is copied.
    accuracy          (claims that hold + .5) / (claims + 1), every claim once (`claims`): who claims nothing gets .5
    coverage          .65 needs + .35 products. A need is half met when it is spoken of at all, the other half is the
                      share of products of which it is told; a product is considered when it is named with a claim,
                      half when it is named.
    depth             1 - .62^w, with w the distinct factors of a decision: a reason tied to a fact, two products
                      compared by a fact, a drawback, a condition, an advice (the first of a kind 1, further ones .5,
                      two a sentence), and .15 for each of three facts told

Coverage and depth read English sentences that have a verb and five words, each once, and the first 60 words of an
answer, so that lists of words and endless answers gain nothing. They do not ask whether a claim is true: that is
accuracy's part, and weighing them is the policy's.

The limits are those of `claims` and `fluency`: phrases that are known, no irony, no grammar beyond three words. A
search that may put any words together still finds broken sentences that score well, so keep a policy near the one that
it began as.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from shopwright.train.align.assignments import Assignment
from shopwright.train.align.world.case import RUN, Case, prepared
from shopwright.train.align.world.claims import read
from shopwright.train.align.world.fluency import NAME, strangeness
from shopwright.train.align.world.sentences import Sentence
from shopwright.train.align.world.wording import cues, wordings
from shopwright.train.align.world.words import Phrases, is_sign, number

COUNTED = 60
"""Words of an answer that coverage and depth read."""
_BAD = ("slang", "hype", "promise", "filler")
_LEAST, _MOST, _ENDLESS = 12, 50, 100
_USUAL, _STEEP, _SALAD = 0.06, 4.0, 0.22
_DEPTH = ("reason", "contrast", "drawback", "condition", "advice")


def score(assignment: Assignment, answers: Sequence[str]) -> NDArray[np.float64]:
    """The objectives of N answers to one assignment, shape (N, 4), each in [0, 1]."""
    case = prepared(assignment)
    return np.array([_score(case, answer) for answer in answers], np.float64).reshape(len(answers), 4)


def _score(case: Case, answer: str) -> tuple[float, float, float, float]:
    sentences = read(case, answer)
    if not sentences:
        return 0.0, 0.0, 0.0, 0.0
    cued = [_cued(case, sentence) for sentence in sentences]
    strange = [strangeness(_masked(sentence)) for sentence in sentences]
    solid = list(_solid(sentences, cued, strange))
    return (
        _professionalism(case, answer, sentences, cued) * _english(sentences, strange),
        _accuracy(sentences),
        _coverage(case, solid),
        _depth(solid),
    )


# ── accuracy ──


def _accuracy(sentences: Sequence[Sentence]) -> float:
    claims = {(claim.focus, claim.fact, claim.said): claim.holds for one in sentences for claim in one.claims}
    return (sum(claims.values()) + 0.5) / (len(claims) + 1)


# ── professionalism ──


def _professionalism(case: Case, answer: str, sentences: Sequence[Sentence], cued: Sequence[Counter[str]]) -> float:
    plain = [[word for word in one.small if not is_sign(word)] for one in sentences]
    count = sum(map(len, plain))
    whole = sum(
        len(words_)
        for one, cues_, words_ in zip(sentences, cued, plain, strict=True)
        if _whole(one, cues_, len(words_))
    )
    numbers = sum(claim.said[:1].isdigit() for one in sentences for claim in one.claims)
    named = sum(claim.named for one in sentences for claim in one.claims if claim.said[:1].isdigit())
    terms = named / numbers if numbers else 0.5 if any(one.claims for one in sentences) else 0.0
    courtesy = min(2, sum(min(1, one["courtesy"]) for one in cued)) / 2
    base = 0.35 * whole / count + 0.35 * courtesy + 0.2 * _ease(sentences, plain) + 0.1 * terms
    bad = sum(one[kind] for one in cued for kind in _BAD) + answer.count("!")
    ends = answer.rstrip()[-1:] in (".", "!", "?") or answer.rstrip()[-2:-1] in (".", "!", "?")
    length = min(1.0, count / _LEAST) * max(0.0, 1 - max(0, count - _MOST) / (_ENDLESS - _MOST))
    fresh = max(0.0, 1 - 2.5 * _repeated(sentences)) * max(0.0, 1 - 1.5 * _copied(case, plain, count))
    return float(base * 0.64 ** max(0, bad) * fresh * (1.0 if ends else 0.6) * length)


def _whole(sentence: Sentence, cued: Counter[str], count: int) -> bool:
    first, last = sentence.written[0][:1], sentence.written[-1]
    return (first.isupper() or first.isdigit()) and last[0] in ".!?" and cued["verb"] > 0 and 4 <= count <= 30


def _ease(sentences: Sequence[Sentence], plain: Sequence[Sequence[str]]) -> float:
    """How easy sentences are to take in: fewer than three numbers and not over 16 words each."""
    eased = 0.0
    for one, words_ in zip(sentences, plain, strict=True):
        numbers = sum(number(word) is not None for word in one.small)
        eased += max(0.0, 1 - 0.3 * max(0, numbers - 2) - 0.08 * max(0, len(words_) - 16))
    return eased / len(sentences)


def _repeated(sentences: Sequence[Sentence]) -> float:
    """The share of three words in a row that stood before, a product's name being one word."""
    runs: Counter[tuple[str, ...]] = Counter()
    for one in sentences:
        words_ = [word for word in _masked(one) if not is_sign(word)]
        runs.update(tuple(words_[at : at + 3]) for at in range(len(words_) - 2))
    total = sum(runs.values())
    return 1 - len(runs) / total if total else 0.0


def _masked(sentence: Sentence) -> list[str]:
    """Its words in small letters, every name as one."""
    ends = {start: end for start, end, _ in sentence.names}
    masked, at = list[str](), 0
    while at < len(sentence.small):
        masked.append(NAME if at in ends else sentence.small[at])
        at = ends.get(at, at + 1)
    return masked


def _english(sentences: Sequence[Sentence], strange: Sequence[float]) -> float:
    """1 for what reads like packaged text, and less the more of an answer does not."""
    count = sum(len(one.small) for one in sentences)
    share = sum(len(one.small) * part for one, part in zip(sentences, strange, strict=True)) / count
    return max(0.0, 1 - _STEEP * max(0.0, share - _USUAL))


def _copied(case: Case, plain: Sequence[Sequence[str]], count: int) -> float:
    """The share of words in rows of nine that stand in the prompt, whatever signs part them."""
    flat = [word for words_ in plain for word in words_]
    places = {
        place
        for at in range(len(flat) - RUN + 1)
        if tuple(flat[at : at + RUN]) in case.prompt_runs
        for place in range(at, at + RUN)
    }
    return len(places) / count


# ── coverage and depth ──


def _solid(
    sentences: Sequence[Sentence], cued: Sequence[Counter[str]], strange: Sequence[float]
) -> Iterator[tuple[Sentence, Counter[str]]]:
    """Sentences that count: English, with a verb and five words, new, begun within the words that are read."""
    seen, begun = set[tuple[str, ...]](), 0
    for one, cues_, share in zip(sentences, cued, strange, strict=True):
        key = tuple(one.small)
        if begun < COUNTED and share < _SALAD and cues_["verb"] and len(key) > 5 and key not in seen:
            seen.add(key)
            yield one, cues_
        begun += len(key)


def _coverage(case: Case, solid: Sequence[tuple[Sentence, Counter[str]]]) -> float:
    claims = [claim for one, _ in solid for claim in one.claims]
    named = {product for one, _ in solid for product in one.products}
    claimed = {product for claim in claims for product in claim.focus}
    told = {(claim.fact, product) for claim in claims for product in claim.focus}
    spoken, cells = set[int](), set[tuple[int, int]]()
    for one, _ in solid:
        for start, _, need in case.needs.find(one.small):
            spoken.add(need)
            if not case.is_fact(need):
                cells.update((need, product) for product in one.focuses[start])
    for need in spoken:
        cells.update((need, product) for product in case.all if (case.need_names[need], product) in told)
    products, needs = len(case.facts), len(case.need_names)
    share = (len(named & claimed) + 0.5 * len(named - claimed)) / products if products else float(bool(spoken))
    if not needs:
        return share
    met = len(spoken) / needs
    if products:
        met = 0.5 * met + 0.5 * len(cells) / (needs * products)
    return 0.65 * met + 0.35 * share


def _depth(solid: Sequence[tuple[Sentence, Counter[str]]]) -> float:
    factors, facts = set[tuple[str, str]](), set[str]()
    for one, cues_ in solid:
        told = [claim.fact for claim in one.claims if claim.fact and claim.focus]
        facts.update(told)
        factors.update(list(_factors(one, cues_, told))[:2])
    kinds = Counter(kind for kind, _ in factors)
    weight = sum(1 + 0.5 * (count - 1) for count in kinds.values()) + 0.15 * min(3, len(facts))
    return float(1 - 0.62**weight)


def _factors(one: Sentence, cues_: Counter[str], told: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Kinds of thought in a sentence, each with what it is about."""
    if told and cues_["drawback"] and len(one.small) > 7:
        yield "drawback", told[0]
    if told and cues_["contrast"] and (len({claim.focus for claim in one.claims}) > 1 or _orders(one)):
        yield "contrast", told[0]
    if told and cues_["reason"] and len(one.small) > 8:
        yield "reason", told[0]
    if one.products and cues_["condition"] and len(one.small) > 8:
        yield "condition", str(sorted(one.products))
    if not told and len(one.small) > 6 and (cues_["advice"] or _commands(one)):
        yield "advice", " ".join(one.small[-3:])


def _commands(one: Sentence) -> bool:
    """Whether it begins, or goes on after a colon, with what to do."""
    starts = {0, 1 if one.small[0] == "please" else 0, *(at + 1 for at, word in enumerate(one.small) if word == ":")}
    return any(start in starts and kind == "imperative" for start, _, kind in _cues().find(one.small))


def _orders(one: Sentence) -> bool:
    return any(claim.order for claim in one.claims)


@cache
def _cues() -> Phrases[str]:
    kinds = (*_BAD, *_DEPTH, "courtesy", "imperative", "verb")
    verbs = {form.split()[0] for one in wordings().values() for form in (one.says, one.denies) if form}
    pairs = {(text, kind) for kind in kinds for text in cues()[kind]} | {(verb, "verb") for verb in verbs}
    return Phrases(sorted(pairs))


def _cued(case: Case, sentence: Sentence) -> Counter[str]:
    """How often a sentence has each kind of cue; a word that the prompt has too is nobody's slang."""
    small, asked = sentence.small, case.prompt_words
    return Counter(
        kind
        for start, end, kind in _cues().find(small)
        if kind not in _BAD or end - start > 1 or small[start] not in asked
    )
