"""A search over one conversation."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder
from shopwright.skills.context.recall import Recall
from shopwright.types.memory import ASSISTANT, SHOPPER, Utterance

_DAY = 86_400.0
_MAY = 1_651_400_000.0  # 1 May 2022
_TALK = (
    ("Mia", "I finally bought the yellow kayak, it was on sale."),
    ("Tom", "Great! What will you do with it?"),
    ("Mia", "Paddle on Lake Vanern with my sister."),
    ("Tom", "My new bicycle has a flat tyre again."),
    ("Mia", "Did the shop not offer a repair?"),
    ("Tom", "They want forty euros for it."),
)


def _said(lines: tuple[tuple[str, str], ...] = _TALK, at: float = _MAY) -> list[Utterance]:
    return [Utterance(turn, 0, who, text, at + 60.0 * turn) for turn, (who, text) in enumerate(lines)]


def _recall(utterances: list[Utterance] | None = None) -> Recall:
    index = Recall(HashingEncoder(256))
    index.add(_said() if utterances is None else utterances)
    return index


def test_what_shares_words_comes_first_and_says_why() -> None:
    found = _recall().search("Who bought a kayak?", 3)
    assert found[0].utterance.turn == 0
    assert "words" in found[0].why
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_an_answer_is_found_by_the_question_before_it() -> None:
    lines = (*_TALK, ("Tom", "Which colour is the tent?"), ("Mia", "Green."), ("Tom", "Nice."), ("Mia", "Bye now!"))
    turns = [each.utterance.turn for each in _recall(_said(lines)).search("colour of the tent", 10)]
    assert turns[0] == 6
    assert turns.index(7) < min(turns.index(8), turns.index(9))


def test_after_a_long_silence_nobody_is_a_neighbour() -> None:
    near = _said((("Tom", "Which colour is the tent?"), ("Mia", "Green."), ("Tom", "Hm."), ("Mia", "So.")))
    apart = [near[0], *(replace(each, at=each.at + _DAY) for each in near[1:])]
    scores = [
        {each.utterance.turn: each.score for each in _recall(talk).search("colour of the tent", 4)}[1]
        for talk in (near, apart)
    ]
    assert scores[0] > scores[1]


def test_a_question_about_one_speaker_prefers_that_speakers_words() -> None:
    lines = (("Mia", "I love hiking in the mountains."), ("Tom", "I love hiking in the mountains too."))
    index = _recall(_said(lines))
    assert index.search("Where does Tom love hiking?", 1)[0].utterance.speaker == "Tom"
    assert index.search("Where does Mia love hiking?", 1)[0].utterance.speaker == "Mia"


def test_in_a_shop_pronouns_name_shopper_and_assistant() -> None:
    lines = ((ASSISTANT, "The budget for tents starts at 90 euros."), (SHOPPER, "The budget is 120 euros."))
    index = _recall(_said(lines))
    assert index.search("what did I say my budget was?", 1)[0].utterance.speaker == SHOPPER
    assert index.search("what budget did you mention?", 1)[0].utterance.speaker == ASSISTANT


def test_only_speakers_that_are_asked_for_are_returned() -> None:
    found = _recall().search("kayak", 10, speakers=("Tom",))
    assert {each.utterance.speaker for each in found} == {"Tom"}
    assert _recall().search("kayak", 10, speakers=("Ann",)) == []


def test_a_time_in_the_question_prefers_what_was_said_then() -> None:
    early, late = _said((("Mia", "We played chess."),)), _said((("Mia", "We played chess."),), _MAY + 92 * _DAY)
    index = _recall([*early, replace(late[0], turn=40)])
    found = index.search("What did Mia play in May 2022?", 2)
    assert found[0].utterance.turn == 0
    assert "time" in found[0].why
    assert index.search("What did Mia play in August 2022?", 1)[0].utterance.turn == 40
    assert index.search("what was played yesterday?", 1, now=_MAY + 93 * _DAY)[0].utterance.turn == 40


def test_a_question_for_a_time_prefers_what_names_one() -> None:
    lines = (("Mia", "The concert was loud."), ("Tom", "Hm."), ("Tom", "So."), ("Mia", "The concert was last Friday."))
    assert _recall(_said(lines)).search("When was the concert?", 1)[0].utterance.turn == 3


def test_a_budget_is_kept_and_filled_in_the_order_of_the_conversation() -> None:
    def count(text: str) -> int:
        return len(text.split())

    found = _recall().within("kayak on the lake", 20, count)
    turns = [each.utterance.turn for each in found]
    assert sum(count(each.utterance.text) for each in found) <= 20
    assert turns == sorted(turns)
    assert {0, 2} <= set(turns)
    assert _recall().within("kayak", 0, count) == []


def test_vectors_that_were_stored_give_the_same_scores() -> None:
    first = Recall(HashingEncoder(256))
    vectors = first.add(_said())
    assert vectors.dtype == np.int8
    assert vectors.shape == (len(_TALK), 256)
    second = Recall(HashingEncoder(256))
    second.add(_said(), vectors)
    assert first.search("flat tyre") == second.search("flat tyre")
    with pytest.raises(ConfigError, match="leave them out"):
        second.add(_said(), vectors[:, :8])


def test_the_order_of_adding_in_parts_changes_nothing() -> None:
    whole, parts = _recall(), Recall(HashingEncoder(256))
    for each in _said():
        parts.add([each])
    assert whole.search("what will Mia do on the lake?") == parts.search("what will Mia do on the lake?")


def test_removed_turns_leave_no_trace() -> None:
    index = _recall()
    assert index.remove([0, 99]) == 1
    assert len(index) == len(_TALK) - 1
    assert all("kayak" not in each.utterance.text for each in index.search("yellow kayak", 10))
    assert index._postings.rarity("kayak") == index._postings.rarity("neversaid")
    untouched = Recall(HashingEncoder(256))
    untouched.add(_said()[1:])
    assert index.search("yellow kayak") == untouched.search("yellow kayak")


def test_a_known_turn_is_replaced() -> None:
    index = _recall()
    index.add([Utterance(5, 0, "Tom", "They want fifty pounds.", _MAY)])
    assert len(index) == len(_TALK)
    assert index.search("how much do they want?", 1)[0].utterance.text == "They want fifty pounds."


def test_turns_need_not_begin_at_zero_and_clocks_may_go_backwards() -> None:
    talk = [replace(each, turn=each.turn + 700, at=_MAY - 1_000.0 * each.turn) for each in _said()]
    talk[3] = replace(talk[3], at=float("nan"))
    index = _recall(talk)
    assert index.search("yellow kayak last week", 1)[0].utterance.turn == 700
    assert index.episodes()[0].first == 700


@pytest.mark.parametrize("query", ["", "  ", "the of", "Mia", "Mia and Tom?", "x" * 1_000_000, "\ud800 \x00", "1970"])
def test_odd_questions_do_no_harm(query: str) -> None:
    index = _recall()
    assert len(index.search(query, 3)) in (0, 3)
    assert 0.0 <= index.answerable(query) <= 1.0
    assert Recall(HashingEncoder(32)).search(query) == []


def test_a_message_of_a_megabyte_is_taken_in_and_found_by_its_beginning() -> None:
    index = _recall()
    started = time.perf_counter()
    index.add([Utterance(6, 0, "Mia", "My porcelain teapot broke. " + "word " * 200_000, _MAY)])
    assert time.perf_counter() - started < 5.0
    assert index.search("porcelain teapot", 1)[0].utterance.turn == 6


def test_the_wrong_person_and_what_was_never_said_are_less_answerable() -> None:
    index = _recall()
    assert index.answerable("What colour is the kayak Mia bought?") > index.answerable("What colour kayak has Tom?")
    assert index.answerable("Who has a flat tyre?") > index.answerable("Which violin was repaired in Vienna?")
    assert index.answerable("Which violin was repaired in Vienna?") < 0.5 < index.answerable("Who has a flat tyre?")
    assert Recall(HashingEncoder(32)).answerable("anything") == 0.0


def test_shopper_and_assistant_speak_of_the_same_things() -> None:
    index = _recall(_said(((SHOPPER, "Hello."), (ASSISTANT, "The Fell boots weigh two kilos."))))
    assert index.answerable("what about my Fell boots?") > 0.5


def test_a_place_among_the_subjects_prefers_that_episode() -> None:
    lines = (
        (SHOPPER, "Let's talk about tents."),
        (ASSISTANT, "Sure, for how many people?"),
        (SHOPPER, "Can we talk about sleeping bags?"),
        (ASSISTANT, "Sure, for which season?"),
    )
    index = _recall(_said(lines))
    assert [each.title for each in index.episodes()] == ["tents", "sleeping bags"]
    episode = index.episode("What was the second topic we discussed?")
    assert episode is not None
    assert episode.title == "sleeping bags"
    found = index.search("what did you ask on our second topic?", 1)[0]
    assert found.utterance.turn in (2, 3)
    assert "episode" in found.why


def test_adding_costs_the_same_early_and_late() -> None:
    index = Recall(HashingEncoder(16))
    rows = np.ones((500, 16), np.int8)
    seconds = []
    for block in range(20):
        turns = range(block * 500, block * 500 + 500)
        said = [Utterance(turn, 0, SHOPPER, f"a tent for {turn} people please", 60.0 * turn) for turn in turns]
        started = time.process_time()
        index.add(said, rows)
        seconds.append(time.process_time() - started)
    assert min(seconds[10:]) < 3 * max(min(seconds[:3]), 0.005)
