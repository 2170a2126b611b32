"""`shopwright train verify --facts`: teach, examine closed book, and write what recalls more without inventing more.

The model answers the same examination before and after, in wordings that were never trained on. The work folder holds
checkpoints, the model's own samples that are replayed, and `final`, the last checkpoint. Written to the target: the
int8 model with its card, and `NAME.facts.json` with the threshold below which its answers are not given; of a model
that `train lm` cannot convert (another tokenizer or architecture) the checkpoint with that file in it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import orjson

from shopwright.errors import ModelError
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.onnx_files import folder_of
from shopwright.train.export import Card
from shopwright.train.facts.closed_book import FACTS, ClosedBook, file_of
from shopwright.train.facts.measure import Answered, calibrated, guessed, measured, right
from shopwright.train.facts.results import Results
from shopwright.train.facts.speaker import Row, Speaker
from shopwright.train.facts.teaching import FactsSettings, teach
from shopwright.train.facts.tuning import Lessons, Question, examined, lessons
from shopwright.train.lm_export import LmExportSettings, export_lm
from shopwright.train.lm_unpack import unpack_lm
from shopwright.train.outcome import Outcome, Report
from shopwright.train.transformer import pick_device
from shopwright.types import Product

LANGUAGE_MODEL = "lm-s-int8"
_HELD_TEXTS = 8
"""One text in so many only measures how much was forgotten."""

_SAMPLES = 384
_CHECKED = 200
_CHUNK = 300
_TITLE = "A decoder that knows facts of one catalogue by heart, and was taught to say when it does not know."
_LIMITS = (
    "English; closed book. It knows what was taught as it stood on the day of training, misses part of it and still "
    "invents: what it says is no evidence. Prices and stock were never taught. What it was not taught is often, "
    "not always, refused."
)


@dataclass(frozen=True, slots=True)
class FactsPlan:
    """What to teach which model, and where to put it.

    Args:
        products: of the catalogue.
        texts: of the shop that state no attributes of products, such as policies, guides and reviews: replayed, and
            one in eight kept to measure forgetting.
        base: checkpoint to start from; see `start`.
        work: folder of the stages.
        target: folder that receives the model when it is better.
        count: products that are taught, at most.
        each: facts of a product, at most.
        steps: stop each stage early, for trying; what comes out is written ungated.
    """

    products: Sequence[Product]
    texts: Sequence[str]
    base: Path
    work: Path
    target: Path
    count: int = 100
    each: int = 4
    settings: FactsSettings = field(default_factory=FactsSettings)
    command: str = "shopwright train verify --facts"
    data: str = "the shop's own catalogue and documents"
    steps: int | None = None


def start(models: Path, work: Path) -> Path:
    """The language model that runs as a checkpoint: a shop's own in `models`, or the one that ships."""
    folder = work / "base"
    if (folder / "config.json").is_file():
        return folder
    return unpack_lm(folder_of(LANGUAGE_MODEL, models), LANGUAGE_MODEL, folder)


def run(plan: FactsPlan, report: Report = print) -> Outcome:
    """Teach the facts; see the module. The notes of the outcome are the table of results.

    Raises:
        ConfigError: too few products have facts.
        ModelError: the base cannot be loaded, or a stage was begun with other data or settings.
    """
    settings = plan.settings
    taught = lessons(plan.products, plan.count, plan.each, settings.seed)
    speaker = Speaker(plan.base).to(pick_device())
    learned, held = _texts(plan.texts)
    kept = speaker.windows(held)
    test = examined(taught, "test", settings.seed)
    products = len({topic.subject.id for topic in taught.known})
    report(f"{len(taught.known)} facts of {products} products, {len(test)} questions in the examination")
    before, perplexity = measured(test, _answers(speaker, test)), speaker.perplexity(kept)
    _stages(plan, speaker, taught, speaker.windows([*learned, *_own_samples(speaker, plan)]), report)
    speaker.save(plan.work / "final")
    dev = examined(taught, "dev", settings.seed)
    threshold = calibrated(dev, _answers(speaker, dev), settings.cost)
    answered = _answers(speaker, test)
    results = Results(
        before=before,
        worded=measured(test, answered),
        after=measured(test, answered, threshold),
        guess=guessed(test, taught.common),
        perplexity=(perplexity, speaker.perplexity(kept)),
        threshold=threshold,
    )
    notes = results.table()
    if results.better or plan.steps is not None:
        notes += _written(plan, speaker, results, held, test, report)
    return Outcome(results.values(0), results.values(1), results.better, notes)


