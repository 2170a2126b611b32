"""Stretches of a conversation about one thing."""

from __future__ import annotations

import numpy as np

from shopwright.models.protocols import Vectors
from shopwright.skills.context.episodes import Segmenter, title_of
from shopwright.types.memory import SHOPPER, Episode, Utterance

_ONE: Vectors = np.array([1.0, 0.0, 0.0], np.float32)


def _segmented(texts: list[str], vectors: Vectors | None = None, ats: list[float] | None = None) -> list[Episode]:
    segmenter = Segmenter()
    for turn, text in enumerate(texts):
        vector = _ONE if vectors is None else vectors[turn]
        segmenter.add(Utterance(turn, 0, SHOPPER, text, 0.0 if ats is None else ats[turn]), vector)
    return segmenter.episodes()


def test_nothing_said_has_no_episodes() -> None:
    assert Segmenter().episodes() == []
    assert _segmented(["  "]) == []


def test_words_open_an_episode_and_name_it() -> None:
    found = _segmented(["I need a tent for two.", "Sure.", "Now let's talk about stoves.", "Gas or wood?", "Gas."])
    assert found == [Episode(0, 1, "I need a tent for two."), Episode(2, 4, "stoves")]


def test_the_same_subject_named_again_is_no_new_one() -> None:
    assert len(_segmented(["Let's talk about gas stoves.", "Sure.", "So let's talk about the stoves.", "Yes."])) == 1


def test_after_a_closing_something_new_begins() -> None:
    found = _segmented(["I need a tent.", "Here.", "Let's talk about something else.", "Do you repair boots?", "Yes."])
    assert [(each.first, each.title) for each in found] == [(0, "I need a tent."), (3, "Do you repair boots?")]


def test_silence_divides_and_a_clock_that_goes_backwards_does_not() -> None:
    ats = [0.0, 60.0, 90_000.0, 90_060.0, 10.0]
    found = _segmented(["Do you sell red tents?", "Yes.", "Is my parcel here?", "No.", "Oh."], ats=ats)
    assert [(each.first, each.last, each.at) for each in found] == [(0, 1, 0.0), (2, 4, 90_000.0)]


def test_a_dip_of_similarity_divides_and_noise_does_not() -> None:
    generator = np.random.default_rng(1)
    vectors = generator.normal(0, 0.05, (60, 8)).astype(np.float32)
    for turn in range(60):
        vectors[turn, turn // 20] += 1.0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    first = [each.first for each in _segmented([f"line number {turn}" for turn in range(60)], vectors)]
    assert first[0] == 0
    assert {20, 40} <= set(first)
    assert len(first) <= 6


def test_tools_do_not_divide() -> None:
    segmenter = Segmenter()
    segmenter.add(Utterance(0, 0, SHOPPER, "I need a tent."), _ONE)
    segmenter.add(Utterance(0, 1, "search", "let's talk about stoves", 1e6, "tool"), _ONE)
    assert segmenter.episodes() == [Episode(0, 0, "I need a tent.")]


def test_titles() -> None:
    assert title_of(["Hi!", "Hello there. I am looking for a warm winter coat."]) == (
        "I am looking for a warm winter coat."
    )
    assert title_of(["Hi!"]) == "Hi!"
    assert title_of([]) == ""
    assert len(title_of(["tent " * 100])) <= 62
