"""How fast rewards are learned and policies move, beside TRL in the same run, on one thread and the decoder that ships.

    pairs_per_cpu_s               pairs of responses that a reward model on the decoder learns from in a CPU second:
                                  each response of a prompt is read once, and all pairs follow
    pairs_per_cpu_s:trl           `RewardTrainer` on pairs of the same responses
    completions_per_cpu_s         answers of up to 64 tokens, 8 a prompt, drawn, judged in four objectives and learned
                                  from (GDPO, no KL)
    completions_per_cpu_s:trl     `GRPOTrainer` on the same prompts and rewards ("normalize_then_sum")

Both compute in bfloat16 where that is the faster on this machine; TRL gets the better of two batch sizes. The first
step of each is not counted. Needs the extra `train`.
"""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.errors import MissingExtraError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.reward.groups import SOFT, Group, read_groups

_FOLDER = "reward/alpaca_eval"
_GROUPS, _RESPONSES, _TOKENS = 5, 58, 256
_PAIRS = (8, 16)
_PROMPTS, _GROUP, _NEW, _STEPS = 8, 8, 64, 4
_BATCHES = (16, 64)


def throughput_rows(options: Options) -> Iterator[Row]:
    """The rows of `throughput`.

    Raises:
        MissingExtraError: torch, transformers or TRL is not installed.
        CorpusError: the files are damaged.
    """
    assert options.data is not None
    try:
        import torch
        import trl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("bench align --set throughput", "train") from error
    found, _ = read_groups(options.data / _FOLDER)
    groups = sorted((group for group in found if group.annotator == SOFT), key=lambda group: group.prompt_id)[:_GROUPS]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with TemporaryDirectory() as place, _quiet():
            yield from _pairs(groups, Path(place))
            yield from _completions(Path(place))
    finally:
        torch.set_num_threads(threads)


def _pairs(groups: Sequence[Group], work: Path) -> Iterator[Row]:
    rate, seen, seconds = _our_pairs(groups, work)
    yield Row("align", "throughput", "pairs_per_cpu_s", rate, seen, None, seconds)
    rates = [_trl_pairs(groups, work, batch) for batch in _PAIRS]
    rate, seen, seconds = max(rates)
    yield Row("align", "throughput", "pairs_per_cpu_s:trl", rate, seen, None, seconds)


def _completions(work: Path) -> Iterator[Row]:
    from shopwright.train.align.policy.judging import Judge
    from shopwright.train.align.policy.loop import Training
    from shopwright.train.align.policy.settings import AlignSettings

    assignments, rules = _task()
    settings = AlignSettings(
        out=work / "ours",
        steps=_STEPS + 1,
        prompts=_PROMPTS,
        group=_GROUP,
        longest=_NEW,
        kl=0.0,
        conditioned=False,
        rate=1e-5,
        threads=1,
    )
    training = Training(settings, assignments, Judge("rules", rules, rules))
    list(training.take())
    begun, wall = time.process_time(), time.perf_counter()
    for _ in range(_STEPS):
        list(training.take())
    count, spent = _STEPS * _PROMPTS * _GROUP, time.process_time() - begun
    yield Row("align", "throughput", "completions_per_cpu_s", count / spent, count, None, time.perf_counter() - wall)
    rate, count, seconds = max(_trl_completions(assignments, rules, work, batch) for batch in _BATCHES)
    yield Row("align", "throughput", "completions_per_cpu_s:trl", rate, count, None, seconds)


def _our_pairs(groups: Sequence[Group], work: Path) -> tuple[float, int, float]:
    """Pairs a CPU second, pairs seen, and seconds."""
    from shopwright.train.align.policy.model import load_policy
    from shopwright.train.align.reward.language import (
        Labelled,
        LanguageReward,
        LanguageRewardSettings,
        fit_language_reward,
    )

    policy = load_policy("", work, dtype=_dtype())
    policy.longest = _TOKENS
    model = LanguageReward(policy)
    labelled = [
        Labelled(each.prompt, each.texts[:_RESPONSES], {"overall": each.wins[:_RESPONSES].astype(np.float64)})
        for each in groups
    ]
    settings = LanguageRewardSettings(steps=1, longest=_TOKENS, most=_RESPONSES)
    fit_language_reward(model, labelled, settings, work / "first", lambda _: None)
    begun, wall = time.process_time(), time.perf_counter()
    settings = LanguageRewardSettings(steps=_GROUPS, longest=_TOKENS, most=_RESPONSES)
    seen = fit_language_reward(model, labelled, settings, work / "timed", lambda _: None)
    return seen / (time.process_time() - begun), seen, time.perf_counter() - wall


def _trl_pairs(groups: Sequence[Group], work: Path, batch: int, steps: int = 3) -> tuple[float, int, float]:
    import torch
    from datasets import Dataset
    from transformers import AutoModelForSequenceClassification
    from trl import RewardConfig, RewardTrainer

    rows = list(islice(_ordered(groups), batch * (steps + 1)))
    tokenizer = _tokenizer(work / "base")
    model = AutoModelForSequenceClassification.from_pretrained(
        str(work / "base"), num_labels=1, dtype=torch.float32, pad_token_id=tokenizer.pad_token_id
    )
    config = RewardConfig(
        **_trl_options(work, batch, steps + 1), max_length=2 * _TOKENS, center_rewards_coefficient=None
    )
    trainer = RewardTrainer(model=model, args=config, train_dataset=Dataset.from_list(rows), processing_class=tokenizer)
    return _timed(trainer, batch * steps)


