"""Requests over a catalogue: two or three products of one category, their facts, and a shopper who wants something.

    I want one that does not weigh much, for about 60 euros.
    Vilde frying pan: price 49.90 EUR; rating 4.6; weight 1.4 kg; material carbon steel
    Lumo frying pan: price 39.90 EUR; rating 4.2; weight 1.1 kg; material aluminium

The patterns of requests are written (`written/requests.tsv`), with one to three needs each: a budget, ratings, stock, a
use, one or two wishes about facts that are shown. The budget lies between the prices, or above or below them; a wish is
one that at least one product fulfils, or that goes by a number. The same products, seed and count give the same
assignments in the same order.

An id is 64 bits in hexadecimal digits: the upper half is a hash of the category, the lower one of the prompt. So
`split(id)` puts whole categories on one side: no product of the test was seen in training.

Not here: answers (`demonstrations`), and products without a category or without a price.
"""

from __future__ import annotations

import math
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from shopwright.errors import CorpusError
from shopwright.train.align.assignments import Assignment, Need
from shopwright.train.align.examples import Split, Splits
from shopwright.train.align.world.evidence import facts_of, short_name
from shopwright.train.align.world.wording import by_fact, number_in, rows, wording_of
from shopwright.types import Product

CURRENCIES = {"EUR": "euros", "USD": "dollars", "GBP": "pounds"}
_WORDS, _FACTS = (45, 90), (3, 5)
_TRIES = 40
_COMMON = ("price", "rating", "stock")
_UNTOLD = frozenset(("brand",))
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A written request: the needs that it states, and its words with slots."""

    needs: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """What something is wanted for, with the phrases that speak of it; of a department or ">" a shelf below it."""

    department: str
    text: str
    said: tuple[str, ...]


def split(id: str) -> Split:
    """The part that an assignment belongs to, by the hash of its category."""
    return Splits().of(int(id, 16))


def assignments(products: Iterable[Product], seed: int, count: int) -> Iterator[Assignment]:
    """Assignments over a catalogue, no prompt twice; fewer than `count` where the catalogue gives no more.

    Args:
        products: with categories; those of one category are put side by side.
        seed: of everything that is drawn.
        count: how many are wanted.

    Raises:
        CorpusError: no two products of a category share three facts.
    """
    shelves = _shelves(products)
    if not shelves:
        raise CorpusError("no category holds two products with a price and two more facts in common; none can be asked")
    draw, seen, failed = random.Random(seed), set[str](), 0
    while len(seen) < count and failed < _TRIES * 10:
        shelf = draw.choice(shelves)
        made = _assignment(shelf, draw)
        if made is None or made.id in seen:
            failed += 1
            continue
        failed = 0
        seen.add(made.id)
        yield made


def money(price: str) -> str:
    """A price as prose: "49.90 EUR" is "49.90 euros"."""
    amount, _, code = price.partition(" ")
    return f"{amount} {CURRENCIES.get(code, code)}".rstrip()


def _shelves(products: Iterable[Product]) -> list[list[Product]]:
    by_category: dict[tuple[str, ...], list[Product]] = defaultdict(list)
    for product in products:
        if product.category and (product.price or product.sale_price):
            by_category[product.category].append(product)
    return [shelf for _, shelf in sorted(by_category.items()) if _comparable(shelf)]


def _comparable(shelf: Sequence[Product]) -> bool:
    facts = [set(facts_of(product)) - _UNTOLD for product in shelf]
    return any(len(one & two) >= _FACTS[0] for at, one in enumerate(facts) for two in facts[:at])


def _assignment(shelf: Sequence[Product], draw: random.Random) -> Assignment | None:
    """One drawn at random; None where it came out wrong."""
    number = min(len(shelf), 3 if draw.random() < 0.6 else 2)
    chosen = draw.sample(list(shelf), number)
    names = [short_name(product.title, product.brand) for product in chosen]
    if not all(names) or len({name.casefold() for name in names}) < number:
        return None
    known = [facts_of(one, draw.choice(one.variants) if one.variants else None) for one in chosen]
    shown = _shown(known, draw)
    if len(shown) < _FACTS[0]:
        return None
    evidence = {name: {fact: facts[fact] for fact in shown} for name, facts in zip(names, known, strict=True)}
    asked = _request(evidence, shelf[0].category, draw)
    if asked is None:
        return None
    request, needs = asked
    lines = [
        f"{name}: " + "; ".join(f"{fact} {value}" for fact, value in facts.items()) for name, facts in evidence.items()
    ]
    prompt = "\n".join([request, *lines])
    if not _WORDS[0] <= len(prompt.split()) <= _WORDS[1]:
        return None
    category = "\0".join(shelf[0].category)
    return Assignment(_hash(category) + _hash(prompt), prompt, evidence, needs)


def _shown(known: Sequence[Facts], draw: random.Random) -> list[str]:
    """Which facts a prompt shows: all products have them; those in which they differ are likelier."""
    shared = [fact for fact in known[0] if all(fact in facts for facts in known)]
    if "price" not in shared or len({facts["price"].partition(" ")[2] for facts in known}) > 1:
        return []
    head = [fact for fact in _COMMON if fact in shared and (fact == "price" or draw.random() < 0.75)]
    rest = [fact for fact in shared if fact not in _COMMON and fact not in _UNTOLD]
    weights = {
        fact: draw.random() ** (1 / (6 if len({f[fact] for f in known}) > 1 and fact in by_fact() else 1))
        for fact in rest
    }
    wanted = draw.choice((4, 5, 5))
    tail = sorted(rest, key=lambda fact: -weights[fact])[: max(1, wanted - len(head))]
    return (head + tail)[: _FACTS[1]]


def _request(
    evidence: Mapping[str, Facts], category: Sequence[str], draw: random.Random
) -> tuple[str, tuple[Need, ...]] | None:
    facts = next(iter(evidence.values()))
    wishes = [
        pair for pair in ((fact, _wish(fact, evidence, draw)) for fact in facts if fact not in _COMMON) if pair[1]
    ]
    draw.shuffle(wishes)
    kind = _kind(category)
    possible = [one for one in _patterns() if _fits(one, facts, len(wishes), kind)]
    if not possible:
        return None
    pattern = draw.choice(possible)
    use = draw.choice(_uses(category))
    slots = {
        "a_kind": _with_article(kind),
        "kinds": category[-1].lower(),
        "budget": _budget([one["price"] for one in evidence.values()], draw),
        "use": use.text,
        "use_cap": use.text[:1].upper() + use.text[1:],
    } | {slot: wish for slot, (_, wish) in zip(("wish", "wish2"), wishes, strict=False)}
    request = pattern.text.format(**slots)
    facts_wished = {slot: fact for slot, (fact, _) in zip(("wish", "wish2"), wishes, strict=False)}
    return request, tuple(_need(name, facts_wished, use) for name in pattern.needs)


def _need(name: str, wished: Mapping[str, str], use: Use) -> Need:
    if name == "use":
        return Need("use", use.said)
    fact = wished.get(name, name)
    wording = by_fact().get(fact)
    return Need(fact, wording.said if wording else (fact.lower(),))


def _fits(pattern: Pattern, facts: Facts, wishes: int, kind: str) -> bool:
    if any(need in _COMMON and need not in facts for need in pattern.needs):
        return False
    if ("{a_kind}" in pattern.text or "{kinds}" in pattern.text) and not kind:
        return False
    return sum(need.startswith("wish") for need in pattern.needs) <= wishes


def _wish(fact: str, evidence: Mapping[str, Facts], draw: random.Random) -> str:
    """What a shopper may want of a fact; "" where nothing sensible can be wanted."""
    values = [facts[fact] for facts in evidence.values()]
    wording = wording_of(fact, values[0])
    if wording.kind == "flag":
        return wording.wants if wording.wants and "yes" in values else wording.wants_less if "no" in values else ""
    form = draw.choice([form for form in (wording.wants, wording.wants_less) if form] or [""])
    return form.format(value=draw.choice(values))


def _budget(prices: Sequence[str], draw: random.Random) -> str:
    """A round sum near the prices: mostly above at least one of them."""
    amounts = sorted(amount for amount in map(number_in, prices) if amount is not None)
    near = draw.choice([amounts[0] * 1.15, (amounts[0] + amounts[-1]) / 2, amounts[-1] * 1.1, amounts[-1] * 1.3])
    step = 1 if near < 20 else 5 if near < 100 else 10 if near < 300 else 50
    return money(f"{max(step, math.ceil(near / step) * step)} {prices[0].partition(' ')[2]}")


def _kind(category: Sequence[str]) -> str:
    """A category as the name of one thing: "Frying pans" -> "frying pan"; "" where it names no single thing."""
    last = category[-1].lower()
    ends = [("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y"), ("knives", "knife"), ("benches", "bench")]
    if not re.fullmatch(r"[a-z' -]+s", last) or last.endswith(("ss", "us", "ics", "jeans", "socks", "shoes", "gloves")):
        return ""
    if last.endswith(
        ("trainers", "goggles", "headphones", "earrings", "seeds", "bulbs", "scissors", "tools", "accessories")
    ):
        return ""
    for end, single in reversed(ends):
        if last.endswith(end):
            return last.removesuffix(end) + single
    return last[:-1]


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind[:1] in "aeio" else f"a {kind}"


def _hash(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()


@cache
def _patterns() -> tuple[Pattern, ...]:
    return tuple(Pattern(tuple(needs.split(",")), text) for needs, text in rows("requests"))


@cache
def _all_uses() -> tuple[Use, ...]:
    return tuple(Use(department, text, tuple(said.split("|"))) for department, text, said in rows("uses"))


def _uses(category: Sequence[str]) -> tuple[Use, ...]:
    """Uses of the departments that a category's path names, and some that go with everything."""
    below, path = " ".join(category[1:]).lower(), " ".join(category).lower()
    own = tuple(
        use
        for use in _all_uses()
        if use.department.removeprefix(">").lower() in (below if use.department.startswith(">") else path)
    )
    return own * 3 + tuple(use for use in _all_uses() if use.department == "*")
