"""`bench intent --set simulated`: which strategy to take, learned from a log of simulated shoppers.

Simulated throughout: shoppers with hidden wants (`train.intent.shoppers`) say the written messages to the real
assistant over the demo shop, every possible strategy is played, and what is shown decides how pleased they are expected
to be. The rules, with chance mixed into a share of the decisions, make a log with known propensities over the wants of
the split train; a policy is learned from that log alone. Figures are over the wants of the split held, whose texts were
never seen, and are expectations, not draws:

    value                of the learned policy: mean satisfaction, 0 to 1
    value:fixed          of the rules, the hand-written mapping that runs by default
    value:best_constant  of the strategy that earns most on the split train, wherever it is possible
    value:oracle         of the best strategy of each request, known only to who knows the want: not to be reached
    regret, regret:...   the oracle's value less that of each, paired
    regret_ratio         regret over regret:fixed
    dr_error, ips_error  mean absolute error of the estimated value of the learned policy, over logs of held wants
    ess                  mean effective sample size of these logs
    elsewhere            share of wants that the service desk or the memory takes before any policy is asked

Intervals are bootstraps over wants. Settings of the learner are chosen by doubly robust values within the train log.
The constants of the simulation (`shoppers.settings`) were set before anything was learned and are not tuned.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shopwright.assistant.session import Session
from shopwright.assistant.strategy.looking import Looking
from shopwright.assistant.strategy.policies import RulePolicy
from shopwright.assistant.strategy.situation import Situation
from shopwright.assistant.turn import Assistant
from shopwright.bench.task import BenchSet, Options, Row, mean_row
from shopwright.errors import ConfigError
from shopwright.offpolicy import doubly_robust, ips
from shopwright.shop import Shop
from shopwright.skills.intent.linear_policy import LinearPolicy
from shopwright.train.intent.decisions import DecisionLog, Floats
from shopwright.train.intent.learning import LearningSettings, learn
from shopwright.train.intent.models import Predict, crossed, rewards_of
from shopwright.train.intent.shoppers.playing import Played, Reply, play_all
from shopwright.train.intent.shoppers.requests import Requests, draw_log, log_of, requests_of
from shopwright.train.intent.shoppers.shopper import Shopper
from shopwright.train.intent.shoppers.wants import Want, read_wants, see_that_they_measure
from shopwright.train.intent.sifting import divided
from shopwright.types import Context, Decision, Need, Product, Strategy, Turn

_BENCH, _NAME = "intent", "simulated"
DECISIONS, EXPLORATION = 60_000, 0.3
"""Size of the log that is learned from, and share of its decisions that chance takes."""
_JUDGED, _DRAWS = 3_000, 100
"""Size of a log that estimators are tried on, and how many of them."""
_SHARE, _RESAMPLES = 0.7, 2_000


_RIDGE = 3_000.0
"""Of the reward model: strong, as there are many decisions and few texts."""
TRIALS = (LearningSettings(penalty=1e-3, passes=4, floor=0.0), LearningSettings(penalty=3e-3, passes=12, floor=0.0))
SHARPER = (1.0, 4.0)
"""What the learned scores are multiplied by: a policy that is surer of itself earns more, if it is right."""


def simulated_rows(options: Options) -> Iterator[Row]:
    """Plays all wants in a demo shop, learns, and measures."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Shop.open(folder, model=options.model) as shop:
        shop.ingest_demo()
        shop.wait()
        yield from measure_in(shop, read_wants())


def measure_in(shop: Shop, wants: Sequence[Want], decisions: int = DECISIONS, draws: int = _DRAWS) -> Iterator[Row]:
    """Plays wants in a shop and yields the rows of the set.

    Raises:
        ConfigError: a want that nothing in the shop can meet, or a split without any request.
    """
    began = time.perf_counter()
    products = {product.id: product for product in shop.store.all_products()}
    see_that_they_measure(wants, products.values(), [document.id for document in shop.store.documents()])
    played, shopper = play_in(shop, wants, products)
    yield mean_row(_BENCH, _NAME, "elsewhere", [float(not one.features) for one in played], time.perf_counter() - began)
    yield from measured(requests_of(played, shopper), began, decisions, draws)


