"""The dialogue: who is it, exactly what will change, yes, done once."""

from __future__ import annotations

import orjson
import pytest

from assistant.desk.small_world import ME, world
from shopwright.assistant.desk.desk import Desk, wants_desk
from shopwright.assistant.desk.policy import RETAIL
from shopwright.assistant.desk.retail import RetailWorld
from shopwright.assistant.desk.state import DeskReply, DeskState


def talk(here: RetailWorld, *messages: str, state: DeskState | None = None) -> list[DeskReply]:
    desk = Desk(here, RETAIL)
    state = state or DeskState()
    replies = []
    for message in messages:
        reply = desk.reply(message, DeskState.read(orjson.loads(orjson.dumps(state.record()))))
        state = reply.state
        replies.append(reply)
    return replies


def known() -> DeskState:
    return DeskState(customer=ME)


def test_nobody_is_served_before_they_said_who_they_are():
    here = world()
    first, second = talk(here, "Cancel order #W1000004, I ordered it by mistake.", "My email is ines.holt@example.com")
    assert "e-mail" in first.text
    assert first.approval is None
    assert second.approval is not None
    assert here.database["orders"]["#W1000004"]["status"] == "pending"


@pytest.mark.parametrize(
    "said",
    [
        "ines.holt@example.com",
        "I am Ines Holt, zip code 55802",
        "I'm ines_holt_1 and live in 55802.",
        "ines holt 55802",
    ],
)
def test_an_address_or_a_name_with_a_zip_code_identifies(said):
    assert talk(world(), said)[0].state.customer == ME


@pytest.mark.parametrize("said", ["ines_holt_1", "Ines Holt", "55802", "Ines Holt, 11111", "someone@example.com"])
def test_a_customer_number_or_a_name_alone_does_not(said):
    assert talk(world(), said)[0].state.customer == ""


def test_everything_that_will_change_is_listed_before_the_yes():
    reply = talk(world(), "Exchange the flask I received for the 750ml one.", state=known())[0]
    assert reply.approval is not None
    assert reply.approval.tool == "exchange_items"
    assert [(change.before, change.after) for change in reply.approval.changes] == [
        ("delivered", "exchange requested"),
        ("Thermos Flask (capacity 500ml, material steel)", "Thermos Flask (capacity 750ml, material steel)"),
    ]
    assert "$6.00" in reply.text  # 28 - 22, computed


def test_a_yes_acts_once_and_a_second_one_does_nothing():
    here = world()
    replies = talk(here, "Cancel #W1000004, I no longer need it.", "yes please", "yes", state=known())
    order = here.database["orders"]["#W1000004"]
    assert order["status"] == "cancelled"
    assert [entry["transaction_type"] for entry in order["payment_history"]] == ["payment", "refund"]
    assert [len(reply.done) for reply in replies] == [0, 1, 0]


def test_a_key_that_was_done_is_not_done_again():
    here = world()
    desk = Desk(here, RETAIL)
    asked = desk.reply("Cancel #W1000004, please.", known())
    assert asked.approval is not None
    done = desk.approve(asked.approval.key, asked.state)
    assert len(done.done) == 1
    assert not desk.approve(asked.approval.key, done.state).done
    assert not desk.approve("something else", asked.state).done


def test_a_no_leaves_everything_as_it_is():
    here = world()
    replies = talk(here, "Cancel #W1000004 please.", "no", state=known())
    assert here.database["orders"]["#W1000004"]["status"] == "pending"
    assert replies[1].approval is None


def test_what_is_said_instead_of_yes_is_read_together_with_the_rest():
    here = world()
    replies = talk(here, "Return the flask I received.", "Yes, but also return the lantern.", "yes", state=known())
    assert replies[1].approval is not None
    assert here.database["orders"]["#W1000001"]["return_items"] == ["f1", "l1"]


def test_changes_are_asked_for_one_by_one():
    here = world()
    replies = talk(
        here, "Return the flask I received and cancel the pending lantern order.", "yes", "yes", state=known()
    )
    assert [len(reply.done) for reply in replies] == [0, 1, 1]
    assert here.database["orders"]["#W1000001"]["status"] == "return requested"
    assert here.database["orders"]["#W1000004"]["status"] == "cancelled"


def test_another_persons_order_is_refused_in_words():
    reply = talk(world(), "Cancel order #W1000006.", state=known())[0]
    assert reply.refused
    assert "own orders" in reply.text
    reply = talk(world(), "Now cancel the order of otto.berg@example.com please", state=known())[0]
    assert reply.approval is None
    assert "own orders" in reply.text


def test_a_refusal_cites_the_policy():
    reply = talk(world(), "Cancel order #W1000005.", state=known())[0]
    assert reply.refused
    assert "processed" in reply.text
    assert RETAIL.why["cancel"] in [fact.text for fact in reply.evidence]


def test_a_gift_card_that_does_not_cover_is_not_charged():
    here = world()
    first, second = talk(
        here,
        "Exchange my delivered shirt for a linen L.",
        "Use the visa then: exchange it by credit card.",
        state=known(),
    )
    assert first.approval is None or first.approval.arguments["method"] == "gift_card_3"
    assert here.database["users"][ME]["payment_methods"]["gift_card_3"]["balance"] == 10.0
    assert second.approval is not None


def test_what_no_tool_can_do_goes_to_a_person():
    reply = talk(world(), "I want to undo the cancellation of my order.", state=known())[0]
    assert reply.state.handed_over
    assert "colleague" in reply.text


def test_questions_are_answered_from_the_orders():
    reply = talk(world(), "What is the status of order #W1000005, and how much did I pay?", state=known())[0]
    assert "processed" in reply.text
    assert "$33.00" in reply.text
    assert reply.evidence[0].kind == "order"


def test_a_desk_gives_up_on_someone_it_cannot_identify():
    replies = talk(world(), "Hello", "I am nobody", "still nobody", "nobody again", "nobody really", "nobody")
    assert replies[-1].state.handed_over


@pytest.mark.parametrize(
    "message",
    [
        "I want to return the tent I bought last week",
        "Where is my order?",
        "Cancel WH-240501",
        "please change my delivery address",
    ],
)
def test_messages_about_ones_own_orders_want_the_desk(message):
    assert wants_desk(message)


@pytest.mark.parametrize("message", ["a tent for two", "do you have it in red?", "which of them is cheaper?", "hello"])
def test_shopping_does_not(message):
    assert not wants_desk(message)
