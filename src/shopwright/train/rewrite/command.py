"""What `shopwright train rewrite` gathers before it trains: pairs from every source, purchases, and where to start."""

from __future__ import annotations

from pathlib import Path

from shopwright.models.onnx_files import folder_of
from shopwright.skills.rewrite.generator import REWRITER
from shopwright.train.events import read_events
from shopwright.train.lm_unpack import unpack_lm
from shopwright.train.outcome import Report
from shopwright.train.recipe import Recipe
from shopwright.train.rewrite.run import RewritePlan
from shopwright.train.rewrite.supervised import SupervisedSettings
from shopwright.train.rewrites import Rewrite, packaged_rewrites, read_rewrites
from shopwright.train.sessions import mine

LANGUAGE_MODEL = "lm-s-int8"
_PROBLEMS_SHOWN = 20


def plan_of(
    recipe: Recipe,
    work: Path,
    target: Path,
    models: Path,
    *,
    rewrites: Path | None = None,
    accepted: Path | None = None,
    events: Path | None = None,
    base: Path | None = None,
    pairs: int = 130_000,
    queries: int = 1_500,
    seed: int = 0,
    steps: int | None = None,
    command: str = "shopwright train rewrite",
    data: str = "the shop's own catalogue, pairs and sessions",
    report: Report = print,
) -> RewritePlan:
    """The plan of a training.

    Args:
        recipe: products and labelled queries.
        work, target: see `RewritePlan`.
        models: a shop's own folder of models, which may be empty.
        rewrites: a file of pairs, see `train.rewrites`.
        accepted: the file of an endpoint's accepted rewrites, where it exists.
        events: a log of actions, see `train.events`; gives pairs and purchases.
        base: checkpoint to start from; else the rewriter that runs, or the language model, unpacked.
        pairs, queries, seed, steps, command, data: see `RewritePlan`.
        report: told what was read.

    Raises:
        ConfigError: a file cannot be read, or nothing of it can be used.
        ModelError: the model to start from is missing or damaged.
    """
    own: list[Rewrite] = []
    for file in (rewrites, accepted):
        if file is not None and (file is rewrites or file.is_file()):
            read = read_rewrites(file)
            own += read.rewrites
            _tell(f"{file}: {len(read.rewrites)} rewrites", read.problems, report)
    bought = {}
    if events is not None:
        log = read_events(events)
        mined = mine(log.events)
        own, bought = [*own, *mined.rewrites()], mined.bought
        _tell(f"{events}: {mined.sessions} sessions, {len(mined.rewrites())} pairs", log.problems, report)
    return RewritePlan(
        recipe=recipe,
        rewrites=[*packaged_rewrites("train"), *own],
        dev=packaged_rewrites("dev"),
        base=base or _start(models, work),
        work=work,
        target=target,
        running=folder_of(REWRITER, models),
        command=command,
        data=data,
        bought=bought,
        supervised=SupervisedSettings(pairs=pairs),
        queries=queries,
        seed=seed,
        steps=steps,
    )


def _start(models: Path, work: Path) -> Path:
    """The model that runs as a checkpoint: the rewriter, or where there is none yet the language model."""
    folder = folder_of(REWRITER, models)
    name = REWRITER if (folder / f"{REWRITER}.md").is_file() else LANGUAGE_MODEL
    source = folder if name == REWRITER else folder_of(LANGUAGE_MODEL, models)
    return unpack_lm(source, name, work / "base" / name)


def _tell(line: str, problems: list[str], report: Report) -> None:
    report(line)
    for problem in problems[:_PROBLEMS_SHOWN]:
        report(f"left out: {problem}")
    if len(problems) > _PROBLEMS_SHOWN:
        report(f"left out: {len(problems) - _PROBLEMS_SHOWN} more lines")
