"""From a customer's words to complete acts, over a tiny world."""

import pytest

from assistant.desk.small_world import acts

SAID = [
    # cancel
    ("Cancel order #W1000002, I no longer need it.", ["cancel 2"]),
    ("I ordered #W1000004 by accident, please cancel it.", ["cancel 4 mistake"]),
    ("Please cancel my order with the hiking poles.", ["cancel 2"]),
    ("I'd like to cancel the lantern I just ordered.", ["cancel 4"]),
    ("I want to cancel all my pending orders.", ["cancel 2", "cancel 4"]),
    ("Cancel the t-shirt in my pending order, but do not cancel the whole order if that's not possible.", []),
    ("I don't want to cancel anything. Where is my order?", []),
    ("Cancel order #W1000005.", []),
    ("Cancel order #W1000006.", []),
    ("How do I cancel an order?", []),
    # return
    ("I want to return the flask from order #W1000001.", ["return 1 f1 credit"]),
    ("Please return the lantern and the flask I received.", ["return 1 f1,l1 credit"]),
    ("I want to send back everything in order W1000003 and get the refund on the gift card.", ["return 3 h3,t2 gift"]),
    ("Return everything except the flask from the order with the lantern.", ["return 1 l1 credit"]),
    ("Return the flask I received; refund to my gift card please.", ["return 1 f1 gift"]),
    ("Return the hiking poles you delivered, refund to PayPal.", ["return 3 h3 gift"]),
    ("I'd like to return all delivered items.", ["return 1 f1,l1 credit", "return 3 h3,t2 gift"]),
    ("I want to get rid of the t-shirt that came with the foam poles.", ["return 3 t2 gift"]),
    # exchange
    ("Exchange the lantern I received for a brighter one, I prefer USB over battery.", ["exchange 1 l1>l2 credit"]),
    ("Exchange the lantern in #W1000001 for the same one but in white.", ["exchange 1 l1>l6 credit"]),
    (
        "I want to swap the flask I received for a bigger one, the cheapest available. Use PayPal.",
        ["exchange 1 f1>f2 paypal"],
    ),
    (
        "The flask that arrived is too small. I want the largest one in steel instead, so exchange it please.",
        ["exchange 1 f1>f3 credit"],
    ),
    (
        "Exchange my delivered t-shirt for a size L in cotton. If there is no cotton one, linen is fine. Pay by credit card.",
        ["exchange 3 t2>t6 credit"],
    ),
    (
        "Exchange my received t-shirt for a green one. If green is not available, I want a red one. Pay with paypal.",
        ["exchange 3 t2>t4 paypal"],
    ),
    ("Exchange my received t-shirt for a green one. If that is not possible, just return it.", ["return 3 t2 gift"]),
    ("Exchange the lantern I received to a 900 lumen one, otherwise keep it.", []),
    ("Exchange the delivered poles for longer ones.", []),
    # modify
    ("Change the t-shirt in my pending order to medium.", ["modify 2 t1>t2 paypal"]),
    ("In order #W1000002 change the poles to 120 cm with a foam grip.", ["modify 2 h1>h3 paypal"]),
    (
        "For order #W1000002, modify the shirt to size M and the poles to 120cm. Use my credit card for the difference.",
        ["modify 2 h1>h2,t1>t2 credit"],
    ),
    (
        "I picked the wrong size for the shirt in my pending order, could you make it a large instead? Change it to cotton L.",
        ["modify 2 t1>t6 paypal"],
    ),
    # address
    ("Please change the address of order #W1000004 to my default address.", ["address 4 12"]),
    (
        "Order #W1000004 should go to 99 Elm Court, Apt 2, Fargo, ND 58102. Please update its shipping address.",
        ["address 4 99"],
    ),
    ("Change the shipping address of my lantern order to the same as order #W1000002.", ["address 4 7"]),
    ("I moved. Please update my default address to 99 Elm Court, Apt 2, Fargo, ND 58102.", ["default_address 99"]),
    ("I want my pending lantern order to be sent to my Boise address.", ["address 4 7"]),
    ("The address on order #W1000004 is wrong, it should be my home address from my profile.", ["address 4 12"]),
    ("Please ship order #W1000004 to 99 Elm Court, Fargo, ND 58102 instead.", ["address 4 99"]),
    # payment
    ("Change the payment method of order #W1000002 to my visa.", ["payment 2 credit"]),
    ("I want to pay for order #W1000004 with PayPal instead of the credit card.", ["payment 4 paypal"]),
    # several
    ("Return the flask I received and cancel the pending lantern order.", ["cancel 4", "return 1 f1 credit"]),
    (
        "First, cancel #W1000004. Second, exchange the delivered shirt for a red one.",
        ["cancel 4", "exchange 3 t2>t4 gift"],
    ),
    # changes of mind
    (
        "Return the flask and the lantern I received. If the agent asks for confirmation, only return the lantern.",
        ["return 1 l1 credit"],
    ),
    (
        "Exchange the flask I received for the 750ml one. Actually, change your mind and exchange it for the 1000ml glass one.",
        ["exchange 1 f1>f4 credit"],
    ),
    ("Cancel the poles; if a single item can't be cancelled, cancel the whole order.", ["cancel 2"]),
    ("Change the pending shirt to green. If that isn't possible, cancel the order.", ["cancel 2"]),
]


@pytest.mark.parametrize(("message", "expected"), SAID, ids=[message[:60] for message, _ in SAID])
def test_what_is_said_becomes_acts(message, expected):
    assert acts(message) == expected
