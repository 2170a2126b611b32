"""`shopwright train recommend` after its flags: visits, a model of them, the gate, the file that the shop follows.

    trained = train(events, catalogue, home.models, RecommendTraining())
    trained.verdict.promoted, trained.verdict.reasons

A model that passes the gate (`gating`) is learned once more from all visits and written to `recommend.npz`, which a
running shop takes up by itself; its card stands beside it. One that does not pass is not kept: its card says why, and
what ran before stays. There is so one file with visits in it, which forgetting reaches (`catalog.learned`).

An update goes on from the present vectors with few passes: the visits are read anew, new products stand where their
texts point, removed ones leave. It is judged on visits that neither model was learned from, so it needs some. Where
visits were forgotten since the present model was learned, everything is learned anew instead: weights that know of
them must not be handed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from shopwright.catalog.events.kept import Events
from shopwright.catalog.learned import forget_choices
from shopwright.errors import CorpusError, ModelError
from shopwright.sequences.encoder import EncoderSettings
from shopwright.skills.recommend.sequence.behaviour import Behaviour
from shopwright.skills.recommend.sequence.memory import HISTORY
from shopwright.skills.recommend.sequence.sequence_model import SequenceSettings
from shopwright.train.recommend.card import Trained, card_of
from shopwright.train.recommend.gating import LEAST, judge
from shopwright.train.recommend.plan import RecommendTraining
from shopwright.train.recommend.visits import Catalogue, Visit, joined, learnable, questions, read_visits

FILE, REFUSED = "recommend.npz", "recommend-refused.md"
"""The model in a shop's folder of models, and the card of one that did not pass."""
FEWEST = 200
"""Sequences of two products that a model can be learned from."""
Say = Callable[[str], None]


def train(
    events: Events,
    catalogue: Catalogue,
    folder: Path,
    plan: RecommendTraining,
    say: Say = lambda _line: None,
    command: str = "shopwright train recommend",
    settings: SequenceSettings | None = None,
) -> Trained:
    """Learn from what a shop's visitors chose, and write what passes the gate.

    Args:
        events: of the shop.
        catalogue: its products.
        folder: of its models.
        plan: how.
        say: is told of progress.
        command: for the card.
        settings: of a model that is learned anew; by the plan where nothing is given.

    Raises:
        CorpusError: too few visits, or too few new ones for an update.
    """
    read = read_visits(events, catalogue.product_of)
    visits = read.visits
    check_enough(visits, read.unknown)
    present, notes = _present(folder / FILE)
    start, told = _start(present, plan)
    how = _settings(plan, start, settings)
    cut = _cut(visits, start, plan.held)
    asked = questions(visits[:cut], visits[cut:], {*catalogue.ids})
    say(f"{len(visits):,} visits, {len(visits) - cut:,} of them held out, {len(catalogue.ids):,} products")
    begun = time.perf_counter()
    model = learned(visits[:cut], catalogue, how, start)
    first = time.perf_counter() - begun
    say(f"learned in {first:.1f} s; {len(asked):,} questions")
    verdict = judge(model, present, asked, level=plan.level, margin=plan.margin, seed=plan.seed)
    second = 0.0
    folder.mkdir(parents=True, exist_ok=True)
    if verdict.promoted:
        say("it passes: learning it from all visits")
        begun = time.perf_counter()
        learned(visits, catalogue, how, start).save(folder / FILE)
        forget_choices(events.store, folder)  # of who was forgotten while it was learned
        second = time.perf_counter() - begun
    card = folder / (Path(FILE).with_suffix(".md").name if verdict.promoted else REFUSED)
    trained = Trained(
        verdict,
        len(visits),
        len(catalogue.ids),
        sum(len(visit.items) for visit in visits),
        sum(bool(visit.shopper) for visit in visits),
        read.unknown,
        len(visits) - cut,
        len(asked),
        start is not None,
        (first, second),
        (*notes, *told),
        card,
    )
    card.write_text(card_of(trained, plan, command), encoding="utf-8")
    return trained


def check_enough(visits: Sequence[Visit], unknown: int) -> None:
    """Refuse what is too little.

    Raises:
        CorpusError: it is; with how many visits there are, and how many are needed.
    """
    usable = learnable(joined(visits))
    if usable >= FEWEST:
        return
    gone = f"; {unknown:,} choices were of products that the catalogue does not have" if unknown else ""
    raise CorpusError(
        f"{len(visits):,} visits in which something was chosen, {usable:,} of them (or shoppers) with two different "
        f"products: {FEWEST} are needed{gone}. The page sends events, shopwright events import FILE brings a log, and "
        "shopwright events simulate FILE makes simulated visits for a trial"
    )


def _present(path: Path) -> tuple[Behaviour | None, list[str]]:
    """The model that runs; none where there is no file, or one that cannot be read."""
    if not path.is_file():
        return None, []
    try:
        return Behaviour.load(path), []
    except ModelError as error:
        return None, [f"the present model cannot be read and is replaced: {error}"]


def _start(present: Behaviour | None, plan: RecommendTraining) -> tuple[Behaviour | None, list[str]]:
    """What learning goes on from, and why it is not what was asked for."""
    if not plan.update:
        return None, []
    if present is None:
        return None, ["there is no model to go on from: it is learned anew"]
    if present.forgotten:
        said = f"{present.forgotten:,} choices were forgotten since the present model was learned: it is learned anew"
        return None, [said]
    return present, []


def _cut(visits: Sequence[Visit], start: Behaviour | None, held: float) -> int:
    """The place of the first visit that is held out: the newest share, or of an update half of the new ones at most.

    Raises:
        CorpusError: too few new visits to judge an update on.
    """
    most = max(int(len(visits) * held), LEAST)
    if start is None:
        return len(visits) - most
    known = {*start.sources.tolist()}
    new = next((place for place, visit in enumerate(reversed(visits)) if visit.source in known), len(visits))
    if new < 2 * LEAST:
        raise CorpusError(
            f"--update: {new} visits are newer than what the present model was learned from, {2 * LEAST} are needed to "
            "judge it; wait, or leave --update out"
        )
    return len(visits) - min(most, new // 2)


def learned(
    visits: Sequence[Visit], catalogue: Catalogue, settings: SequenceSettings, start: Behaviour | None = None
) -> Behaviour:
    """A model of some visits."""
    sequences = joined(visits)
    given = sequences.items, catalogue.ids, catalogue.vectors, catalogue.attributes
    return Behaviour.fit(*given, settings, start, sequences.sources)


def _settings(plan: RecommendTraining, start: Behaviour | None, anew: SequenceSettings | None) -> SequenceSettings:
    """How a model is learned: anew, or a little further with what the present one was learned with."""
    if start is not None:
        settings = start.model.settings
        return replace(settings, encoder=replace(settings.encoder, passes=plan.more, least=1), seed=plan.seed)
    encoder = EncoderSettings(dimensions=128, window=HISTORY, passes=plan.passes)
    return anew or SequenceSettings(encoder=encoder, seed=plan.seed)
