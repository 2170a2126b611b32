"""What a desk remembers between two messages, and what it answers. All of it is plain JSON or frozen records.

Several messages of one customer belong to one `DeskState`; whoever holds the conversation stores `record()` and gives
it back. A state never holds what a database says, only ids, texts and acts that wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from shopwright.assistant.desk.records import Act, Address
from shopwright.types import Approval, Evidence, Sentence


@dataclass(slots=True)
class DeskState:
    """Where a conversation stands.

    Args:
        customer: id, once they have said who they are; "" before.
        said: their messages that are not settled yet, oldest first.
        queue: acts that were decided and not done yet; the first one is what a yes answers to.
        asked: what they were asked last: "identity", "details" or "approval"; "" for nothing.
        done: keys of what was done.
        tries: how often they failed to say who they are.
        handed_over: a person has taken over.
        answered: how many of `said` had their questions answered.
    """

    customer: str = ""
    said: list[str] = field(default_factory=list)
    queue: list[Act] = field(default_factory=list)
    asked: str = ""
    done: list[str] = field(default_factory=list)
    tries: int = 0
    handed_over: bool = False
    answered: int = 0

    def record(self) -> dict[str, Any]:
        """The state as JSON values."""
        return asdict(self)

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> DeskState:
        """The state that `record` wrote."""
        acts = []
        for row in record.get("queue", ()):
            fields = dict(row)
            where = fields.get("address")
            fields["address"] = Address(**where) if where else None
            fields["items"], fields["new_items"] = tuple(fields["items"]), tuple(fields["new_items"])
            acts.append(Act(**fields))
        return cls(
            str(record.get("customer", "")),
            list(record.get("said", ())),
            acts,
            str(record.get("asked", "")),
            list(record.get("done", ())),
            int(record.get("tries", 0)),
            bool(record.get("handed_over", False)),
            int(record.get("answered", 0)),
        )


@dataclass(frozen=True, slots=True)
class DeskReply:
    """What the desk says.

    Args:
        sentences: in order; those that state a fact cite evidence.
        evidence: the orders and rules that they rest on.
        approval: what waits for a yes; None when nothing does.
        done: acts that this message set off, with what the world returned.
        refused: how many things were refused, for whoever counts.
    """

    sentences: tuple[Sentence, ...]
    state: DeskState
    evidence: tuple[Evidence, ...] = ()
    approval: Approval | None = None
    done: tuple[Act, ...] = ()
    refused: int = 0

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return " ".join(sentence.text for sentence in self.sentences)


def key_of(act: Act, done: int = 0) -> str:
    """The idempotency key of an act: the same act after the same number of acts has the same key."""
    body = orjson.dumps([asdict(act), done], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(body).hexdigest()[:24]
