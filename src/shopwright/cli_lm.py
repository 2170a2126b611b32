"""`shopwright train corpus | pretrain | frontier | context | lm`: from text to a language model that ships."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import typer
from rich.console import Console

from shopwright.config import option
from shopwright.errors import ConfigError, MissingExtraError
from shopwright.flags import flags
from shopwright.train.context.settings import ContextSettings
from shopwright.train.corpus.inputs import CorpusInputs
from shopwright.train.pretrain.settings import CONFIGS, PretrainSettings

lm = typer.Typer()
console = Console(highlight=False, emoji=False)


@dataclass(frozen=True, slots=True)
class FrontierSettings:
    """What lies between a base and what was trained from it."""

    corpus: Path = field(metadata={"help": "packed corpus, whose held-out text is measured"})
    base: str = field(metadata={"help": "checkpoint that the training began with"})
    trained: Path = field(metadata={"help": "folder of the trained model"})
    way: Literal["linear", "slerp", "ties", "all"] = option("all", "of interpolation: linear is WiSE-FT")
    plot: Path = option(Path("frontier.svg"), "plot of general against domain loss")
    share: float | None = option(None, "write the model at this share of the way, 0 to 1")
    out: Path = option(Path("merged"), "folder of that model")
    tokens: int = option(65_536, "held-out tokens measured of each source")

    def __post_init__(self) -> None:
        if self.share is not None and not 0 <= self.share <= 1:
            raise ConfigError(f"--share {self.share}: must be from 0 to 1")


@dataclass(frozen=True, slots=True)
class LmSettings:
    """A checkpoint becomes the files that run without torch."""

    checkpoint: Path = field(metadata={"help": "folder that `train pretrain` wrote"})
    corpus: Path = field(metadata={"help": "packed corpus, whose held-out text both are compared on"})
    out: Path = option(Path("models"), "folder that receives the model")
    name: str = option("lm-s-int8", "stem of its three files")


@lm.command("corpus")
@flags(CorpusInputs)
def corpus(settings: CorpusInputs) -> None:
    """Build a packed corpus: read, clean, replace personal data, remove duplicates and benchmarks, mix, tokenise."""
    _require("building a corpus", "rensa", "py3langid", extra="corpus")
    from shopwright.train.corpus.build import build
    from shopwright.train.corpus.gather import gather

    build(settings, gather(settings), _say)


@lm.command("pretrain")
@flags(PretrainSettings, CONFIGS)
def pretrain(settings: PretrainSettings) -> None:
    """Pre-train a language model on a packed corpus, from scratch or from a checkpoint, without forgetting."""
    _require("training", "torch", "transformers")
    from shopwright.train.pretrain.loop import pretrain as train

    done = train(settings, _say)
    if not done.finished:
        _say(f"{done.step:,} steps done; the same command goes on")


@lm.command("frontier")
@flags(FrontierSettings)
def frontier(settings: FrontierSettings) -> None:
    """Interpolate between a base and what was trained from it; plot general against domain loss."""
    _require("interpolation", "torch", "transformers")
    from shopwright.train.pretrain.frontier import merged_points, plot, save_merged, tell_merged

    measured = PretrainSettings(settings.corpus, settings.out, base=settings.base, steps=1, eval_tokens=settings.tokens)
    ways: tuple[Any, ...] = ("linear", "slerp", "ties") if settings.way == "all" else (settings.way,)
    points = [point for way in ways for point in merged_points(measured, settings.trained, way)]
    for point in points:
        _say(f"{point.method:6} {point.label:>5}  general {point.general:.4f}  domain {point.domain:.4f}")
    settings.plot.write_text(plot(points), encoding="utf-8")
    _say(f"plot: {settings.plot}")
    if settings.share is not None:
        save_merged(settings.base, settings.trained, ways[0], settings.share, settings.out)
        tell_merged(measured, settings.trained, ways[0], settings.share)
        _say(f"model at {settings.share:g} of the {ways[0]} way: {settings.out}")


@lm.command("context")
@flags(ContextSettings)
def context(settings: ContextSettings) -> None:
    """Stretch a language model's window and teach it to find what stands there."""
    _require("training", "torch", "transformers")
    from shopwright.train.context.extend import extend

    done = extend(settings, _say)
    for length, right in sorted(done.accuracy.items()):
        _say(f"window {length:,}: {right:.4f} of what can be told is right")
    for kind in ("general", "domain"):
        if kind in done.bits_per_byte:
            _say(f"held-out bits per byte {kind} {done.bits_per_byte[kind]:.4f}")
    _say(f"{done.steps:,} steps, {done.tokens:,} tokens, {done.seconds:.0f} s; written to {settings.out}")


@lm.command("lm")
@flags(LmSettings)
def language_model(settings: LmSettings) -> None:
    """Convert a trained language model to int8 ONNX, with a check that it predicts as the checkpoint does."""
    _require("conversion", "torch", "onnx")
    from shopwright.train.lm_card import card_of, held_out_sample
    from shopwright.train.lm_export import LmExportSettings, export_lm

    command = " ".join(["shopwright", *sys.argv[1:]])
    export = LmExportSettings(settings.checkpoint, settings.out, settings.name)
    measured = export_lm(
        export, card_of(settings.checkpoint, settings.corpus, command), held_out_sample(settings.corpus), _say
    )
    for name, value in measured.items():
        _say(f"{name:24} {value:.4g}")
    _say(f"written to {settings.out}")


def _require(what: str, *packages: str, extra: str = "train") -> None:
    if not all(map(find_spec, packages)):
        raise MissingExtraError(what, extra)


def _say(line: str) -> None:
    """Print a line; of several processes that share a training, the first alone does."""
    if os.environ.get("RANK", "0") == "0":
        console.print(line, markup=False, soft_wrap=True)
