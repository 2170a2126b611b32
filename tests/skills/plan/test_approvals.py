from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest

from shopwright.errors import ToolError
from shopwright.skills.plan.approvals import Approval, Desk, KeptLedger, Ledger, MemoryLedger, call_key
from shopwright.skills.plan.execute import execute
from shopwright.skills.plan.replies import Reply
from shopwright.skills.plan.tool import Tool, TryAgainError, tool
from shopwright.skills.plan.workers import Cancellation
from shopwright.types import Change, Plan, Ref, Step, StepResult


class Orders:
    """A shop with one order, and how often it was changed."""

    def __init__(self) -> None:
        self.status, self.changed = "pending", 0

    def tools(self, **options: Any) -> dict[str, Tool]:
        return {
            "order": tool(self.order),
            "cancel": tool(self.cancel, name="cancel", writes=True, preview=self.preview, **options),
            "thank": tool(self.thank),
        }

    def order(self, order_id: str) -> dict[str, str]:
        return {"order_id": order_id, "status": self.status}

    def cancel(self, order_id: str) -> dict[str, str]:
        self.changed += 1
        self.status = "cancelled"
        return {"order_id": order_id, "status": "cancelled"}

    def preview(self, order_id: str) -> tuple[Change, ...]:
        if order_id != "W1":
            raise ToolError(f"there is no order {order_id!r}")
        return (Change(f"order {order_id}, status", self.status, "cancelled"),)

    def thank(self, status: str) -> str:
        return f"thanks, {status}"


PLAN = Plan(
    (
        Step("look", "order", {"order_id": "W1"}),
        Step("act", "cancel", {"order_id": Ref("look", "order_id")}),
        Step("then", "thank", {"status": Ref("act", "status")}),
        Step("aside", "order", {"order_id": "W2"}),
    )
)


def play(tools: Mapping[str, Tool], plan: Plan = PLAN, **options: Any) -> dict[str, StepResult]:
    return {result.step: result for result in execute(plan, tools, **options)}


