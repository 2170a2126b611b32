"""How much of each source a training draws: weights, a temperature, and a limit on how often a text is seen.

A source of n tokens and weight w is drawn in proportion to (w n)^(1/T): T = 1 keeps sources in proportion to their
size, a high T draws all alike (Conneau et al. 2020, section 3.1). No source is drawn more than `epochs` times over,
since repetition beyond four epochs teaches next to nothing (Muennighoff et al. 2023); what it may not give, the
others give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shopwright.errors import ConfigError

EPOCHS = 4.0


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is drawn.

    Args:
        tokens: to draw from each source.
        available: tokens that each source has.
    """

    tokens: Mapping[str, float]
    available: Mapping[str, int]

    @property
    def shares(self) -> Mapping[str, float]:
        """The probability of each source; they sum to 1."""
        total = sum(self.tokens.values())
        return {name: tokens / total if total else 0.0 for name, tokens in self.tokens.items()}

    @property
    def epochs(self) -> Mapping[str, float]:
        """How many times over each source is drawn."""
        return {name: tokens / self.available[name] if tokens else 0.0 for name, tokens in self.tokens.items()}


def mix(
    available: Mapping[str, int],
    weights: Mapping[str, float] | None = None,
    *,
    temperature: float = 1.0,
    total: int | None = None,
    epochs: float = EPOCHS,
) -> Mixture:
    """The mixture of sources.

    Args:
        available: tokens of each source.
        weights: of each source, 1 where none is given.
        temperature: above 1 small sources gain.
        total: tokens to draw; as many as there are, once each, when None.
        epochs: no source is drawn more often than this.

    Raises:
        ConfigError: a weight, temperature or limit that cannot be, an unknown source, or more tokens than there are.
    """
    weights = weights or {}
    _check(available, weights, temperature, epochs)
    wanted = float(sum(available.values()) if total is None else total)
    heights = {name: (weights.get(name, 1.0) * tokens) ** (1.0 / temperature) for name, tokens in available.items()}
    limits = {name: epochs * tokens for name, tokens in available.items() if heights[name] > 0}
    if wanted > sum(limits.values()) * (1 + 1e-9):
        raise ConfigError(
            f"{wanted:,.0f} tokens are asked for, {epochs:g} epochs of the weighted sources have "
            f"{sum(limits.values()):,.0f}; ask for fewer, allow more epochs or add sources"
        )
    return Mixture(dict.fromkeys(available, 0.0) | _filled(heights, limits, wanted), dict(available))


def balance(
    available: Mapping[str, int], kinds: Mapping[str, Literal["general", "domain"]], domain: float
) -> dict[str, float]:
    """Weights with which the sources of kind "domain" make up a given share at temperature 1 (one half in e-Llama).

    Raises:
        ConfigError: a share outside 0 to 1, or one that needs a kind of which there is nothing.
    """
    if not 0.0 <= domain <= 1.0:
        raise ConfigError(f"domain share {domain}: allowed are 0 to 1, such as 0.5")
    sizes = {kind: sum(available[name] for name in available if kinds[name] == kind) for kind in ("general", "domain")}
    shares = {"general": 1.0 - domain, "domain": domain}
    for kind, share in shares.items():
        if share > 0 and not sizes[kind]:
            raise ConfigError(f"domain share {domain}: there is no text of kind {kind!r}; add a source of that kind")
    return {name: shares[kinds[name]] / sizes[kinds[name]] if sizes[kinds[name]] else 0.0 for name in available}


def _filled(heights: Mapping[str, float], limits: Mapping[str, float], wanted: float) -> dict[str, float]:
    """Share `wanted` in proportion to heights; who reaches its limit stays there and the rest share what is left."""
    tokens: dict[str, float] = {}
    free = set(limits)
    while free:
        left, height = wanted - sum(tokens.values()), sum(heights[name] for name in free)
        full = {name for name in free if left * heights[name] / height >= limits[name]}
        if not full:
            return tokens | {name: left * heights[name] / height for name in free}
        tokens |= {name: limits[name] for name in full}
        free -= full
    return tokens


def _check(available: Mapping[str, int], weights: Mapping[str, float], temperature: float, epochs: float) -> None:
    if unknown := sorted(set(weights) - set(available)):
        raise ConfigError(f"weight of {', '.join(unknown)}: no such source; there are {', '.join(available) or 'none'}")
    if bad := [name for name, weight in weights.items() if not 0.0 <= weight < float("inf")]:
        raise ConfigError(f"weight {weights[bad[0]]} of {bad[0]}: a weight is 0 or more")
    if not 0.0 < temperature < float("inf") or not 0.0 < epochs < float("inf"):
        raise ConfigError(f"temperature {temperature}, epochs {epochs}: both are above 0; leave them out for 1 and 4")
