from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.train.verify.examples import (
    NOT_SUPPORTED,
    REFUTES,
    SETS,
    SILENT,
    SUPPORTS,
    Example,
    is_dev,
    read_sets,
    spans_of,
)
from train.verify.made import write_lines


@pytest.fixture(scope="module")
def found(sets: Path) -> dict[str, list[Example]]:
    examples, notes = read_sets(sets)
    assert notes == []
    by_source: dict[str, list[Example]] = {}
    for example in examples:
        by_source.setdefault(example.source, []).append(example)
    return by_source


def test_every_set_is_read(found: dict[str, list[Example]]) -> None:
    assert set(found) == {
        "epqa", "epqa_answers", "semipqa", "hetpqa", "hetpqa_answers", "stance", "wice", "wice_tokens", "squad2", "squad2_other",
    }  # fmt: skip


def test_labels_of_product_questions_are_degrees(found: dict[str, list[Example]]) -> None:
    assert [example.relevance for example in found["epqa"][:3]] == [2, 1, 0]
    assert [example.relevance for example in found["semipqa"][:3]] == [2, 0, 0]
    assert found["epqa"][0].evidence == "colour: red"
    assert len({example.group for example in found["epqa"]}) == 4


def test_written_answers_rest_on_their_evidence(found: dict[str, list[Example]]) -> None:
    for example in found["hetpqa_answers"] + found["epqa_answers"]:
        assert (example.stance, example.marks, example.relevance) == (SUPPORTS, (), 2)
    assert "Yes." not in {example.asked for example in found["hetpqa_answers"]}  # says too little
    ranked = [example for example in found["hetpqa"] if example.group == found["hetpqa"][0].group]
    assert [example.relevance for example in ranked] == [2, 0, 0]


def test_stances_are_classes(found: dict[str, list[Example]]) -> None:
    assert [(each.relevance, each.stance) for each in found["stance"][:4]] == [
        (2, SUPPORTS), (1, NOT_SUPPORTED), (2, REFUTES), (0, SILENT),
    ]  # fmt: skip


def test_a_supported_claim_is_read_with_what_supports_it(found: dict[str, list[Example]]) -> None:
    supported = [example for example in found["wice"] if example.stance == SUPPORTS]
    assert supported
    assert all("two cups" in example.evidence and "1998" in example.evidence for example in supported)
    assert all(example.marks == () for example in supported)
    assert all(example.marks is None for example in found["wice"] if example.stance == NOT_SUPPORTED)


def test_marked_words_keep_their_places(found: dict[str, list[Example]]) -> None:
    (example, *_) = found["wice_tokens"]
    assert [example.asked[start:end] for start, end in example.marks or ()] == ["nine"]
    assert spans_of("a  b a", ["a", "x", "b", "a"], [True, True, False, True]) == ((0, 1), (5, 6))


def test_answers_stand_in_their_paragraph(found: dict[str, list[Example]]) -> None:
    for example in found["squad2"]:
        start, end = example.answer or (0, 0)
        said = example.evidence[start:end]
        assert f"made in {said} by" in example.evidence if example.relevance == 2 else said == ""
    answers = {each.asked: each.evidence[slice(*each.answer)] for each in found["squad2"] if each.answer}
    assert all(answers[each.asked] not in each.evidence for each in found["squad2_other"])


def test_a_tenth_of_the_groups_is_kept() -> None:
    kept = sum(is_dev(f"squad:{place}") for place in range(5_000))
    assert 400 < kept < 600
    assert is_dev("a") == is_dev("a")


def test_sets_that_are_missing_are_told(tmp_path: Path) -> None:
    write_lines(tmp_path / "evidence" / "stance.jsonl.gz", [{"claim": "a", "evidence": "b", "stance": "refute"}])
    examples, notes = read_sets(tmp_path)
    assert len(examples) == 1
    assert len(notes) == len(SETS) - 1
    assert all("not there, left out" in note for note in notes)


def test_a_folder_without_any_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--sets .*has none of evidence/epqa"):
        read_sets(tmp_path)


@pytest.mark.parametrize("content", [b"not gzip", b""])
def test_a_damaged_set_is_named(content: bytes, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "evidence" / "stance.jsonl.gz", [])
    file.write_bytes(content)
    if content:
        with pytest.raises(ConfigError, match=r"stance\.jsonl\.gz is damaged or of another form"):
            read_sets(tmp_path)


def test_a_set_of_another_form_is_named(tmp_path: Path) -> None:
    write_lines(tmp_path / "evidence" / "stance.jsonl.gz", [{"claim": "a", "evidence": "b", "stance": "maybe"}])
    with pytest.raises(ConfigError, match=r"stance\.jsonl\.gz is damaged or of another form .*maybe"):
        read_sets(tmp_path)
