"""Questions that the page offers to someone who does not know what to ask.

A written question is offered where the products that it is about are sold; any other shop gets questions made from
the names of its departments.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.shop import Shop

WRITTEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A two-person tent under 300 euros", ("tarn-2-tent",)),
    ("Compare the Tarn 2 and the Ridgeback 2", ("tarn-2-tent", "ridgeback-2-tent")),
    ("Noise-cancelling over-ear headphones under 250", ("norrvik-hush-300", "norrvik-hush-700")),
    ("What is your most expensive tent?", ("lagoon-6-air-tent",)),
    ("What does delivery cost?", ("tarn-2-tent",)),
    ("Can I return something I have used?", ("tarn-2-tent",)),
)
"""A question and the products without which it makes no sense."""


def examples(shop: Shop, departments: Sequence[str], limit: int = 6) -> list[str]:
    """Up to `limit` questions that fit the shop; none for an empty shop."""
    needed = sorted({id for _, ids in WRITTEN for id in ids})
    sold = shop.products(needed)
    fitting = [question for question, ids in WRITTEN if all(id in sold for id in ids)]
    if len(fitting) < 3:
        fitting += [f"What is your most expensive product in {name}?" for name in departments[:1]]
        fitting += [f"How many brands do you carry in {name}?" for name in departments[1:2]]
        fitting += [f"Something from {name} that is in stock" for name in departments[2:4]]
    return fitting[:limit]