def _trl_completions(
    assignments: Sequence[Assignment], rules: Callable[..., Any], work: Path, batch: int
) -> tuple[float, int, float]:
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM
    from trl import GRPOConfig, GRPOTrainer

    by_prompt = {one.prompt: one for one in assignments}

    def objective(place: int) -> Callable[..., list[float]]:
        def reward(prompts: list[str], completions: list[str], **_: Any) -> list[float]:
            pairs = zip(prompts, completions, strict=True)
            return [float(rules(by_prompt[prompt], [answer])[0][place]) for prompt, answer in pairs]

        reward.__name__ = f"objective_{place}"
        return reward

    tokenizer = _tokenizer(work / "base")
    model = AutoModelForCausalLM.from_pretrained(str(work / "base"), dtype=torch.float32)
    steps = _STEPS * _PROMPTS * _GROUP // batch
    config = GRPOConfig(
        **_trl_options(work, batch, steps + 1),
        num_generations=_GROUP,
        max_completion_length=_NEW,
        beta=0.0,
        multi_objective_aggregation="normalize_then_sum",
        steps_per_generation=1,
    )
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=[objective(place) for place in range(4)],
        args=config,
        train_dataset=Dataset.from_dict({"prompt": [one.prompt for one in assignments]}),
        processing_class=tokenizer,
    )
    return _timed(trainer, batch * steps)


def _timed(trainer: Any, count: int) -> tuple[float, int, float]:
    """A rate a CPU second over all steps but the first."""
    from transformers import TrainerCallback

    clock: list[tuple[float, float]] = []

    class Clock(TrainerCallback):  # type: ignore[misc, unused-ignore]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            clock.append((time.process_time(), time.perf_counter()))

    trainer.add_callback(Clock())
    trainer.train()
    return count / (clock[-1][0] - clock[0][0]), count, clock[-1][1] - clock[0][1]


def _trl_options(work: Path, batch: int, steps: int) -> dict[str, Any]:
    import torch

    return {
        "output_dir": str(work / "trl"),
        "per_device_train_batch_size": batch,
        "max_steps": steps,
        "learning_rate": 1e-5,
        "bf16": _dtype() == torch.bfloat16,
        "gradient_checkpointing": False,
        "use_cpu": True,
        "report_to": [],
        "save_strategy": "no",
        "logging_strategy": "no",
        "disable_tqdm": True,
    }


def _tokenizer(base: Path) -> Any:
    from transformers import PreTrainedTokenizerFast

    added = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))["added_tokens"]
    return PreTrainedTokenizerFast(
        tokenizer_file=str(base / "tokenizer.json"), eos_token=added[0]["content"], pad_token=added[1]["content"]
    )


def _ordered(groups: Sequence[Group]) -> Iterator[dict[str, str]]:
    """Pairs of the same responses, drawn evenly from the groups, the better first, as long as ours."""
    random = np.random.default_rng(0)
    while True:
        for group in groups:
            size = min(len(group.texts), _RESPONSES)
            first, second = random.choice(size, 2, replace=False).tolist()
            if group.wins[first] < group.wins[second]:
                first, second = second, first
            yield {"prompt": group.prompt, "chosen": group.texts[first], "rejected": group.texts[second]}


def _dtype() -> Any:
    """The type in which matrix products are the faster."""
    import torch

    from shopwright.train.pretrain.monitor import matrix_rate

    processor = torch.device("cpu")
    rates = {kind: matrix_rate(processor, kind) for kind in (torch.float32, torch.bfloat16)}
    return torch.bfloat16 if rates[torch.bfloat16] > 1.3 * rates[torch.float32] else torch.float32


def _task() -> tuple[list[Assignment], Callable[..., Any]]:
    """Assignments of the demo shop, and the program that judges them."""
    from shopwright.catalog.demo import demo_products
    from shopwright.train.align.world.objectives import score
    from shopwright.train.align.world.requests import assignments
    from shopwright.types import Product

    products = [each for each in demo_products() if isinstance(each, Product)]
    return list(assignments(products, 0, 64)), score


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the trainers of transformers say of themselves."""
    level = logging.getLogger("transformers").level
    logging.getLogger("transformers").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.getLogger("transformers").setLevel(level)


SETS: tuple[BenchSet, ...] = (
    BenchSet(
        "throughput",
        throughput_rows,
        (
            NeededFile(f"{_FOLDER}/prompts.jsonl", "prompts"),
            NeededFile(f"{_FOLDER}/responses.jsonl.xz", "the responses of many systems"),
            NeededFile(f"{_FOLDER}/preferences.tsv", "comparisons with a baseline"),
        ),
        default=False,
    ),
)
"""Not measured unless it is named: it takes minutes and the extra `train`."""
