"""The memory as a shopper meets it: what counts later, what is found again, and what is forgotten for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.judged import open_shop
from shopwright.assistant.remembering.answering import FORGOTTEN
from shopwright.errors import StoreError
from shopwright.shop import Shop
from shopwright.types import Turn


def talk(shop: Shop, *messages: str, session: str | None = None, shopper: str = "") -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        turns.append(shop.chat(message, session_id=session, shopper=shopper))
        session = turns[-1].session_id
    return turns


def shown(turn: Turn) -> set[str]:
    return {card.product_id for card in turn.answer.cards}


def test_what_a_shopper_cannot_stand_is_left_out_and_they_are_told(shop: Shop) -> None:
    *_, turn = talk(shop, "I'm allergic to down", "show me sleeping bags")
    assert shown(turn) == {"brook"}
    assert any("allergy" in note and "label" in note for note in turn.answer.notes)


def test_what_cannot_matter_is_not_mentioned(shop: Shop) -> None:
    *_, turn = talk(shop, "I'm allergic to down", "show me tents")
    assert turn.answer.notes == ()
    assert "down" not in turn.answer.text


def test_a_wish_that_names_the_thing_stands_over_what_is_known(shop: Shop) -> None:
    *_, turn = talk(shop, "I hate down", "a down sleeping bag")
    assert "eider" in shown(turn)


def test_a_product_that_was_turned_down_is_not_shown_again_until_it_is_wanted(shop: Shop) -> None:
    first, refused, again = talk(shop, "show me tents", "I don't like the Dune beach tent", "show me tents")
    assert "dune" in shown(first)
    assert "dune" not in shown(refused) | shown(again)
    assert shown(again)
    *_, taken = talk(shop, "what does the Dune beach tent weigh?", "show me tents", session=again.session_id)
    assert "dune" in shown(taken)


def test_a_product_of_an_earlier_list_is_found_again(shop: Shop) -> None:
    *_, turn = talk(shop, "show me tents", "sleeping bags please", "hello", "what was the tent you showed me first?")
    assert shown(turn) & {"lark", "tarn", "dune"}
    assert not shown(turn) & {"eider", "brook"}
    assert all(sentence.citations for sentence in turn.answer.sentences)
    assert {fact.kind for fact in turn.answer.evidence} == {"conversation"}


def test_a_request_can_point_at_a_product_from_before(shop: Shop) -> None:
    *_, turn = talk(shop, "the Brook sleeping bag", "show me tents", "put the sleeping bag from before into the cart")
    assert turn.answer.approval is not None
    assert turn.answer.approval.arguments["ids"] == ["brook"]


def test_what_was_said_is_told_with_its_place(shop: Shop) -> None:
    session = talk(shop, "our car is tiny, it must pack small", "show me tents")[0].session_id
    turn = shop.chat("what did I tell you about the car?", session_id=session)
    assert "our car is tiny" in turn.answer.text
    assert turn.answer.evidence[0].source == f"{session}:0"
    nothing = shop.chat("what did I tell you about my grandmother's piano?", session_id=session)
    assert "nothing about that" in nothing.answer.text


def test_what_is_known_is_told_with_the_words_that_said_it(shop: Shop) -> None:
    *_, turn = talk(shop, "I wear size 44 shoes", "what do you know about me?")
    assert "shoes 44" in turn.answer.text
    assert "I wear size 44 shoes" in turn.answer.text
    *_, stranger = talk(shop, "what do you know about me?")
    assert "shoes" not in stranger.answer.text


def test_nothing_outlasts_a_conversation_without_consent(shop: Shop) -> None:
    talk(shop, "I'm allergic to down", shopper="nobody-agreed-0001")
    assert shop.profiles.preferences("nobody-agreed-0001", 0.0) == {}
    *_, turn = talk(shop, "show me sleeping bags", shopper="nobody-agreed-0001")
    assert "eider" in shown(turn)


def test_to_ask_for_it_is_consent_and_the_next_visit_knows(shop: Shop) -> None:
    talk(shop, "remember that I'm allergic to down", shopper="agreed-00000000001")
    known = shop.profiles.preferences("agreed-00000000001", 0.0)
    assert [each.value for each in known.values()] == ["down"]
    *_, turn = talk(shop, "show me sleeping bags", shopper="agreed-00000000001")
    assert shown(turn) == {"brook"}


def test_a_conversation_is_not_taken_over_by_another_shopper(shop: Shop) -> None:
    session = talk(shop, "hello", shopper="first-shopper-0001")[0].session_id
    with pytest.raises(StoreError, match="another shopper"):
        shop.chat("hello", session_id=session, shopper="other-shopper-0002")


def test_two_sessions_of_one_shopper_at_once_lose_nothing(shop: Shop) -> None:
    shopper = "twice-at-once-00001"
    shop.profiles.give_consent(shopper, 1.0)
    said = ["I'm allergic to nuts", "I wear size 44 shoes", "I hate polyester", "I'm vegan"]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda message: shop.chat(message, shopper=shopper), said))
    known = {each.value for each in shop.profiles.preferences(shopper, 0.0).values()}
    assert {"nuts", "shoes 44", "polyester", "vegan"} <= known


def test_a_clock_that_goes_backwards_keeps_the_order(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(float(10**9 - 10_000 * step) for step in range(10_000))
    monkeypatch.setattr("time.time", lambda: next(now))
    session = talk(shop, "show me tents", "show me sleeping bags", "hello")[0].session_id
    said = [each for each in shop.conversations.last(session, 9) if each.speaker == "shopper"]
    assert [each.text for each in said] == ["show me tents", "show me sleeping bags", "hello"]
    assert [each.turn for each in said] == [0, 1, 2]
    assert said[0].at > said[2].at
    assert shown(shop.chat("what was the tent you showed me yesterday?", session_id=session))


def test_a_conversation_whose_early_turns_are_deleted_goes_on(shop: Shop) -> None:
    session = talk(shop, "our dog is called Wembley", "show me tents", "hello")[0].session_id
    shop.conversations.forget(session, 0, 0)
    turn = shop.chat("how heavy is the first one?", session_id=session)
    assert turn.trace.need.references
    assert "Wembley" not in shop.chat("what did I tell you about our dog?", session_id=session).answer.text
    assert shop.conversations.last(session, 9)[0].turn == 1


def test_a_message_of_a_megabyte_is_answered_by_its_end(shop: Shop) -> None:
    story = " ".join(f"On day {day} it rained on the {day}th hill and we walked on." for day in range(18_000))
    turn = shop.chat(f"{story} Do you have a tent for three?")
    assert len(turn.message) <= 2_000
    assert turn.message.endswith("Do you have a tent for three?")
    assert any("characters" in note for note in turn.answer.notes)


def test_a_wish_that_is_to_be_remembered_is_looked_for(shop: Shop) -> None:
    (turn,) = talk(shop, "remember that I need a tent for three")
    assert "tarn" in shown(turn)


# ── forgetting ──


def test_forget_what_i_told_you_does_it_to_the_last_byte(tmp_path: Path) -> None:
    secret = "quexaltunga"
    with open_shop(tmp_path) as shop:
        first, *_ = talk(shop, f"our boat is called {secret}", "show me tents", f"is the {secret} waterproof?")
        assert holders(tmp_path, secret)
        turn = shop.chat("forget what I told you", session_id=first.session_id)
        assert "forgotten" in turn.answer.text
        assert turn.message == FORGOTTEN
        assert not holders(tmp_path, secret)
        again = shop.chat("what did I tell you about our boat?", session_id=first.session_id)
        assert "nothing about that" in again.answer.text
    assert not holders(tmp_path, secret)


def test_one_thing_can_be_forgotten_and_the_rest_stays(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        first, *_ = talk(shop, "I'm allergic to pistachios", "I wear size 44 shoes", "forget my shoe size")
        assert not holders(tmp_path, "size 44")
        known = shop.chat("what do you know about me?", session_id=first.session_id).answer.text
        assert "pistachios" in known
        assert "44" not in known


def test_what_else_a_forgotten_message_said_is_still_known(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        first, *_ = talk(shop, "I'm allergic to pistachios and I hate polyester", "forget my allergy")
        known = shop.chat("what do you know about me?", session_id=first.session_id).answer.text
        assert "polyester" in known
        assert not holders(tmp_path, "pistachios")


def test_a_turn_whose_session_is_deleted_meanwhile_is_not_stored(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        first, *_ = talk(shop, "our boat is called Quexaltunga")
        events = shop.stream("is the Quexaltunga waterproof?", session_id=first.session_id)
        next(events)
        shop.conversations.memory.forget_session(first.session_id)
        assert [event.kind for event in events][-1] == "done"
        assert shop.store.turns(first.session_id) == []
        assert not holders(tmp_path, "Quexaltunga")


def test_forget_everything_about_me_reaches_every_conversation(tmp_path: Path) -> None:
    shopper = "leaves-for-good-001"
    with open_shop(tmp_path) as shop:
        talk(shop, "remember that I'm allergic to macadamias", shopper=shopper)
        talk(shop, "macadamias again, never", "show me tents", shopper=shopper)
        talk(shop, "delete all my data", shopper=shopper)
        assert shop.profiles.consent(shopper) is None
        assert not holders(tmp_path, "macadamias")


def test_the_last_thing_that_was_said_can_be_taken_back(tmp_path: Path) -> None:
    with open_shop(tmp_path) as shop:
        first, *_ = talk(shop, "our car is tiny", "my boss is Mr Oglethorpe", "forget the last thing I said")
        assert not holders(tmp_path, "Oglethorpe")
        kept = [each.text for each in shop.conversations.last(first.session_id, 9)]
        assert "our car is tiny" in kept


def holders(folder: Path, word: str) -> list[str]:
    """The files in which a word stands."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if word.encode() in path.read_bytes()]
