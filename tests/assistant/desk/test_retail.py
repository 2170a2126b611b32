"""The tools of the JSON world: what they change, and what they refuse."""

import pytest

from assistant.desk.small_world import ME, OLD, WORK, world
from shopwright.assistant.desk.retail import TOOLS
from shopwright.errors import ToolError


def test_there_are_sixteen_tools():
    assert len(TOOLS) == len(set(TOOLS)) == 16


def test_a_cancelled_order_pays_back_to_where_the_money_came_from():
    here = world()
    here.call("modify_pending_order_payment", {"order_id": "#W1000004", "payment_method_id": "paypal_2"})
    order = here.call("cancel_pending_order", {"order_id": "#W1000004", "reason": "no longer needed"})
    assert order["status"] == "cancelled"
    assert [entry["payment_method_id"] for entry in order["payment_history"]] == [
        "credit_card_1", "paypal_2", "credit_card_1", "credit_card_1", "paypal_2", "credit_card_1",
    ]  # fmt: skip


def test_gift_cards_are_charged_and_refunded_at_once():
    here = world()
    here.call(
        "modify_pending_order_items",
        {"order_id": "#W1000002", "item_ids": ["t1"], "new_item_ids": ["t2"], "payment_method_id": "gift_card_3"},
    )
    assert here.database["users"][ME]["payment_methods"]["gift_card_3"]["balance"] == 9.0
    assert here.database["orders"]["#W1000002"]["status"] == "pending (item modified)"


def test_an_exchange_is_remembered_sorted_with_its_difference():
    here = world()
    order = here.call(
        "exchange_delivered_order_items",
        {
            "order_id": "#W1000001",
            "item_ids": ["l1", "f1"],
            "new_item_ids": ["l2", "f2"],
            "payment_method_id": "paypal_2",
        },
    )
    assert order["exchange_items"] == ["f1", "l1"]
    assert order["exchange_new_items"] == ["f2", "l2"]
    assert order["exchange_price_difference"] == 21.0
    assert order["status"] == "exchange requested"


def test_addresses_change():
    here = world()
    here.call("modify_pending_order_address", {"order_id": "#W1000004", **WORK})
    here.call("modify_user_address", {"user_id": ME, **OLD})
    assert here.database["orders"]["#W1000004"]["address"] == WORK
    assert here.database["users"][ME]["address"] == OLD


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("cancel_pending_order", {"order_id": "#W1000001", "reason": "no longer needed"}),
        ("cancel_pending_order", {"order_id": "#W1000004", "reason": "bored"}),
        ("cancel_pending_order", {"order_id": "#W9"}),
        ("modify_pending_order_payment", {"order_id": "#W1000004", "payment_method_id": "credit_card_1"}),
        ("modify_pending_order_payment", {"order_id": "#W1000004", "payment_method_id": "gift_card_3"}),
        ("modify_pending_order_items", {"order_id": "#W1000002", "item_ids": ["t1"], "new_item_ids": ["t1"], "payment_method_id": "paypal_2"}),
        ("modify_pending_order_items", {"order_id": "#W1000002", "item_ids": ["t1"], "new_item_ids": ["t5"], "payment_method_id": "paypal_2"}),
        ("modify_pending_order_items", {"order_id": "#W1000002", "item_ids": ["t1"], "new_item_ids": ["l1"], "payment_method_id": "paypal_2"}),
        ("modify_pending_order_items", {"order_id": "#W1000002", "item_ids": ["t1", "t1"], "new_item_ids": ["t2", "t2"], "payment_method_id": "paypal_2"}),
        ("return_delivered_order_items", {"order_id": "#W1000001", "item_ids": ["f1"], "payment_method_id": "paypal_2"}),
        ("return_delivered_order_items", {"order_id": "#W1000004", "item_ids": ["l4"], "payment_method_id": "credit_card_1"}),
        ("no_such_tool", {}),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(tool, arguments):
    here = world()
    with pytest.raises(ToolError):
        here.call(tool, arguments)
    assert here.database == world().database


def test_the_calculator_computes_and_does_nothing_else():
    assert world().call("calculate", {"expression": "(2 + 3) * 4 / 8 - -1"}) == "3.50"
    for expression in ("__import__('os')", "2 ** 9", "1 / 0", "1 +"):
        with pytest.raises(ToolError):
            world().call("calculate", {"expression": expression})


def test_reading_tools():
    here = world()
    assert here.call("find_user_id_by_email", {"email": "INES.HOLT@example.com"}) == ME
    assert here.call("find_user_id_by_name_zip", {"first_name": "ines", "last_name": "Holt", "zip": "55802"}) == ME
    assert here.call("get_item_details", {"item_id": "l5"})["available"] is False
    assert next(iter(here.call("list_all_product_types", {}))) == "Camping Lantern"
    assert here.call("get_order_details", {"order_id": "#W1000001"})["user_id"] == ME
