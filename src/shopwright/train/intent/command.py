"""`shopwright train intent` after its flags: read the log, learn, judge, write the policy, its card and its report.

A policy that passes the gate is offered to the shop (`skills.intent.policies`), where it waits until somebody tries it
on a share of the conversations. One that does not pass is written too, with the reasons, and offered to nobody.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shopwright.catalog.events.decisions import Decisions, Logged
from shopwright.catalog.store import Store
from shopwright.config import Home
from shopwright.errors import ConfigError
from shopwright.skills.intent.arms import FILE as ARMS
from shopwright.skills.intent.policies import Policies
from shopwright.train.intent.reading import ReadLog, read_file, read_kept
from shopwright.train.intent.report import render
from shopwright.train.intent.run import Say, Training, TrainingPlan, train
from shopwright.train.intent.spreading import open_spread


@dataclass(frozen=True, slots=True)
class Written:
    """What came of the command.

    Args:
        training: what was learned and how it was judged.
        policy, card, report: the files.
        offered: whether the shop may try it now.
    """

    training: Training
    policy: Path
    card: Path
    report: Path
    offered: bool


def run(
    home: Home,
    plan: TrainingPlan,
    *,
    log: Path | None = None,
    out: Path | None = None,
    report: Path | None = None,
    ray: bool = False,
    command: str = "shopwright train intent",
    say: Say = print,
) -> Written:
    """Learn from a shop's own decisions, or from a file of them.

    Args:
        home: of the shop.
        plan: how.
        log: a file of decisions, see `reading.read_file`; None: those that the shop keeps.
        out: file of the policy, which is then not offered to the shop; None: policies/NAME.json in the shop's folder.
        report: file of the report; None: beside the policy.
        ray: whether parts run on Ray.
        command: for the card.
        say: is told of progress.

    Raises:
        ConfigError: there is no shop, or the folder of a file does not exist.
        CorpusError: nothing can be learned from the log.
    """
    for path in (out, report):
        if path is not None and not path.absolute().parent.is_dir():
            raise ConfigError(f"{path}: the folder {path.absolute().parent} does not exist; create it first")
    now = time.time()
    read = read_file(log, now) if log else _own(home, now)
    state = home.policies
    policies = Policies.load(state)
    with open_spread(ray) as spread:
        training = train(read, plan, policies.policy(policies.running), spread, say)
    file = out or state.with_name(f"{training.policy.name}.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    shown = report or file.with_suffix(".html")
    training.policy.write(file)
    card = file.with_suffix(".md")
    card.write_text(card_of(training, plan, command, str(log or home.path)), encoding="utf-8")
    shown.write_text(render(training, "Learning which way to answer", command), encoding="utf-8")
    if out is None:
        training.arms.save(state.with_name(ARMS))
    offered = training.verdict.promoted and out is None and not policies.share
    if offered:
        gain = training.verdict.gain
        why = f"gain {gain.gain:+.4f}, {gain.low:+.4f} to {gain.high:+.4f} over {training.against}"
        policies.offered(file.name, now, why).write(state)
    return Written(training, file, card, shown, offered)


@contextmanager
def settled(home: Home, now: float) -> Iterator[Iterator[Logged]]:
    """The settled decisions that a shop keeps, the outcomes found first.

    Raises:
        ConfigError: there is no shop.
    """
    if not (home.path / "store.db").is_file():
        raise ConfigError(f"home {home.path}: there is no shop; name its folder with --home, or a file with --log")
    with closing(Store(home.store_url)) as store:
        decisions = Decisions(store)
        decisions.settle(now)
        yield decisions.read(settled=True)


def _own(home: Home, now: float) -> ReadLog:
    with settled(home, now) as decisions:
        return read_kept(decisions, now)


def card_of(training: Training, plan: TrainingPlan, command: str, data: str) -> str:
    """The card of a policy: what it is, from what, how, and what is known of it."""
    verdict, gain, policy = training.verdict, training.verdict.gain, training.policy
    level = f"{verdict.level:.0%}"
    rows = [(name, one.value, *one.interval(verdict.level), one.ess) for name, one in training.estimates.items()]
    table = "\n".join(
        f"| {name} | {value:.4f} | {low:.4f} to {high:.4f} | {ess:,.0f} |" for name, value, low, high, ess in rows
    )
    said = "passed the gate" if verdict.promoted else "did not pass the gate: " + "; ".join(verdict.reasons)
    notes = "\n".join(f"- {line}" for line in (*training.warnings, *training.told)) or "- none"
    return f"""# {policy.name}

A linear softmax policy over {len(policy.features)} features that picks one of {len(policy.actions)} strategies: \
{", ".join(policy.actions)}. A share of {policy.floor:g} of its decisions is chance, so that it can be judged.

**Learned from** {training.learned:,} decisions of {data}; **judged on** {training.judged:,} others, of other sessions.

**Made by** `{command}` with objective {plan.learning.objective}, weights up to {plan.learning.clip:g} in learning and \
{plan.clip:g} in judging, {plan.learning.passes} passes, seed {plan.seed}.

**Verdict.** It {said}. Gain over {training.against}: {gain.gain:+.4f}, {level} interval {gain.low:+.4f} to \
{gain.high:+.4f}, effective sample size {gain.ess:,.0f}.

| estimator | value | {level} interval | effective sample |
|---|---|---|---|
{table}

**Known of the data**

{notes}

**Limits.** The figures are estimates from decisions of another policy, in the shop as it was. Rewards are those of a
decision's own visit. It knows no strategy that the log hardly took.
"""