def play_in(shop: Shop, wants: Sequence[Want], products: dict[str, Product]) -> tuple[list[Played], Shopper]:
    """Every want played in every possible way, and the shopper who plays."""
    shopper = Shopper(products)
    return list(play_all(wants, AssistantTalker(shop), shopper)), shopper


def measured(
    requests: Requests, began: float, decisions: int = DECISIONS, draws: int = _DRAWS, seed: int = 0
) -> Iterator[Row]:
    """Learns on the split train and yields the rows of the split held.

    Raises:
        ConfigError: one of the splits has no request.
    """
    train, held = requests.of_split("train"), requests.of_split("held")
    if not len(train) or not len(held):
        raise ConfigError(f"{len(train)} requests to learn from, {len(held)} to judge on: must be one or more of each")
    policy = learned(log_of(train, draw_log(train, decisions, EXPLORATION, seed)), seed)
    constant = max(range(len(train.action_names)), key=lambda each: train.earned(train.constant(each)).mean())
    ways = {
        "": policy.probabilities(held.features, held.possible),
        ":fixed": held.by_rules,
        ":best_constant": held.constant(constant),
        ":oracle": held.by_oracle,
    }
    earned = {suffix: by_want(held, held.earned(chances_NA)) for suffix, chances_NA in ways.items()}
    took = time.perf_counter() - began
    for suffix, values in earned.items():
        yield mean_row(_BENCH, _NAME, f"value{suffix}", values, took)
    for suffix, values in earned.items():
        if suffix != ":oracle":
            yield mean_row(_BENCH, _NAME, f"regret{suffix}", earned[":oracle"] - values, took)
    yield ratio_row(earned[":oracle"] - earned[""], earned[":oracle"] - earned[":fixed"], took)
    yield from _estimated(train, held, ways[""], draws, began)


def by_want(requests: Requests, earned: Floats) -> Floats:
    """The mean of each want over its devices: what is independent of one another."""
    names = np.array([want.id for want in requests.wants])
    return np.array([earned[names == name].mean() for name in dict.fromkeys(names.tolist())])


def ratio_row(regret: Floats, fixed: Floats, seconds: float) -> Row:
    """One regret as a part of the other, with a bootstrap over wants of both together."""
    random = np.random.default_rng(0)
    rows = random.integers(0, len(regret), (_RESAMPLES, len(regret)))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = regret[rows].mean(axis=1) / fixed[rows].mean(axis=1)
        value = float(regret.mean() / fixed.mean())
    low, high = np.nanquantile(ratios, [0.025, 0.975]) if np.isfinite(ratios).any() else (np.nan, np.nan)
    return Row(_BENCH, _NAME, "regret_ratio", value, len(regret), (float(low), float(high)), seconds)


def learned(log: DecisionLog, seed: int = 0) -> LinearPolicy:
    """A policy of the settings that do best within the log, by the doubly robust value on wants that were left out."""
    early, late = divided(log, _SHARE, seed)
    predicted_NA, possible = _rewards(early)(late.features), late.possible()
    worth: dict[tuple[LearningSettings, float], float] = {}
    for settings in TRIALS:
        policy = _made(early, settings, seed)
        for sharper in SHARPER:
            chances_NA = _sharpened(policy, sharper).probabilities(late.features, possible)
            given = (late.rewards, late.actions, late.logged, chances_NA, predicted_NA)
            worth[settings, sharper] = doubly_robust(*given).value
    settings, sharper = max(worth, key=lambda pair: worth[pair])
    return _sharpened(_made(log, settings, seed), sharper)


def _made(log: DecisionLog, settings: LearningSettings, seed: int) -> LinearPolicy:
    predicted_NA = crossed(lambda places: _rewards(log.at(places)), log.features, seed=seed, groups=log.sources)
    return learn(log, log.logged, predicted_NA, replace(settings, seed=seed), "simulated-1")


