from __future__ import annotations

import time

import pytest

from corpus.pii_snippets import NEGATIVE, POSITIVE
from shopwright.train.corpus.pii import iban_holds, luhn, replace


def test_the_written_lines_reach_the_f1_that_is_asked_for() -> None:
    assert len(POSITIVE) >= 120
    assert len(NEGATIVE) >= 120
    missed, wrong = [], []
    for line in POSITIVE:
        kind, text = line.split("|", 1)
        found = replace(text)[1]
        missed += [line] * (kind not in found)
        wrong += [line] * bool(set(found) - {kind})
    wrong += [text for text in NEGATIVE if replace(text)[1]]
    hits = len(POSITIVE) - len(missed)
    assert 2 * hits / (2 * hits + len(missed) + len(wrong)) >= 0.97, (missed, wrong)


@pytest.mark.parametrize("text", NEGATIVE)
def test_text_without_personal_data_stays_letter_by_letter(text: str) -> None:
    assert replace(text) == (text, {})


def test_only_the_data_goes_and_the_sentence_stays() -> None:
    text = "Hi, I am Bo (bo@example.com, +44 20 7946 0958). Order #10442 to 12 Maple Street, Springfield, IL 62704 is late."
    replaced, counts = replace(text)
    assert replaced == "Hi, I am Bo (<email>, <phone>). Order #<order> to <address> is late."
    assert counts == {"email": 1, "phone": 1, "order": 1, "address": 1}


def test_replacing_twice_changes_nothing() -> None:
    for line in POSITIVE:
        once = replace(line.split("|", 1)[1])[0]
        assert replace(once) == (once, {})


def test_data_far_apart_in_a_long_text_is_found() -> None:
    filler = "The canopy sheds rain well and a strip of mesh keeps condensation bearable. " * 40
    replaced, counts = replace(f"{filler}mail a.b@example.com {filler} call (212) 555-0199 {filler}")
    assert counts == {"email": 1, "phone": 1}
    assert replaced.count(filler) == 3


def test_check_digits() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert iban_holds("DE89370400440532013000")
    assert not iban_holds("DE88370400440532013000")


@pytest.mark.parametrize(
    "text", ["1" * 50_000, "1 " * 20_000, "a@" * 20_000, "12 Aa " * 8_000, "+" + "1-" * 20_000, "order " * 8_000 + "1"]
)
def test_hostile_text_takes_no_long_time(text: str) -> None:
    start = time.perf_counter()
    replace(text)
    assert time.perf_counter() - start < 5
