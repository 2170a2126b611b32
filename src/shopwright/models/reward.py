"""The shipped reward model: how good a response to a prompt is, over all and in four objectives, without torch.

    model = RewardModel()
    judged = model.judge("How do I clean suede shoes?", ["Brush them first ...", "no idea lol"])
    judged.overall, judged.heads, judged.deviation

The body is a small ensemble: rows of a table for the n-grams of a response, added up, and its figures
(`reward_features`) go through two hidden layers and, beside them, straight to the score (wide and deep: Cheng et al.,
2016). Four linear heads see the figures of their objective alone (`reward_objectives`), made independent of the
logarithm of length, and a gate mixes them by what the prompt asks for (ArmoRM: Wang et al., 2024). `length_free` is the
overall score less what length explains of it.

All of this exists in several parts, each trained without one fold of the prompts (cross-fitting: Chernozhukov et al.,
2018). A prompt is judged by all of them, by their mean; one that the model was trained on can be judged by those parts
alone that have not seen it (`unseen`), so that everything can be learned from and everything measured. The deviation of
the members is the uncertainty.

Scores of different prompts are not comparable: the model was trained to order responses to the same prompt. The
difference of two overall scores is the logit of the probability that the first is preferred, by a temperature fitted on
prompts that a part had not seen. It reads style, layout and wording and checks no fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS, file_sha256, read_card
from shopwright.models.reward_features import FIGURES, Floats, Integers, figures, gram_ids
from shopwright.models.reward_objectives import by_rule

DEFAULT_REWARD = "reward-s"
ASKED: tuple[int, ...] = tuple(place for place, name in enumerate(FIGURES) if name.startswith(("asked_", "request_i")))
"""Places of the figures that the gate sees: they depend on the prompt alone."""
LENGTH = FIGURES.index("log_characters")
_BY_PART = frozenset(("heads", "gate", "gate_bias", "length", "linear_length"))
SHORT = -1.0
"""Standard deviations of the logarithm of length; as shipped, some hundred characters."""
CLIP = 5.0
"""Standard deviations at which a figure is cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Rewards:
    """Scores of N responses to one prompt.

    Args:
        overall: N, higher is better; differences are logits of a preference.
        deviation: N, the standard deviation of the members that judged.
        length_free: N, the overall score less what length explains.
        heads: N x K, learned, in the order of `OBJECTIVES`.
        rules: N x K, by rule.
        mixed: N, the heads as the gate mixes them for this prompt.
        gate: K weights that add up to 1.
        linear: N, the baseline: one weight an n-gram, and the logarithm of length.
    """

    overall: Floats
    deviation: Floats
    length_free: Floats
    heads: Floats
    rules: Floats
    mixed: Floats
    gate: Floats
    linear: Floats


