"""What was decided so far about the requests of one customer: a draft that requests are written into, one by one.

It knows the policy's limits that hold for single pieces, and keeps what excludes each other apart: a piece is returned
or exchanged, whatever was asked last. `gather.py` makes acts of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from shopwright.assistant.desk import addresses
from shopwright.assistant.desk.ground import Ground, Piece
from shopwright.assistant.desk.names import Names
from shopwright.assistant.desk.policy import Policy
from shopwright.assistant.desk.records import Act, ActKind, Address, Order, Variant
from shopwright.assistant.desk.requests import Reading, Request, Target

NoteKind = Literal["refused", "not_found", "ask", "hand_over"]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is not done, and why; `about` names the policy's rule, the order or the question."""

    kind: NoteKind
    text: str
    about: str = ""


@dataclass(slots=True)
class Decision:
    """Acts in the order in which they are to be done, and what is said besides."""

    acts: list[Act] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Draft:
    """The draft of one decision.

    Args:
        message: the customer's words as they typed them, for addresses.
    """

    def __init__(self, ground: Ground, reading: Reading, policy: Policy, names: Names, message: str = "") -> None:
        self.ground = ground
        self.names = names
        self.reading = reading
        self.policy = policy
        self.literal = addresses.written(message)
        self.decision = Decision()
        self.cancels: dict[str, str] = {}
        self.singles: dict[str, list[tuple[Piece, str]]] = {}
        self.returns: dict[str, list[tuple[Piece, str]]] = {}
        self.swaps: dict[str, list[tuple[Piece, Variant, str]]] = {}
        self.addresses: dict[str, Address] = {}
        self.payments: dict[str, str] = {}
        self.profile: Address | None = None
        self.recent: list[str] = []
        self.sequence: list[str] = []

    def snapshot(self) -> tuple[Any, ...]:
        """What is decided now, to come back to."""
        lists = ({key: list(rows) for key, rows in kept.items()} for kept in (self.singles, self.returns, self.swaps))
        return dict(self.cancels), *lists, dict(self.addresses), dict(self.payments), self.profile

    def restore(self, before: tuple[Any, ...]) -> None:
        """Come back to what `snapshot` gave."""
        self.cancels, self.singles, self.returns, self.swaps, self.addresses, self.payments, self.profile = before

    def late(self, order: Order, kind: ActKind) -> bool:
        """Whether an order arrived too long ago, which is noted."""
        late = self.policy.days is not None and (order.age_days or 0) > self.policy.days
        if late:
            self.note("refused", f"order {order.id} arrived more than {self.policy.days} days ago", kind)
        return late

    def take(self, piece: Piece, text: str) -> bool:
        """Return a piece; an exchange of the same piece that was asked for before is dropped."""
        if self.late(piece.order, "return"):
            return False
        swaps = self.swaps.get(piece.order.id, [])
        self.swaps[piece.order.id] = [swap for swap in swaps if swap[0] != piece]
        taken = self.returns.setdefault(piece.order.id, [])
        if piece not in [known for known, _ in taken]:
            taken.append((piece, text))
        return True

    def put(self, piece: Piece, variant: Variant, text: str) -> None:
        """Exchange a piece; its return that was asked for before is dropped."""
        back = self.returns.get(piece.order.id, [])
        self.returns[piece.order.id] = [known for known in back if known[0] != piece]
        swaps = [swap for swap in self.swaps.get(piece.order.id, []) if swap[0] != piece]
        self.swaps[piece.order.id] = [*swaps, (piece, variant, text)]

    def chosen(self, target: Target, request: Request, fits: dict[str, float], all_of: bool = False) -> list[Piece]:
        """The pieces that a target means, as many as it says; for an exchange all that are equally likely."""
        shared = [t.mention for t in request.targets if t.mention]
        together = self.ground.with_company(shared, frozenset(fits)) if len(shared) > 1 else []
        prefer = [order.id for order in together]
        about = f"{target.told} {request.text}"
        if self.recent and not prefer and re.search(r"\b(?:same|that|this) order\b", about):
            prefer = self.recent[-1:]
        pieces = self.ground.pieces(target, request, fits, prefer)
        if self.recent and re.search(r"\b(?:another|other|different) order\b", about):
            pieces = [piece for piece in pieces if piece.order.id != self.recent[-1]] or pieces
        if all_of or target.every:
            return pieces
        taken = {piece for swaps in self.swaps.values() for piece, *_ in swaps}
        free = [piece for piece in pieces if piece not in taken or request.verb != "swap"]
        if request.verb == "swap":
            return free or pieces
        return (free or pieces)[: max(target.count, 1)]

    def refuse_status(self, target: Target, request: Request, kind: ActKind) -> None:
        """Note why a target cannot be acted upon: its order has another status, or nobody has such a thing."""
        anything = self.ground.pieces(target, request, dict.fromkeys({o.status for o in self.ground.orders}, 0.0))
        if anything and target.mention is not None:
            order = anything[0].order
            self.note("refused", f"order {order.id} with {anything[0].line.name} is {order.status}", kind)
        else:
            self.note("not_found", "none of your orders holds that", kind)

    def money(self) -> list[str]:
        """What was said of payment besides."""
        return [" . ".join(self.reading.loose)]

    @property
    def statuses(self) -> frozenset[str]:
        """All statuses of the customer's orders."""
        return frozenset(order.status for order in self.ground.orders)

    def spoken(self, number: str) -> None:
        """Remember that an order was spoken of."""
        self.recent = [known for known in self.recent if known != number] + [number]
        if number not in self.sequence:
            self.sequence.append(number)

    def note(self, kind: NoteKind, text: str, about: str = "") -> None:
        """Note something that is not done."""
        note = Note(kind, text, about)
        if note not in self.decision.notes:
            self.decision.notes.append(note)
