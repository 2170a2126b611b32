"""The set `gpu` of `bench pretrain`: how fast one GPU goes on training a model of Qwen3-0.6B's shape, in bfloat16.

    tokens_per_s   of optimiser steps (forward, backward, AdamW), random weights and tokens
    mfu            the work of those tokens (6 a weight and causal attention) over the matrix rate of the same run

It trains nothing that is kept. Without a GPU it yields nothing, and `notes` says so. Needs the extra `train`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shopwright.bench.task import BenchSet, Options, Row
from shopwright.train.pretrain.settings import PretrainSettings

QWEN3_06B: dict[str, Any] = {
    "layers": 28,
    "width": 1024,
    "heads": 16,
    "kv_heads": 8,
    "head_size": 128,
    "ffn": 3072,
    "rope_theta": 1e6,
}
_VOCABULARY = 151_936
_WARM, _TIMED = 3, 10


def gpu_set() -> BenchSet:
    """The set as `bench pretrain` knows it."""
    return BenchSet("gpu", _run, default=False)


def notes() -> Sequence[str]:
    """Why there are no figures, where there are none."""
    return () if _there_is_a_gpu() else ("gpu: no CUDA device (or no torch) here, nothing measured",)


def measure(rows: int = 8, context: int = 4_096) -> Iterator[Row]:
    """Tokens a second and their share of the matrix rate, over windows of `context` tokens, `rows` a step."""
    import torch

    from shopwright.train.pretrain import losses
    from shopwright.train.pretrain import model as models
    from shopwright.train.pretrain.machine import Machine
    from shopwright.train.pretrain.optimiser import Optimiser

    began = time.perf_counter()
    settings = PretrainSettings(
        corpus=Path(),
        out=Path(),
        steps=_TIMED,
        context=context,
        batch_tokens=rows * context,
        micro_batch=rows,
        optimiser="adamw",
        precision="bf16",
        compile=True,
        **QWEN3_06B,
    )
    machine = Machine(settings)
    model = models.build(settings, _VOCABULARY, seed=1).to(machine.device, torch.bfloat16)
    body, optimiser, size = models.Body(model, compile=True), Optimiser(model, settings), models.size(model, context)
    ids = torch.randint(0, _VOCABULARY, (rows, context + 1), device=machine.device)

    def step() -> None:
        losses.cross_entropy(body(ids[:, :-1]), body.head, ids[:, 1:], piece=4_096).backward()
        optimiser.step(1e-5)

    for _ in range(_WARM):
        step()
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(_TIMED):
        step()
    torch.cuda.synchronize()
    speed = _TIMED * rows * context / (time.perf_counter() - started)
    seconds = time.perf_counter() - began
    yield Row("pretrain", "gpu", "tokens_per_s", speed, _TIMED, None, seconds)
    yield Row("pretrain", "gpu", "mfu", speed * size.flops_per_token / machine.peak, _TIMED, None, seconds)
    yield Row("pretrain", "gpu", "matrix_tflops", machine.peak / 1e12, 1, None, seconds)


def _run(_: Options) -> Iterator[Row]:
    if _there_is_a_gpu():
        yield from measure()


def _there_is_a_gpu() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())
