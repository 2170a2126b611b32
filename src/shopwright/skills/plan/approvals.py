"""Calls that write: approved before, done once.

A call is named by a key: a hash of its tool, its arguments and a scope, such as session and turn. Before a call is made
its key is claimed in a ledger, and afterwards its value is recorded there. Whoever comes second (a replay, a double
click, another thread) waits for the first and gets its value. A call whose end nobody knows, because the tool broke
off or the process died, stays claimed and is not made again.

A person approves what a preview showed. When the same call would by now change something else, it is shown again.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from pydantic_core import to_jsonable_python

from shopwright.errors import ShopwrightError, ToolError
from shopwright.skills.plan.replies import Reply, cut
from shopwright.skills.plan.schemas import shown
from shopwright.skills.plan.tool import KEY, Tool
from shopwright.types import Approval

_POLL_S = 0.01


def call_key(tool: str, arguments: Mapping[str, Any], scope: str = "") -> str:
    """The idempotency key of a call: 32 hexadecimal digits, the same in every process."""
    plain = to_jsonable_python({key: value for key, value in arguments.items() if key != KEY}, fallback=repr)
    return hashlib.sha256(orjson.dumps([scope, tool, plain], option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The value of a call that was made."""

    value: Any


class Ledger(Protocol):
    """Which calls were made. All methods are called from many threads."""

    def claim(self, key: str) -> bool:
        """True for one caller alone, until it releases the key; False also for ever after the call is recorded."""
        ...

    def seen(self, key: str) -> Recorded | None:
        """The value of a call that was made."""
        ...

    def record(self, key: str, value: Any) -> None:
        """The claimed call was made and returned this."""
        ...

    def release(self, key: str) -> None:
        """The claimed call was refused and changed nothing; it may be made again."""
        ...


class MemoryLedger:
    """A ledger that lasts as long as the process and gives back the very objects that were recorded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, Recorded | None] = {}

    def claim(self, key: str) -> bool:
        """See `Ledger`."""
        with self._lock:
            if key in self._calls:
                return False
            self._calls[key] = None
            return True

    def seen(self, key: str) -> Recorded | None:
        """See `Ledger`."""
        return self._calls.get(key)

    def record(self, key: str, value: Any) -> None:
        """See `Ledger`."""
        self._calls[key] = Recorded(value)

    def release(self, key: str) -> None:
        """See `Ledger`."""
        with self._lock:
            if self._calls.get(key) is None:
                self._calls.pop(key, None)


class Shelf(Protocol):
    """Texts by key, such as a table of a store. `add` must be atomic among all processes that share it."""

    def add(self, key: str, text: str) -> bool:
        """Keep a text, unless there is one of this key: then nothing happens and it is False."""
        ...

    def get(self, key: str) -> str | None:
        """The text of a key."""
        ...

    def put(self, key: str, text: str) -> None:
        """Keep a text in place of the one of this key."""
        ...

    def remove(self, key: str) -> None:
        """Forget a key."""
        ...


@dataclass(frozen=True, slots=True)
class KeptLedger:
    """A ledger that outlives the process, over a shelf. What it gives back is plain JSON."""

    shelf: Shelf

    def claim(self, key: str) -> bool:
        """See `Ledger`."""
        return self.shelf.add(key, "")

    def seen(self, key: str) -> Recorded | None:
        """See `Ledger`."""
        text = self.shelf.get(key)
        return Recorded(orjson.loads(text)) if text else None

    def record(self, key: str, value: Any) -> None:
        """See `Ledger`."""
        self.shelf.put(key, orjson.dumps(to_jsonable_python(value, fallback=str)).decode())

    def release(self, key: str) -> None:
        """See `Ledger`."""
        self.shelf.remove(key)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where every call that writes passes.

    Args:
        approved: keys that a person approved.
        asked: what was shown before, by key; an approved call whose changes are others by now is shown again.
        scope: what makes a call another one though its arguments are the same (session and turn).
    """

    ledger: Ledger = field(default_factory=MemoryLedger)
    approved: Collection[str] = ()
    asked: Mapping[str, Approval] = field(default_factory=dict)
    scope: str = ""

    def act(self, step: str, tool: Tool, given: Mapping[str, Any], begin: Callable[[], bool]) -> Any:
        """Make the call if it is approved and was not made yet; else its earlier value, or the `Approval` to ask for.

        Args:
            given: the arguments, references resolved.
            begin: asked immediately before the call; False when nobody wants it any more.

        Raises:
            ToolError: wrong arguments; a call begun earlier whose end is not known; or what the tool raises.
        """
        key = call_key(tool.spec.name, given, self.scope)
        if made := self.ledger.seen(key):
            return made.value
        given = {**given, KEY: key} if KEY in tool.spec.parameters.get("properties", {}) else given
        arguments = tool.arguments(given)
        if (ask := self._to_ask(key, step, tool, given, arguments)) is not None:
            return ask
        if (made := self._claim(key, tool)) is not None:
            return made.value
        return self._call(key, tool, arguments, begin)

    def _to_ask(
        self, key: str, step: str, tool: Tool, given: Mapping[str, Any], arguments: Mapping[str, Any]
    ) -> Approval | None:
        before = self.asked.get(key)
        if key in self.approved and before is None:
            return None
        changes = tuple(tool.preview(**arguments)) if tool.preview else ()
        if key in self.approved and before is not None and before.changes == changes:
            return None
        plain = {name: value for name, value in given.items() if name != KEY}
        words = ", ".join(f"{name} {shown(value)}" for name, value in plain.items())
        summary = f"{tool.spec.name}{f' with {words}' if words else ''}"
        if not changes:
            summary += "; the tool does not say beforehand what it changes"
        return Approval(key, step, tool.spec.name, plain, summary, changes)

    def _claim(self, key: str, tool: Tool) -> Recorded | None:
        """None when the call is ours to make; the value when someone else made it meanwhile."""
        until = time.monotonic() + tool.spec.timeout_s * 0.9
        while not self.ledger.claim(key):
            if made := self.ledger.seen(key):
                return made
            if time.monotonic() > until:
                raise ToolError(
                    f"{tool.spec.name}: this call was begun before and its end is not known; see what it did, "
                    f"then remove the key {key} from the ledger to make it again"
                )
            time.sleep(_POLL_S)
        return None

    def _call(self, key: str, tool: Tool, arguments: Mapping[str, Any], begin: Callable[[], bool]) -> Any:
        if not begin():
            self.ledger.release(key)
            raise ToolError(f"{tool.spec.name} was not called: the plan had stopped waiting for it")
        try:
            value = tool.call(**arguments)
        except ShopwrightError:
            self.ledger.release(key)
            raise
        except (ConnectionError, TimeoutError):
            if tool.spec.retries:  # it knows idempotency keys, so that trying again is safe
                self.ledger.release(key)
            raise
        self.ledger.record(key, cut(value.value if isinstance(value, Reply) else value)[0])
        return value