def _sharpened(policy: LinearPolicy, times: float) -> LinearPolicy:
    return replace(policy, weights=times * policy.weights)


def _rewards(log: DecisionLog) -> Predict:
    return rewards_of(log.features, log.actions, log.rewards, len(log.action_names), "ridge", _RIDGE)


def _estimated(train: Requests, held: Requests, chances_NA: Floats, draws: int, began: float) -> Iterator[Row]:
    """How far estimates from held logs are from the exact value; the reward model is of the train log."""
    exact = float(held.earned(chances_NA).mean())
    model = _rewards(log_of(train, draw_log(train, DECISIONS, EXPLORATION, seed=1)))
    predicted_NA = model(held.features)
    errors: dict[str, list[float]] = {"dr_error": [], "ips_error": [], "ess": []}
    for draw in range(draws):
        drawn = draw_log(held, _JUDGED, EXPLORATION, seed=100 + draw)
        target_NA = chances_NA[drawn.places]
        given = (drawn.rewards, drawn.actions, drawn.logged, target_NA, predicted_NA[drawn.places])
        by_model = doubly_robust(*given)
        by_weights = ips(drawn.rewards, target_NA[np.arange(len(drawn.actions)), drawn.actions], drawn.logged)
        errors["dr_error"].append(abs(by_model.value - exact))
        errors["ips_error"].append(abs(by_weights.value - exact))
        errors["ess"].append(by_weights.ess)
    for metric, values in errors.items():
        yield mean_row(_BENCH, _NAME, metric, values, time.perf_counter() - began)


@dataclass(slots=True)
class Watching:
    """Takes one strategy where it is possible, else what the rules say, and keeps what it was told."""

    strategy: Strategy | None = None
    seen: Situation | None = None

    def decide(self, situation: Situation) -> Decision:
        """See `assistant.strategy.policies.StrategyPolicy`."""
        self.seen = situation
        if self.strategy is None or self.strategy not in situation.possible:
            return RulePolicy().decide(situation)
        return Decision(self.strategy, 1.0, "simulated", "it is tried")


class LooksOnce(Looking):
    """Looks at a first message once, however often it is said: nothing that it looks at changes between plays."""

    def __init__(self, other: Looking) -> None:
        super().__init__(other.tools, other.reader, thinks=other.thinks, serves=other.serves)
        self._looked: dict[str, tuple[Need, Situation]] = {}

    def look(self, need: Need, context: Context, session: Session, known: int = 0) -> tuple[Need, Situation]:
        """See `Looking.look`."""
        if session.turns:
            return super().look(need, context, session, known)
        if need.text not in self._looked:
            self._looked[need.text] = super().look(need, context, session, known)
        return self._looked[need.text]


class AssistantTalker:
    """A shop's assistant, whose strategy can be forced; without a memory of shoppers, who are all new here.

    Args:
        shop: filled and ready.
    """

    def __init__(self, shop: Shop) -> None:
        own = shop.assistant
        self._watching = Watching()
        self._store = shop.store
        self._assistant = Assistant(
            own.name, own.toolbox, own.reader, None, own.sense, own.service, own.planning, policy=self._watching
        )
        self._assistant.looking = LooksOnce(self._assistant.looking)

    def say(self, message: str, strategy: Strategy | None, session: str | None) -> Reply:
        """See `train.intent.shoppers.playing.Talker`."""
        self._watching.strategy, self._watching.seen = strategy, None
        here = Session.load(self._store, session and self._branched(session))
        turn: Turn = list(self._assistant.stream(message, here))[-1].data
        seen = self._watching.seen
        told = (seen.features, seen.possible) if seen else (dict[str, float](), ())
        return Reply(turn.session_id, turn.trace.decision.strategy, turn.answer, *told)

    def _branched(self, session: str) -> str:
        """A new session that stands where another one does."""
        branch = secrets.token_urlsafe(12)
        for body in self._store.turns(session, last=1):
            self._store.add_turn(branch, body)
        return branch


SET = BenchSet(_NAME, simulated_rows)
