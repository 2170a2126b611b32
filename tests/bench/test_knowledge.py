from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from shopwright.bench.knowledge import chances, chosen_models, compare, measure_task
from shopwright.bench.knowledge_models import NEVER, Score
from shopwright.bench.knowledge_task import FOLDER, HarnessTask, read_groups, read_tasks
from shopwright.errors import ConfigError

TASKS = {task.name: task for task in read_tasks()}
CHOICE = [task for task in TASKS.values() if task.output_type == "multiple_choice"]


class Knows:
    """Gives the right answers of the tasks."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.pairs: set[tuple[str, str]] = set()
        for task in TASKS.values():
            for doc in task.docs():
                right = task.right_texts(doc)[0]
                self.answers[task.prompt(doc)] = right
                self.pairs.add((task.prompt(doc), right))

    def score(self, prompt: str, continuations: Sequence[str]) -> list[Score]:
        return [(-1.0 if (prompt, text[1:]) in self.pairs else -900.0, False) for text in continuations]

    def generate(self, prompt: str, **_: object) -> str:
        return f" {self.answers[prompt].upper()}."


class Silent:
    """Knows nothing and says nothing."""

    def score(self, _prompt: str, continuations: Sequence[str]) -> list[Score]:
        return [NEVER for _ in continuations]

    def generate(self, _prompt: str, **_: object) -> str:
        return ""


class Longest(Silent):
    """Takes the longest answer."""

    def score(self, _prompt: str, continuations: Sequence[str]) -> list[Score]:
        return [(float(len(text)), False) for text in continuations]


def test_gold_scores_one_and_silence_nothing() -> None:
    gold = {row.metric: row.value for row in compare(list(TASKS.values()), read_groups(), Knows())}
    silent = {row.metric: row.value for row in compare(list(TASKS.values()), read_groups(), Silent(), ":silent")}
    assert set(gold.values()) == {1.0}
    assert set(silent.values()) == {0.0}
    assert {metric.removesuffix(":silent") for metric in silent} == set(gold)
    assert {"acc:commerce_choice", "acc_norm:general_pairs", "exact_match:commerce_answer", "f1:general_answer"} < set(
        gold
    )
    assert {"acc:commerce_knowledge", "acc:general_language"} < set(gold)


def test_chance_stands_beside_it() -> None:
    rows = {row.metric: row for row in chances(list(TASKS.values()), read_groups())}
    assert rows["chance:commerce_choice"].value == 0.25
    assert rows["chance:general_pairs"].value == 0.5
    assert 0.25 < rows["chance:commerce_knowledge"].value < 0.5


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("commerce_choice", 600), ("general_choice", 250), ("commerce_cloze", 300), ("general_pairs", 200),
        ("commerce_answer", 50), ("general_answer", 30),
    ],
)  # fmt: skip
def test_the_questions_are_many_and_each_is_asked_once(name: str, least: int) -> None:
    task = TASKS[name]
    docs = [*task.docs("validation"), *task.docs("test")]
    assert len(docs) >= least
    assert len({doc["id"] for doc in docs}) == len(docs)
    assert len({(task.prompt(doc), task.right_texts(doc)[0]) for doc in docs}) == len(docs)
    assert 0.1 < len(task.docs("validation")) / len(docs) < 0.4


@pytest.mark.parametrize("task", CHOICE, ids=lambda task: task.name)
def test_neither_place_nor_length_gives_the_answer_away(task: HarnessTask) -> None:
    docs = [*task.docs("validation"), *task.docs("test")]
    places = Counter(task.right_choice(doc) for doc in docs)
    chance = 1 / len(places)
    assert all(abs(count / len(docs) - chance) < 0.07 for count in places.values())
    (longest,) = (sum(values["acc"]) / len(values["acc"]) for values in [measure_task(task, Longest()).values])
    assert longest < chance + 0.2


@pytest.mark.parametrize("task", CHOICE, ids=lambda task: task.name)
def test_choices_are_different_and_as_long_in_bytes_as_in_characters(task: HarnessTask) -> None:
    for doc in [*task.docs("validation"), *task.docs("test")]:
        choices = task.choices(doc)
        assert len(set(choices)) == len(choices)
        assert all(text.isascii() and text == text.strip() and text for text in choices)


def test_the_first_examples_are_shown_before_a_question() -> None:
    task = TASKS["general_answer"]
    prompt = task.prompt(task.docs()[0])
    assert prompt.count("Question:") == 5
    assert prompt.endswith("Short answer:")
    first = task.docs("validation")[0]
    assert prompt.startswith(f"Question: {first['question']}\nShort answer: {first['answer']}\n\n")


def test_a_choice_per_byte_can_differ_from_the_likeliest(tmp_path: Path) -> None:
    class Prefers:
        def score(self, _prompt: str, continuations: Sequence[str]) -> list[Score]:
            return [(-2.0, True) if len(text) < 5 else (-3.0, False) for text in continuations]

    (tmp_path / "docs.jsonl").write_text('{"q": "x", "options": ["abc", "abcdefghij"], "right": "abcdefghij"}\n')
    (tmp_path / "task.yaml").write_text(YAML)
    (task,) = read_tasks(tmp_path)
    assert measure_task(task, Prefers()).values == {"acc": [0.0], "acc_norm": [1.0]}


YAML = """
task: mine
dataset_path: json
dataset_kwargs: {data_files: {test: docs.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: "Q: {{ q | trim }}"
doc_to_choice: "{{options}}"
doc_to_target: right
metric_list: [{metric: acc}, {metric: acc_norm}]
"""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("process_docs: !function utils.process", "process_docs"),
        ("output_type: winograd", "winograd"),
        ("metric_list: [{metric: bleu}]", "bleu"),
        ("num_fewshot: 5", "first_n"),
        ("dataset_path: squad", "data_files"),
        ("dataset_kwargs: {data_files: {test: none.jsonl}}", "none.jsonl"),
    ],
)
def test_what_is_not_read_is_refused_by_name(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "docs.jsonl").write_text("{}\n")
    key = line.partition(":")[0]
    kept = [each for each in YAML.splitlines() if not each.startswith(f"{key}:")]
    (tmp_path / "task.yaml").write_text("\n".join([*kept, line]))
    with pytest.raises(ConfigError, match=message):
        read_tasks(tmp_path)


@pytest.mark.parametrize("template", ["{% if q %}a{% endif %}", "{{ q + 'x' }}", "{{ missing }}"])
def test_templates_outside_the_subset_are_refused(tmp_path: Path, template: str) -> None:
    (tmp_path / "docs.jsonl").write_text('{"q": "x", "options": ["a", "b"], "right": "a"}\n')
    (tmp_path / "task.yaml").write_text(YAML.replace("Q: {{ q | trim }}", template))
    (task,) = read_tasks(tmp_path)
    with pytest.raises(ConfigError, match="template"):
        measure_task(task, Silent())


def test_likelihood_tasks(tmp_path: Path) -> None:
    class Halves:
        def score(self, _prompt: str, continuations: Sequence[str]) -> list[Score]:
            return [(-math.log(2) * len(text), True) for text in continuations]

    (tmp_path / "docs.jsonl").write_text('{"q": "x", "right": "four"}\n')
    head = YAML.partition("output_type")[0]
    (tmp_path / "a.yaml").write_text(f"{head}output_type: loglikelihood\ndoc_to_text: q\ndoc_to_target: right\n")
    rolling = "output_type: loglikelihood_rolling\ndoc_to_text: ''\ndoc_to_target: right\nmetric_list: [{metric: bits_per_byte}]"
    (tmp_path / "b.yaml").write_text(head.replace("mine", "rolling") + rolling)
    one, other = read_tasks(tmp_path)
    assert measure_task(one, Halves()).values == {"acc": [1.0]}
    assert measure_task(other, Halves()).values["bits_per_byte"] == pytest.approx([1.0])


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="URL#NAME"):
        chosen_models("nothing-here")
    models = chosen_models("http://localhost:1/v1#qwen,http://localhost:2/v1#qwen")
    assert {":qwen", ":qwen-2"} <= set(models)


def test_groups_name_tasks_that_are_there() -> None:
    assert {name for names in read_groups().values() for name in names} == set(TASKS)
    assert (FOLDER / "DATASHEET.md").is_file()
