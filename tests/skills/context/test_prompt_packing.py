import random
from itertools import pairwise

import pytest

from shopwright.errors import ConfigError
from shopwright.skills.context.packing import Material, line, pack_prompt
from shopwright.skills.context.state import Noted
from shopwright.types import Packed, Preference, Recalled, Utterance

WORDS = [
    "a",
    "light",
    "tent",
    "for",
    "two",
    "with",
    "an",
    "inner",
    "made",
    "of",
    "cotton",
    "and",
    "3",
    "poles",
    "please",
    "thank",
    "you",
    "order",
    "4471",
]


def count(text: str) -> int:
    return len(text.split())


def conversation(turns: int, words: int = 12) -> tuple[Utterance, ...]:
    draw = random.Random(5)
    said = []
    for turn in range(turns):
        said += [Utterance(turn, place, who, " ".join(draw.choices(WORDS, k=words))) for place, who in enumerate("ab")]
    return tuple(said)


def packed(turns: int, recalled: tuple[Recalled, ...] = (), profile: tuple[Preference, ...] = ()) -> Packed:
    talk = conversation(turns)
    return pack_prompt(Material("and in blue?", "Be brief.", profile, talk[-128:], recalled), 600, count)


def test_a_prompt_never_exceeds_its_budget_whatever_comes() -> None:
    draw = random.Random(1)
    for _ in range(40):
        talk = conversation(draw.randint(0, 60), draw.randint(1, 200))
        found = tuple(Recalled(each, draw.random()) for each in draw.sample(talk, min(len(talk), 9)))
        state = tuple(Noted("tent; weight <= 2 kg", turn) for turn in range(draw.randint(0, 30)))
        material = Material(" ".join(draw.choices(WORDS, k=draw.randint(1, 900))), "Be brief.", (), talk, found, state)
        budget = draw.randint(256, 2000)
        result = pack_prompt(material, budget, count)
        assert result.tokens <= budget
        assert result.tokens == sum(count(piece.text) for piece in result.pieces)
        assert result.pieces[-1].role == "message"


def test_every_piece_cites_where_it_comes_from_and_what_found_no_room_is_named() -> None:
    talk = conversation(100)
    result = pack_prompt(Material("hello", recent=talk, recalled=(Recalled(talk[3], 1.0),)), 400, count)
    told = [key for piece in result.pieces for key in piece.cites]
    assert len(told) == len(set(told))
    assert set(told) | set(result.left_out) == {each.id for each in talk}
    assert not set(told) & set(result.left_out)
    assert talk[3].id in told
    for piece in result.pieces:
        if piece.role in ("recent", "recalled"):
            assert piece.text.startswith(f"[{piece.cites[0]}]")


def test_the_window_moves_seldom_so_that_prompts_begin_alike() -> None:
    starts, sizes, since = [], [], -1
    for turns in range(1, 120):
        result = pack_prompt(Material("and in blue?", recent=conversation(turns)[-128:], since=since), 600, count)
        since = result.since
        starts.append(since)
        sizes.append(sum(piece.tokens for piece in result.pieces if piece.role == "recent"))
    moves = sum(now != before for before, now in pairwise(starts))
    assert starts == sorted(starts)
    assert 5 < moves <= 120 / 4
    assert max(sizes) <= 300
    assert min(sizes[20:]) >= 100


def test_the_last_turns_come_in_order_and_end_with_the_latest() -> None:
    result = packed(50)
    recent = [piece.cites[0] for piece in result.pieces if piece.role == "recent"]
    assert recent == [each.id for each in conversation(50)][-len(recent) :]
    assert len(recent) > 4


def test_recalled_turns_stand_in_the_order_of_the_conversation_and_not_twice() -> None:
    talk = conversation(80)
    found = tuple(Recalled(each, 1.0) for each in (talk[20], talk[4], talk[-1]))
    result = packed(80, recalled=found)
    recalled = [piece.cites[0] for piece in result.pieces if piece.role == "recalled"]
    assert recalled == [talk[4].id, talk[20].id]


def test_a_long_utterance_is_compressed_and_the_prompt_says_by_how_much() -> None:
    long = Utterance(0, 0, "shopper", " ".join(f"Sentence {number} about tents." for number in range(400)))
    result = pack_prompt(Material("so?", recent=(long,)), 400, count)
    piece = next(piece for piece in result.pieces if piece.role == "recent")
    assert 0 < piece.tokens <= 100
    assert piece.dropped > 1000
    assert "Sentence 399 about tents." in piece.text


def test_the_profile_stands_before_the_turns_and_cites_its_session() -> None:
    nuts = Preference("allergy", "nuts", "I'm allergic to nuts", "s1", 3, 0.0)
    result = packed(10, profile=(nuts,))
    assert [piece.role for piece in result.pieces][:2] == ["instructions", "profile"]
    assert result.pieces[1].cites == ("s1:3",)


def test_a_budget_that_cannot_work_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 256"):
        pack_prompt(Material("hello"), 100, count)
    with pytest.raises(ConfigError, match="instructions: 400"):
        pack_prompt(Material("hello", "word " * 400), 500, count)


def test_a_line_is_one_line() -> None:
    assert line(Utterance(2, 1, "assistant", "two\nlines")) == "[2.1] assistant: two lines"
