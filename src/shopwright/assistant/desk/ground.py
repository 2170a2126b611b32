"""Which of the customer's orders and items a request is about: words that are vague are settled by what exists.

A piece is one line of one order. Candidates are all pieces of the customer; the product's name, order numbers, what is
said of the order ("pending", "you received", "with the vacuum cleaner"), of the item (its option values, "the cheaper
one") and what the status allows decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shopwright.assistant.desk.names import Mention
from shopwright.assistant.desk.options import Schema, schema
from shopwright.assistant.desk.records import Customer, Line, Order, World
from shopwright.assistant.desk.requests import Request, Target
from shopwright.assistant.desk.wishes import values_in

_OPEN = re.compile(
    r"\b(?:pending|just (?:placed|ordered|bought)|not (?:yet )?(?:shipped|arrived|delivered|received)|upcoming"
    r"|on (?:its|the) way"
    r"|placed|processing)\b"
)
_ARRIVED = re.compile(r"\b(?:received|delivered|arrived|got|came|already have|receive)\b")
_COUNTED = re.compile(r"\b(?:other|another|different)\s+order\b")
_CHEAP = re.compile(r"\b(?:cheaper|cheapest|less expensive|least expensive|lower priced)\b")
_DEAR = re.compile(r"\b(?:more expensive|most expensive|pricier|priciest|dearer)\b")
_THAT_ORDER = re.compile(
    r"\b(?:everything|all|both|items?|things?|rest|whole)\b(?: \w+){0,3} (?:on|in|from|of)"
    r" (?:that|this|the same) order\b"
)
_MANY_ORDERS = re.compile(
    r"\b(?:all|both|every|each|any|everything|these|those|2|3|4)\b(?! items? (?:in|from|of))|\borders\b"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One line of one order."""

    order: Order
    place: int

    @property
    def line(self) -> Line:
        """The line itself."""
        return self.order.lines[self.place]


class Ground:
    """One customer's orders, ready to be pointed at."""

    def __init__(self, world: World, customer: Customer, tables: Sequence[Mapping[str, str]] = ()) -> None:
        self.world = world
        self.customer = customer
        self.orders = tuple(world.order(number) for number in customer.orders)
        self.tables = tables
        self._schemas: dict[str, Schema] = {}

    def schema(self, product: str) -> Schema:
        """The options of a product."""
        if product not in self._schemas:
            self._schemas[product] = schema(self.world.variants(product))
        return self._schemas[product]

    def numbered(self, request_orders: Sequence[str], text: str = "") -> list[Order]:
        """Orders of the customer that are named by number, by its end, or by its digits alone."""
        found = []
        for number in request_orders:
            digits = number.lstrip("#").lower()
            found += [
                o for o in self.orders if _digits(o.id) == digits.lstrip("w") or o.id.lower().lstrip("#") == digits
            ]
            found += [o for o in self.orders if not number.startswith("#") and o.id.endswith(number)]
        found += [o for o in self.orders if re.search(rf"(?<!\d){re.escape(_digits(o.id))}(?!\d)", text)]
        return list(dict.fromkeys(found))

    def pieces(
        self, target: Target, request: Request, fits: Mapping[str, float], prefer: Sequence[str] = ()
    ) -> list[Piece]:
        """The pieces that a target means, the likeliest first, among orders whose status is in `fits`.

        Args:
            fits: status -> how well it goes with what is asked.
            prefer: numbers of orders that are likelier than others, all else being equal.
        """
        named = self.numbered(request.orders)
        orders = named or ([] if strangers(request.orders) else list(self.orders))
        for company in target.company:
            orders = [o for o in orders if _holds(o, company)] or orders
        scored: list[tuple[float, Piece]] = []
        for order in orders:
            if order.status not in fits:
                continue
            for place in range(len(order.lines)):
                piece = Piece(order, place)
                score = self._score(piece, target, request, fits[order.status])
                if score is not None:
                    scored.append((score + (0.12 if order.id in prefer else 0.0), piece))
        if not scored:
            return []
        scored.sort(key=lambda pair: -pair[0])
        best = scored[0][0]
        if target.every:
            return [piece for score, piece in scored if score >= best - 0.55]
        close = [piece for score, piece in scored if score >= best - 0.05]
        told = f"{target.told}"
        if len(close) > 1 and _CHEAP.search(told):
            close.sort(key=lambda piece: piece.line.price)
        elif len(close) > 1 and _DEAR.search(told):
            close.sort(key=lambda piece: -piece.line.price)
        rest = [piece for _, piece in scored if piece not in close]
        return [*close, *rest][: max(target.count, 1)] if target.count > 1 else close

    def _score(self, piece: Piece, target: Target, request: Request, fit: float) -> float | None:
        """How well a piece fits; None where it cannot be meant."""
        line = piece.line
        score = fit
        if target.mention is not None:
            if line.product not in target.mention.scores:
                return None
            score += target.mention.scores[line.product]
        told = target.told
        status = piece.order.status
        about = f"{told} {request.text}" if len(request.targets) <= 1 else told
        if _OPEN.search(about):
            score += 0.3 if "pending" in status or status == "processing" else -0.1
        if re.search(rf"(?<![\w-]){re.escape(line.item.lower())}(?![\w-])", told):
            score += 1.0
        if _ARRIVED.search(about):
            score += 0.3 if status == "delivered" else -0.1
        options = self.schema(line.product)
        for number, table in enumerate(self.tables):
            if f"zdict{number}" in told.split():
                return score + sum(0.5 if line.options.get(key) == value else -0.5 for key, value in table.items())
        for key, value in values_in(told, options):
            score += 0.3 if line.options.get(key) == value else -0.35
        return score

    def whole_orders(
        self, request: Request, statuses: frozenset[str], recent: Sequence[str], elsewhere: Sequence[str] = ()
    ) -> list[Order]:
        """The orders that a request about whole orders means, among those of a status.

        Args:
            recent: numbers of orders that were spoken of before, the last one last.
            elsewhere: numbers that other requests name; one that is only described is rather another order.
        """
        named = self.numbered(request.orders)
        if named or strangers(request.orders):
            return [order for order in named if order.status in statuses]
        found = [order for order in self.orders if order.status in statuses]
        for target in request.targets:
            for company in target.company:
                found = [o for o in found if _holds(o, company)] or found
        if not found or (_MANY_ORDERS.search(request.text) and not (recent and _THAT_ORDER.search(request.text))):
            return found
        found = [order for order in found if order.id not in elsewhere] or found
        if _CHEAP.search(request.text) or _DEAR.search(request.text):
            return sorted(found, key=lambda order: order.charged, reverse=bool(_DEAR.search(request.text)))[:1]
        spoken = [order for number in reversed(recent) for order in found if order.id == number]
        if spoken:
            return spoken[:1]
        return found[-1:]

    def with_company(self, mentions: Sequence[Mention], statuses: frozenset[str]) -> list[Order]:
        """Orders of a status that hold all of these products."""
        return [o for o in self.orders if o.status in statuses and all(_holds(o, mention) for mention in mentions)]


def strangers(numbers: Sequence[str]) -> bool:
    """Whether an order is named by its number, so that no other may be meant."""
    return any(number.startswith("#") for number in numbers)


def _holds(order: Order, mention: Mention) -> bool:
    return any(line.product in mention.scores for line in order.lines)


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)
