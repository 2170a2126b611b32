"""The set `retail` of the benchmark `plan`: a service desk against a customer who follows a script.

The world is a database of customers, orders and products. Each task is a scenario in free English, with the calls that
a person thought right; they are applied to a fresh copy, and a task is solved when the desk leaves exactly the same
database behind.

    success                 share of tasks solved; ":nothing" for a desk that does nothing, ":gold" replays the
                            reference, ":act:NAME" over the tasks whose reference calls that tool
    write_precision/recall  over single calls that write, equal in every argument (lists without order)
    wrong_writes            calls a task that the reference does not have
    refused, handed_over    a task
    turns                   messages that the customer wrote

The customer (`Customer`) says why they came and how they mean to behave, says who they are when asked, says yes to what
is proposed, and answers anything else with what they have not said yet. They never see the reference. They are a
script: they do not correct a desk that understood them wrongly, so `success` is stricter than with a person.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from shopwright.assistant.desk.desk import Desk
from shopwright.assistant.desk.policy import RETAIL
from shopwright.assistant.desk.retail import WRITING, RetailWorld, tool_call
from shopwright.assistant.desk.state import DeskReply, DeskState
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, mean_row
from shopwright.errors import ToolError

BENCH = "plan"
SET = "retail"
DATABASE = "tools/retail/db.json.gz"
TASKS = "tools/retail/tasks.jsonl"
_HANDING_OVER = "transfer_to_human_agents"
_MOST_TURNS = 30

Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class RetailTask:
    """A scenario and the calls of its reference."""

    id: str
    reason: str
    manner: str
    known: str
    unknown: str
    calls: tuple[Call, ...]


@dataclass(slots=True)
class Outcome:
    """What became of a task: the database, the calls that wrote, and how the conversation went."""

    database: Mapping[str, Any]
    calls: list[Call] = field(default_factory=list)
    turns: int = 0
    refused: int = 0
    handed_over: bool = False


def read_tasks(path: Path) -> list[RetailTask]:
    """The tasks of a file, a JSON object a line."""
    found = []
    for line in path.read_bytes().splitlines():
        record = orjson.loads(line)
        told = record["user_scenario"]["instructions"]
        calls = tuple((call["name"], call["arguments"]) for call in record["evaluation_criteria"]["actions"] or ())
        reason, manner, known, unknown = (
            str(told.get(name) or "") for name in ("reason_for_call", "task_instructions", "known_info", "unknown_info")
        )
        found.append(RetailTask(str(record["id"]), reason, manner, known, unknown, calls))
    return found


class Customer:
    """The scripted customer of one task. It reads a reply for what is asked, and knows nothing of databases."""

    def __init__(self, task: RetailTask) -> None:
        self._first = " ".join(text for text in (task.reason, task.manner) if text.strip(" ."))
        self._known = task.known
        self._left = [text for text in (task.unknown,) if text.strip(" .")]

    def opening(self) -> str:
        """The first message."""
        return self._first

    def answer(self, reply: DeskReply) -> str | None:
        """The next message; None when they have nothing left to say."""
        asked = reply.state.asked
        if reply.approval is not None:
            return "Yes."
        if asked == "identity" and self._known:
            told, self._known = self._known, ""
            return told
        if asked:
            return self._left.pop(0) if self._left else None
        return None


def converse(task: RetailTask, database: dict[str, Any]) -> Outcome:
    """A conversation between the scripted customer and the desk over this database, which it changes."""
    desk = Desk(RetailWorld(database), RETAIL)
    customer = Customer(task)
    outcome = Outcome(database)
    state = DeskState()
    message: str | None = customer.opening()
    while message is not None and outcome.turns < _MOST_TURNS:
        reply = desk.reply(message, state)
        state = reply.state
        outcome.turns += 1
        outcome.refused += reply.refused
        outcome.calls += [tool_call(act) for act in reply.done]
        outcome.handed_over = state.handed_over
        message = customer.answer(reply)
    return outcome


def replay(calls: Sequence[Call], database: dict[str, Any]) -> Outcome:
    """The reference's calls, applied to this database; a call that the world refuses changes nothing."""
    world = RetailWorld(database)
    outcome = Outcome(database)
    for name, arguments in calls:
        if name not in WRITING:
            continue
        try:
            world.call(name, arguments)
        except ToolError:
            continue
        outcome.calls.append((name, arguments))
        outcome.handed_over = outcome.handed_over or name == _HANDING_OVER
    return outcome


