import pytest

from shopwright.skills.context.state import KEPT, DialogueState, Noted, advance, filter_words, rejects
from shopwright.types import Answer, Constraint, Filter, Need, Sentence

LIGHT = Constraint(Filter("attr:weight", "range", high=2, unit="kg"))


def test_a_wish_is_noted_with_its_conditions_and_its_turn() -> None:
    need = Need("a light tent, not red, for my father", "tent", constraints=(LIGHT,), negations=("red",))
    state = advance(DialogueState(), 4, need, Answer())
    assert state.wishes == (Noted("tent; weight <= 2 kg; no red", 4),)


def test_the_same_wish_again_is_noted_once_as_the_latest() -> None:
    state = DialogueState()
    for turn, goal in enumerate(("tent", "lamp", "tent")):
        state = advance(state, turn, Need(goal, goal), Answer())
    assert [(note.text, note.turn) for note in state.wishes] == [("lamp", 1), ("tent", 2)]


def test_the_state_has_a_fixed_size() -> None:
    state = DialogueState()
    for turn in range(50):
        answer = Answer((Sentence("I will send you the receipt."),))
        state = advance(state, turn, Need(f"wish {turn}", f"wish {turn}"), answer)
    assert len(state.wishes) == len(state.promises) == KEPT
    assert state.wishes[-1].turn == 49


@pytest.mark.parametrize(
    "text",
    [
        "I don't like the second one",
        "not the first one, please",
        "no, not that",
        "the Lark is too heavy",
        "skip the first two",
        "anything but that one",
        "please leave out the blue one",
        "That one looks awful",
    ],
)
def test_products_that_are_pointed_at_and_refused_are_rejected(text: str) -> None:
    assert rejects(Need(text, references=("a",)))


@pytest.mark.parametrize(
    "need",
    [
        Need("is the Lark too heavy?", references=("a",), interrogative=True),
        Need("the first one, how much?", references=("a",), asks=("price",)),
        Need("I like the second one", references=("a",)),
        Need("don't show me red ones"),
        Need("add the first one to the cart", references=("a",), asks=("cart:add",)),
    ],
)
def test_questions_and_wishes_reject_nothing(need: Need) -> None:
    assert not rejects(need)


def test_a_rejected_product_is_taken_back_when_it_is_wanted_after_all() -> None:
    state = DialogueState().turned_down(["a"], 1).turned_down(["b"], 2)
    assert state.rejected_ids == {"a", "b"}
    state = advance(state, 3, Need("how much is the first one again", references=("a",), asks=("price",)), Answer())
    assert state.rejected_ids == {"b"}


def test_promises_are_what_the_assistant_said_it_did_or_will_do() -> None:
    answer = Answer((Sentence("You will receive an e-mail within two days."), Sentence("The tent weighs 1.9 kg.")))
    state = advance(DialogueState(), 7, Need("cancel my order"), answer)
    assert state.promises == (Noted("You will receive an e-mail within two days.", 7),)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Filter("price", "range", low=10, high=20.5, unit="EUR"), "price >= 10 EUR and <= 20.5 EUR"),
        (Filter("brand", values=("Lark", "Wren")), "brand Lark or Wren"),
        (Filter("attr:colour", "not", ("red",)), "colour not red"),
    ],
)
def test_conditions_in_words(condition: Filter, words: str) -> None:
    assert filter_words(condition) == words
