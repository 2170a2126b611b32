import json

import pytest

from shopwright.errors import CorpusError
from shopwright.train.corpus.decontaminate import Contaminants, benchmark_texts, covered, without

QUESTION = "Which of the four lighthouses on the northern coast was the first to be lit by electricity in 1887?"
BEFORE = "The coast has many sights. " * 40
AFTER = "\nAfter that, the keepers went home. " * 20


def test_a_passage_is_found_whatever_its_case_and_punctuation():
    known = Contaminants.of([QUESTION])
    text = BEFORE + QUESTION.upper().replace(" ", "\n", 3) + AFTER
    ((start, end),) = known.find([text])[0]
    assert text.encode()[start:end].decode().startswith("WHICH\nOF")
    assert known.find([BEFORE, AFTER, ""]) == [[], [], []]


def test_the_sentence_around_it_is_cut_and_the_rest_stays():
    text = f"{BEFORE}He asked: {QUESTION.lower()} Nobody knew.{AFTER}"
    rest = without(text, Contaminants.of([QUESTION]).find([text])[0])
    assert rest is not None
    assert "lighthouses" not in rest
    assert "He asked" not in rest
    assert rest.count("Nobody knew.") == 1


def test_a_document_that_is_mostly_the_passage_is_dropped():
    text = QUESTION + " I do not know."
    assert without(text, Contaminants.of([QUESTION]).find([text])[0]) is None


def test_short_texts_count_where_they_stand_whole():
    known = Contaminants.of(["How long is the cable of this lamp?", "red shoes"])
    assert known.find(["He wrote: how long is the cable of this lamp, and is it black?"])[0]
    assert not known.find(["How long is the cable of that lamp? I like red shoes."])[0]


def test_wording_of_many_held_out_documents_does_not_count():
    licence = "This work may be shared and adapted for any purpose as long as credit is given."
    texts = [f"{licence} {QUESTION.replace('four', str(number))}" for number in range(3)]
    assert not Contaminants.of(texts, common=2).find([licence])[0]
    assert Contaminants.of(texts[:2], common=2).find([licence])[0]


def test_saved_and_loaded(tmp_path):
    known = Contaminants.of([QUESTION, "How long is the cable of this lamp?"])
    known.save(tmp_path / "known.npz")
    assert Contaminants.load(tmp_path / "known.npz").size == known.size > 1


def test_the_covered_share_is_of_bytes():
    assert covered("Größe", [(0, 4)]) == 4 / 7
    assert covered("", []) == 0


def test_benchmarks_are_read_but_neither_catalogues_nor_sources(tmp_path):
    search = tmp_path / "search" / "shop"
    search.mkdir(parents=True)
    (search / "queries.tsv").write_text("1\tred running shoes\n")
    (search / "products.jsonl").write_text(json.dumps({"title": "a product"}))
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "asked.jsonl").write_text(json.dumps({"question": QUESTION, "more": ["x", {"y": "z"}]}))
    (tmp_path / "evidence" / "learned.jsonl").write_text(json.dumps({"text": "on purpose"}))
    found = {text for _, text in benchmark_texts(tmp_path, [tmp_path / "evidence" / "learned.jsonl"])}
    assert {"red running shoes", QUESTION, "x", "z"} <= found
    assert not {"a product", "on purpose"} & found


def test_a_damaged_benchmark_stops_the_build(tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "asked.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00cut")
    with pytest.raises(CorpusError, match=r"asked\.jsonl\.gz"):
        list(benchmark_texts(tmp_path))
