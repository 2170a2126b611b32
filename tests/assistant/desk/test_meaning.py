"""What a customer means beyond the bare request: changes of mind, demands, ids, narrowed wishes, the rule alone."""

from __future__ import annotations

import pytest

from assistant.desk.small_world import ME, acts, world
from shopwright.assistant.desk.desk import Desk
from shopwright.assistant.desk.policy import RETAIL, SHOP
from shopwright.assistant.desk.state import DeskState
from shopwright.catalog.demo import demo_documents

MEANT = [
    # a change of mind at the confirmation
    ("Cancel the lantern order. If you ask me to confirm, I regret it and want to keep it.", []),
    ("Cancel the lantern order. If the agent asks for confirmation you have second thoughts and want to keep it.", []),
    (
        "Change the shirt in #W1000002 to M. You say PayPal first, but when asked to confirm, you change your mind to "
        "the credit card.",
        ["modify 2 t1>t2 credit"],
    ),
    # demands on the refund
    (
        "You want to return the flask and get the refund on your PayPal. If that can not be done, you want to talk to "
        "a human.",
        [],
    ),
    (
        "Return the flask and refund it to PayPal. If refund to PayPal is not possible, return everything from that "
        "order and refund to the gift card.",
        ["return 1 f1,l1 gift"],
    ),
    (
        "Cancel the order #W1000004 and refund it to my gift card. If a refund to the gift card is not possible, "
        "leave everything as it is.",
        [],
    ),
    # ids
    ("Exchange the lantern for item l3.", ["exchange 1 l1>l3 credit"]),
    ("Swap item l1 for item l2.", ["exchange 1 l1>l2 credit"]),
    # whose address
    ("Change my order with the poles to my Duluth address.", ["address 2 12"]),
    ("Change my Boise order to my default address.", ["address 2 12"]),
    ("You have one order sent to your former flat. You want to exchange the flask to 750ml.", ["exchange 1 f1>f2 credit"]),
    # wider, narrower, the same again
    ("Cancel or return everything I bought for camping. That is only the lanterns.", ["return 1 l1 credit"]),
    ("I ordered the shirt by mistake. Remove it from my pending order. If that is impossible, cancel the whole order.", ["cancel 2 mistake"]),
    ("I want to exchange the flask. I want the flask in the 1000ml glass version instead.", ["exchange 1 f1>f4 credit"]),
    ("Exchange the lantern I received to a more bright one in black, USB.", ["exchange 1 l1>l2 credit"]),
    ("I'd like to change the delivered shirt to red. If no exact match is available, I prefer linen.", ["exchange 3 t2>t4 gift"]),
    ("Exchange the delivered shirt for a smaller one; also, I want to return the flask.", ["exchange 3 t2>t1 gift", "return 1 f1 credit"]),
    (
        "Return the flask and exchange the lantern for a white one. If you can only do one of the two, do what saves me "
        "the most money.",
        ["return 1 f1 credit"],
    ),
    # other words
    ("Please alter the shirt in my pending purchase to M.", ["modify 2 t1>t2 paypal"]),
]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), MEANT, ids=[message[:60] for message, _ in MEANT])
def test_a_customer_is_understood(message, expected):
    assert acts(message) == expected


def test_the_rule_is_said_before_anybody_said_who_they_are():
    reply = Desk(world(), SHOP).reply("Can I still cancel my order?", DeskState())
    assert 'as long as its status is "processing"' in reply.text
    assert [found.source for found in reply.evidence] == ["policies-order-changes-and-cancellations"]
    assert reply.state.asked == "identity"
    again = Desk(world(), SHOP).reply("I want to cancel it", reply.state)
    assert "processing" not in again.text


def test_the_rules_are_documents_of_the_demo_shop():
    known = {document.id for document in demo_documents()}
    assert {*SHOP.sources.values(), SHOP.name} <= known


def test_an_answered_question_is_not_read_again():
    desk = Desk(world(), RETAIL)
    reply = desk.reply("Where is my order #W1000005?", DeskState(customer=ME))
    assert "#W1000005" in reply.text
    assert reply.state.said == []
    reply = desk.reply("Cancel the lantern order.", reply.state)
    assert reply.approval is not None
    assert reply.approval.arguments["order_id"] == "#W1000004"
