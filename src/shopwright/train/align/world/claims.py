"""What an answer claims of the products in its prompt, and whether the evidence bears it.

A claim is a number (`figures`), a value ("made of beech", "Italy"), a yes or no ("is not dishwasher safe"), an order
("is lighter than the ..."), a budget kept or not, or a capitalised name that neither the prompt nor the written files
have. Whom it is about, `sentences` says. What stands in a condition ("if you need one that is vegan, ...") claims
nothing.

It is a reader of phrases, not of language: it knows the words of `written/`, so a paraphrase with none of them claims
nothing here, and irony is taken at its word. `skills.verify` judges any text against any evidence, and costs a thousand
times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shopwright.train.align.world.case import Case, Focus
from shopwright.train.align.world.figures import budget_claim, claim_numbers
from shopwright.train.align.world.sentences import Claim, Sentence, sentences
from shopwright.train.align.world.wording import cues, number_in, wordings
from shopwright.train.align.world.words import Phrases, is_sign, longest, phrase

_SCALES = {"kg": 1000.0, "l": 1000.0, "m": 100.0, "mm": 0.1, "kw": 1000.0, "h": 60.0, "years": 365.0, "days": 1.0,
           "months": 30.4}  # fmt: skip
_MOST = {"cheapest": ("price", -1), "dearest": ("price", 1), "lightest": ("weight", -1), "heaviest": ("weight", 1)}
Value = tuple[str, ...]
"""The words of a value."""
_IF = frozenset(("if", "unless", "should", "whether"))


@dataclass(frozen=True, slots=True)
class Flag:
    """What a term says of a fact: that it is so, that it is not, or (of a number or text) nothing by itself."""

    fact: str
    yes: bool
    claims: bool


def read(case: Case, text: str) -> list[Sentence]:
    """The sentences of an answer with their claims, in order."""
    found = sentences(case, text)
    for sentence in found:
        _claim(case, sentence)
    return found


def _claim(case: Case, sentence: Sentence) -> None:
    """Find the claims of a sentence."""
    taken = {at for start, end, _ in sentence.names for at in range(start, end)}
    open_ = _conditional(sentence.small)
    claim_numbers(case, sentence, taken, open_)
    covered = set(taken)
    orders = _orders().find(sentence.small)
    covered.update(at for start, end, _ in orders if end - start > 1 for at in range(start, end))
    _claim_phrases(case, sentence, covered, open_)
    for start, end, (fact, sign) in orders:
        if start not in open_ and start not in taken:
            claim = _order_claim(case, sentence, start, end, fact, sign)
            if claim:
                sentence.claims.append(claim)
    if case.budget is not None:
        for start, _, inside in longest(_budgets().find(sentence.small)):
            if start not in open_ and sentence.focuses[start]:
                sentence.claims.append(budget_claim(case, sentence.focuses[start], inside, case.budget))
    _claim_names(case, sentence, covered)


def _claim_phrases(case: Case, sentence: Sentence, covered: set[int], open_: set[int]) -> None:
    """Values, and what is said to be so or not; the longer phrase counts where two begin together."""
    found: list[tuple[int, int, Value | Flag]] = [*case.values.find(sentence.small), *_flags().find(sentence.small)]
    found += [(start, end, Flag(fact, True, True)) for start, end, fact in case.flags.find(sentence.small)]
    found = [place for place in found if covered.isdisjoint(range(place[0], place[1]))]
    for start, end, meaning in longest(sorted(found, key=lambda place: (place[0], -place[1]))):
        claim: Claim | None
        if isinstance(meaning, Flag):
            claim = _flag_claim(case, sentence, start, meaning)
        else:
            claim = _value_claim(case, sentence.focuses[start], meaning)
        if claim:
            covered.update(range(start, end))
            if start not in open_:
                sentence.claims.append(claim)


def _flag_claim(case: Case, sentence: Sentence, start: int, flag: Flag) -> Claim | None:
    """That a fact is so or not; it does not hold where the prompt does not show it."""
    focus = sentence.focuses[start]
    if not focus or not flag.claims:
        return None
    claimed = "yes" if flag.yes != _denied(sentence.small, start) else "no"
    return Claim(focus, flag.fact, all(case.facts[product].get(flag.fact) == claimed for product in focus), claimed)


def _claim_names(case: Case, sentence: Sentence, covered: set[int]) -> None:
    """Capitalised words that neither the prompt nor the written files know: someone else's product."""
    for at in range(1, len(sentence.written)):
        word, small = sentence.written[at], sentence.small[at]
        begins = sentence.written[at - 1] in (":", "(")
        if begins or at in covered or len(word) == 1 or not word[0].isupper():
            continue
        if small not in case.prompt_words and small not in _known_words():
            sentence.claims.append(Claim((), "", False, small))


