"""One of two processes that share a model: `python -m train.pretrain.sharing CORPUS FOLDER BASE` trains for a test."""

import sys
from pathlib import Path
from typing import Any

import pytest

from shopwright.train.pretrain import loop, machine
from train.pretrain.tiny_corpus import tiny

FRESH: dict[str, Any] = {"steps": 3, "save_every": 1, "ema": 0.5}
CONTINUED: dict[str, Any] = {"steps": 3, "optimiser": "adamw", "l2": 0.1, "ewc": 0.1, "distil": 0.3, "replay": 0.5}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(corpus: Path, folder: Path, base: Path) -> None:
    pytest.MonkeyPatch().setattr(machine, "matrix_rate", lambda *_: 1e9)
    loop.pretrain(tiny(corpus, folder / "continued", fsdp=True, base=str(base), **CONTINUED))
    fresh = loop.Trainer(tiny(corpus, folder / "whole", fsdp=True, **FRESH), say)
    fresh.run()
    weights = list(fresh._model.parameters())
    share = sum(each.to_local().numel() for each in weights) / sum(each.numel() for each in weights)
    say(f"share {share:.2f}")
    plain, taken = loop.Trainer._take_step, iter(range(2))

    def killed(self: loop.Trainer) -> float:
        if next(taken, None) is None:
            raise KeyboardInterrupt
        return plain(self)

    cut = tiny(corpus, folder / "cut", fsdp=True, **FRESH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop.Trainer, "_take_step", killed)
        with pytest.raises(KeyboardInterrupt):
            loop.pretrain(cut)
    loop.pretrain(cut)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
