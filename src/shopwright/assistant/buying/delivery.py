"""What delivery costs and how long it takes, from the rules that a merchant writes down in `delivery.toml`.

    currency = "EUR"
    bulky_from = { weight = "30 kg", length = "1.8 m" }        # optional

    [[zones]]
    countries = ["IE", "NL"]                                    # ISO 3166 codes
    standard = { price = "4.90", free_from = "60.00", days = [2, 3] }
    express = { price = "9.90", days = [1, 1] }

A zone has the methods that are offered there, by any name; "bulky" replaces the others where an item is too heavy or
too long. Days are working days. A shop without the file answers from its documents instead.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shopwright.catalog.units import base, parse_quantity
from shopwright.errors import ConfigError, ToolError
from shopwright.types import Money, Product, Quantity

BULKY, STANDARD = "bulky", "standard"
_COUNTRIES = {
    "austria": "AT", "belgium": "BE", "denmark": "DK", "france": "FR", "germany": "DE", "ireland": "IE", "italy": "IT",
    "luxembourg": "LU", "netherlands": "NL", "holland": "NL", "portugal": "PT", "spain": "ES", "sweden": "SE",
    "united kingdom": "GB", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB",
    "switzerland": "CH", "norway": "NO", "finland": "FI", "poland": "PL", "united states": "US", "usa": "US",
    "canada": "CA", "australia": "AU", "japan": "JP", "china": "CN", "india": "IN", "greece": "GR", "czechia": "CZ",
}  # fmt: skip
"""Names that people write for ISO codes."""


class Method(BaseModel):
    """A way of delivery in a zone: its price, from which sum it is free, and its working days."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    price: Annotated[Decimal, Field(ge=0)]
    free_from: Annotated[Decimal, Field(ge=0)] | None = None
    days: tuple[int, int]


class Zone(BaseModel):
    """Countries that are served alike."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Method]
    countries: tuple[str, ...]

    @property
    def methods(self) -> Mapping[str, Method]:
        """The ways of delivery by name."""
        return self.__pydantic_extra__


class DeliveryRules(BaseModel):
    """A merchant's rules of delivery."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    currency: str
    zones: tuple[Zone, ...]
    bulky_from: Mapping[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> Self:
        """The rules in a file.

        Raises:
            ConfigError: it cannot be read, is no TOML, or does not say what it must.
        """
        try:
            return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not TOML ({error})") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ConfigError(f"{path}: {where}: {first['msg']}; see docs/plan.md for an example") from error

    @property
    def countries(self) -> tuple[str, ...]:
        """Where anything is delivered."""
        return tuple(country for zone in self.zones for country in zone.countries)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery costs and when it comes.

    Args:
        method: one of the zone's; "bulky" where an item needs it.
        earliest, latest: working days.
        free_from: the sum from which it would cost nothing, where it is not free already.
    """

    country: str
    method: str
    cost: Money
    earliest: int
    latest: int
    free_from: Money | None = None


def deliver(
    rules: DeliveryRules, products: Iterable[Product], total: Money, country: str, method: str = STANDARD
) -> Delivery:
    """The cost and the days of sending some products.

    Raises:
        ToolError: the country is not served, or has no such method.
    """
    code = country_code(country)
    zone = next((zone for zone in rules.zones if code in zone.countries), None)
    if zone is None:
        raise ToolError(f"country {country!r}: nothing is delivered there; only to {', '.join(rules.countries)}")
    name = BULKY if any(is_bulky(product, rules.bulky_from) for product in products) else method
    found = zone.methods.get(name)
    if found is None:
        raise ToolError(f"{name} delivery to {code}: not offered; there is {', '.join(zone.methods)}")
    free = found.free_from is not None and total.amount >= found.free_from
    cost = Money(Decimal(0) if free else found.price, rules.currency)
    threshold = Money(found.free_from, rules.currency) if found.free_from is not None and not free else None
    return Delivery(code, name, cost, found.days[0], found.days[1], threshold)


def country_code(name: str) -> str:
    """The ISO code of a country that somebody wrote; what is not known stays as it is, in upper case."""
    return _COUNTRIES.get(name.strip().lower().removeprefix("the "), name.strip().upper())


def is_bulky(product: Product, limits: Mapping[str, str]) -> bool:
    """Whether an attribute of the product is over its limit."""
    for name, text in limits.items():
        limit, value = parse_quantity(text), product.attributes.get(name)
        if limit and isinstance(value, Quantity):
            left, right = base(value), base(limit)
            if left.unit == right.unit and left.value > right.value:
                return True
    return False
