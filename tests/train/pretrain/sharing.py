"""One of two processes that share a model: `python -m train.pretrain.sharing CORPUS FOLDER BASE` trains for a test."""

import sys
from pathlib import Path
from typing import Any

from shopwright.train.pretrain import loop, machine
from train.pretrain.tiny_corpus import tiny

FRESH: dict[str, Any] = {"steps": 3, "save_every": 1, "ema": 0.5}
CONTINUED: dict[str, Any] = {"steps": 3, "optimiser": "adamw", "l2": 0.1, "ewc": 0.1, "distil": 0.3, "replay": 0.5}


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main(corpus: Path, folder: Path, base: Path) -> None:
    machine.matrix_rate = lambda *_: 1e9  # type: ignore[attr-defined]
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

    loop.Trainer._take_step = killed  # type: ignore[method-assign]
    cut = tiny(corpus, folder / "cut", fsdp=True, **FRESH)
    try:
        loop.pretrain(cut)
    except KeyboardInterrupt:
        loop.Trainer._take_step = plain  # type: ignore[method-assign]
        loop.pretrain(cut)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
