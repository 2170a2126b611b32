"""Cancelling and returning: requests become entries of the draft, under the policy."""

from __future__ import annotations

from shopwright.assistant.desk.draft import Draft
from shopwright.assistant.desk.ground import Piece, strangers
from shopwright.assistant.desk.records import ActKind
from shopwright.assistant.desk.requests import Request, Target


def remove(draft: Draft, request: Request) -> bool:
    """Cancel or return what a request names; whether anything comes of it."""
    kinds: set[ActKind] = {"cancel"} if "cancel" in (request.verb, request.other) else set()
    kinds |= {"return"} if "return" in (request.verb, request.other) else set()
    if request.everything or (not request.targets and request.orders):
        return _remove_orders(draft, request, kinds)
    return sum([_remove_target(draft, request, target, kinds) for target in request.targets]) > 0


def _remove_orders(draft: Draft, request: Request, kinds: set[ActKind]) -> bool:
    statuses = {status for kind in kinds for status in draft.policy.statuses.get(kind, frozenset())}
    elsewhere = [o.id for r in draft.reading.requests if r is not request for o in draft.ground.numbered(r.orders)]
    orders = draft.ground.whole_orders(request, frozenset(statuses), draft.recent, elsewhere)
    if not orders and draft.ground.numbered(request.orders):
        others = draft.ground.numbered(request.orders)
        for order in others:
            draft.note("refused", f"order {order.id} is {order.status}", str(request.verb))
        return False
    excepted = {key for mention in request.excepted for key in mention.products()}
    done = False
    for order in orders:
        pieces = [Piece(order, n) for n, line in enumerate(order.lines) if line.product not in excepted]
        if draft.policy.allows("cancel", order.status):
            if len(pieces) == len(order.lines):
                draft.cancels[order.id] = request.text
                done = True
        elif pieces and draft.policy.allows("return", order.status):
            done = sum([draft.take(piece, request.text) for piece in pieces]) > 0 or done
        draft.spoken(order.id)
    if not orders:
        what = (
            "that order is not yours" if strangers(request.orders) else "no order of yours can be acted upon like this"
        )
        draft.note("not_found", what, str(request.verb))
    return done


def _remove_target(draft: Draft, request: Request, target: Target, kinds: set[ActKind]) -> bool:
    cancel = dict.fromkeys(draft.policy.statuses.get("cancel", ()), 0.0 if "cancel" in kinds else -0.4)
    back = dict.fromkeys(draft.policy.statuses.get("return", ()), 0.0 if "return" in kinds else -0.4)
    if "return" not in kinds and request.whole is False:
        back = {}
    if "cancel" not in kinds:
        cancel = {}
    pieces = draft.chosen(target, request, back | cancel)
    if not pieces:
        draft.refuse_status(target, request, "cancel" if request.verb == "cancel" else "return")
        return False
    done = False
    for piece in pieces:
        if draft.policy.allows("cancel", piece.order.status):
            done = _cancel_piece(draft, piece, request) or done
        else:
            done = draft.take(piece, f"{request.text} {target.told}") or done
        draft.spoken(piece.order.id)
    return done


def _cancel_piece(draft: Draft, piece: Piece, request: Request) -> bool:
    single = len(piece.order.lines) == 1
    if not single and draft.policy.cancel_single_items and request.whole is not True:
        draft.singles.setdefault(piece.order.id, []).append((piece, request.text))
        return True
    if not single and (request.whole is not True and not draft.policy.cancel_single_items):
        draft.note("refused", f"order {piece.order.id} can only be cancelled as a whole", "cancel")
        return False
    draft.cancels[piece.order.id] = request.text
    return True
