from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.knowledge.synonyms import LONGEST, Span, Synonyms, stems_of
from shopwright.search import lexical
from shopwright.search.schema import analysers

SMALL = """plumbing\tfaucet | water tap | spigot
plumbing\tkitchen faucet | kitchen tap
cleaning\tbaking soda | bicarb
drinks\tsoda | fizzy drink
tools\tdrill | power drill | boring machine | bench boring machine
garden\tstring trimmer | strimmer | weed eater
unit\tinch | in
unit\tfluid ounce | fl oz
"""


@pytest.fixture(scope="module")
def packaged() -> Synonyms:
    return Synonyms.packaged()


@pytest.fixture
def small(tmp_path: Path) -> Synonyms:
    path = tmp_path / "synonyms.tsv"
    path.write_text(SMALL, encoding="utf-8")
    return Synonyms.read(path)


def said(synonyms: Synonyms, query: str) -> list[list[str]]:
    return [[" ".join(words) for words in span.alternatives] for span in synonyms.of(stems_of(query))]


def test_other_names_of_a_thing(small: Synonyms) -> None:
    assert said(small, "Strimmers for a lawn") == [["string trimmer", "weed eater"]]
    assert small.of(stems_of("old weed eater line")) == [
        Span(1, 3, "garden", (("string", "trimmer"), ("strimmer",)), (("string", "trimmer"), ("strimmer",)))
    ]
    assert said(small, "lamp") == []
    assert small.of([]) == []


def test_the_longest_name_counts_and_is_not_read_again(small: Synonyms) -> None:
    assert said(small, "kitchen faucet") == [["kitchen tap"]]
    assert said(small, "baking soda") == [["bicarb"]]
    assert said(small, "soda baking") == [["fizzy drink"]]


def test_no_alternative_only_adds_words(small: Synonyms) -> None:
    assert said(small, "drill") == [["boring machine"]]
    assert said(small, "power drill") == [["drill", "boring machine"]]


def test_units_need_a_number(small: Synonyms) -> None:
    assert said(small, "12 in pipe") == [["12 inch", "12inch", "12in"]]
    assert said(small, "12in pipe") == [["12 inch", "12 in", "12inch"]]
    assert said(small, "8 fl oz bottle") == [["8 fluid ounce"]]
    for query in ("made in usa", "inch worm", "2 in 1 laptop", "12 pipes", "12"):
        assert said(small, query) == []


def test_only_words_that_the_catalogue_has(small: Synonyms) -> None:
    has = {"strimmer", "drink", "soda", "12in", "in", "water", "tap"}.__contains__
    own = small.for_vocabulary(has)
    assert said(own, "weed eater") == [["strimmer"]]
    assert said(own, "faucet") == [["water tap"]]
    assert said(own, "12 inch hose") == [["12 in", "12in"]]
    assert said(own, "baking soda") == []  # neither bicarb, nor a drink


def test_words_of_names_that_another_name_stands_for(small: Synonyms) -> None:
    assert all(map(small.names, ("strimmer", "weed", "faucet")))
    assert not any(map(small.names, ("inch", "hose")))
    own = small.for_vocabulary({"strimmer", "water", "tap"}.__contains__)
    assert all(map(own.names, ("weed", "eater", "faucet")))
    assert not any(map(own.names, ("strimmer", "soda", "bicarb")))  # by no other name, or by none


def test_a_catalogue_is_asked_for_stems(packaged: Synonyms) -> None:
    asked: list[str] = []
    packaged.for_vocabulary(lambda stem: bool(asked.append(stem)))
    assert len(asked) == len(set(asked))
    assert "faucet" in asked
    assert "sneaker" in asked


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("plumbing faucet | tap", "line 1: .* is not a domain"),
        ("plumbing\tfaucet", "two or more"),
        ("plumbing\tfaucet | ", "1 to 4 words"),
        ("plumbing\tfaucet | tap\ntools\tscrew tap | Taps", "line 2: 'taps' stands in line 1 too"),
        ("tools\tdrill | a very long name for it", "1 to 4 words"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError, match=problem):
        Synonyms.read(path)
    with pytest.raises(ConfigError, match="nowhere"):
        Synonyms.read(tmp_path / "nowhere")


def test_the_packaged_groups_are_sound(packaged: Synonyms) -> None:
    assert len(packaged.groups) > 4_000
    for group in packaged.groups:
        assert len({term.stems for term in group.terms}) == len(group.terms) >= 2, group
        for term in group.terms:
            assert 1 <= len(term.words) <= LONGEST
            assert group.domain == "unit" or len("".join(term.words)) > 2 or re.search(r"\d|tv|x[sl]", term.words[0])


def test_stems_are_those_of_the_search(packaged: Synonyms) -> None:
    plain, _ = analysers()
    for group in packaged.groups[::7]:
        for term in group.terms:
            text = " ".join(term.words)
            assert list(term.stems) == stems_of(text) == [lexical.stem(word) for word in plain.analyze(text)]


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("cheap plasterboard", "drywall"),
        ("cot sheets", "crib sheets"),
        ("20 volt drill", "20v"),
        ("gfci", "ground fault circuit interrupter"),
        ("ladies wrist watch", "wristwatch"),
        ("trousers", "pants"),
    ],
)
def test_what_shoppers_and_merchants_say(packaged: Synonyms, query: str, other: str) -> None:
    assert any(other in alternatives for alternatives in said(packaged, query))


@pytest.mark.parametrize("query", ["dishwasher safe plate", "made in italy", "grey", "a", "2 in 1"])
def test_packaged_spans_never_repeat_what_was_said(packaged: Synonyms, query: str) -> None:
    stems = stems_of(query)
    for span in packaged.of(stems):
        run = set(stems[span.start : span.end])
        assert not any(run <= set(alternative) for alternative in span.stems)


def test_it_is_fast(packaged: Synonyms) -> None:
    def fastest(call: Callable[[], object]) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        return min(times)

    path = Path(lexical.__file__).parents[1] / "knowledge" / "synonyms.tsv"
    assert fastest(lambda: Synonyms.read(path)) < 0.5
    assert fastest(lambda: packaged.for_vocabulary(lambda stem: len(stem) % 2 == 0)) < 0.2
    assert fastest(lambda: packaged.of(["faucet", "soda", "12", "in"] * 2_500)) < 0.5
