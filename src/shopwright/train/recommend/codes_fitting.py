"""`shopwright train codes` after its flags: visits, a generator of codes, the gate, the file that the shop follows.

    trained = train_codes(events, catalogue, home.models, home.path / "train", CodesTraining())
    trained.verdict.promoted, trained.verdict.reasons

The newest visits are held out; from the others a behaviour model and the generator are learned, and the gate
(`codes_gating`) asks whether the generator adds to it. One that passes is written to `recommend-codes.npz`, which a
running shop takes up by itself, beside its card; of one that does not, only the card is kept, and what ran before
stays. What was judged is what runs: the newest visits are not in it, since learning it again takes as long once more.

An interrupted training goes on where it was if visits, products and settings are the same, and begins anew otherwise.

Simplification: the file keeps no visits, so forgetting does not change it; what its weights know of somebody who was
forgotten is gone with the next training. Needs the extra `train`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from shopwright.catalog.events.kept import Events
from shopwright.sequences.log import Sessions
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.skills.recommend.codes.codes import usage
from shopwright.skills.recommend.sequence.sequence_model import SequenceSettings
from shopwright.train.recommend.card import Trained
from shopwright.train.recommend.codes_gating import judge_codes
from shopwright.train.recommend.codes_plan import CodesTraining
from shopwright.train.recommend.fitting import check_enough, learned
from shopwright.train.recommend.gating import LEAST, K
from shopwright.train.recommend.generator import train_generator
from shopwright.train.recommend.visits import Catalogue, Sequences, joined, questions, read_visits

FILE, CARD, REFUSED = "recommend-codes.npz", "recommend-codes.md", "recommend-codes-refused.md"
"""The generator in a shop's folder of models, its card, and the card of one that did not pass."""
Say = Callable[[str], None]


def train_codes(
    events: Events,
    catalogue: Catalogue,
    folder: Path,
    work: Path,
    plan: CodesTraining,
    say: Say = lambda _line: None,
    command: str = "shopwright train codes",
    settings: SequenceSettings | None = None,
) -> Trained:
    """Learn to write what a shop's visitors chose, and keep what passes the gate.

    Args:
        events: of the shop.
        catalogue: its products.
        folder: of its models.
        work: folder of checkpoints; empty again when the training is over.
        plan: how.
        say: is told of progress.
        command: for the card.
        settings: of the behaviour model that it is compared with; None: as `train recommend` learns it.

    Raises:
        CorpusError: too few visits, or no product with a text.
    """
    read = read_visits(events, catalogue.product_of)
    visits = read.visits
    cut = len(visits) - max(int(len(visits) * plan.held), LEAST)
    check_enough(visits, read.unknown)
    asked = questions(visits[:cut], visits[cut:], {*catalogue.ids})
    say(f"{len(visits):,} visits, {len(visits) - cut:,} of them held out, {len(catalogue.ids):,} products")
    begun = time.perf_counter()
    coded = _coded(joined(visits[:cut]), catalogue, work / "codes", plan, say)
    took = time.perf_counter() - begun
    say(f"learned in {took:.1f} s; {len(asked):,} questions")
    behaviour = learned(visits[:cut], catalogue, settings or SequenceSettings(seed=plan.seed))
    verdict = judge_codes(behaviour, coded.generator, asked, level=plan.level, seed=plan.seed)
    folder.mkdir(parents=True, exist_ok=True)
    if verdict.promoted:
        coded.save(folder / FILE)
    trained = Trained(
        verdict=verdict,
        visits=len(visits),
        products=len(catalogue.ids),
        choices=sum(len(visit.items) for visit in visits[:cut]),
        shoppers=sum(bool(visit.shopper) for visit in visits),
        unknown=read.unknown,
        held=len(visits) - cut,
        asked=len(asked),
        updated=False,
        seconds=(took, 0.0),
        notes=_notes(coded, plan),
        card=folder / (CARD if verdict.promoted else REFUSED),
    )
    trained.card.write_text(_card(trained, plan, command), encoding="utf-8")
    return trained


def _coded(sequences: Sequences, catalogue: Catalogue, work: Path, plan: CodesTraining, say: Say) -> Coded:
    """A generator of some visits; checkpoints stand in a folder of exactly this training."""
    row_of = {key: row for row, key in enumerate(catalogue.ids)}
    histories = [[row_of[item] for item in items] for items in sequences.items]
    mark = blake2b(f"{plan.generator} {catalogue.ids} {histories}".encode("utf-8", "replace"), digest_size=8)
    mark.update(catalogue.vectors.tobytes())
    sessions = Sessions.of(histories, len(catalogue.ids))
    generator = train_generator(
        sessions, catalogue.vectors, work / mark.hexdigest(), plan.generator, steps=plan.steps, report=say
    )
    shutil.rmtree(work)
    return Coded(generator, catalogue.ids)


def _notes(coded: Coded, plan: CodesTraining) -> tuple[str, ...]:
    """How the codes are spread, and what was done otherwise than asked."""
    book, codes_ND = coded.generator.book, coded.generator.codes_ND
    found = usage(book, codes_ND[:, :-1])
    shares = ", ".join(f"{share:.0%}" for share in found.used)
    left = len(codes_ND) - found.coded
    notes = [
        f"{found.coded:,} products have a code of {plan.levels} digits and one that tells them apart, {left:,} have "
        f"none; of each digit's {book.centroids.shape[1]} values {shares} are used; {found.shared:.0%} of the products "
        "share all but the last digit with another"
    ]
    return (*notes, *([f"stopped after {plan.steps:,} steps: a trial"] if plan.steps is not None else []))


def _card(trained: Trained, plan: CodesTraining, command: str) -> str:
    """The card: from what the generator was learned, how, and what is known of it."""
    verdict = trained.verdict
    said = "passed the gate and runs" if verdict.promoted else f"did not pass the gate: {'; '.join(verdict.reasons)}"
    one = verdict.compared[0]
    rows = "\n".join(
        f"| {name} | {found.other:.4f} | {found.new:.4f} | {found.gain:+.4f} ({found.low:+.4f} to {found.high:+.4f}) |"
        for name, found in ((f"recall@{K}", one.recall), (f"nDCG@{K}", one.ndcg))
    )
    notes = "\n".join(f"- {line}" for line in trained.notes)
    settings = replace(plan.generator, base=Path(plan.base).name)
    return f"""# What comes next, written as a semantic id

A decoder that reads the codes of what was chosen and writes the code of what comes next, digit by digit, over \
{trained.products:,} products (`skills/recommend/codes/generator.py`). Codes are made of the products' texts.

**Learned from** {trained.choices:,} choices in the {trained.visits - trained.held:,} visits of this shop before those \
that were held out; {trained.unknown:,} choices of products that the catalogue does not have were left out, and visits \
that look like a bot's or like poison. Visits of shoppers whose ids begin with "simulated" are simulated.

**Made by** `{command}`, in {trained.seconds[0]:.1f} s: {settings}. Judged on {trained.asked:,} questions of the \
newest {trained.held:,} visits.

**Verdict.** It {said}.

| {one.visits:,} visits | behaviour alone | with codes | gain |
|---|---|---|---|
{rows}

Gains with their {plan.level:.0%} intervals, paired by visit.

**Known of the data**

{notes}

**Limits.** It finds what visitors went on to by themselves. The file keeps no visits; what its weights know of \
somebody who was forgotten is gone with the next training. Products that came in later are known by their texts alone.
"""
