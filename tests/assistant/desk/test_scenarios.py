"""Scenarios that speak of the customer as "you", several wishes at a time: complete acts, over a tiny world."""

import pytest

from assistant.desk.small_world import acts

SCENARIOS = [
    (
        "You want to return the flask from the order with the lantern. If the refund can not go to PayPal, you do not want to return it.",
        [],
    ),
    ("You want to change all items in order #W1000002 to the cheapest available.", ["modify 2 h1>h3 paypal"]),
    (
        "You want to cancel order #W1000002 because you no longer need it, and order #W1000004 because you ordered it by mistake.",
        ["cancel 2", "cancel 4 mistake"],
    ),
    (
        "You want to cancel order #W1000005. If that is not possible, return the lantern you received.",
        ["return 1 l1 credit"],
    ),
    ("You want to return the most expensive item you received in order #W1000003.", ["return 3 h3 gift"]),
    (
        "You want to return all delivered items except the poles, and cancel all pending orders.",
        ["cancel 2", "cancel 4", "return 1 f1,l1 credit", "return 3 t2 gift"],
    ),
    (
        "You'd like to remove the t-shirt from your pending order. If that isn't possible, change it to medium.",
        ["modify 2 t1>t2 paypal"],
    ),
    ("You ordered a small t-shirt but you want a medium instead.", ["modify 2 t1>t2 paypal"]),
    (
        "You realized the poles you just ordered are too short, you want the 120cm cork ones instead.",
        ["modify 2 h1>h2 paypal"],
    ),
    ("You changed your mind about the poles that were delivered and want to send them back.", ["return 3 h3 gift"]),
    ("You'd like to know if you can still return the flask you got. If so, please do.", ["return 1 f1 credit"]),
    ("You want the pending t-shirt in size L rather than S. You prefer cotton.", ["modify 2 t1>t6 paypal"]),
    (
        "You received a lantern, which is not bright enough. You'd like to exchange it for the brightest one. You don't care about the power source but want the cheapest.",
        ["exchange 1 l1>l2 credit"],
    ),
    (
        "You want to check the price difference if you exchange the flask you received for a 1000ml one in glass. If it is more than $15, you'd rather get the 1000ml steel one.",
        ["exchange 1 f1>f3 credit"],
    ),
    (
        "You want to check the price difference if you exchange the flask you received for a 1000ml one in glass. If it is less than $20, go ahead with it.",
        ["exchange 1 f1>f4 credit"],
    ),
    (
        "You want to return the flask. Then you want to change the address of your pending lantern order to your home address. Finally, you want to know the total refund.",
        ["address 4 12", "return 1 f1 credit"],
    ),
    (
        "You moved to 99 Elm Court, Apt 2, Fargo, ND 58102. You want all pending orders sent there and your profile updated as well.",
        ["address 2 99", "address 4 99", "default_address 99"],
    ),
    (
        "You realise that order #W1000004 goes to your old address. You'd like it sent to your current home.",
        ["address 4 12"],
    ),
    (
        "You want to modify the pending order #W1000002 so that it is paid with the credit card, and change the shirt to M.",
        ["modify 2 t1>t2 credit", "payment 2 credit"],
    ),
    (
        "You want to use your gift card to pay for #W1000004. If the balance is not enough, use PayPal.",
        ["payment 4 paypal"],
    ),
    (
        "You are not happy with the lantern and the flask you received in the same order and want your money back.",
        ["return 1 f1,l1 credit"],
    ),
    (
        "You want to exchange the delivered shirt to one in the same material and color, but bigger. Pay with the card.",
        ["exchange 3 t2>t6 credit"],
    ),
    (
        "You want to swap both the lantern and the flask from order #W1000001: the lantern for a USB one, and the flask for 750 ml.",
        ["exchange 1 f1>f2,l1>l2 credit"],
    ),
    (
        "For the flask in #W1000001, you want 1 liter glass. For the lantern, you want the white one with low brightness. Exchange both.",
        ["exchange 1 f1>f4,l1>l6 credit"],
    ),
    (
        "You want to return the poles and the t-shirt which arrived together. Refund to the original payment method.",
        ["return 3 h3,t2 gift"],
    ),
    ("You want to cancel the t-shirt and poles order but keep the lantern order.", ["cancel 2"]),
    (
        "You ask whether the pending shirt could be upgraded to L linen. If there's a price increase above $10 you decline.",
        ["modify 2 t1>t3 paypal"],
    ),
    (
        "You would like to make a return for the delivered poles. You also would like to make an exchange for the delivered flask, to the 750ml version.",
        ["exchange 1 f1>f2 credit", "return 3 h3 gift"],
    ),
    (
        "Your friend wants your lantern so don't return it; you do want to return the flask from the same order.",
        ["return 1 f1 credit"],
    ),
    (
        "You'd like to have the lantern you received replaced with a white battery-powered one.",
        ["exchange 1 l1>l6 credit"],
    ),
    ("Please cancel everything that has not been shipped yet.", ["cancel 2", "cancel 4"]),
    (
        "You want to return the lantern. However, if the agent says you can exchange it, you prefer to exchange it for a brighter USB one.",
        ["exchange 1 l1>l2 credit"],
    ),
    (
        "You recently moved and want to update your default address and the address of your pending lantern order to 99 Elm Court, Apt 2, Fargo, ND 58102.",
        ["address 4 99", "default_address 99"],
    ),
    ("Please change my user address to the one used in order #W1000002.", ["default_address 7"]),
    (
        "You want to change the shipping address of all your pending orders to 99 Elm Court, Apt 2, Fargo, ND 58102, and make it your default address.",
        ["address 2 99", "address 4 99", "default_address 99"],
    ),
    (
        "You want to change your order #W1000004 to be shipped to your Boise office instead, as in order #W1000002.",
        ["address 4 7"],
    ),
    ("You want to change the address of #W1000004 to the address of the t-shirt order.", ["address 4 7"]),
    ("Change order #W1000004's apartment to Suite 12.", ["address 4 3"]),
    (
        "You want to change your order's shipping address to your default address, then modify the t-shirt to M. Your order is #W1000002.",
        ["address 2 12", "modify 2 t1>t2 paypal"],
    ),
    (
        "Return the flask and get the refund on your gift card, then cancel the lantern order.",
        ["cancel 4", "return 1 f1 gift"],
    ),
    (
        "You want to exchange the lantern for a white one and return the flask in the same order. If both are not possible, just return the flask.",
        ["exchange 1 l1>l6 credit"],
    ),
    (
        "You want to exchange the delivered t-shirt for size L and return the poles. If you can only do one, you prefer to return the poles.",
        ["return 3 h3 gift"],
    ),
    (
        "You want to check which lantern options are available. You want to exchange yours (received) for the cheapest USB one.",
        ["exchange 1 l1>l2 credit"],
    ),
    (
        "You want to change the poles in your pending order to the cheapest ones, no matter the grip or length.",
        ["modify 2 h1>h3 paypal"],
    ),
    (
        "You want to exchange the delivered flask for the one with the largest capacity and same material.",
        ["exchange 1 f1>f3 credit"],
    ),
    ("You'd like to return the t-shirt that you received, but keep the poles.", ["return 3 t2 gift"]),
    ("You want to cancel the lantern order, as you found it cheaper elsewhere.", ["cancel 4"]),
    (
        "The lantern in your pending order is the wrong one, you wanted a black high-brightness battery one. Please change it.",
        ["modify 4 l4>l3 credit"],
    ),
    (
        "You want to change the color of the pending lantern to black and its power source to battery, with high brightness.",
        ["modify 4 l4>l3 credit"],
    ),
    ("You want to exchange your flask (500ml) to a 750ml. You insist on using PayPal.", ["exchange 1 f1>f2 paypal"]),
    ("You want a refund for the lantern that came broken.", ["return 1 l1 credit"]),
    (
        "You accidentally ordered the lantern (order #W1000004).  You don't want it anymore. Cancel it.",
        ["cancel 4 mistake"],
    ),
    ("Want to cancel 4: #W1000004 and #W1000002. Reason: no longer needed.", ["cancel 2", "cancel 4"]),
    (
        "You want to return the flask. You do not remember the order number. Also you want your shirt from the same order as the poles returned.",
        ["return 1 f1 credit", "return 3 t2 gift"],
    ),
    (
        "You want to exchange the delivered shirt for the red one, the delivered flask for a glass one, and cancel the order of the lantern.",
        ["cancel 4", "exchange 1 f1>f4 credit", "exchange 3 t2>t4 gift"],
    ),
    (
        "Your address in your profile is outdated. You want it to be the same as the address of order #W1000002.",
        ["default_address 7"],
    ),
    (
        "You just moved from Duluth to Boise; the pending order of the lantern needs the new Boise address, which is in your other order.",
        ["address 4 7"],
    ),
    (
        "You noticed #W1000004 has the wrong street. It should be 12 Quay Street, Suite 4, Duluth, MN 55802.",
        ["address 4 12"],
    ),
    (
        "You want to cancel order #W1000004 if it is still pending; if it has already been shipped, you want to change nothing.",
        ["cancel 4"],
    ),
    ("If order #W1000005 has not been processed yet, you want to cancel it. Otherwise leave it.", []),
    (
        "You want to return the flask. If the total refund is more than $50, you also want to return the lantern.",
        ["return 1 f1 credit"],
    ),
    (
        "You want to return the lantern and the flask, but if you can not return both, you do not want to return anything.",
        ["return 1 f1,l1 credit"],
    ),
    ("You want to cancel your cheapest pending order.", ["cancel 4"]),
    (
        "You want to exchange the flask for a 750ml one. In that order there is also a lantern: change it to white.",
        ["exchange 1 f1>f2,l1>l6 credit"],
    ),
    ("You would like to change the size of your pending t-shirt from S to M.", ["modify 2 t1>t2 paypal"]),
    (
        "You want to change the color of the pending lantern from white to black; the rest should be whatever is cheapest.",
        ["modify 4 l4>l1 credit"],
    ),
    (
        "Could you switch the t-shirt in my open order to a medium and my payment to visa?",
        ["modify 2 t1>t2 credit", "payment 2 credit"],
    ),
    (
        "You want to exchange the lantern with a USB powered one and the flask with a glass one, paying with PayPal.",
        ["exchange 1 f1>f4,l1>l2 paypal"],
    ),
    ("I'd like to return one item: the flask. It leaks.", ["return 1 f1 credit"]),
    (
        "You need help with order #W1000001. The flask leaks, so you want your money back for it. The lantern is fine.",
        ["return 1 f1 credit"],
    ),
    (
        "The hiking poles that arrived are too long for your daughter. You'd prefer shorter ones in cork. If these are sold out, return them.",
        ["exchange 3 h3>h1 gift"],
    ),
    (
        "Exchange the shirt that arrived for one in red. Use the gift card if it has enough balance, otherwise the credit card.",
        ["exchange 3 t2>t4 gift"],
    ),
    (
        "You want to exchange the shirt that arrived for the linen one in size L. Use the gift card if it covers it, otherwise paypal.",
        ["exchange 3 t2>t3 gift"],
    ),
    ("You'd like to get the poles in the pending order in foam.", ["modify 2 h1>h3 paypal"]),
    ("You want to add a lantern to order #W1000002.", []),
    ("You want to know when order #W1000004 arrives. You do not want to make any changes.", []),
    ("You want to ask the agent to speed up your order #W1000004. If they can't, cancel it.", ["cancel 4"]),
    ("You're thinking about returning the poles, but in the end you decide to keep them.", []),
    (
        "You want to return the poles, then you change your mind and want to exchange them for 110cm cork ones instead.",
        ["exchange 3 h3>h1 gift"],
    ),
    ("Cancel the order that was placed by mistake: #W1000004.", ["cancel 4 mistake"]),
    ("You want to cancel both of your pending orders because you are moving abroad.", ["cancel 2", "cancel 4"]),
    ("Please refund the flask of order #W1000001 to my original card.", ["return 1 f1 credit"]),
    (
        "You want all your delivered items returned. If asked, refund to the original payment methods.",
        ["return 1 f1,l1 credit", "return 3 h3,t2 gift"],
    ),
    (
        "You want to return everything you received, except for the lantern and the poles.",
        ["return 1 f1 credit", "return 3 t2 gift"],
    ),
    (
        "You want the cheapest flask instead of the one in order #W1000005. If that's not possible, cancel the lantern order.",
        ["cancel 4"],
    ),
    (
        "You want to upgrade both items in order #W1000002 to the most expensive versions.",
        ["modify 2 h1>h2,t1>t3 paypal"],
    ),
    (
        "You want to change the t-shirt in your pending order to the largest size, and it has to be cotton.",
        ["modify 2 t1>t6 paypal"],
    ),
    ("You'd like your pending t-shirt in the largest available size. You prefer linen.", ["modify 2 t1>t3 paypal"]),
    ("You want the same shirt in your pending order but in M.", ["modify 2 t1>t2 paypal"]),
    (
        "You want to modify the items in your pending order #W1000002: a medium blue t-shirt and 120cm foam poles.",
        ["modify 2 h1>h3,t1>t2 paypal"],
    ),
    ("You want to change the lantern you just ordered to one that is not white.", ["modify 4 l4>l1 credit"]),
    (
        "You want to change the pending lantern to battery-powered; color black; high brightness.  If that exact one is not available, cancel the order.",
        ["modify 4 l4>l3 credit"],
    ),
    (
        "You want to change the pending lantern to a green solar one with high brightness. If that exact one is not available, cancel the order.",
        ["cancel 4"],
    ),
    (
        "You want to exchange the lantern you received. You want a white one, medium brightness, solar.",
        ["exchange 1 l1>l4 credit"],
    ),
    (
        "You want to exchange the lantern that arrived, because it is too dim. You want high brightness and black. You don't care about the power source, choose the cheaper one.",
        ["exchange 1 l1>l2 credit"],
    ),
    (
        "You want to exchange your received flask for the biggest one. If there are several, you want steel.",
        ["exchange 1 f1>f3 credit"],
    ),
    (
        "You want to exchange your received flask for the biggest one. If there are several, you want the most expensive.",
        ["exchange 1 f1>f4 credit"],
    ),
    (
        "You want to change the item in order #W1000004 so that it matches the lantern in order #W1000001.",
        ["modify 4 l4>l1 credit"],
    ),
    ("You want to change the lantern in #W1000004 to the same one as in #W1000001.", ["modify 4 l4>l1 credit"]),
    (
        "Order #W1000002: change address to the one of #W1000001, change payment to credit card, change shirt to M with the same payment.",
        ["address 2 12", "modify 2 t1>t2 credit", "payment 2 credit"],
    ),
    (
        "You want to change the shirt of your pending order to red. If red isn't available in your size, you'd take M in red.",
        ["modify 2 t1>t4 paypal"],
    ),
    (
        "You want to change the shirt of your pending order to red, same size. If that is not available, you want to change it to blue M.",
        ["modify 2 t1>t2 paypal"],
    ),
    (
        "You want to exchange the delivered flask for 750ml. The agent should use your PayPal account for the difference.",
        ["exchange 1 f1>f2 paypal"],
    ),
    (
        "You want to exchange the flask from order #W1000001 to 750ml, and the lantern from the same order to the white low one. For the payment you'd like to split between PayPal and credit card; if not possible, use PayPal.",
        ["exchange 1 f1>f2,l1>l6 paypal"],
    ),
]


@pytest.mark.parametrize(("message", "expected"), SCENARIOS, ids=[message[:60] for message, _ in SCENARIOS])
def test_a_scenario_becomes_acts(message, expected):
    assert acts(message) == expected