def _value_claim(case: Case, focus: Focus, value: Value) -> Claim | None:
    if not focus:
        return None
    facts: list[str] = []
    for product in focus:
        fact = next((fact for fact, known in case.value_words[product].items() if _within(value, known)), None)
        if fact is not None:
            facts.append(fact)
    if len(facts) == len(focus):
        return Claim(focus, facts[0], True, " ".join(value))
    if set(value) <= case.name_words:
        return None
    fact = next((f for words_ in case.value_words for f, known in words_.items() if _within(value, known)), "")
    return Claim(focus, fact, False, " ".join(value))


def _order_claim(case: Case, sentence: Sentence, start: int, end: int, fact: str, sign: int) -> Claim | None:
    """A comparative with "than" behind it, or one said of a product with "is"."""
    small = sentence.small
    most = small[start] in _MOST
    near = "than" in small[end : end + 4]
    if not (most or near or _ends_name(sentence, start) or (start > 1 and _said_of_it(sentence, start))):
        return None
    focus = sentence.focuses[start]
    if len(focus) != 1 or fact not in case.facts[focus[0]]:
        return None
    later = [one for at, _, one in sentence.names if at >= end and one != focus]
    earlier = [one for at, _, one in sentence.names if at < start and one != focus]
    others = later[0] if later else earlier[-1] if earlier and not most else case.all
    mine = _amount(case.facts[focus[0]][fact])
    theirs = [_amount(case.facts[one].get(fact, "")) for one in others if one not in focus]
    if mine is None or not theirs or None in theirs:
        return None
    if _denied(small, start):
        sign = -sign
    ways = [sign * (mine - other) for other in theirs if other is not None]
    holds = all(way >= 0 if most else way > 0 for way in ways)
    return Claim(focus, fact, holds, f"{'more' if sign > 0 else 'less'} {others}", order=True)


def _conditional(small: Sequence[str]) -> set[int]:
    """Places inside a condition, which claims nothing."""
    found: set[int] = set()
    inside = False
    for at, word in enumerate(small):
        if word in _IF and (word != "should" or at == 0):
            inside = True
        elif word in (",", ";", ":") or word in ("because", "as"):
            inside = False
        if inside or (word == "one" and at and small[at - 1] in ("prefer", "want", "need", "have")):
            inside = True
            found.add(at)
    return found


def _denied(small: Sequence[str], at: int) -> bool:
    for word in reversed(small[max(0, at - 4) : at]):
        if word in _negations():
            return True
        if is_sign(word) or word in ("but", "and"):
            return False
    return False


def _said_of_it(sentence: Sentence, at: int) -> bool:
    """Whether "is" stands before, and a product before that: "it is lighter", not "the risk is smaller"."""
    before, verb = sentence.small[at - 2 : at]
    return verb in ("is", "are", "seems") and (before in ("it", "which", "that", "one") or _ends_name(sentence, at - 1))


def _ends_name(sentence: Sentence, at: int) -> bool:
    return any(end == at for _, end, _ in sentence.names)


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    count = len(part)
    return any(whole[at : at + count] == part for at in range(len(whole) - count + 1))


def _amount(value: str) -> float | None:
    amount = number_in(value)
    return None if amount is None else amount * _SCALES.get(value.rpartition(" ")[2].lower(), 1.0)


@cache
def _flags() -> Phrases[Flag]:
    return Phrases(
        (term.removeprefix("!"), Flag(one.fact, not term.startswith("!"), one.kind == "flag"))
        for one in wordings().values()
        for term in (one.terms if one.kind == "flag" else (one.fact, one.says.split("{")[0].partition(" ")[2]))
    )


@cache
def _orders() -> Phrases[tuple[str, int]]:
    written = [
        (text, (one.fact, sign))
        for one in wordings().values()
        for sign, texts in ((1, one.more), (-1, one.less))
        for text in texts
    ]
    return Phrases([*written, ("best rated", ("rating", 1)), *_MOST.items()])


@cache
def _budgets() -> Phrases[bool]:
    return Phrases([(text, True) for text in cues()["budgetin"]] + [(text, False) for text in cues()["budgetout"]])


@cache
def _negations() -> frozenset[str]:
    return frozenset(cues()["negation"])


@cache
def _known_words() -> frozenset[str]:
    """Words that may have a capital without being a name."""
    capitals = {word for one in wordings().values() for word in phrase(f"{one.fact} {one.says} {one.wants}")}
    values = {word for text in cues()["value"] for word in phrase(text)}
    return frozenset(capitals | values | {"i", "i'm", "i'd", "i'll", "i've", "eur", "usd", "gbp", "monday", "ok"})
