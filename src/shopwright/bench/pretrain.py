"""`bench pretrain`: the corpus pipeline, forgetting, the shipped language model, and a GPU where there is one.

shopwright bench pretrain --data DIR [--set NAME]

dedup        near-duplicate removal: speed, recall, precision (`pretrain_corpus`)
planted      defects planted in clean text, and how many the pipeline finds
lm           bits per byte and speed of the shipped language model (`pretrain_lm`)
knowledge    questions on commerce and on general language; any model (`knowledge`)
forgetting   continual pre-training with and without control; trains for half an hour, so only when named
gpu          tokens a second and MFU at the Qwen3-0.6B configuration, where CUDA is
"""

from __future__ import annotations

from pathlib import Path

from shopwright.bench import pretrain_corpus, pretrain_gpu, pretrain_lm
from shopwright.bench.pretrain_forgetting import forgetting_set
from shopwright.bench.pretrain_gpu import gpu_set
from shopwright.bench.task import BenchSet, Task

_SETS = (*pretrain_corpus.SETS, *pretrain_lm.SETS, forgetting_set(), gpu_set())


def pretrain_sets(data: Path | None) -> tuple[BenchSet, ...]:
    """All sets; which files each needs it says itself."""
    del data
    return _SETS


TASK = Task("pretrain", pretrain_sets, pretrain_gpu.notes)
