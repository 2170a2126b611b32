"""The shopper: how pleased one is with what a turn shows or says, and how one answers a question.

`Shopper.pleased` is an expectation between 0 and 1, computed exactly (`cascade`), not drawn. By kind of want:

    find, vague   some product that fits any of the goods is found
    several       the mean over the goods that are needed of the chance that each is found
    compare       all of them side by side; less when they are only shown
    stroll        something in the department draws; new sorts draw more than more of the same
    learn, shop   the answer rests on the product, kind or document in question
    order         the desk serves; a person is worth a part
    person        a person; anything else is worth a part
    chat          something is asked back

Simplifications: words are not judged, only what they rest on; a shopper does not change their mind; one question is
answered at most; no second try with other words after a list that disappoints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shopwright.catalog.conditions import contains, field_values, fits, in_stock, lowest_price
from shopwright.catalog.offers import attribute_text, offers
from shopwright.train.intent.shoppers.cascade import found, looked_at
from shopwright.train.intent.shoppers.settings import Device, ShopperSettings
from shopwright.train.intent.shoppers.sold import Sold
from shopwright.train.intent.shoppers.wants import Goods, Want, is_document
from shopwright.types import Answer, Evidence, Product, Strategy

_ANY = re.compile(r"\b(?:any|all|no preference|does(?:n't| not) matter|not sure|surprise me|show me)\b", re.IGNORECASE)
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_UP_TO = re.compile(rf"\b(?:up to|under|below|at most)\D{{0,3}}{_NUMBER}", re.IGNORECASE)
_FROM = re.compile(
    rf"\b(?:from|over|above|more than|at least)\D{{0,3}}{_NUMBER}|{_NUMBER}\D{{1,6}}more\b", re.IGNORECASE
)
_BETWEEN = re.compile(rf"{_NUMBER}\D{{1,6}}{_NUMBER}")
_TELLING = frozenset(("product", "document", "review"))
_FEW = 2
"""Products on cards up to which an answer is about them rather than a list."""
_YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a shopper says to a question: a tapped option, or typed words; `tapped` tells which."""

    says: str
    tapped: bool


