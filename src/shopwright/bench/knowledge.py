"""`bench pretrain --set knowledge`: what a language model knows of commerce and of language, side by side.

    shopwright bench pretrain --set knowledge [--model MODEL[,MODEL...]] [--json]

The tasks of `knowledge_tasks/` (see `knowledge_task`) are put to the language model of the package and to every MODEL:
an endpoint as `URL#NAME`, or the folder of a checkpoint. So checkpoints from before and after training stand in one
table.

    acc:TASK  acc_norm:TASK           share of questions whose right answer is the likeliest; by log-probability, and by
                                      log-probability for each byte of the answer
    exact_match:TASK  f1:TASK         of written answers
    acc:commerce_knowledge  acc:general_language   over all multiple-choice questions of a group
    chance:...                        what guessing gives
    ...:NAME                          the same of MODEL; the rows of the package's model have no suffix

`commerce_cloze` and `general_pairs` are easy on purpose: two continuations, one of which is sensible, so that small
models show what they learned. Bytes and characters of the shipped answers are the same, so `acc_norm` is the harness's.
An answer is wrong when every choice is impossible.
"""

from __future__ import annotations

import math
import string
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shopwright.bench.knowledge_models import CheckpointModel, EndpointScorer, Scorable, TokenScorer, shipped_model
from shopwright.bench.knowledge_task import Doc, HarnessTask, read_groups, read_tasks
from shopwright.bench.knowledge_tasks.token_f1 import f1
from shopwright.bench.task import Options, Row, mean_row
from shopwright.config import EndpointConfig
from shopwright.errors import ConfigError

BENCH, SET = "pretrain", "knowledge"
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(slots=True)
class Figures:
    """What a task gave, question by question: values by metric."""

    values: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, figures: Mapping[str, float]) -> None:
        """Add the figures of one question."""
        for metric, value in figures.items():
            self.values.setdefault(metric, []).append(value)


def measure_knowledge(options: Options) -> Iterator[Row]:
    """The rows of all tasks and models.

    Raises:
        ConfigError: a model that is neither an endpoint nor a folder, or no model at all.
    """
    tasks, groups = read_tasks(), read_groups()
    models = chosen_models(options.model)
    for suffix, model in models.items():
        yield from compare(tasks, groups, model, suffix)
    yield from chances(tasks, groups)


def compare(
    tasks: Sequence[HarnessTask], groups: Mapping[str, Sequence[str]], model: Scorable, suffix: str = ""
) -> Iterator[Row]:
    """The rows of one model: every metric of every task, then the accuracy of each group."""
    measured: dict[str, Figures] = {}
    for task in tasks:
        figures = measured[task.name] = measure_task(task, model)
        for metric, values in figures.values.items():
            yield mean_row(BENCH, SET, f"{metric}:{task.name}{suffix}", values, figures.seconds)
    for group, names in groups.items():
        members = [measured[name] for name in names if name in measured]
        for metric in ("acc", "acc_norm"):
            if values := [value for each in members for value in each.values.get(metric, [])]:
                seconds = sum(each.seconds for each in members)
                yield mean_row(BENCH, SET, f"{metric}:{group}{suffix}", values, seconds)


def chances(tasks: Sequence[HarnessTask], groups: Mapping[str, Sequence[str]]) -> Iterator[Row]:
    """What guessing gives, for tasks and groups of multiple choice."""
    by_task = {
        task.name: [1 / len(task.choices(doc)) for doc in task.docs()]
        for task in tasks
        if task.output_type == "multiple_choice"
    }
    by_group = {group: [value for name in names for value in by_task.get(name, [])] for group, names in groups.items()}
    for name, values in (by_task | by_group).items():
        if values:
            yield Row(BENCH, SET, f"chance:{name}", sum(values) / len(values), len(values))


def measure_task(task: HarnessTask, model: Scorable, split: str | None = None) -> Figures:
    """Put every document of a split to a model.

    Raises:
        ConfigError: a task that needs a model that writes, and one that does not.
    """
    started = time.perf_counter()
    figures = Figures()
    for doc in task.docs(split):
        figures.add(_measured(task, doc, model))
    figures.seconds = time.perf_counter() - started
    return figures


def chosen_models(text: str | None) -> dict[str, Scorable]:
    """The models to measure by their suffix: the package's own ("") where it has one, and those named.

    Raises:
        ConfigError: a name that is neither an endpoint nor a folder, or nothing to measure.
    """
    models: dict[str, Scorable] = {}
    if (own := shipped_model()) is not None:
        models[""] = own
    for name in filter(None, (text or "").split(",")):
        models[_suffix(name, models)] = _opened(name)
    if not models:
        raise ConfigError("nothing to measure: name an endpoint as --model URL#NAME, or the folder of a checkpoint")
    return models


def _measured(task: HarnessTask, doc: Doc, model: Scorable) -> dict[str, float]:
    prompt = task.prompt(doc)
    match task.output_type:
        case "multiple_choice":
            found = _chosen(task, doc, prompt, model)
        case "generate_until":
            found = _written(task, doc, prompt, model)
        case "loglikelihood":
            (_, greedy), *_ = model.score(prompt, [task.target_delimiter + task.right_texts(doc)[0]])
            found = {"acc": float(greedy)}
        case "loglikelihood_rolling":
            text = task.right_texts(doc)[0]
            (logprob, _), *_ = model.score("", [text])
            found = {"bits_per_byte": -logprob / math.log(2) / max(1, len(text.encode()))}
    return {metric: found[metric] for metric in task.metrics if metric in found}


def _chosen(task: HarnessTask, doc: Doc, prompt: str, model: Scorable) -> dict[str, float]:
    choices, right = task.choices(doc), task.right_choice(doc)
    logprobs = [logprob for logprob, _ in model.score(prompt, [task.target_delimiter + each for each in choices])]
    by_byte = [logprob / len(each.encode()) for logprob, each in zip(logprobs, choices, strict=True)]
    return {"acc": _is_best(logprobs, right), "acc_norm": _is_best(by_byte, right)}


def _is_best(values: Sequence[float], right: int) -> float:
    best = max(values)
    return float(best > -math.inf and values.index(best) == right)


def _written(task: HarnessTask, doc: Doc, prompt: str, model: Scorable) -> dict[str, float]:
    generate = getattr(model, "generate", None)
    if generate is None:
        raise ConfigError(f"task {task.name} needs a model that writes; {type(model).__name__} only scores")
    limits = task.generation
    answer = str(generate(prompt, stop=limits.until, max_tokens=limits.max_tokens)).strip()
    right = task.right_texts(doc)
    same = {_plain(each, task.exact) for each in right}
    return {"exact_match": float(_plain(answer, task.exact) in same), "f1": f1(right, [answer])}


def _plain(text: str, options: Mapping[str, bool]) -> str:
    if options.get("ignore_case"):
        text = text.lower()
    if options.get("ignore_punctuation"):
        text = text.translate(_PUNCTUATION)
    return text


def _opened(name: str) -> Scorable:
    if "#" in name:
        return EndpointScorer(EndpointConfig.parse(name))
    if Path(name).is_dir():
        return TokenScorer(CheckpointModel(Path(name)))
    raise ConfigError(f"--model {name!r}: expected URL#NAME of an endpoint, or the folder of a checkpoint")


def _suffix(name: str, taken: Mapping[str, Scorable]) -> str:
    """ ":" and the last part of a model's name, with a number where that is taken."""
    short = name.rpartition("#")[2].rstrip("/").rpartition("/")[2]
    names = [f":{short}", *(f":{short}-{number}" for number in range(2, 100))]
    return next(each for each in names if each not in taken)
