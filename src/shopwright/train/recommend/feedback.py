"""What came of trying the dial: from logged decisions and what was done with the products that were shown.

A decision "recommend:0.5" stands for one answer with recommendations (`assistant.recommending.dial`). The page says
what it showed with `view_item_list`, and what was opened of it with `select_item`, both with `LIST` as `item_list_id`.
Only these products speak for the decision: looked at before the next decision, put into the basket or bought within
the window. A purchase earns 1, a cart 0.3, a look 0.05, the best of them (`catalog.events.decisions.Outcome`).

Left out are visits that look like a bot's or like poison, and those of which no event came; never those in which
nothing was opened, since that is what came of them.

Simplification: of two lists that were asked for at once, the later one takes what was shown of both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from shopwright.assistant.recommending.dial import SUBJECT
from shopwright.assistant.recommending.knowing import LIST
from shopwright.catalog import migrations as m
from shopwright.catalog.events.decisions import WINDOW_S, Decisions, Logged, Outcome
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.names import CART, PURCHASE, VIEW
from shopwright.errors import CorpusError
from shopwright.train.intent.decisions import DecisionLog, LogBuilder
from shopwright.types import Event

_SHOWN, _OPENED = "view_item_list", "select_item"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is known of the trials.

    Args:
        log: decisions with their rewards; actions are settings of the dial, "0.5".
        shown: decisions whose products the page said it showed.
        told: what was left out, and why.
    """

    log: DecisionLog
    shown: int
    told: tuple[str, ...]


def read_feedback(events: Events, now: float) -> Feedback:
    """The settled trials of a shop; outcomes that can be known by now are found first.

    Raises:
        CorpusError: there is none.
    """
    decisions = Decisions(events.store)
    decisions.settle(now)
    by_session: defaultdict[str, list[Logged]] = defaultdict(list)
    for one in decisions.read(settled=True, subject=SUBJECT):
        by_session[one.session_id].append(one)
    with events.store.reading() as connection:
        rows = connection.execute(select(m.variants.c.id, m.variants.c.product_id))
        product_of = {row.id: row.product_id for row in rows}
    builder, left, shown = LogBuilder(), Counter[str](), 0
    for session, made in by_session.items():
        made.sort(key=lambda one: one.at)
        for one, (outcome, told) in zip(made, outcomes(made, events.of_conversation(session), product_of), strict=True):
            if why := _unfit(one):
                left[why] += 1
                continue
            shown += told
            dial = one.strategy.removeprefix(f"{SUBJECT}:")
            builder.add(one.features, dial, outcome.reward, one.propensity, session, one.at)
    told_of = tuple(f"{count:,} decisions left out: {why}" for why, count in left.items())
    if not len(builder):
        raise CorpusError(
            f"{'; '.join((*told_of, 'no trial of the dial has a known outcome'))}. Set recommend_explore = 0.3 in "
            "shop.toml, name a session with each request, and send the page's events; outcomes are known after an hour"
        )
    return Feedback(builder.build(), shown, told_of)


def outcomes(
    made: Sequence[Logged], done: Iterable[Event], product_of: Mapping[str, str], window_s: float = WINDOW_S
) -> list[tuple[Outcome, bool]]:
    """What came of the decisions of one visit, and whether the page said what it showed.

    Args:
        made: in order of time.
        done: the events of the visit.
        product_of: products by the ids of their variants; other ids are products.
        window_s: how long a cart or a purchase speaks for a decision.
    """
    kept = list(done)
    found = []
    for place, one in enumerate(made):
        end = one.at + window_s
        until = min(made[place + 1].at if place + 1 < len(made) else end, end)
        here = [event for event in kept if one.at <= event.time <= end]
        mine = [event for event in here if event.time < until]
        listed = {item for event in mine if _of_list(event) for item in _products(event, product_of)}

        def touched(event: Event, listed: set[str] = listed) -> bool:
            return any(item in listed for item in _products(event, product_of))

        outcome = Outcome(
            looks=sum(
                (event.name == _OPENED and _of_list(event)) or (event.name == VIEW and touched(event)) for event in mine
            ),
            carts=sum(event.name == CART and touched(event) for event in here),
            purchases=sum(event.name == PURCHASE and touched(event) for event in here),
            seen=bool(kept),
        )
        found.append((outcome, bool(listed)))
    return found


def _of_list(event: Event) -> bool:
    return event.name in (_SHOWN, _OPENED) and event.fields.get("item_list_id") == LIST


def _products(event: Event, product_of: Mapping[str, str]) -> list[str]:
    return [product_of.get(item, item) for item in event.items]


def _unfit(one: Logged) -> str:
    """Why a decision cannot be judged by; "" when it can."""
    if one.outcome is None or not one.outcome.seen:
        return "nothing is known of the visit"
    return "the visit looks like a bot's or like poison" if one.outcome.doubted else ""
