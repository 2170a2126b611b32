"""The claims of an answer that are numbers: prices, ratings, measures, differences of prices, a budget kept or not.

A number is borne by a fact of the product that it is about which has it, with the unit or term that stands beside it,
if one does: "rated 4.6" is no price. "40 euros against 50 euros", "40 euros for the NAME" and "at 40 euros the NAME"
are about those whom people mean. A number of the request claims nothing by itself; "under 60 euros", said of a product,
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from shopwright.train.align.world.case import UNITS, Case, Focus
from shopwright.train.align.world.sentences import Claim, Sentence
from shopwright.train.align.world.wording import cues, wording_of
from shopwright.train.align.world.words import number, phrase

_PRICE_CODES = {
    "euros": "eur", "euro": "eur", "eur": "eur", "€": "eur", "dollars": "usd", "usd": "usd", "$": "usd",
    "pounds": "gbp", "gbp": "gbp", "£": "gbp", "chf": "chf", "francs": "chf",
}  # fmt: skip
_RATED = frozenset(("rated", "rating", "ratings", "stars"))
_PRICED = frozenset(("costs", "cost", "price", "priced"))
_LESS, _MORE = frozenset(("less", "cheaper", "lower")), frozenset(("more", "dearer", "extra", "higher"))
_SAVED = frozenset(("save", "saves", "difference"))
_CENT = 0.006


def claim_numbers(case: Case, sentence: Sentence, taken: set[int], open_: set[int]) -> None:
    """Add the claims of a sentence that are numbers; not those at places that are taken or inside a condition."""
    small = sentence.small
    places = [(at, value) for at, value in ((at, number(word)) for at, word in enumerate(small)) if value is not None]
    places = [(at, value) for at, value in places if at not in taken and at not in open_ and not _scale(small, at)]
    against = _paired(case, sentence, [at for at, _ in places])
    for at, value in places:
        focus = against.get(at) or _for_following(sentence, at) or sentence.focuses[at] or case.all
        budget = value in case.asked_numbers and _budget_number(case, small, at, value, focus)
        if len(focus) > 1 and len(places) == 1 and value not in case.asked_numbers:
            each = [_number_claim(case, small, at, value, (product,)) for product in focus]
            sentence.claims.append(replace(each[0], focus=focus, holds=all(one.holds for one in each)))
        elif budget:
            sentence.claims.append(budget)
        elif value not in case.asked_numbers or _supporting(case, small, at, value, focus)[0]:
            sentence.claims.append(_number_claim(case, small, at, value, focus))


def _number_claim(case: Case, small: Sequence[str], at: int, value: float, focus: Focus) -> Claim:
    after = small[at + 1] if at + 1 < len(small) else ""
    if after in _PRICE_CODES and _differs(small, at):
        holds = any(
            abs(abs(case.price(one) - case.price(two)) - value) < _CENT and _way(case, small, at, one, two)
            for one in focus
            for two in case.all
            if one != two
        )
        return Claim(focus, "price", holds, f"difference {value:g}", order=True)
    holds, fact, named = _supporting(case, small, at, value, focus)
    return Claim(focus, fact, holds, f"{value:g}", named)


def _supporting(case: Case, small: Sequence[str], at: int, value: float, focus: Focus) -> tuple[bool, str, bool]:
    """Whether a fact of these products has the number, which one, and whether its unit or term stands by."""
    after = small[at + 1] if at + 1 < len(small) else ""
    before = small[max(0, at - 2) : at]
    code = _PRICE_CODES.get(after) or (_PRICE_CODES.get(before[-1]) if before else None)
    rated = not _RATED.isdisjoint(before) or small[at + 1 : at + 3] in (["out", "of"], ["of", "5"]) or after in _RATED
    meant = "price" if code or not _PRICED.isdisjoint(before) else "rating" if rated else None
    unit = UNITS.get(after, after)
    for product in focus:
        for fact, of_unit in case.numbers[product].get(value, ()):
            if meant is not None:
                if (fact == meant or fact.endswith(f" {meant}")) and (not code or not of_unit or code == of_unit):
                    return True, fact, True
            elif unit in _known_units() and of_unit and unit != of_unit:
                continue
            else:
                return True, fact, bool(of_unit) == (unit == of_unit) and fact not in ("price", "rating")
    return False, meant or _fact_near(case, small, at), meant is not None or unit in _known_units()


def _fact_near(case: Case, small: Sequence[str], at: int) -> str:
    """The fact that stands nearest before or after a wrong number."""
    near = set(small[max(0, at - 4) : at + 3])
    for fact in case.facts[0] if case.facts else ():
        wording = wording_of(fact, case.facts[0][fact])
        if any(not near.isdisjoint(phrase(term)) for term in wording.terms):
            return fact
    return ""


def budget_claim(case: Case, focus: Focus, inside: bool, budget: float) -> Claim:
    """The claim that products keep a budget, or do not."""
    holds = all((case.price(product) <= budget) == inside for product in focus)
    return Claim(focus, "price", holds, "inside the budget" if inside else "over the budget")


def _budget_number(case: Case, small: Sequence[str], at: int, value: float, focus: Focus) -> Claim | None:
    """The claim that a number of the request makes: "under 60 euros" said of a product; None where it makes none."""
    if case.budget != value:
        return None
    before = " ".join(small[max(0, at - 4) : at])
    inside = any(cue in before.split() or (" " in cue and cue in before) for cue in cues()["within"])
    beyond = any(cue in before.split() for cue in cues()["beyond"])
    return budget_claim(case, focus, inside, value) if inside != beyond else None


def _paired(case: Case, sentence: Sentence, numbers: Sequence[int]) -> dict[int, Focus]:
    """Whom the numbers of "40 euros against 50 euros" are about."""
    found: dict[int, Focus] = {}
    for one, two in pairwise(numbers):
        if two - one > 4 or not any(word in ("against", "versus", "vs") for word in sentence.small[one + 1 : two]):
            continue
        names = [focus for _, _, focus in sentence.names if len(focus) == 1]
        subject = names[0] if names else sentence.focuses[0]
        others = [focus for focus in names if focus != subject]
        left = tuple(product for product in case.all if product not in subject)
        found[one], found[two] = subject, others[0] if others else left or case.all
    return {at: focus for at, focus in found.items() if focus}


def _for_following(sentence: Sentence, at: int) -> Focus:
    """Whom "49.90 euros for the NAME" and "at 49.90 euros the NAME" are about."""
    for start, _, focus in sentence.names:
        between = sentence.small[at + 1 : start]
        if not (at < start <= at + 5 and between and between[-1] in ("the", "for", "from")):
            continue
        if "for" in between[:2] or (at and sentence.small[at - 1] == "at" and len(between) < 3):
            return focus
    return ()


def _differs(small: Sequence[str], at: int) -> bool:
    """Whether a price is one by which others differ: "costs 12 euros less", "you save 12 euros"."""
    return any(word in _LESS | _MORE for word in small[at + 2 : at + 4]) or not _SAVED.isdisjoint(
        small[max(0, at - 3) : at]
    )


def _way(case: Case, small: Sequence[str], at: int, one: int, two: int) -> bool:
    """Whether "less" or "more" points from one product to the other as the prices do."""
    near = set(small[at + 1 : at + 4])
    if near & _LESS:
        return case.price(one) < case.price(two)
    if near & _MORE:
        return case.price(one) > case.price(two)
    return True


def _scale(small: Sequence[str], at: int) -> bool:
    """Whether a number is the "5" of "out of 5"."""
    return small[at] == "5" and at > 0 and small[at - 1] == "of"


@cache
def _known_units() -> frozenset[str]:
    units = "g kg l ml cm mm m in w h min years months days v lm pieces servings ports pockets k db mbit gb tb persons"
    return frozenset(units.split())
