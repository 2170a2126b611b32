"""The cascade: a list is looked at from the top, and what is opened decides (Craswell et al., 2008).

The chances are exact, in closed form, where a simulation would draw. A shopper looks at the first product; one that
fits is opened with a chance that grows with how well it fits (as grades do in Chapelle et al., 2009); one that does not
is opened now and then by mistake, which may put the shopper off; then the next product is looked at, or not.
"""

from __future__ import annotations

from collections.abc import Sequence

from shopwright.train.intent.shoppers.settings import Device, ShopperSettings


def looked_at(fits: Sequence[float], device: Device, settings: ShopperSettings) -> list[float]:
    """The chance that each product of a list is looked at.

    Args:
        fits: how well each fits anything that is wanted, 0 to 1, in the order shown.
    """
    chances, chance = list[float](), 1.0
    for fit in fits:
        chances.append(chance)
        leaves = settings.opens_other * settings.put_off if fit == 0 else 0.0
        chance *= settings.goes_on(device) * (1 - leaves)
    return chances


def found(fits: Sequence[float], looks: Sequence[float], opens: float) -> float:
    """The chance that some product of a list pleases.

    Args:
        fits: how well each fits, 0 to 1.
        looks: the chance that each is looked at; `looked_at`.
        opens: the chance that a perfect one is opened when looked at.
    """
    pleased, not_yet = 0.0, 1.0
    for fit, look in zip(fits, looks, strict=True):
        pleased += look * not_yet * opens * fit
        not_yet *= 1 - opens * fit
    return pleased
