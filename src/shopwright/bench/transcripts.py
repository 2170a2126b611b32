"""What was said in the conversations that failed: to mend the assistant by, from the half that may be looked at.

    python -m shopwright.bench.transcripts [KIND ...]

Prints, of `journeys_dev` (or of some kinds within it), each conversation that did not succeed: the messages, the
answers with their cards, the checks that failed, and the numbers that the store does not hold. The held-out half stays
unseen.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator

from shopwright.bench.assistant import Journey, Played, play
from shopwright.bench.catalogue import Catalogue
from shopwright.bench.conversations import Check, load_conversations
from shopwright.bench.talkers import ShopTalker
from shopwright.shop import Shop


def transcript(journey: Journey) -> str:
    """A conversation in words, failed checks marked."""
    head = f"{journey.conversation.id} ({journey.conversation.place})"
    return "\n".join((head, *(line for turn in journey.turns for line in _turn(turn)), ""))


def failed(journey: Journey) -> bool:
    """Whether a check failed or a wrong number was said."""
    return not journey.success or any(turn.wrong for turn in journey.turns)


def describe(check: Check) -> str:
    """A check in a line: its type and the keys that it has."""
    parts = [f"{key}={list(value)}" for key in ("any", "all", "products", "rows") if (value := getattr(check, key))]
    parts += [f"{key}={value}" for key in ("of", "end") if (value := getattr(check, key))]
    parts += [f"{condition.field} {condition.op} {condition.value}" for condition in check.where]
    return f"{check.type} {', '.join(parts)}".strip()


def _turn(turn: Played) -> Iterator[str]:
    answer = turn.reply.answer
    yield f"  shopper: {turn.line.say}"
    yield f"  answer ({turn.reply.strategy}, {1000 * turn.seconds:.0f} ms): {answer.text}"
    if answer.cards:
        yield "  cards: " + " | ".join(f"{card.product_id} {card.price}" for card in answer.cards)
    if answer.table:
        yield f"  table: {', '.join(answer.table.product_ids)}; {', '.join(name for name, _ in answer.table.rows)}"
    for check, passed in zip(turn.line.checks, turn.passed, strict=True):
        if not passed:
            yield f"  FAILED {describe(check)}"
    for wrong in turn.wrong:
        yield f"  WRONG NUMBER {wrong}"


def main(kinds: list[str]) -> None:
    """Play and print."""
    chosen = [one for one in load_conversations() if not one.held_out and (not kinds or one.kind in kinds)]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Shop.open(folder) as shop:
        shop.ingest_demo()
        shop.wait()
        catalogue, talker = Catalogue.read(shop.store), ShopTalker(shop)
        for conversation in chosen:
            journey = play(conversation, talker, catalogue)
            if failed(journey):
                sys.stdout.write(transcript(journey) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
