"""What each of two processes runs in `test_align_processes`: one training, shared."""

import sys
from pathlib import Path

from shopwright.train.align.policy.loop import align
from shopwright.train.align.policy.settings import AlignSettings
from train.align.policy.tiny_policy import assignments, tiny_judge

SHARED = {"method": "dpo", "conditioned": False, "steps": 3, "prompts": 4, "longest": 6, "precision": "fp32"}

if __name__ == "__main__":
    out, base = map(Path, sys.argv[1:])
    align(AlignSettings(out=out, base=str(base), **SHARED), assignments(), tiny_judge(), print)
    rewards = {**SHARED, "method": "grpo", "group": 4, "floors": "depth=0.9", "kl_target": 0.01}
    align(AlignSettings(out=out / "grpo", base=str(base), **rewards), assignments(), tiny_judge(), print)
