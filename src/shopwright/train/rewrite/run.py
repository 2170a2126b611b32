"""`shopwright train rewrite`: the three stages, the gate, and what ships.

Stages keep their state in the work folder, so that a run goes on where it was interrupted: checkpoints of the
trainings, `feedback.jsonl` with what the search said. What comes out is measured on queries that were kept back, typed
and mistyped, with the rewriter that runs now beside the new one; only what finds more is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import orjson

from shopwright.errors import ModelError
from shopwright.knowledge.synonyms import Synonyms
from shopwright.metrics import recall
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.language.engine import EmbeddedLanguageModel
from shopwright.models.onnx_files import WEIGHTS
from shopwright.models.pairs import EmbeddedPairScorer
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.lexical import LexicalIndex
from shopwright.search.texts import named
from shopwright.skills.rewrite.gate import FILE, Gate
from shopwright.skills.rewrite.generator import REWRITER, Generator
from shopwright.skills.rewrite.rewriter import Rewriter
from shopwright.train.examples import Example
from shopwright.train.export import Card
from shopwright.train.lm_export import LmExportSettings, export_lm
from shopwright.train.outcome import Outcome, Report
from shopwright.train.recipe import Recipe
from shopwright.train.rewrite.alignment import AlignmentSettings, align
from shopwright.train.rewrite.decoder import Decoder
from shopwright.train.rewrite.feedback import Ground, Ranked, Scored, asked_of, ranked
from shopwright.train.rewrite.gating import fitted, save_gate, tried
from shopwright.train.rewrite.pairs import Pair, sources, written_pairs
from shopwright.train.rewrite.supervised import SupervisedSettings, fine_tune, loss
from shopwright.train.rewrites import Rewrite
from shopwright.types import SearchRequest

_DEEP = 100
_HELD_LISTS = 8
"""One list in so many only measures."""

_SAMPLE = 200
_TITLE = "A decoder that rewrites queries: what was meant, and what else may be asked for the same wish."
_LIMITS = (
    "English; small: it corrects spelling better than it knows what things are for. What it writes is a guess that the "
    "gate may refuse, and is added to the query, never put in its place."
)


@dataclass(frozen=True, slots=True)
class RewritePlan:
    """What to train the rewriter on, and where to put it.

    Args:
        recipe: products and labelled queries.
        rewrites, dev: pairs of queries and rewrites, and those that only measure.
        bought: query -> products bought after it, for the hit rate.
        base: checkpoint to start from.
        work: folder of the stages.
        target: folder that receives the model and its gate when they are better.
        running: folder of the rewriter that runs now; one without a rewriter is beaten by any that finds more.
        queries: of stage 2.
        steps: stop each training early, for trying; what comes out is written ungated.
    """

    recipe: Recipe
    rewrites: Sequence[Rewrite]
    dev: Sequence[Rewrite]
    base: Path
    work: Path
    target: Path
    running: Path
    command: str = "shopwright train rewrite"
    data: str = "the shop's own catalogue, pairs and sessions"
    bought: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    supervised: SupervisedSettings = field(default_factory=SupervisedSettings)
    alignment: AlignmentSettings = field(default_factory=AlignmentSettings)
    queries: int = 1_500
    seed: int = 0
    steps: int | None = None


def rewriter(plan: RewritePlan, report: Report = print) -> Outcome:
    """Train the rewriter; see the module.

    Raises:
        ModelError: the base cannot be loaded, or a stage was begun with other data.
    """
    found = sources(plan.rewrites, plan.recipe.products, plan.recipe.train, plan.seed)
    decoder = Decoder(plan.base)
    supervised = replace(plan.supervised, seed=plan.seed)
    report(
        f"stage 1: {supervised.pairs:,} pairs from {len(plan.rewrites):,} rewrites and {len(found.phrases):,} phrases"
    )
    fine_tune(decoder, found, plan.work / "supervised", supervised, steps=plan.steps, report=report)
    first = _exported(decoder, plan, "first", {}, report)
    dev = written_pairs(plan.dev)
    before = {f"loss:{task}": loss(decoder, [each for each in dev if each.task == task]) for task in ("meant", "also")}

    encoder, scorer = EmbeddedEncoder(), EmbeddedPairScorer()
    grounds = _grounds(plan, plan.recipe.train, encoder, "ground")
    lists = _feedback(plan, Generator(first), grounds, scorer, report)
    cut = max(len(lists) // _HELD_LISTS, 1)
    learned, held = lists[cut:], lists[:cut]
    report(f"stage 3: {len(learned)} lists to learn from, {len(held)} kept back")
    start = {f"reward:{name}": value for name, value in chosen_rewards(decoder, held).items()}
    if learned:
        align(decoder, learned, plan.work / "alignment", plan.alignment, steps=plan.steps, report=report)
    after = {f"loss:{task}": loss(decoder, [each for each in dev if each.task == task]) for task in ("meant", "also")}
    rewards = {f"reward:{name}": value for name, value in chosen_rewards(decoder, held).items()}
    report(f"mean reward of the likeliest candidate {start['reward:chosen']:.4f} -> {rewards['reward:chosen']:.4f}")

    aligned = _exported(decoder, plan, "aligned", {}, report)
    typed = _typed(plan, grounds)
    cases = tried(Rewriter(Generator(aligned), Gate.open()), typed, plan.seed, report)
    gate, measured = fitted(cases, Gate.load(WEIGHTS / FILE))
    report("gate: " + ", ".join(f"{name} {value:.3g}" for name, value in measured.items()))
    tests = _grounds(plan, plan.recipe.dev, encoder, "ground")
    running = _running(plan.running)
    old = {**before, **start, **recalled(tests, running)}
    new = {**after, **rewards, **recalled(tests, Rewriter(Generator(aligned), gate))}
    better = new["recall@100"] > old["recall@100"]
    if better or plan.steps is not None:
        _exported(decoder, plan, "", new | {f"gate:{name}": value for name, value in measured.items()}, report)
        save_gate(gate, measured, plan.command, plan.data, plan.target)
    return Outcome(old, new, better, plan.recipe.notes)


def recalled(grounds: Mapping[str, Ground], chosen: Rewriter | None) -> dict[str, float]:
    """Recall@100 of the right products over all queries of the grounds, with a rewriter or without."""
    values = []
    for ground in grounds.values():
        engine = ground.index.scored(Relevance(thesaurus=Synonyms.packaged(), rewriter=chosen))
        for query, right in ground.asked.items():
            page = engine.search(SearchRequest(query, limit=_DEEP))
            values.append(recall([hit.id for hit in page.hits], right, _DEEP))
    return {"recall@100": float(np.mean(values or [0.0])), "queries": float(len(values))}


def chosen_rewards(decoder: Decoder, lists: Sequence[Ranked]) -> dict[str, float]:
    """Mean reward of the likeliest candidate of each list, of the best, and of the query as it was typed."""
    import torch

    chosen, best, typed = [], [], []
    decoder.eval()
    with torch.no_grad():
        for each in lists:
            texts = [candidate.text for candidate in each.candidates]
            sums, _ = decoder.logprobs([decoder.asked(Pair(each.task, each.query, text)) for text in texts])
            rewards = {candidate.text: candidate.reward for candidate in each.candidates}
            chosen.append(rewards[texts[int(sums.argmax())]])
            best.append(each.candidates[0].reward)
            typed.append(rewards.get(each.query, 0.0))
    return {
        name: float(np.mean(values or [0.0])) for name, values in (("chosen", chosen), ("best", best), ("typed", typed))
    }


def _typed(plan: RewritePlan, grounds: Mapping[str, Ground]) -> list[tuple[LexicalIndex, str]]:
    """The queries of the recipe that people typed without a mistake, each with its catalogue."""
    return [
        (grounds[example.catalogue].index.state.lexical, example.query)
        for example in plan.recipe.train
        if example.catalogue in grounds and example.kind not in ("misspelled", "generated")
    ]


def _grounds(
    plan: RewritePlan, examples: Sequence[Example], encoder: EmbeddedEncoder, folder: str
) -> dict[str, Ground]:
    """An index of each catalogue, filled once."""
    found = {}
    for name, products in plan.recipe.products.items():
        index = EmbeddedIndex(plan.work / folder / name, encoder, relevance=Relevance(thesaurus=Synonyms.packaged()))
        if index.count != len(products):
            index.apply([(product.id, product) for product in products], 1)
        by_id = {product.id: product for product in products}
        index.fill(lambda ids, by_id=by_id: {one: by_id[one] for one in ids})  # type: ignore[misc]
        texts = {product.id: named(product) for product in products}
        bought = {query: tuple(items) for query, items in plan.bought.items()} if name == "own" else {}
        asked = asked_of(examples, name, plan.seed)
        found[name] = Ground(index, texts, asked | {q: b for q, b in bought.items() if q not in asked}, bought)
    return found


def _feedback(
    plan: RewritePlan, generator: Generator, grounds: Mapping[str, Ground], scorer: EmbeddedPairScorer, report: Report
) -> list[Ranked]:
    """What the search says, from the work folder where it was asked before."""
    path = plan.work / "feedback.jsonl"
    if not path.is_file():
        report(f"stage 2: candidates for {plan.queries:,} queries")
        made = ranked(generator, grounds, scorer, plan.queries, seed=plan.seed, report=report)
        partial = path.with_suffix(".part")
        partial.write_bytes(b"".join(orjson.dumps(asdict(each)) + b"\n" for each in made))
        partial.replace(path)
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [Ranked(row["task"], row["query"], tuple(Scored(**each) for each in row["candidates"])) for row in rows]


def _exported(
    decoder: Decoder, plan: RewritePlan, stage: str, results: Mapping[str, float], report: Report
) -> EmbeddedLanguageModel:
    """The decoder as int8 ONNX: of a stage in the work folder, of the whole in the target."""
    decoder.save(plan.work / (stage or "final"))
    pairs = written_pairs(plan.dev)[:_SAMPLE]
    sample = [f"{prompt} {target}" for prompt, target in map(decoder.asked, pairs)]
    card = Card(
        title=_TITLE,
        licence="Apache-2.0",
        source=plan.base.name,
        data=plan.data,
        command=plan.command,
        settings=f"{plan.supervised}, {plan.queries} queries for feedback, {plan.alignment}",
        results=results,
        limits=_LIMITS,
    )
    target = plan.work / f"{stage}-int8" if stage else plan.target
    export_lm(LmExportSettings(plan.work / (stage or "final"), target, REWRITER), card, sample, report)
    return EmbeddedLanguageModel(REWRITER, target)


def _running(folder: Path) -> Rewriter | None:
    """The rewriter in a folder of models; None where there is none."""
    try:
        return Rewriter(Generator(EmbeddedLanguageModel(REWRITER, folder)), Gate.load(folder / FILE))
    except ModelError:
        return None
