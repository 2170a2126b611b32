import json
import lzma
from random import Random

import pytest

from shopwright.bench import defects
from shopwright.bench import pretrain_corpus as bench
from shopwright.bench.junk import JUNK
from shopwright.bench.task import Options

WORDS = [
    "the",
    "a",
    "shop",
    "lamp",
    "holds",
    "table",
    "garden",
    "with",
    "small",
    "green",
    "bottle",
    "and",
    "it",
    "was",
    "good",
    "for",
    "old",
    "chair",
    "near",
    "river",
]


def clean(count: int) -> list[str]:
    generator = Random(3)
    return [
        ". ".join(" ".join(generator.choices(WORDS, k=12)).capitalize() for _ in range(15)) + "." for _ in range(count)
    ]


@pytest.fixture
def data(tmp_path):
    generator = Random(5)
    texts = clean(40)
    copies = [text.replace(".", f" {generator.random()}.", 1) for text in texts[:15]]
    for name in (bench._DEDUP, *bench._CLEAN):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with lzma.open(path, "wt") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in (*texts, *copies))
    questions = [
        f"Which of the lighthouses in {place} was the first to be lit by electricity in the year it was built?"
        for place in WORDS
    ]
    (tmp_path / bench._PASSAGES).write_text("\n\n".join(questions))
    return tmp_path


def test_the_exact_pairs_are_those_of_brute_force():
    texts = clean(25)
    texts += [defects.edited(text, Random(place)) for place, text in enumerate(texts[:12])]
    sets = [{tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in map(_words, texts)]
    every = {
        (a, b)
        for a in range(len(texts))
        for b in range(a + 1, len(texts))
        if len(sets[a] & sets[b]) >= 0.8 * len(sets[a] | sets[b])
    }
    assert every
    assert bench.exact_pairs(texts) == every


def test_dedup_finds_all_pairs(data, monkeypatch):
    pytest.importorskip("rensa")
    monkeypatch.setattr(bench, "_peers", lambda: iter(()))
    rows = {row.metric: row.value for row in bench.measure_dedup(Options(data))}
    assert rows["recall"] == rows["precision"] == 1
    assert rows["docs_per_cpu_s"] > 0


def test_finding_nothing_scores_nothing(data, monkeypatch):
    monkeypatch.setattr(bench, "_peers", lambda: iter(()))
    monkeypatch.setattr(bench, "our_pairs", lambda _: set())
    rows = {row.metric: row.value for row in bench.measure_dedup(Options(data))}
    assert rows["recall"] == 0
    assert rows["precision"] != rows["precision"]
    assert bench.f1(0, 0, 9) == 0
    assert bench.f1(9, 0, 0) == 1


def test_planted_defects_are_measured(data):
    pytest.importorskip("rensa")
    pytest.importorskip("py3langid")
    rows = {row.metric: row for row in bench.measure_planted(Options(data))}
    for kind in ("near_duplicate", "pii", "contamination", "junk"):
        assert 0 <= rows[f"f1:{kind}"].value <= 1
        assert rows[f"f1:{kind}"].n > 0
    assert rows["recall:contamination"].value == 1


@pytest.mark.parametrize("kind", JUNK)
def test_junk_is_the_same_for_a_seed(kind):
    text = clean(1)[0]
    first, again, other = (JUNK[kind](text, Random(seed)) for seed in (1, 1, 2))
    assert first == again
    assert len(first) > 50
    if kind != "repeated_paragraph":
        assert first != other


def test_personal_data_stands_in_its_sentence():
    generator = Random(0)
    planted = [defects.personal(generator) for _ in range(200)]
    assert {kind for kind, _, _ in planted} == {"email", "phone", "address", "card", "order"}
    assert all(datum in sentence for _, datum, sentence in planted)


def _words(text):
    return "".join(sign.lower() if sign.isalnum() else " " for sign in text).split()
