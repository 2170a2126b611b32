"""How simulated shoppers behave: every constant of the simulation, in one place.

They were set for plausibility before anything was learned with them, and are no measurements of a shop. Cascade models
fitted to click logs put the chance to go on to the next result near 0.8 to 0.95 (Chuklin, Markov and de Rijke, "Click
Models for Web Search", 2015); phones are given less of it than desktops.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from shopwright.errors import ConfigError

Device = Literal["phone", "desktop"]
DEVICES: tuple[Device, ...] = get_args(Device)


@dataclass(frozen=True, slots=True)
class ShopperSettings:
    """Chances, 0 to 1.

    Args:
        phone_goes_on: to look at the next product of a list, on a phone; the number looked at is geometric.
        desktop_goes_on: likewise on a desktop.
        opens_wanted: to open a product that fits the want and was looked at.
        opens_other: noise: to open one that does not.
        put_off: to leave after opening one that does not fit.
        nearly: worth of a product that misses one condition, beside one that misses none.
        out_of_stock: worth of a product that fits and cannot be had, beside one that can.
        phone_taps: to tap an answer to a question rather than to leave, on a phone.
        desktop_taps: likewise on a desktop.
        phone_types: to type an answer where none can be tapped, on a phone.
        desktop_types: likewise on a desktop.
        taps_wrong: to tap an answer that does not fit, which leads nowhere.
        has_preference: share of what would please that an answer must hold, for the shopper to have a preference.
        insists: to say the same again when a question was answered by a question; the running rules then answer.
        side_by_side: to be content with a comparison of all that was to be compared.
        unaided: the same where all were shown, but not compared.
        interested: of who strolls, to be drawn by a product or shelf of a sort not seen yet; half of it by a further
            one of the same sort.
        told: to be content with an answer that rests on what was asked about.
        looks_up: of who asks about a product, to be content with the product's card.
        passed_on: to be content with being sent to a person where the shop could have answered itself.
        put_through: likewise where it is about an order.
        kept_from_person: to be content with a program's answer where a person was wanted.
        small_talk: to be content with goods after a greeting.
        buys: to buy a product that fits, can be had and was opened.
    """

    phone_goes_on: float = 0.80
    desktop_goes_on: float = 0.88
    opens_wanted: float = 0.85
    opens_other: float = 0.08
    put_off: float = 0.30
    nearly: float = 0.35
    out_of_stock: float = 0.30
    phone_taps: float = 0.85
    desktop_taps: float = 0.85
    phone_types: float = 0.60
    desktop_types: float = 0.75
    taps_wrong: float = 0.05
    has_preference: float = 0.60
    insists: float = 0.50
    side_by_side: float = 0.95
    unaided: float = 0.50
    interested: float = 0.35
    told: float = 0.90
    looks_up: float = 0.40
    passed_on: float = 0.30
    put_through: float = 0.50
    kept_from_person: float = 0.30
    small_talk: float = 0.10
    buys: float = 0.30

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not 0 <= value <= 1:
                raise ConfigError(f"{each.name} {value}: a chance must be 0 to 1")

    def goes_on(self, device: Device) -> float:
        """The chance to look at the next product."""
        return self.phone_goes_on if device == "phone" else self.desktop_goes_on

    def taps(self, device: Device) -> float:
        """The chance to tap an answer."""
        return self.phone_taps if device == "phone" else self.desktop_taps

    def types(self, device: Device) -> float:
        """The chance to type an answer."""
        return self.phone_types if device == "phone" else self.desktop_types
