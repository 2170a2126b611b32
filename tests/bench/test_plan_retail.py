"""The desk's benchmark proves itself: the reference scores 1, doing nothing little, the desk something between."""

from __future__ import annotations

import gzip

import orjson
import pytest

from assistant.desk.small_world import ME, WORK, database
from shopwright.bench.plan_retail import DATABASE, RETAIL_SET, TASKS, Customer, converse, measure, read_tasks
from shopwright.bench.task import Options

WHO = "You are Ines Holt, zip code 55802."


def _task(number: int, reason: str, *calls: tuple[str, dict[str, object]]) -> dict[str, object]:
    told = {"reason_for_call": reason, "task_instructions": "You are brief.", "known_info": WHO, "unknown_info": None}
    actions = [{"name": name, "arguments": arguments} for name, arguments in calls]
    return {"id": number, "user_scenario": {"instructions": told}, "evaluation_criteria": {"actions": actions}}


TOLD = [
    _task(
        1,
        "You want to cancel order #W1000004, you do not need it.",
        ("get_order_details", {"order_id": "#W1000004"}),
        ("cancel_pending_order", {"order_id": "#W1000004", "reason": "no longer needed"}),
    ),
    _task(
        2,
        "You want to exchange the flask that you received for one of 750ml.",
        (
            "exchange_delivered_order_items",
            {"order_id": "#W1000001", "item_ids": ["f1"], "new_item_ids": ["f2"], "payment_method_id": "credit_card_1"},
        ),
    ),
    _task(3, "You want to know where order #W1000005 is."),
    _task(4, "Something that no desk understands.", ("modify_user_address", {"user_id": ME, **WORK})),
    _task(
        5,
        "You want to return the lantern that you received.",
        (
            "return_delivered_order_items",
            {"order_id": "#W1000001", "item_ids": ["f1"], "payment_method_id": "credit_card_1"},
        ),
    ),
]


@pytest.fixture
def data(tmp_path):
    (tmp_path / DATABASE).parent.mkdir(parents=True)
    (tmp_path / DATABASE).write_bytes(gzip.compress(orjson.dumps(database())))
    (tmp_path / TASKS).write_bytes(b"\n".join(orjson.dumps(task) for task in TOLD))
    return tmp_path


def test_gold_scores_one_and_nothing_little(data):
    rows = {row.metric: row.value for row in RETAIL_SET.run(Options(data))}
    assert rows["success:gold"] == 1.0
    assert rows["success:nothing"] == 0.2
    assert rows["success"] == 0.6
    assert rows["success:act:cancel_pending_order"] == 1.0
    assert rows["success:act:return_delivered_order_items"] == 0.0
    assert rows["write_precision"] == pytest.approx(2 / 3)
    assert rows["write_recall"] == 0.5
    assert rows["wrong_writes"] == 0.2
    assert rows["turns"] > 1


def test_the_set_says_what_it_needs(tmp_path):
    assert [file.path for file in RETAIL_SET.missing(tmp_path)] == [DATABASE, TASKS]


def test_the_customer_never_tells_the_reference(data):
    task = read_tasks(data / TASKS)[1]
    customer = Customer(task)
    assert customer.opening().startswith("You want to exchange the flask")
    outcome = converse(task, database())
    assert outcome.turns == 3  # the request, who they are, yes
    assert [name for name, _ in outcome.calls] == ["exchange_delivered_order_items"]


def test_no_tasks_are_no_figures():
    rows = {row.metric: row for row in measure([], orjson.dumps(database()))}
    assert rows["success"].n == 0