class RewardModel:
    """Judges responses to a prompt. Safe to share between threads.

    Args:
        name: stem of the two files, `NAME.npz` and the card `NAME.md`.
        folder: where they are; the shipped weights by default.

    Raises:
        ModelError: a file is missing, is not the one that the card describes, or is for other figures.
    """

    def __init__(self, name: str = DEFAULT_REWARD, folder: Path = WEIGHTS) -> None:
        path = folder / f"{name}.npz"
        self.card: Mapping[str, str] = read_card(folder / f"{name}.md")
        found = file_sha256(path)
        if found != self.card["sha256"]:
            raise ModelError(
                f"{path} has sha256 {found[:12]}..., its card says {self.card['sha256'][:12]}...: the file is damaged "
                "or of another version; install the package again"
            )
        self.fingerprint = f"{name}-{found[:12]}"
        with np.load(path, allow_pickle=False) as file:
            self._arrays: dict[str, NDArray[np.generic]] = dict(file)
        if self._arrays["figures"].tolist() != list(FIGURES):
            raise ModelError(f"{path} was trained on other figures than this version counts: train it again")

    @cached_property
    def trained_prompts(self) -> Mapping[int, int]:
        """Ids of the prompts that it was trained on -> the part that was trained without it."""
        prompts, folds = self._arrays["prompts"].tolist(), self._arrays["folds"].tolist()
        return dict(zip(prompts, folds, strict=True))

    @property
    def parts(self) -> tuple[int, ...]:
        """All parts."""
        return tuple(range(len(self._arrays["temperature"])))

    def unseen(self, prompt_id: int) -> tuple[int, ...]:
        """The parts that were trained without a prompt: one for a prompt of the training data, all for a new one."""
        fold = self.trained_prompts.get(prompt_id)
        return self.parts if fold is None else (fold,)

    @cached_property
    def _floats(self) -> dict[str, Floats]:
        """The weights in single precision, but for the large table."""
        kept = ("figures", "prompts", "folds", "rows", "table", "member_parts")
        return {name: values.astype(np.float32) for name, values in self._arrays.items() if name not in kept}

    def judge(self, prompt: str, responses: Sequence[str], parts: Sequence[int] | None = None) -> Rewards:
        """The rewards of N responses; an empty one is scored like any other.

        Args:
            prompt: what was asked.
            responses: N.
            parts: that judge, see `unseen`; all by default.

        Raises:
            ModelError: a part that there is not, or none.
        """
        chosen = list(self.parts if parts is None else parts)
        if not chosen or not set(chosen) <= set(self.parts):
            raise ModelError(f"parts {chosen}: use some of {list(self.parts)}, as `unseen` gives them")
        w = {name: values[chosen].mean(axis=0) for name, values in self._floats.items() if name in _BY_PART}
        standard_NF = self.standard(prompt, responses)
        members_NM, linear_N = self._members(standard_NF, responses, chosen)
        overall_N = members_NM.mean(axis=1)
        heads_NK = head_scores(standard_NF, w["heads"])
        asked_A = self.standard(prompt, [""])[0, list(ASKED)]
        gate_K = softmax(asked_A @ w["gate"] + w["gate_bias"])
        return Rewards(
            overall=overall_N,
            deviation=members_NM.std(axis=1),
            length_free=overall_N - explained(standard_NF[:, LENGTH], w["length"]),
            heads=heads_NK,
            rules=by_rule(standard_NF),
            mixed=np.asarray(heads_NK @ gate_K, np.float32),
            gate=gate_K,
            linear=linear_N + standard_NF[:, LENGTH] * w["linear_length"],
        )

    def temperature(self, parts: Sequence[int]) -> float:
        """What the scores of some parts are divided by, so that differences are logits; the mean."""
        return float(self._floats["temperature"][list(parts)].mean())

    def standard(self, prompt: str, responses: Sequence[str]) -> Floats:
        """The figures of N responses less their means, in standard deviations, cut at `CLIP`; N x F."""
        raw_NF = np.array([figures(prompt, text) for text in responses], np.float32).reshape(-1, len(FIGURES))
        return np.asarray(np.clip((raw_NF - self._floats["mean"]) / self._floats["scale"], -CLIP, CLIP), np.float32)

    def _members(self, standard_NF: Floats, responses: Sequence[str], parts: Sequence[int]) -> tuple[Floats, Floats]:
        """The calibrated score of each member of some parts, N x M, and the baseline's n-grams, N."""
        w, scores = self._floats, []
        sums_NT, width = self._sums(responses), w["first"].shape[1] - len(FIGURES)
        for member, part in enumerate(self._arrays["member_parts"].tolist()):
            if part in parts:
                sums_NC = sums_NT[:, member * (1 + width) : (member + 1) * (1 + width)]
                seen = np.concatenate([standard_NF, sums_NC[:, 1:]], axis=1)
                hidden = np.maximum(seen @ w["first"][member] + w["first_bias"][member], 0)
                hidden = np.maximum(hidden @ w["second"][member] + w["second_bias"][member], 0)
                raw_N = sums_NC[:, 0] + standard_NF @ w["straight"][member] + hidden @ w["out"][member]
                scores.append((raw_N + w["out_bias"][member]) / w["temperature"][part])
        return np.stack(scores, axis=1), sums_NT[:, sums_NT.shape[1] - len(self.parts) :][:, list(parts)].mean(axis=1)

    def _sums(self, responses: Sequence[str]) -> Floats:
        """What the table says of each response, N x T: the columns of every member, then one a part's baseline."""
        table, rows = self._arrays["table"], self._arrays["rows"]
        sums_NT = np.zeros((len(responses), table.shape[1]), np.float32)
        for place, text in enumerate(responses):
            known = places_of(gram_ids(text), rows)
            if len(known):
                sums_NT[place] = table[known].sum(axis=0, dtype=np.float32) / np.sqrt(len(known))
        return sums_NT


def head_scores(standard_NF: Floats, weights_FK: Floats) -> Floats:
    """The heads' scores, N x K; from `SHORT` down nothing more is earned by being shorter."""
    beyond_NK = np.outer(np.minimum(standard_NF[:, LENGTH] - SHORT, 0), weights_FK[LENGTH])
    return np.asarray(standard_NF @ weights_FK - np.maximum(beyond_NK, 0), np.float32)


def places_of(grams: NDArray[np.integer], rows: NDArray[np.generic]) -> Integers:
    """Where in `rows`, which ascend, those n-grams stand that the table knows."""
    at = np.minimum(np.searchsorted(rows, grams), len(rows) - 1)
    return np.asarray(at[rows[at] == grams], np.int64) if len(rows) else np.zeros(0, np.int64)


def explained(length_N: Floats, weights_3: Floats) -> Floats:
    """What length explains of a score: a parabola over the standardised logarithm of length, and its hinge at 0."""
    return np.asarray(length_terms(length_N) @ weights_3, np.float32)


def length_terms(length_N: Floats) -> Floats:
    """The three terms of `explained`, N x 3."""
    return np.stack([length_N, length_N**2, np.maximum(length_N, 0)], axis=1)


def softmax(logits_K: Floats) -> Floats:
    """Exponentials of K logits, divided by their sum."""
    raised = np.exp(logits_K - logits_K.max())
    return np.asarray(raised / raised.sum(), np.float32)
