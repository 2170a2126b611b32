import pytest

from shopwright.catalog.conditions import Condition
from shopwright.errors import ConfigError
from shopwright.train.intent.shoppers.settings import ShopperSettings
from shopwright.train.intent.shoppers.shopper import Reaction, Shopper, asks, holds
from shopwright.train.intent.shoppers.wants import Goods, Want
from shopwright.types import Answer, Card, Evidence, Sentence, Strategy, Table

MIND = ShopperSettings()


def shows(*ids: str, options: tuple[str, ...] = ()) -> Answer:
    return Answer((), tuple(Card(key, key, "€1") for key in ids), options=options)


def cites(kind: str, source: str) -> Answer:
    return Answer(evidence=(Evidence("e1", kind, source, "So it is.", title="Returns"),))


def pleased(shopper: Shopper, want: Want, answer: Answer, strategy: Strategy = Strategy.SEARCH) -> float:
    return shopper.pleased(want, strategy, answer, "phone")


def test_finding(shopper: Shopper, tent: Want) -> None:
    assert pleased(shopper, tent, shows("lark")) == MIND.opens_wanted
    assert pleased(shopper, tent, shows("tarn")) == pytest.approx(MIND.opens_wanted * MIND.nearly)
    assert pleased(shopper, tent, shows("gone")) == pytest.approx(MIND.opens_wanted * MIND.out_of_stock)
    assert 0 < pleased(shopper, tent, shows("pan", "lark")) < MIND.opens_wanted
    assert pleased(shopper, tent, shows("pan", "unknown")) == pleased(shopper, tent, Answer()) == 0


def test_several_things_are_shared_out(shopper: Shopper, both: Want) -> None:
    one, all_of_it = pleased(shopper, both, shows("lark")), pleased(shopper, both, shows("lark", "down"))
    assert one == pytest.approx(MIND.opens_wanted / 2)
    assert one < all_of_it < MIND.opens_wanted


def test_a_comparison_pleases_more_than_the_same_products_apart(shopper: Shopper, both: Want) -> None:
    want = Want("w3", "lark or down", "compare", both.goods)
    table = Answer(table=Table(("a", "b"), ("lark", "down"), ()))
    assert pleased(shopper, want, table) == MIND.side_by_side
    assert 0 < pleased(shopper, want, shows("lark", "down")) < MIND.unaided
    assert pleased(shopper, want, shows("lark")) == 0
    assert pleased(shopper, want, Answer()) == 0


def test_strolling_likes_variety(shopper: Shopper) -> None:
    camping = Goods("camping", (Condition("category", "=", "Camping"),))
    want = Want("w4", "what is there for camping", "stroll", (camping,))
    same, other = pleased(shopper, want, shows("lark", "tarn")), pleased(shopper, want, shows("lark", "down"))
    assert 0 < same < other
    assert pleased(shopper, want, shows("lark", options=("Sleeping bags", "Which is the cheapest?"))) == other
    assert pleased(shopper, want, shows("pan")) == 0


def test_learning_rests_on_the_product_the_kind_or_the_document(shopper: Shopper) -> None:
    about_lark = Want("w5", "is the lark any good", "learn", about="lark")
    assert pleased(shopper, about_lark, cites("product", "lark")) == MIND.told
    assert pleased(shopper, about_lark, cites("product", "tarn")) == 0
    assert pleased(shopper, about_lark, shows("lark")) == pytest.approx(MIND.looks_up * MIND.opens_wanted)
    about_tents = Want("w6", "what matters in a tent", "learn", about="tent")
    assert pleased(shopper, about_tents, cites("product", "tarn")) == MIND.told
    assert pleased(shopper, about_tents, cites("product", "pan")) == 0
    listed = Answer((), shows("lark", "tarn", "pan").cards, evidence=cites("product", "lark").evidence)
    assert pleased(shopper, about_tents, listed) < MIND.looks_up


def test_service(shopper: Shopper) -> None:
    shop = Want("w7", "can i return it", "shop", about="returns")
    assert pleased(shopper, shop, cites("document", "policies-returns")) == MIND.told
    assert pleased(shopper, shop, cites("document", "policies-payment")) == 0
    assert pleased(shopper, shop, Answer(), Strategy.HAND_OVER) == MIND.passed_on
    order, person, chat = (Want(kind, "...", kind) for kind in ("order", "person", "chat"))
    values = {
        (want.kind, strategy): pleased(shopper, want, Answer(), strategy)
        for want in (order, person, chat)
        for strategy in (Strategy.SERVE, Strategy.HAND_OVER, Strategy.ASK, Strategy.SEARCH)
    }
    best = {kind: max(Strategy, key=lambda one: values.get((kind, one), 0.0)) for kind, _ in values}
    assert best == {"order": Strategy.SERVE, "person": Strategy.HAND_OVER, "chat": Strategy.ASK}
    assert values["order", Strategy.SEARCH] == values["person", Strategy.SEARCH] == 0


def test_an_empty_answer_pleases_nobody(shopper: Shopper, tent: Want, both: Want) -> None:
    wants = [
        tent,
        both,
        *(Want(kind, "?", kind, about="lark") for kind in ("learn", "shop", "order", "person", "chat")),
    ]
    assert all(pleased(shopper, want, Answer()) == 0 for want in wants)


def test_answering_a_question(shopper: Shopper, tent: Want) -> None:
    def says(*options: str) -> Reaction | None:
        return shopper.answers(tent, shows(options=options))

    assert says("winter", "summer", "No preference") == Reaction("summer", True)
    assert says("Kitchen", "No preference") == Reaction("No preference", True)
    assert says("Kitchen", "Garden") == Reaction("summer tent", False)
    assert says() == Reaction("summer tent", False)
    assert says("Over 200 EUR", "Kitchen") == Reaction("Over 200 EUR", True)  # one of two: no clear preference


def test_options_below_goods_are_tapped_only_for_a_clear_preference(shopper: Shopper, tent: Want) -> None:
    assert shopper.answers(tent, shows("pan", options=("Tents", "Pans")), asked=False) == Reaction("Tents", True)
    assert shopper.answers(tent, shows("pan", options=("Which is the cheapest?",)), asked=False) is None


@pytest.mark.parametrize(
    ("option", "question", "expected"),
    [
        ("Under 300 EUR", "", {"lark", "gone", "down", "wool", "pan"}),
        ("90 to 200 EUR", "", {"gone", "down"}),
        ("200 and more EUR", "", {"lark", "tarn"}),
        ("Yes", "Should it be freestanding?", {"lark", "tarn", "gone"}),
        ("Yes", "Should it be red?", set()),
        ("tents", "", {"lark", "tarn", "gone"}),
        ("Iron", "Which material?", {"pan"}),
        ("Kestrel", "", {"lark", "tarn", "gone", "down", "wool", "pan"}),
    ],
)
def test_what_an_option_holds(shopper: Shopper, option: str, question: str, expected: set[str]) -> None:
    assert {key for key, one in shopper.products.items() if holds(option, question, one)} == expected


def test_asking_is_seen() -> None:
    assert asks(Strategy.ASK, Answer())
    assert asks(Strategy.SEARCH, Answer((Sentence("Which one? "),)))
    assert not asks(Strategy.SEARCH, Answer((Sentence("Here."),)))


def test_a_chance_is_a_chance() -> None:
    with pytest.raises(ConfigError, match=r"buys 1\.5: a chance must be 0 to 1"):
        ShopperSettings(buys=1.5)
    with pytest.raises(ConfigError, match="phone_goes_on"):
        ShopperSettings(phone_goes_on=float("nan"))
