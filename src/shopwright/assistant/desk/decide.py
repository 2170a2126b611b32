"""What is done about the requests of one customer: complete acts, in an order in which they can be done, and refusals.

What: the policy applied to requests whose orders and items were found; "otherwise" tried where the first wish cannot be
had; what concerns one order gathered into one call, since most calls can be made once. What not: asking and confirming
(`desk.py`), doing (`World.perform`).

Simplification: an order is returned or exchanged, not both; what was asked last wins for one piece.
"""

from __future__ import annotations

import re

from shopwright.assistant.desk.conditions import demand_fails, holds, status_holds
from shopwright.assistant.desk.draft import Decision, Draft
from shopwright.assistant.desk.gather import gather, repay
from shopwright.assistant.desk.ground import Ground
from shopwright.assistant.desk.moving import move, written_address
from shopwright.assistant.desk.names import Names
from shopwright.assistant.desk.policy import Policy
from shopwright.assistant.desk.removing import remove
from shopwright.assistant.desk.requests import Reading, Request
from shopwright.assistant.desk.swapping import swap

_PROMISE = re.compile(
    r"\b(?:guarantee|promise|expedite|speed|sooner|faster|match|discount|coupon|compensat|price match)"
)


def decide(ground: Ground, reading: Reading, policy: Policy, names: Names, message: str = "") -> Decision:
    """Every request in turn, then one act for each order and kind.

    Args:
        message: the customer's words as they typed them, for addresses.
    """
    draft = Draft(ground, reading, policy, names, message)
    worked, incomplete = False, True
    snapshot = draft.snapshot()
    written_address(draft)
    for request in draft.reading.requests:
        known = status_holds(draft, request.condition) if request.condition else None
        if known is not None:
            if not known:
                continue
        elif request.fails and not _PROMISE.search(request.condition):
            if request.verb == "keep" and (incomplete or demand_fails(draft, request)):
                draft.restore(snapshot)
                continue
            if worked and not demand_fails(draft, request):
                continue
        elif request.condition and not holds(draft, request.condition):
            continue
        before = len(draft.decision.notes)
        snapshot = draft.snapshot()
        worked = _one(draft, request)
        incomplete = not worked or any(n.kind != "hand_over" for n in draft.decision.notes[before:])
        if request.implied:
            del draft.decision.notes[before:]
        if worked:
            draft.decision.notes[before:] = [n for n in draft.decision.notes[before:] if n.kind == "hand_over"]
    gather(draft)
    return draft.decision


def _one(draft: Draft, request: Request) -> bool:
    match request.verb:
        case "cancel" | "return":
            return remove(draft, request)
        case "swap":
            return sum([swap(draft, request, target) for target in request.targets]) > 0
        case "address":
            return move(draft, request)
        case "payment":
            return repay(draft, request)
        case "undo" | "human":
            draft.note("hand_over", f"a person has to see to this: {request.text}")
            return True
        case "keep":
            return True