class Table:
    """A shelf as a table would be one."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.lock = threading.Lock()

    def add(self, key: str, text: str) -> bool:
        with self.lock:
            new = key not in self.rows
            self.rows.setdefault(key, text)
            return new

    def get(self, key: str) -> str | None:
        return self.rows.get(key)

    def put(self, key: str, text: str) -> None:
        self.rows[key] = text

    def remove(self, key: str) -> None:
        with self.lock:
            del self.rows[key]


class TestAsking:
    def test_what_writes_waits_and_shows_what_will_change(self) -> None:
        orders = Orders()
        results = play(orders.tools())
        assert {key: result.status for key, result in results.items()} == {
            "look": "done",
            "act": "waiting",
            "then": "waiting",
            "aside": "done",
        }
        asked = results["act"].approval
        assert asked is not None
        assert asked.changes == (Change("order W1, status", "pending", "cancelled"),)
        assert (asked.step, asked.tool, asked.arguments) == ("act", "cancel", {"order_id": "W1"})
        assert asked.summary == 'cancel with order_id "W1"'
        assert results["then"].approval is None
        assert orders.changed == 0

    def test_after_the_approval_only_what_is_left_runs(self) -> None:
        orders = Orders()
        first = play(orders.tools())
        key = first["act"].approval.key
        second = play(orders.tools(), earlier=first.values(), approved=[key])
        assert second.keys() == {"act", "then"}
        assert second["then"].value == "thanks, cancelled"
        assert orders.changed == 1

    def test_another_key_approves_nothing(self) -> None:
        orders = Orders()
        first = play(orders.tools())
        second = play(orders.tools(), earlier=first.values(), approved=["0" * 32])
        assert second["act"].status == "waiting"
        assert orders.changed == 0

    def test_what_changed_meanwhile_is_shown_again(self) -> None:
        orders = Orders()
        first = play(orders.tools())
        key = first["act"].approval.key
        orders.status = "packed"
        second = play(orders.tools(), earlier=first.values(), approved=[key])
        assert second["act"].approval.changes == (Change("order W1, status", "packed", "cancelled"),)
        assert orders.changed == 0
        third = play(orders.tools(), earlier={**first, **second}.values(), approved=[key])
        assert third["act"].status == "done"

    def test_what_cannot_be_shown_is_not_done(self) -> None:
        orders = Orders()
        plan = Plan((Step("act", "cancel", {"order_id": "W9"}),))
        key = call_key("cancel", {"order_id": "W9"})
        result = play(orders.tools(), plan)["act"]
        assert (result.status, result.error) == ("failed", "there is no order 'W9'")
        assert play(Orders().tools(), plan, approved=["x", key])["act"].status == "done"  # approved elsewhere

    def test_a_tool_without_a_preview_says_so(self) -> None:
        plain = {"note": tool(lambda text: text, name="note", writes=True)}
        asked = play(plain, Plan((Step("n", "note", {"text": "hi"}),)))["n"].approval
        assert asked.changes == ()
        assert asked.summary == 'note with text "hi"; the tool does not say beforehand what it changes'


@pytest.fixture(params=["memory", "kept"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    return MemoryLedger() if request.param == "memory" else KeptLedger(Table())


class TestOnce:
    def approved(self, orders: Orders, **options: Any) -> dict[str, Any]:
        first = play(orders.tools(), **options)
        return {"earlier": list(first.values()), "approved": [first["act"].approval.key], **options}

    def test_a_replay_never_acts_twice(self, ledger: Ledger) -> None:
        orders = Orders()
        options = self.approved(orders, ledger=ledger, scope="session/1")
        values = [play(orders.tools(), **options)["act"].value for _ in range(3)]
        assert values == [{"order_id": "W1", "status": "cancelled"}] * 3
        assert orders.changed == 1

    def test_neither_do_threads_that_race(self, ledger: Ledger) -> None:
        orders, start = Orders(), threading.Barrier(8, timeout=5)
        options = self.approved(orders, ledger=ledger)
        slow = orders.cancel
        orders.cancel = lambda order_id: (time.sleep(0.02), slow(order_id))[1]
        found: list[Any] = []

        def click() -> None:
            start.wait()
            found.append(play(orders.tools(), **options)["then"].value)

        threads = [threading.Thread(target=click) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == ["thanks, cancelled"] * 8
        assert orders.changed == 1

    def test_another_scope_is_another_call(self, ledger: Ledger) -> None:
        orders = Orders()
        play(orders.tools(), **self.approved(orders, ledger=ledger, scope="1"))
        play(orders.tools(), **self.approved(orders, ledger=ledger, scope="2"))
        assert orders.changed == 2

    def test_the_same_call_twice_in_a_plan_is_done_once(self) -> None:
        orders = Orders()
        plan = Plan((Step("a", "cancel", {"order_id": "W1"}), Step("b", "cancel", {"order_id": "W1"})))
        results = play(orders.tools(), plan, approved=[call_key("cancel", {"order_id": "W1"})])
        assert results["a"].value == results["b"].value
        assert orders.changed == 1

    def test_a_refused_call_may_be_made_again(self, ledger: Ledger) -> None:
        orders = Orders()
        options = self.approved(orders, ledger=ledger)
        works, orders.cancel = orders.cancel, _refuse
        assert play(orders.tools(), **options)["act"].error == "not today"
        orders.cancel = works
        assert play(orders.tools(), **options)["act"].status == "done"

    def test_a_call_that_broke_off_is_in_doubt_and_not_made_again(self, ledger: Ledger) -> None:
        orders = Orders()
        options = self.approved(orders, ledger=ledger)
        works, orders.cancel = orders.cancel, _break
        assert play(orders.tools(), **options)["act"].error == "KeyError: 'half way'"
        orders.cancel = works
        result = play(orders.tools(timeout_s=0.1), **options)["act"]
        assert "its end is not known" in str(result.error)
        assert orders.changed == 0

    def test_a_write_that_ends_after_its_time_is_known_later(self) -> None:
        orders, ledger = Orders(), MemoryLedger()
        options = self.approved(orders, ledger=ledger)
        works = orders.cancel
        orders.cancel = lambda order_id: (time.sleep(0.2), works(order_id))[1]
        late = play(orders.tools(timeout_s=0.05), **options)["act"]
        assert late.status == "failed"
        assert "whether it was done is not known yet" in str(late.error)
        again = play(orders.tools(timeout_s=5), **options)["act"]
        assert again.value == {"order_id": "W1", "status": "cancelled"}
        assert orders.changed == 1

    def test_a_write_does_not_begin_after_it_was_given_up(self) -> None:
        orders, cancel = Orders(), Cancellation()
        options = self.approved(orders)
        slow = orders.preview

        def preview(order_id: str) -> tuple[Change, ...]:
            cancel.cancel()
            time.sleep(0.1)
            return slow(order_id)

        orders.preview = preview
        results = play(orders.tools(), **options, cancel=cancel)
        assert results["act"].status == "cancelled"
        time.sleep(0.2)
        assert orders.changed == 0

    def test_a_plan_may_not_repeat_what_its_tool_does_not_allow(self) -> None:
        calls: list[int] = []

        def busy() -> None:
            calls.append(1)
            raise TryAgainError("busy")

        tools = {"busy": tool(busy, writes=True)}
        play(tools, Plan((Step("a", "busy", retries=5),)), approved=[call_key("busy", {})])
        assert len(calls) == 1

    def test_a_tool_that_knows_keys_is_given_one(self) -> None:
        def pay(amount: float, idempotency_key: str) -> Reply:
            return Reply({"key": idempotency_key, "amount": amount}, tokens=3)

        tools, plan = {"pay": tool(pay, writes=True)}, Plan((Step("a", "pay", {"amount": 5}),))
        asked = play(tools, plan)["a"].approval
        assert asked.arguments == {"amount": 5}
        result = play(tools, plan, approved=[asked.key])["a"]
        assert result.value["key"] == asked.key
        assert result.tokens == 3


def _refuse(order_id: str) -> dict[str, str]:
    raise ToolError("not today")


def _break(order_id: str) -> dict[str, str]:
    raise KeyError("half way")


def test_keys_do_not_depend_on_order_or_process() -> None:
    one = call_key("cancel", {"a": 1, "b": [2, "x"]}, "s/1")
    assert one == call_key("cancel", {"b": (2, "x"), "a": 1}, "s/1")
    assert len({one, call_key("cancel", {"a": 2}, "s/1"), call_key("cancel", {"a": 1, "b": [2, "x"]}, "s/2")}) == 3


def test_the_desk_alone_asks_then_acts() -> None:
    orders, begun = Orders(), lambda: True
    tools = orders.tools()
    asked = Desk().act("s", tools["cancel"], {"order_id": "W1"}, begun)
    assert isinstance(asked, Approval)
    assert Desk(approved={asked.key}).act("s", tools["cancel"], {"order_id": "W1"}, begun)["status"] == "cancelled"
    with pytest.raises(ToolError, match="stopped waiting"):
        Desk(approved={asked.key}).act("s", tools["cancel"], {"order_id": "W1"}, lambda: False)
