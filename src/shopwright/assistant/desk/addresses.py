"""Which address a customer means: one that they write out, their default one, or that of another of their orders.

What: addresses in words and in option tables, parts of one ("apartment 12 instead"), "the same as order #w1", "my
default address", "the Chicago one", "where the lamp was sent". What not: checking that an address exists. US-style
addresses ("12 Elm St, Suite 3, Springfield, IL, 62701") are read; a missing state follows from the zip code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shopwright.assistant.desk.records import Address, Customer, Order

STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "florida": "FL", "georgia": "GA", "hawaii": "HI", "idaho": "ID",
    "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH",
    "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY", "district of columbia": "DC",
}  # fmt: skip
_ZIPS = (
    "010-027MA 028-029RI 030-038NH 039-049ME 050-059VT 060-069CT 070-089NJ 100-149NY 150-196PA 197-199DE 200-205DC "
    "206-219MD 220-246VA 247-268WV 270-289NC 290-299SC 300-319GA 320-349FL 350-369AL 370-385TN 386-397MS 398-399GA "
    "400-427KY 430-459OH 460-479IN 480-499MI 500-528IA 530-549WI 550-567MN 570-577SD 580-588ND 590-599MT 600-629IL "
    "630-658MO 660-679KS 680-693NE 700-714LA 716-729AR 730-749OK 750-799TX 800-816CO 820-831WY 832-838ID 840-847UT "
    "850-865AZ 870-884NM 885-885TX 889-898NV 900-961CA 967-968HI 970-979OR 980-994WA 995-999AK"
)
"""The first three digits of a zip code, and the state that they are in."""
_CITIES = {"nyc": "new york", "la": "los angeles", "philly": "philadelphia", "sf": "san francisco"}
_WRITTEN = re.compile(
    r"(?:(?P<first>(?:Suite|Apt\.?|Apartment|Unit) ?[\w-]+),? +)?"
    r"(?P<one>\d{1,6} [A-Z][\w.']*(?: [A-Z][\w.']*){0,4}),? +"
    r"(?:(?P<two>(?:Suite|Apt\.?|Apartment|Unit|Floor|#) ?[\w-]+),? +)?"
    r"(?:in +)?(?P<city>[A-Z][a-z.]+(?: [A-Z][a-z]+){0,2}),? +"
    r"(?:(?P<state>[A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?),? +)?"
    r"(?:(?:USA|US),? +)?(?:zip(?: code)? +)?(?P<zip>\d{5})\b"
)
_SUITE = re.compile(r"\b(suite|apartment|apt|unit)\.? (?:number )?(?:to )?(?:be )?#?(\d[\w-]*)\b")
_PLACE = r"(?:address|home|house|office|one|place|apartment)\b"
_DEFAULT = re.compile(r"\b(?:default|profile|home|primary|main|account|usual)\b|\buser address\b|\bon file\b")
_PROFILE = re.compile(
    r"\b(?:default|user|profile|account)(?: \w+)? address\b|\baddress (?:in|on|of|for) (?:your|my) (?:profile"
    r"|account)\b"
    r"|\b(?:your|my) (?:\w+ )?(?:profile|account)\b"
)
_ORDER_ADDRESS = re.compile(
    r"\borders?\b|#|\bshipping\b|\bdelivery\b|\bpackages?\b|\bit\b|\bthem\b|\bship\w*\b|\bsend\b|\bsent\b"
)


def written(message: str) -> list[Address]:
    """Addresses that a message (as it was typed) writes out."""
    found = []
    for match in _WRITTEN.finditer(message):
        state = match["state"] or state_of(match["zip"])
        state = STATES.get(state.lower(), state)
        if len(state) == 2:
            two = match["two"] or match["first"] or ""
            found.append(Address(match["one"], two, match["city"], state, "USA", match["zip"]))
    return found


def state_of(zip: str) -> str:
    """The state of a US zip code, "" when unknown."""
    for row in _ZIPS.split():
        if row[:3] <= zip[:3] <= row[4:7]:
            return row[7:]
    return ""


def of_table(table: Mapping[str, str]) -> Address | None:
    """The address that an option table holds."""
    parts = ("address1", "address2", "city", "state", "country", "zip")
    return Address(*(table.get(part, "") for part in parts)) if table.get("address1") else None


def wanted(
    text: str,
    around: str,
    customer: Customer,
    orders: Sequence[Order],
    sources: Sequence[Order],
    literal: Sequence[Address],
    now: Address | None = None,
) -> Address | None:
    """The address that something should get.

    Args:
        text: what comes after "to" in the request, in plain spelling.
        around: all that was said, for towns.
        sources: orders that the request names as the source.
        literal: addresses that were written out.
        now: the address that it has, of which parts may be changed.
    """
    if sources:
        return sources[0].address
    if literal:
        return literal[-1]
    part = _SUITE.search(text)
    if part and now:
        return replace(now, address2=f"{'Suite' if part[1] == 'suite' else part[1].capitalize()} {part[2].upper()}")
    known = [address for address in _distinct([customer.address, *(order.address for order in orders)]) if address.city]
    near = [address for address in known if named(address, text)]
    if near:
        told = [one for one in near if re.search(rf"\b{re.escape(one.city.lower())} {_PLACE}", text)]
        other = [address for address in told or near if address != now]
        return customer.address if customer.address in near and _asks_for_default(text) else (other or near)[0]
    if _asks_for_default(text):
        return customer.address
    far = [address for address in known if named(address, around) and address not in (customer.address, now)]
    if len(far) == 1:
        return far[0]
    others = [address for address in known if address not in (customer.address, now)]
    return others[0] if len(others) == 1 else None


def of_profile(text: str) -> bool:
    """Whether the customer's default address is to be changed."""
    return bool(_PROFILE.search(text))


def of_orders(text: str) -> bool:
    """Whether the address of an order is to be changed."""
    return bool(_ORDER_ADDRESS.search(_PROFILE.sub(" ", text)))


def named(address: Address, text: str) -> bool:
    """Whether a text names an address by its street, town, zip code or state."""
    for city, meant in _CITIES.items():
        text = re.sub(rf"\b{city}\b", meant, text)
    state = next((name for name, short in STATES.items() if short == address.state), "")
    words = [address.address1.lower(), address.city.lower(), address.zip, "" if state == "new york" else state]
    return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words if word)


def _asks_for_default(text: str) -> bool:
    return bool(
        _DEFAULT.search(re.sub(r"\b(?:new|my|your|her|his|\w+'s) new home\b|\bnew (?:home|house)\b", " ", text))
    )


def _distinct(addresses: Sequence[Address]) -> list[Address]:
    return list(dict.fromkeys(addresses))
