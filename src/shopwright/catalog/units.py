"""Measured quantities as shops write them: read, compared, converted and written.

What: `parse_quantity` for a field that holds one quantity, `find_quantities` for quantities and ranges inside a
sentence, `convert` and `base` so that "under 2 kg" finds "1900 g", `format_quantity` for people.

What not: compound expressions ("46 x 12 cm" stays text), arithmetic, uncertainty, number words ("two kilos").

Simplifications: data sizes are decimal (1 GB = 1000 MB) unless the binary unit is written (GiB); ounces of fluid,
pints, quarts and gallons are those of the United States; a dot is a decimal sign ("1.500 kg" is 1.5), a comma before
exactly three digits groups thousands ("3,000 mm" is 3000). The table is our own: a general unit library takes half a
second to import. Factors are exact by definition (NIST SP 811, appendix B) or rounded to nine digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from shopwright.errors import ConfigError
from shopwright.types import Quantity

_DIMENSIONS: dict[str, dict[str, float]] = {
    # The first unit of a dimension is its base unit; every factor says how many base units one unit is.
    "mass": {"kg": 1, "g": 1e-3, "mg": 1e-6, "t": 1e3, "lb": 0.45359237, "oz": 0.028349523125, "carat": 2e-4},
    "length": {
        "cm": 1,
        "mm": 0.1,
        "m": 100,
        "km": 1e5,
        "µm": 1e-4,
        "nm": 1e-7,
        "in": 2.54,
        "ft": 30.48,
        "yd": 91.44,
        "mi": 160934.4,
    },
    "volume": {
        "l": 1,
        "ml": 1e-3,
        "cl": 1e-2,
        "dl": 0.1,
        "m³": 1e3,
        "cm³": 1e-3,
        "fl oz": 0.0295735296,
        "cup": 0.2365882365,
        "pt": 0.473176473,
        "qt": 0.946352946,
        "gal": 3.785411784,
    },
    "area": {"m²": 1, "cm²": 1e-4, "mm²": 1e-6, "ha": 1e4, "ft²": 0.09290304, "in²": 6.4516e-4},
    "time": {
        "h": 1,
        "min": 1 / 60,
        "s": 1 / 3600,
        "ms": 1 / 3.6e6,
        "days": 24,
        "weeks": 168,
        "months": 730.5,
        "years": 8766,
    },
    "power": {"W": 1, "mW": 1e-3, "kW": 1e3, "MW": 1e6, "hp": 745.699872},
    "energy": {"Wh": 1, "kWh": 1e3, "J": 1 / 3600, "kJ": 1 / 3.6, "kcal": 1.162222222},
    "charge": {"mAh": 1, "Ah": 1e3},
    "voltage": {"V": 1, "mV": 1e-3, "kV": 1e3},
    "current": {"A": 1, "mA": 1e-3},
    "resistance": {"Ω": 1, "kΩ": 1e3},
    "data": {
        "GB": 1,
        "kB": 1e-6,
        "MB": 1e-3,
        "TB": 1e3,
        "KiB": 1.024e-6,
        "MiB": 1.048576e-3,
        "GiB": 1.073741824,
        "TiB": 1099.511627776,
    },
    "data rate": {"Mbit/s": 1, "kbit/s": 1e-3, "Gbit/s": 1e3, "MB/s": 8, "GB/s": 8e3},
    "frequency": {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "rotation": {"rpm": 1},
    "frame rate": {"fps": 1},
    "temperature": {"°C": 1, "°F": 5 / 9, "K": 1},
    "resolution": {"MP": 1},
    "pixel density": {"dpi": 1},
    "pixels": {"px": 1},
    "speed": {"km/h": 1, "m/s": 3.6, "mph": 1.609344},
    "pressure": {"bar": 1, "mbar": 1e-3, "Pa": 1e-5, "hPa": 1e-3, "kPa": 1e-2, "MPa": 10, "psi": 0.0689475729},
    "sound": {"dB": 1},
    "luminous flux": {"lm": 1},
    "luminance": {"cd/m²": 1},
    "illuminance": {"lx": 1},
    "torque": {"Nm": 1},
    "force": {"N": 1, "kN": 1e3},
    "areal density": {"g/m²": 1},
    "linear density": {"den": 1},
    "flow": {"l/min": 1, "l/h": 1 / 60, "m³/h": 1000 / 60},
    "people": {"persons": 1},
    "count": {"pcs": 1, "pairs": 2, "dozen": 12},
    "paper": {"pages": 1, "sheets": 1},
    "angle": {"°": 1},
    "percentage": {"%": 1},
}

_OFFSETS = {"°F": -160 / 9, "K": -273.15}  # degrees Celsius at zero of the scale

_SPELLINGS = {
    "kg": "kgs kilo kilos kilogram kilograms kilogramm kilogramme",
    "g": "gr gram grams gramm gramme grammes",
    "mg": "milligram milligrams",
    "t": "tonne tonnes",
    "lb": "lbs pound pounds",
    "oz": "ounce ounces",
    "carat": "carats",
    "mm": "millimeter millimeters millimetre millimetres",
    "cm": "centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres mtr",
    "km": "kilometer kilometers kilometre kilometres",
    "µm": "μm um micron microns",
    "nm": "nanometer nanometers nanometre nanometres",
    "in": 'inch inches " ″ ” zoll inch. in.',
    "ft": "foot feet ′ ft. '",
    "yd": "yard yards yds",
    "mi": "mile miles",
    "l": "L liter liters litre litres ltr",
    "ml": "milliliter milliliters millilitre millilitres",
    "cl": "centiliter centilitre centiliters centilitres",
    "dl": "deciliter decilitre",
    "m³": "m3 cbm",
    "cm³": "cm3 cc",
    "fl oz": "fl.oz fl.oz. floz",
    "cup": "cups",
    "pt": "pint pints",
    "qt": "quart quarts",
    "gal": "gallon gallons gal.",
    "m²": "m2 sqm qm",
    "cm²": "cm2 sqcm",
    "mm²": "mm2",
    "ha": "hectare hectares",
    "ft²": "ft2 sqft",
    "in²": "in2 sqin",
    "h": "hr hrs hour hours stunde stunden std",
    "min": "mins minute minutes minuten",
    "s": "sec secs second seconds sekunden",
    "ms": "millisecond milliseconds",
    "days": "day tag tage",
    "weeks": "week",
    "months": "month monat monate",
    "years": "year yr yrs jahr jahre",
    "W": "w watt watts",
    "kW": "kilowatt kilowatts",
    "hp": "horsepower ps",
    "Wh": "watt-hours watt-hour",
    "J": "joule joules",
    "kcal": "Cal calories",
    "V": "v volt volts vdc vac",
    "A": "amp amps ampere amperes",
    "Ω": "ohm ohms Ω",
    "GB": "gigabyte gigabytes",
    "MB": "megabyte megabytes",
    "TB": "terabyte terabytes",
    "kB": "kilobyte kilobytes",
    "Mbit/s": "mbps mb/s mbits/s",
    "kbit/s": "kbps",
    "Gbit/s": "gbps gb/s",
    "MB/s": "mbyte/s",
    "GB/s": "gbyte/s",
    "Hz": "hertz",
    "kHz": "kilohertz",
    "MHz": "megahertz",
    "GHz": "gigahertz",
    "rpm": "u/min min⁻¹",
    "°C": "℃ ºC C celsius",
    "°F": "℉ ºF F fahrenheit",
    "K": "kelvin",
    "MP": "mpx megapixel megapixels mpix",
    "dpi": "ppi",
    "px": "pixel pixels",
    "km/h": "kmh kph",
    "m/s": "mps",
    "bar": "bars",
    "psi": "PSI",
    "dB": "db dBA dB(A) decibel decibels",
    "lm": "lumen lumens",
    "cd/m²": "cd/m2 nit nits",
    "lx": "lux",
    "Nm": "N·m newton-metre newton-metres",
    "N": "newton newtons",
    "g/m²": "g/m2 gsm",
    "den": "denier",
    "l/min": "lpm",
    "m³/h": "m3/h cbm/h",
    "persons": "person people personen pers",
    "pcs": "pc piece pieces pc(s) stück stk pack packs units unit",
    "pairs": "pair paar",
    "pages": "page seiten",
    "sheets": "sheet",
    "°": "deg degree degrees º",
    "%": "percent pct ％ prozent",
}

_SYMBOLS: dict[str, str] = {unit: unit for units in _DIMENSIONS.values() for unit in units}
_SYMBOLS.update({spelling: symbol for symbol, words in _SPELLINGS.items() for spelling in words.split()})
_SYMBOLS["fl. oz."] = _SYMBOLS["fl. oz"] = "fl oz"
_FOLDED: dict[str, str] = {}
for _spelling, _symbol in _SYMBOLS.items():
    if len(_spelling) > 1:  # a single letter means what its case says: 5 g is a mass, 5G a network
        _FOLDED.setdefault(_spelling.lower(), _symbol)
_DIMENSION_OF = {unit: name for name, units in _DIMENSIONS.items() for unit in units}
_FACTORS = {unit: factor for units in _DIMENSIONS.values() for unit, factor in units.items()}
_BASE = {name: next(iter(units)) for name, units in _DIMENSIONS.items()}

_FRACTIONS = {
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "⅓": "1/3",
    "⅔": "2/3",
    "⅛": "1/8",
    "⅜": "3/8",
    "⅝": "5/8",
    "⅞": "7/8",
}
_SPACES = "[ \u00a0\u202f\u2009]"
_NUMBER = (
    rf"(?:\d{{1,3}}(?:{_SPACES}\d{{3}})+(?!\d)(?:[.,]\d+)?"  # 1 299.5
    r"|(?:\d{1,4}[ -])?\d{1,3}/[1-9]\d{0,2}(?!\d)"  # 3/4, 1 1/2, 1-1/2
    r"|(?:\d{1,4} ?)?[½¼¾⅓⅔⅛⅜⅝⅞]"
    r"|\d+(?:[.,'’]\d+)*)"
)
_UNIT = "|".join(re.escape(spelling) for spelling in sorted(_SYMBOLS, key=len, reverse=True))
_PARSE = re.compile(rf"([-+−]?)({_NUMBER})(?:{_SPACES}|-)?([^\d\s].*)", re.DOTALL)
_FIND = re.compile(
    rf"(?<![\w.,])(?:(?<!\S)[-−])?({_NUMBER})(?:(?:{_SPACES}?-?{_SPACES}?)({_UNIT})(?![\w/]))?", re.IGNORECASE
)
_RANGE = re.compile(r"\s*(?:(-|–|—|to|bis|until|till)|(and|und|&))\s*", re.IGNORECASE)
_BEFORE_RANGE = re.compile(r"\b(?:(between|zwischen)|from|von)\s+$", re.IGNORECASE)
_TIMES_BEFORE = re.compile(  # the x of "max 55 cm" is a letter of its word
    r"(?:[\w\"]\s*[×*]|(?:\d[^\W\d_]*|\d\s(?:[cm]?m|in|ft)|\"|[\w\"]\s+)x)\s*$", re.IGNORECASE
)
_TIMES_AFTER = re.compile(r"\s*[x×*]\s*\d", re.IGNORECASE)
_AFTER_INCH = re.compile(
    r"\s*(?:$|[^\w\s]|(?:and|or|to|laptops?|notebooks?|screens?|displays?|tvs?|televisions?|tablets?|monitors?|wide|long|"
    r"tall|deep|high|thick|diameter|pans?|wheels?|pipes?|pots?|bikes?|speakers?|rims?|hoses?)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """A quantity or a range inside a sentence. A single quantity has `low == high`.

    `start` and `end` are character offsets, so that `text[start:end]` is what was read.
    """

    low: Quantity
    high: Quantity
    start: int
    end: int


def parse_number(text: str, *, dot_groups: bool = False) -> float | None:
    """A number as people write it: "1,299.5", "1.299,5", "1 299", "1'299", "12,5", "3/4", "1 1/2".

    Args:
        text: digits and separators only, without sign.
        dot_groups: read one dot before exactly three digits as grouping ("1.299" is 1299).

    Returns:
        The number, or None when the separators make no sense ("1,2,3").
    """
    for sign, fraction in _FRACTIONS.items():
        text = text.replace(sign, f" {fraction}")
    text = text.strip()
    if "/" in text:
        whole, _, part = text.replace("-", " ").rpartition(" ")
        return float((int(whole) if whole.strip() else 0) + Fraction(part))
    plain = plain_number(text, dot_groups=dot_groups)
    return None if plain is None else float(plain)


def plain_number(text: str, *, dot_groups: bool = False) -> str | None:
    """`text` without grouping and with a dot as decimal sign ("1.299,50" -> "1299.50"), or None."""
    text = re.sub(r"(?<=\d)[ '’\u00a0\u202f\u2009](?=\d{3}(?!\d))", "", text)
    mark = max(text.rfind("."), text.rfind(","))
    if mark < 0:
        return text if text.isascii() and text.isdigit() else None
    sign, other = text[mark], "," if text[mark] == "." else "."
    whole, part = text[:mark], text[mark + 1 :]
    groups_only = other not in text and (
        whole.count(sign) > 0
        or (len(part) == 3 and 0 < len(whole) <= 3 and whole[0] != "0" and (sign == "," or dot_groups))
    )
    if groups_only:
        whole, part, other = text, "", sign
    if other in whole:
        if not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(other)}\d{{2,3}})*{re.escape(other)}\d{{3}}", whole, re.ASCII):
            return None
        whole = whole.replace(other, "")
    if not re.fullmatch(r"\d*\.?\d*", f"{whole}.{part}", re.ASCII) or not (whole or part):
        return None
    return f"{whole or '0'}.{part}" if part else whole


@lru_cache(maxsize=4096)
def unit_symbol(text: str) -> str | None:
    """The symbol of a unit in any of its spellings ("inches" -> "in"), or None when it is not a unit we know."""
    text = text.strip()
    return _SYMBOLS.get(text) or _FOLDED.get(text.lower())


def dimension(unit: str) -> str | None:
    """What a unit measures ("kg" -> "mass"), or None when we do not know the unit."""
    return _DIMENSION_OF.get(unit_symbol(unit) or "")


def parse_quantity(text: str) -> Quantity | None:
    """The quantity that a text is: "2.4kg", '13"', "13-inch", "1,299.5 g". None when it holds anything more."""
    match = _PARSE.fullmatch(text.strip()) if len(text) <= 40 else None
    if match is None:
        return None
    sign, number, unit = match.groups()
    symbol, value = unit_symbol(unit), parse_number(number)
    if symbol is None or value is None or (symbol == "K" and value < 100):  # "4K" names a display
        return None
    return Quantity(-value if sign in ("-", "−") else value, symbol)


def convert(value: float, from_unit: str, to_unit: str) -> float:
    """`value` in another unit.

    Raises:
        ConfigError: when a unit is unknown or the two measure different things.
    """
    source, target = _known(from_unit), _known(to_unit)
    if _DIMENSION_OF[source] != _DIMENSION_OF[target]:
        raise ConfigError(
            f"{from_unit!r} measures {_DIMENSION_OF[source]} and {to_unit!r} {_DIMENSION_OF[target]}: give two units "
            f"of one kind, for {_DIMENSION_OF[source]} one of {', '.join(_DIMENSIONS[_DIMENSION_OF[source]])}"
        )
    if source == target:
        return value
    in_base = value * _FACTORS[source] + _OFFSETS.get(source, 0.0)
    return float(f"{(in_base - _OFFSETS.get(target, 0.0)) / _FACTORS[target]:.12g}")  # 1900 g is 1.9 kg, to the digit


def base(quantity: Quantity) -> Quantity:
    """The same quantity in the base unit of its dimension; unchanged when the unit is unknown."""
    symbol = unit_symbol(quantity.unit)
    if symbol is None:
        return quantity
    unit = _BASE[_DIMENSION_OF[symbol]]
    return Quantity(convert(quantity.value, symbol, unit), unit)


def format_quantity(quantity: Quantity) -> str:
    """The quantity for people: "2.4 kg", "1,299.5 g", "1 person", "20%", "45°"."""
    number = f"{quantity.value:,.6f}".rstrip("0").rstrip(".") if abs(quantity.value) < 1e12 else f"{quantity.value:g}"
    number = f"{quantity.value:.3g}" if number in ("0", "-0") and quantity.value else number
    unit = quantity.unit
    if quantity.value == 1 and unit in (
        "persons",
        "days",
        "weeks",
        "months",
        "years",
        "pages",
        "sheets",
        "pairs",
        "pcs",
    ):
        unit = unit[:-1]
    return f"{number}{unit}" if unit in ("%", "°") else f"{number} {unit}"


def find_quantities(text: str) -> tuple[FoundQuantity, ...]:
    """Quantities and ranges in a sentence, left to right, without overlap.

    "a 13-14 inch laptop between 1 and 2 kg" gives 13 to 14 in and 1 to 2 kg. A range takes the unit of its end where
    its beginning has none. Products such as "90 x 200 cm" are left out: they are sizes, not one quantity.
    """
    found: list[FoundQuantity] = []
    items = [item for match in _FIND.finditer(text) if (item := _item(text, match)) is not None]
    index = 0
    while index < len(items):
        pair = _range(text, items[index], items[index + 1]) if index + 1 < len(items) else None
        if pair is not None:
            found.append(pair)
        elif (quantity := items[index].quantity) is not None:
            found.append(FoundQuantity(quantity, quantity, items[index].start, items[index].end))
        index += 2 if pair is not None else 1
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Item:
    """A number in a sentence, with the unit that follows it if one does."""

    value: float
    unit: str | None
    start: int
    end: int

    @property
    def quantity(self) -> Quantity | None:
        return None if self.unit is None else Quantity(self.value, self.unit)


def _item(text: str, match: re.Match[str]) -> _Item | None:
    value = parse_number(match[1])
    if value is None or _TIMES_BEFORE.search(text[max(0, match.start() - 12) : match.start()]):
        return None
    if _TIMES_AFTER.match(text, match.end()):
        return None
    unit = unit_symbol(match[2]) if match[2] else None
    if unit is not None and not _unit_fits(text, match, value, unit):
        unit = None
    end = match.end() if unit is not None else match.end(1)
    return _Item(-value if match[0][0] in "-−" else value, unit, match.start(), end)


def _unit_fits(text: str, match: re.Match[str], value: float, unit: str) -> bool:
    """Whether the letters after the number are a unit here: "2 in stock", 'a "tent 2"' and "4K" are not."""
    spelling = match[2]
    if unit == "K" and value < 100:
        return False
    if spelling == '"':
        return text.count('"', 0, match.start(2)) % 2 == 0
    if spelling.lower() == "in" and match.end(1) != match.start(2):
        return _AFTER_INCH.match(text, match.end()) is not None
    return True


def _range(text: str, first: _Item, second: _Item) -> FoundQuantity | None:
    """The two items as one range, when the words between them say so and the units agree."""
    joint = _RANGE.fullmatch(text, first.end, second.start)
    if joint is None or second.unit is None:
        return None
    before = _BEFORE_RANGE.search(text, 0, first.start)
    if joint[2] and not (before and before[1]):
        return None
    low = Quantity(first.value, first.unit or second.unit)
    if dimension(low.unit) != dimension(second.unit):
        return None
    high = Quantity(second.value, second.unit)
    if base(low).value > base(high).value:
        return None
    return FoundQuantity(low, high, before.start() if before else first.start, second.end)


def _known(unit: str) -> str:
    symbol = unit_symbol(unit)
    if symbol is None:
        raise ConfigError(f"unit {unit!r} is not known: use a symbol such as kg, cm, l, h, W, GB, °C")
    return symbol