@dataclass(frozen=True, slots=True)
class Shopper:
    """A simulated shopper in one catalogue.

    Args:
        products: by id.
        settings: how shoppers behave.
    """

    products: Mapping[str, Product]
    settings: ShopperSettings = field(default_factory=ShopperSettings)
    sold: Sold = field(init=False, repr=False)
    _fits: dict[tuple[Goods, str], float] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sold", Sold(self.products.values()))

    def pleased(self, want: Want, strategy: Strategy, answer: Answer, device: Device) -> float:
        """How pleased one is with a turn: an expectation, 0 to 1."""
        shown = self._shown(answer)
        match want.kind:
            case "find" | "vague":
                return self._finds(want.goods, shown, device)
            case "several":
                return self._collects(want.needed, shown, device)
            case "compare":
                return self._compares(want.goods, answer, shown, device)
            case "stroll":
                return self._strolls(want.goods, answer, shown, device)
            case "learn":
                return self._learns(want, answer, shown, device)
            case _:
                return self._helped(want, strategy, answer)

    def answers(self, want: Want, answer: Answer, *, asked: bool = True) -> Reaction | None:
        """What a shopper who looks for goods says next: an option that is offered, or an answer that is typed.

        The option that holds most of what would please, if that is a clear preference; else one that leaves it open;
        else the best there is. Where no option holds any of it, the name of the thing is typed.

        Args:
            asked: whether something was asked; where options stand below goods, only a clear preference is tapped.
        """
        wanted = list(
            {product.id: product for goods in want.goods for product in self.sold.fitting(goods.where)}.values()
        )
        shares = {option: _share(option, answer.text, wanted) for option in answer.options}
        best = max(shares, key=lambda option: shares[option], default="")
        if best and shares[best] >= self.settings.has_preference:
            return Reaction(best, True)
        if not asked:
            return None
        leaves_open = next((option for option in answer.options if _ANY.search(option)), "")
        if leaves_open or (best and shares[best] > 0):
            return Reaction(leaves_open or best, True)
        return Reaction(want.needed[0].name if want.goods else want.text, False)

    # ── kinds about goods ──

    def _shown(self, answer: Answer) -> list[Product]:
        """The products in the order shown, each once; those of a table after the cards."""
        ids = (*(card.product_id for card in answer.cards), *(answer.table.product_ids if answer.table else ()))
        return [self.products[key] for key in dict.fromkeys(ids) if key in self.products]

    def _fit(self, goods: Goods, product: Product) -> float:
        key = (goods, product.id)
        if key not in self._fits:
            there = any(in_stock(item) for item in offers(product))
            self._fits[key] = goods.fit(product, self.settings.nearly) * (1.0 if there else self.settings.out_of_stock)
        return self._fits[key]

    def _finds(self, goods: Sequence[Goods], shown: Sequence[Product], device: Device) -> float:
        best = [max(self._fit(each, product) for each in goods) for product in shown]
        return found(best, looked_at(best, device, self.settings), self.settings.opens_wanted)

    def _collects(self, goods: Sequence[Goods], shown: Sequence[Product], device: Device) -> float:
        return sum(self._each(goods, shown, device)) / len(goods)

    def _each(self, goods: Sequence[Goods], shown: Sequence[Product], device: Device) -> list[float]:
        """The chance that each of the goods is found."""
        rows = [[self._fit(each, product) for product in shown] for each in goods]
        looks = looked_at([max(column) for column in zip(*rows, strict=True)], device, self.settings)
        return [found(row, looks, self.settings.opens_wanted) for row in rows]

    def _compares(self, goods: Sequence[Goods], answer: Answer, shown: Sequence[Product], device: Device) -> float:
        """Of two things one alone is no comparison: worth grows from the second on."""

        def beyond_the_first(chances: Sequence[float]) -> float:
            return max(0.0, sum(chances) - 1) / (len(goods) - 1)

        table = [self.products[key] for key in answer.table.product_ids if key in self.products] if answer.table else []
        beside = [max((self._fit(each, product) for product in table), default=0.0) for each in goods]
        apart = self._each(goods, shown, device) if shown else [0.0]
        return max(
            self.settings.side_by_side * beyond_the_first(beside), self.settings.unaided * beyond_the_first(apart)
        )

    def _strolls(self, goods: Sequence[Goods], answer: Answer, shown: Sequence[Product], device: Device) -> float:
        """Options that name a shelf of the department draw as its products do; they stand after the cards."""
        inside = [any(fits(product, each.where) for each in goods) for product in shown]
        shelves = {
            product.category[-1].lower()
            for product in self.products.values()
            if product.category and any(fits(product, each.where) for each in goods)
        }
        sorts = [product.category[-1].lower() if product.category else "" for product in shown]
        sorts += [option.lower() for option in answer.options if option.lower() in shelves]
        inside += [True] * (len(sorts) - len(inside))
        new = [sort not in sorts[:place] for place, sort in enumerate(sorts)]
        draws = [(1.0 if fresh else 0.5) if own else 0.0 for own, fresh in zip(inside, new, strict=True)]
        return found(draws, looked_at(draws, device, self.settings), self.settings.interested)

    # ── the other kinds ──

    def _learns(self, want: Want, answer: Answer, shown: Sequence[Product], device: Device) -> float:
        if self._tells(want.about, answer):
            return self.settings.told
        same = [float(self._is_of(want.about, product)) for product in shown]
        return self.settings.looks_up * found(same, looked_at(same, device, self.settings), self.settings.opens_wanted)

    def _tells(self, about: str, answer: Answer) -> bool:
        """Whether an answer is about something: half of its facts are, and it is no mere list of products."""
        facts = [fact for fact in answer.evidence if fact.kind in _TELLING]
        own = [fact for fact in facts if self._is_about(about, fact)]
        listed = len(answer.cards) > _FEW and all(fact.kind == "product" for fact in own)
        return bool(own) and 2 * len(own) >= len(facts) and not listed

    def _is_about(self, about: str, fact: Evidence) -> bool:
        """Whether a fact is about a product, by its id, or about a kind of thing, by its name."""
        if about in self.products:
            return fact.source == about or fact.title == self.products[about].title
        if fact.source in self.products:
            return self._is_of(about, self.products[fact.source])
        return contains(f"{fact.title} \n{fact.field}", about)

    def _is_of(self, about: str, product: Product) -> bool:
        return product.id == about or contains(" \n".join((product.title, *product.category)), about)

    def _helped(self, want: Want, strategy: Strategy, answer: Answer) -> float:
        mind, handed = self.settings, strategy is Strategy.HAND_OVER
        match want.kind:
            case "shop":
                cited = any(
                    fact.kind == "document" and is_document(want.about, fact.source) for fact in answer.evidence
                )
                return mind.told if cited else mind.passed_on * handed
            case "order":
                return mind.told if strategy is Strategy.SERVE else mind.put_through * handed
            case "person":
                serves = strategy in (Strategy.SERVE, Strategy.ANSWER)
                return mind.told if handed else mind.kept_from_person * serves
            case _:
                return mind.told if asks(strategy, answer) else mind.small_talk * bool(answer.cards)


def asks(strategy: Strategy, answer: Answer) -> bool:
    """Whether something is asked back."""
    return strategy is Strategy.ASK or any(each.text.rstrip().endswith("?") for each in answer.sentences)


def _share(option: str, question: str, wanted: Sequence[Product]) -> float:
    """The share of what would please that an option holds, read as a shopper reads it."""
    return sum(holds(option, question, product) for product in wanted) / len(wanted) if wanted else 0.0


def holds(option: str, question: str, product: Product) -> bool:
    """Whether an option to tap holds a product: a price band, yes or no to what is asked, a shelf, a brand, a value.

    Args:
        option: as it stands on the page.
        question: the text of the answer, which says what "Yes" means.
    """
    price, said = lowest_price(product), option.strip().lower()
    if said in _YES_NO:
        named = [name for name in product.attributes if contains(question, name.replace("_", " "))]
        return any(product.attributes[name] is _YES_NO[said] for name in named)
    if (band := _band(option)) is not None and price is not None and not _states(product, said):
        return band[0] < price <= band[1]
    return _states(product, said)


def _states(product: Product, said: str) -> bool:
    options = (value for variant in product.variants for value in variant.options.values())
    values = (attribute_text(value) for name in product.attributes for value in field_values(product, f"attr:{name}"))
    return any(said == text.lower() for text in (*product.category, product.brand or "", *options, *values))


def _band(option: str) -> tuple[float, float] | None:
    """The price band that an option names, low excluded; None where it names none."""
    if match := _BETWEEN.search(option):
        return _number(match[1]), _number(match[2])
    if match := _UP_TO.search(option):
        return 0.0, _number(match[1])
    if match := _FROM.search(option):
        return _number(match[1] or match[2]), float("inf")
    return None


def _number(text: str) -> float:
    return float(text.replace(",", "."))
