"""What a customer asks for, before any order is looked at: requests with their targets and what those should become.

`reader.py` makes them out of words; `decide.py` finds the orders and items that they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shopwright.assistant.desk.lexicon import Verb
from shopwright.assistant.desk.names import Mention


@dataclass(slots=True)
class Target:
    """One thing that a request is about.

    Args:
        mention: the words that name its product; None for "it", "the item", "one with the 32 GB".
        told: what is said of the piece that the customer has.
        wants: what it should become: alternatives in the order of preference, each a text.
        every: all pieces that fit, not only one.
        company: products that are in the same order ("the backpack you received with the vacuum cleaner").
        last: what happens when no alternative can be had.
        most: what the first alternative may cost more than the piece, at most; `least` likewise.
    """

    mention: Mention | None = None
    told: str = ""
    wants: list[str] = field(default_factory=list)
    every: bool = False
    count: int = 1
    company: list[Mention] = field(default_factory=list)
    last: Verb | None = None
    most: Decimal | None = None
    least: Decimal | None = None


@dataclass(slots=True)
class Request:
    """One thing that is asked for.

    Args:
        orders: order numbers, or endings of them, that it names.
        everything: whether it is about whole orders.
        excepted: products that it leaves alone.
        condition: of "if"; empty where there is none.
        fails: it holds only where the request before it cannot be done.
        text: all that was said, for payment, order and reason.
        demand: what was demanded of the payment just before an "if that is not possible".
        implied: no verb asks for it ("I want it in red"): dropped without a word where it cannot be done.
        whole: the customer agrees to a whole order where single items cannot be cancelled; False forbids it.
    """

    verb: Verb
    other: Verb | None = None
    targets: list[Target] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)
    everything: bool = False
    excepted: list[Mention] = field(default_factory=list)
    condition: str = ""
    fails: bool = False
    text: str = ""
    whole: bool | None = None
    demand: str = ""
    implied: bool = False


@dataclass(slots=True)
class Reading:
    """A message, read.

    Args:
        loose: clauses that are about no request in particular: payment, reasons, addresses, facts.
        rest: everything, in plain spelling.
        prefers: what is done where two things exclude each other.
        thrifty: there, what brings the most money is done.
        tables: option tables of the message.
    """

    requests: list[Request] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    rest: str = ""
    tables: Sequence[dict[str, str]] = ()
    prefers: Verb | None = None
    thrifty: bool = False