def measure(tasks: Sequence[RetailTask], database: bytes) -> Iterator[Row]:
    """The rows over some tasks; `database` is JSON, read afresh for every conversation."""
    started = time.perf_counter()
    gold = [replay(task.calls, orjson.loads(database)) for task in tasks]
    mine = [converse(task, orjson.loads(database)) for task in tasks]
    untouched = orjson.loads(database)
    seconds = time.perf_counter() - started
    solved = [float(own.database == right.database) for own, right in zip(mine, gold, strict=True)]
    yield mean_row(BENCH, SET, "success", solved, seconds)
    yield mean_row(BENCH, SET, "success:nothing", [float(untouched == right.database) for right in gold], 0.0)
    again = [
        replay(task.calls, orjson.loads(database)).database == right.database
        for task, right in zip(tasks, gold, strict=True)
    ]
    yield mean_row(BENCH, SET, "success:gold", [float(same) for same in again], 0.0)
    for name in WRITING:
        of_act = [
            value for value, task in zip(solved, tasks, strict=True) if any(call == name for call, _ in task.calls)
        ]
        if of_act:
            yield mean_row(BENCH, SET, f"success:act:{name}", of_act, 0.0)
    yield from _write_rows(mine, gold)
    yield mean_row(BENCH, SET, "refused", [float(own.refused) for own in mine], 0.0)
    yield mean_row(BENCH, SET, "handed_over", [float(own.handed_over) for own in mine], 0.0)
    yield mean_row(BENCH, SET, "turns", [float(own.turns) for own in mine], 0.0)


def _write_rows(mine: Sequence[Outcome], gold: Sequence[Outcome]) -> Iterator[Row]:
    """Precision and recall over the calls that write, and how many a task the reference does not have."""
    wrong, right, wanted = [], 0, 0
    for own, reference in zip(mine, gold, strict=True):
        left = [_plain(call) for call in reference.calls if call[0] != _HANDING_OVER]
        wanted += len(left)
        missed = 0
        for call in own.calls:
            if call[0] == _HANDING_OVER:
                continue
            if _plain(call) in left:
                left.remove(_plain(call))
                right += 1
            else:
                missed += 1
        wrong.append(float(missed))
    total = right + int(sum(wrong))
    yield Row(BENCH, SET, "write_precision", right / total if total else float("nan"), total)
    yield Row(BENCH, SET, "write_recall", right / wanted if wanted else float("nan"), wanted)
    yield mean_row(BENCH, SET, "wrong_writes", wrong, 0.0)


def _plain(call: Call) -> tuple[str, str]:
    """A call so that two that do the same are equal: pairs of old and new items without order."""
    name, arguments = call
    told = dict(arguments)
    if "new_item_ids" in told:
        told["item_ids"] = sorted(zip(told.pop("item_ids"), told.pop("new_item_ids"), strict=False))
    elif "item_ids" in told:
        told["item_ids"] = sorted(told["item_ids"])
    return name, orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def _run(options: Options) -> Iterator[Row]:
    folder = options.data or Path()
    yield from measure(read_tasks(folder / TASKS), gzip.decompress((folder / DATABASE).read_bytes()))


RETAIL_SET = BenchSet(
    SET,
    _run,
    (
        NeededFile(DATABASE, "customers, products and orders"),
        NeededFile(TASKS, "scenarios with reference calls"),
    ),
)
