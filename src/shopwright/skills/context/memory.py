"""What the next message is read against: the products on the page, those talked about, and the last need.

Simplification: the last turns of the session, kept whole; nothing is packed or recalled from further back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shopwright.types import Context, Need, Product

Lookup = Callable[[Sequence[str]], dict[str, Product]]


def pack(
    shown: Sequence[str],
    focus: Sequence[str],
    need: Need | None,
    turns: int,
    lookup: Lookup,
    candidates: Sequence[str] = (),
) -> Context:
    """The context from the ids that a session remembers; products that left the catalogue drop out."""
    products = lookup(list(dict.fromkeys((*shown, *focus, *candidates))))

    def pick(ids: Sequence[str]) -> tuple[Product, ...]:
        return tuple(products[key] for key in ids if key in products)

    return Context(shown=pick(shown), focus=pick(focus), need=need, candidates=pick(candidates), turns=turns)
