"""`shopwright train verify`: from sets and written documents to the judge and what decides over it.

The judge starts from a BERT: a quarter of a pass over the public sets, then a pass over everything, then parts of one;
each pass has wrong claims of its own (`edits`). It is exported to int8, the regressions and thresholds are fitted on
what was kept (`calibrating`), and both are written only when they beat what runs now on the documents of the test
split: the mean of the areas under ROC of "is it supported" and "is it answered" (the gate).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
from shopwright.models.judge import DEFAULT_JUDGE, EmbeddedJudge
from shopwright.models.onnx_files import WEIGHTS, folder_of
from shopwright.models.protocols import Encoder
from shopwright.skills.verify.calibrated import FILE, read_calibrated
from shopwright.train.body import unpack_body
from shopwright.train.export import Card, export_judge
from shopwright.train.outcome import Outcome, Report
from shopwright.train.verify.calibrating import Case, calibrate, claim_cases, measure, question_cases, write
from shopwright.train.verify.edits import wrong_claims
from shopwright.train.verify.examples import Example, is_dev, read_sets
from shopwright.train.verify.training import JudgeSettings, train_judge
from shopwright.train.verify.written import Written, documents, written_examples

PASSES = (0.25, 1.0, 0.25, 0.6)
"""Shares of a pass; the first is over the public sets alone."""
_SAMPLE = 400
_TITLE = (
    "A judge of 6 layers that reads a question or claim and a piece of evidence together and says how far the evidence "
    "answers the question and where, whether it supports or contradicts the claim, and which words of the claim it "
    "does not hold."
)
_LIMITS = (
    "English. Numbers, units, dates and names are compared by code beside it, because it reads them loosely. Evidence "
    "is taken at its word. It inherits the biases of text from the web and of the people who labelled the sets."
)


@dataclass(frozen=True, slots=True)
class JudgePlan:
    """What to train the judge from, and where to put it.

    Args:
        work: folder of checkpoints.
        target: folder that receives judge and calibration when they are better.
        models: folder of the judge that runs now; it may have none.
        sets: folder of data with public sets below `evidence/`; None for the documents alone.
        own: a merchant's documents beside the packaged ones.
        base: folder of a BERT to start from; the judge that runs now, unpacked, when None.
        command, data: for the card.
        seed: of everything random.
        steps: stop early, for trying; what comes out is not gated.
        settings: of the training; its seed is that of the plan.
    """

    work: Path
    target: Path
    models: Path = WEIGHTS
    sets: Path | None = None
    own: tuple[Written, ...] = ()
    base: Path | None = None
    command: str = "shopwright train verify"
    data: str = "the project's own documents (src/shopwright/train/verify/written, Apache-2.0)"
    seed: int = 0
    steps: int | None = None
    settings: JudgeSettings = field(default_factory=JudgeSettings)


def judge(plan: JudgePlan, report: Report = print) -> Outcome:
    """Train, calibrate and gate the judge; see the module."""
    texts = [*documents(), *plan.own]
    public, notes = read_sets(plan.sets) if plan.sets else ([], [])
    passes = training_passes(public, texts, plan.seed)
    report(f"{len(texts)} documents, {len(public)} examples of public sets, passes of {[len(one) for one in passes]}")
    base = plan.base or unpack_body(plan.models, DEFAULT_JUDGE, plan.work / "base")
    settings = replace(plan.settings, seed=plan.seed)
    model = train_judge(base, passes, plan.work / "judge", settings, steps=plan.steps, report=report)
    torch.save(model.state_dict(), plan.work / "judge.pt")
    kept = [text for text in texts if text.split == "dev"]
    claims, questions = claim_cases(kept, plan.sets, plan.seed), question_cases(kept, plan.sets, plan.seed)
    unseen = [text for text in texts if text.split == "test"]
    tried = claim_cases(unseen, None, plan.seed), question_cases(unseen, None, plan.seed)
    sample = [(case.text, " ".join(case.pieces)) for case in [*claims, *questions]][:_SAMPLE]
    card = Card(
        _TITLE,
        "CC-BY-SA-4.0" if plan.sets else "Apache-2.0",
        "all-MiniLM-L6-v2 (Apache-2.0)",
        plan.data,
        plan.command,
        str(settings),
        limits=_LIMITS,
    )
    encoder = EmbeddedEncoder(DEFAULT_ENCODER, folder_of(DEFAULT_ENCODER, plan.models))
    with TemporaryDirectory() as place:
        scratch = Path(place)
        export_judge(model, base, scratch, DEFAULT_JUDGE, card, sample)
        candidate = EmbeddedJudge(folder=scratch)
        calibrated, crossed = calibrate(candidate, claims, questions, encoder)
        after = {**measure(candidate, calibrated, *tried, encoder), **crossed}
        before = _running(plan.models, *tried, encoder)
        better = _worth(after) > _worth(before)
        if better or plan.steps is not None:
            export_judge(model, base, plan.target, DEFAULT_JUDGE, replace(card, results=after), sample)
            write(calibrated, plan.target)
    return Outcome(before, after, better, notes)


def training_passes(public: Sequence[Example], texts: Sequence[Written], seed: int) -> list[list[Example]]:
    """The examples of every pass, wrong claims included; what is kept for calibration is left out."""
    learned = [example for example in public if not is_dev(example.group)]
    written = [text for text in texts if text.split == "train"]
    made = []
    for turn, share in enumerate(PASSES):
        if turn == 0 and not learned:
            continue
        examples = learned + (written_examples(written, seed + turn) if turn else [])
        examples += wrong_claims(examples, seed + turn)
        made.append(random.Random(seed + turn).sample(examples, int(share * len(examples))))
    return made


def _running(models: Path, claims: Sequence[Case], questions: Sequence[Case], encoder: Encoder) -> dict[str, float]:
    """How the judge that runs now does, where there is one."""
    if not (models / f"{DEFAULT_JUDGE}.md").is_file() or not (models / FILE).is_file():
        return {}
    return measure(EmbeddedJudge(folder=models), read_calibrated(models), claims, questions, encoder)


def _worth(measured: dict[str, float]) -> float:
    return measured.get("supported_auroc", 0.0) + measured.get("answered_auroc", 0.0)
