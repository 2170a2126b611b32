"""The same training on several machines by Ray Train: it starts the processes and joins them, the rest is `loop`.

Each worker holds the whole model and takes a part of a step's prompts, as under `accelerate launch`. All of them must
see `--out`; the assignments travel with the task. Needs Ray Train (the extra `ray`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from shopwright.errors import MissingExtraError
from shopwright.train.align.assignments import Assignment
from shopwright.train.align.policy.judging import Judge
from shopwright.train.align.policy.loop import NOTE, Aligned, align
from shopwright.train.align.policy.settings import AlignSettings
from shopwright.train.align.world.objectives import score


def align_on_ray(settings: AlignSettings, assignments: Sequence[Assignment], gpus: bool = False) -> Aligned:
    """Train with `settings.workers` processes.

    Args:
        settings: with `out` on storage that all workers see.
        assignments: that are trained on.
        gpus: whether each worker has one.

    Raises:
        MissingExtraError: Ray Train is not installed.
    """
    try:
        from ray.train import RunConfig, ScalingConfig
        from ray.train.torch import TorchTrainer
    except ImportError as error:
        raise MissingExtraError("training on Ray", "ray") from error

    at = settings.out.resolve()
    base = str(Path(settings.base).resolve()) if Path(settings.base).is_dir() and settings.base else settings.base
    settings = replace(settings, out=at, base=base)

    def work(told: dict[str, Any]) -> None:
        align(told["settings"], told["assignments"], Judge(told["settings"].judge, score))

    trainer = TorchTrainer(
        work,
        train_loop_config={"settings": settings, "assignments": list(assignments)},
        scaling_config=ScalingConfig(num_workers=settings.workers, use_gpu=gpus),
        run_config=RunConfig(name="align", storage_path=str(at / "ray")),
    )
    trainer.fit()
    lines = (at / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return Aligned(int(orjson.loads(lines[-1])["step"]), (at / "policy" / NOTE).is_file(), [], [])