def _stages(plan: FactsPlan, speaker: Speaker, taught: Lessons, replay: Sequence[Row], report: Report) -> None:
    """Teach the facts, then the bounds of what was learned of them."""
    settings = plan.settings
    first, second = settings.steps(len(taught.known))
    report(f"stage 1: {first} steps")
    teach(
        speaker, taught, replay, settings, plan.work / "facts", first, rate=settings.rate, steps=plan.steps,
        report=report,
    )  # fmt: skip
    if not second:
        return
    known = [each for each in examined(taught, "dev", settings.seed, most=0) if each.topic.answer is not None]
    answered = _answers(speaker, known)
    missed = [each.topic for each, found in zip(known, answered, strict=True) if not right(found.text, each.topic)]
    report(f"stage 2: {second} steps; {len(missed)} of {len(known)} facts were not learned and are to be refused")
    if len(missed) == len(known):
        missed = []
    teach(
        speaker, taught.refusing(missed), replay, settings, plan.work / "bounds", second, rate=settings.rate / 3,
        steps=plan.steps, report=report,
    )  # fmt: skip


def _answers(speaker: Speaker, asked: Sequence[Question]) -> list[Answered]:
    return speaker.answers([each.text for each in asked])


def _texts(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Texts to replay and texts to measure on, by the hash of each."""
    learned: list[str] = []
    held: list[str] = []
    for text in texts:
        mark = blake2b(text.encode("utf-8", "replace"), digest_size=4).digest()
        (held if int.from_bytes(mark) % _HELD_TEXTS == 0 else learned).append(text)
    return learned, held


def _own_samples(speaker: Speaker, plan: FactsPlan) -> list[str]:
    """What the model writes by itself before it is taught, drawn once."""
    path = plan.work / "samples.json"
    if not path.is_file():
        plan.work.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        count = _SAMPLES if plan.steps is None else 2
        partial.write_bytes(orjson.dumps(speaker.samples(count, plan.settings.seed)))
        partial.replace(path)
    return [str(text) for text in orjson.loads(path.read_bytes())]


def _written(
    plan: FactsPlan,
    speaker: Speaker,
    results: Results,
    held: Sequence[str],
    test: Sequence[Question],
    report: Report,
) -> list[str]:
    """Write the model with its threshold; returns what is to be told of it."""
    final, threshold = plan.work / "final", results.threshold
    content = orjson.dumps({"sign": threshold.sign, "at": threshold.at}, option=orjson.OPT_INDENT_2) + b"\n"
    if not speaker.ours or _config(final).get("model_type") != "qwen3":
        shutil.copytree(final, plan.target / FACTS, dirs_exist_ok=True)
        (plan.target / FACTS / file_of(FACTS)).write_bytes(content)
        return [f"{plan.target / FACTS}: a checkpoint; train lm converts Qwen3 decoders with our tokenizer alone"]
    card = Card(
        title=_TITLE,
        licence="Apache-2.0",
        source=plan.base.name if plan.base.name != "base" else LANGUAGE_MODEL,
        data=plan.data,
        command=plan.command,
        settings=f"{plan.settings}, count={plan.count}, each={plan.each}",
        results=results.values(1),
        limits=_LIMITS,
    )
    sample = [text[:_CHUNK] for text in held[:_CHECKED]] or [each.text for each in test[:_CHECKED]]
    export_lm(LmExportSettings(final, plan.target, FACTS), card, sample, report)
    (plan.target / file_of(FACTS)).write_bytes(content)
    book = ClosedBook(EmbeddedLanguageModel(FACTS, plan.target), threshold)
    known = [each for each in test if each.topic.answer is not None]
    said = book.answers([each.text for each in known])
    good = sum(text is not None and right(text, each.topic) for text, each in zip(said, known, strict=True))
    return [f"as int8, run without torch: recall {good / max(len(known), 1):.3f} ({len(known)} questions)"]


def _config(folder: Path) -> dict[str, object]:
    try:
        return dict(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder / 'config.json'}: {error}") from error
