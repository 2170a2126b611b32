"""What a customer wants in place of what they have, read against the options of that product.

"A shorter bamboo one", "the cheapest i7 or above", "500 pieces less, same difficulty", "prefer battery > USB > AC" and
"black instead of white" become `Wish`es; `best` picks the variant. Every wish names an option that the product has, so
words that mean nothing for it are passed over. No sentence grammar, no common sense about products.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shopwright.assistant.desk.options import Schema, Value
from shopwright.assistant.desk.plain import stem

Op = Literal["is", "not", "more", "less", "most", "least", "plus", "same", "free", "from", "to"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One condition or preference.

    Args:
        key: option, "price", or "" for all options ("same", "free").
        op: `is`, `not` one of the values; `more` or `less` than now; `most`, `least`; `plus` a number; `from` a value
            upwards, `to` it downwards; `same` as now; `free` to differ.
        weight: 0 for what must hold; more than 0 for preferences, the largest first.
    """

    key: str
    op: Op
    values: tuple[str, ...] = ()
    number: float = 0.0
    weight: float = 0.0


_UP = ["bigger", "larger", "biggest", "largest", "huge"]
_DOWN = ["smaller", "smallest", "compact", "tiny"]
_SIZE_KEYS = ["size", "capacity", "diameter", "screen", "room", "length", "height", "piece", "weight", "width"]
_ADJECTIVES: dict[str, tuple[tuple[str, ...], int]] = {
    **dict.fromkeys(_UP, (tuple(_SIZE_KEYS), 1)),
    **dict.fromkeys(_DOWN, (tuple(_SIZE_KEYS), -1)),
    **dict.fromkeys(("brighter", "brightest"), (("brightness", "display"), 1)),
    **dict.fromkeys(("dimmer", "dimmest"), (("brightness",), -1)),
    **dict.fromkeys(("longer", "longest"), (("length", "battery", "life"), 1)),
    **dict.fromkeys(("shorter", "shortest"), (("length", "height"), -1)),
    **dict.fromkeys(("taller", "tallest"), (("height",), 1)),
    **dict.fromkeys(("thicker", "thickest"), (("thickness",), 1)),
    **dict.fromkeys(("thinner", "thinnest"), (("thickness",), -1)),
    **dict.fromkeys(("easier", "easiest", "simpler", "simplest"), (("difficulty",), -1)),
    **dict.fromkeys(("harder", "hardest"), (("difficulty",), 1)),
    **dict.fromkeys(("heavier", "heaviest"), (("weight",), 1)),
    **dict.fromkeys(("lighter", "lightest"), (("weight",), -1)),
    **dict.fromkeys(("faster", "fastest"), (("processor", "speed"), 1)),
    **dict.fromkeys(("wider", "widest"), (("view", "width", "diameter"), 1)),
    **dict.fromkeys(("sharper", "clearer"), (("resolution",), 1)),
}
_BASES = {
    "bright": "brighter", "long": "longer", "tall": "taller", "thick": "thicker", "thin": "thinner",
    "heavy": "heavier", "light": "lighter", "wide": "wider", "large": "larger", "big": "bigger", "small": "smaller",
    "difficult": "harder", "hard": "harder", "challenging": "harder", "easy": "easier", "fast": "faster",
    "powerful": "faster", "sharp": "sharper",
}  # fmt: skip
"""What stands after "more", "less" and "not as": the comparative that it means."""
_MORE = "higher|highest|maximum|max|maximal|maximized|maximised|more|most|increased?|better|best|greatest|greater"
_LESS = "lower|lowest|minimum|min|minimal|less|least|fewer|fewest|reduced?"
_DEGREE = re.compile(rf"\b(?:(?P<more>{_MORE})|(?P<less>{_LESS}))\b")
_EXTREME = re.compile(r"(?:est|most|least|maxim\w+|max|min|minim\w+|best)$")
_PRICE = re.compile(
    r"\b(?P<least>cheapest|the cheaper|whichever is cheaper|least expensive|lowest price\w*|most affordable"
    r"|least costly)\b"
    r"|\b(?P<most>most expensive|priciest|highest price\w*|dearest|most costly)\b"
    r"|\b(?P<less>cheaper|less expensive|lower price\w*|more affordable|costs? less)\b"
    r"|\b(?P<more>more expensive|pricier|higher price\w*)\b"
)
_PRICE_OPS: tuple[Op, ...] = ("least", "most", "less", "more")
_AMOUNT = re.compile(
    r"\b(?P<n>\d+(?:\.\d+)?)\s+(?:(?P<a>more|less|fewer|extra|additional)\s+(?P<k1>[a-z]+)"
    r"|(?P<k2>[a-z]+)\s+(?P<b>more|less|fewer|extra))\b"
)
_STEP = re.compile(
    r"\b(?:one|a|1) size (?P<a>smaller|bigger|larger|up|down)\b|\bsize (?P<b>up|down)\b|\bnext size (?P<c>up|down)\b"
)
_DOWNWARD = frozenset(["less", "fewer", "smaller", "down"])
_INSTEAD = re.compile(r"\b(?:instead of|rather than|not|than|different from)\s+(?:a |an |the |having )?")
_NOT = re.compile(
    r"\b(?:not|no|without|except|other than|anything but|any \w+ but|besides|do not (?:like|want)|avoid)\s+(?:a "
    r"|an |the |in )?$"
)
_FREE = re.compile(
    r"\b(?:do not care(?: about)?|does not matter|do not mind|no preference|any|regardless of|not (?:picky|particular)"
    r" about|flexible (?:on|about|with)|okay with any|whichever|whatever)\b([^.;,]{0,60})"
)
_SAME = re.compile(r"\b(?:same|keep(?:ing)?(?: the)?(?: same)?|similar|identical|unchanged)\b(?P<what>[^.;,]{0,60})")
_SOFT = re.compile(
    r"\b(?:prefer\w*|ideally|preferably|would rather|would be (?:nice|good|great)|if possible|favou?r)\b"
)
_OVER = re.compile(r"\s(?:over|than|to|rather than|instead of)\s")
_AND_UP = re.compile(
    r"^\s*(?:processor |or |and )?(?:or |and )?(?:above|higher|better|more|up|greater|newer|larger|bigger)\b"
)
_AND_DOWN = re.compile(r"^\s*(?:or |and )(?:below|lower|less|down|smaller)\b")
_WORD = re.compile(r"[a-z0-9]+")
_OR = re.compile(r"\s*(?:or|/|or a|or an)\s*")
_BLANK = " "


def read(text: str, options: Schema, soft: bool = False, tables: Sequence[dict[str, str]] = ()) -> list[Wish]:
    """The wishes in a plain text. `soft` marks all of them as preferences; `tables` are those of `plain`."""
    for number, table in enumerate(tables):
        if f"zdict{number}" in text.split():
            return [Wish(key, "is", (value,)) for key, value in table.items() if key in options.cues]
    found: list[Wish] = []
    for piece in re.split(r"(?<=[.;])\s|\bbut\b", text):
        at = _SOFT.search(piece)
        if at and not soft:
            hard, preference = piece[: at.start()], piece[at.end() :]
            if not preference.strip(" .,"):
                hard, preference = "", piece[: at.start()]
            found += _piece(hard, options, False) + _piece(preference, options, True)
        else:
            found += _piece(piece, options, soft)
    return _settled(found)


def values_in(text: str, options: Schema) -> list[tuple[str, str]]:
    """(option, value) of the values that a plain text names."""
    return [(value.key, value.value) for value, *_ in _found(text, options)]


def _piece(text: str, options: Schema, soft: bool) -> list[Wish]:
    wishes: list[Wish] = []
    rest = text
    if soft:
        rest = re.sub(r">", " , ", rest)
        rest = _OVER.sub(" , ", rest)
    else:
        rest = _masked(rest, _INSTEAD, options, wishes)
    rest = _free(rest, options, wishes)
    rest = _same(rest, options, wishes)
    rest = _amounts(rest, options, wishes)
    rest = _prices(rest, wishes)
    order = len(wishes)
    rest = _values(rest, options, wishes)
    _degrees(rest, options, wishes)
    if not soft:
        return wishes
    total = len(wishes) + 1
    return [
        Wish(w.key, w.op, w.values, w.number, float(total - n)) if w.op not in ("same", "free") or n >= order else w
        for n, w in enumerate(wishes)
    ]


def _masked(text: str, pattern: re.Pattern[str], options: Schema, wishes: list[Wish]) -> str:
    """The text without what is wanted less: "instead of X" says what they have, "not X" what they refuse."""
    for match in list(pattern.finditer(text)):
        for value, start, end in _found(text[match.end() : match.end() + 40], options):
            if start > 3:
                continue
            if match[0].startswith("not "):
                wishes.append(Wish(value.key, "not", (value.value,)))
            text = text[: match.end() + start] + _BLANK * (end - start) + text[match.end() + end :]
    return text


def _free(text: str, options: Schema, wishes: list[Wish]) -> str:
    for match in _FREE.finditer(text):
        keys = _keys(match[1], options)
        if not keys and re.search(r"\b(?:other|else|rest|spec|option|detail)", match[1]):
            keys = [""]
        wishes += [Wish(key, "free") for key in keys]
        if keys:
            text = text[: match.start()] + _BLANK * len(match[0]) + text[match.end() :]
    return text


def _same(text: str, options: Schema, wishes: list[Wish]) -> str:
    for match in _SAME.finditer(text):
        what = re.split(r"\b(?:but|with|as|and (?:change|want|get)|except)\b", match["what"])[0]
        if re.search(r"\b(?:order|time|price|way|one as|reason)\b", what):
            continue
        keys = _keys(what, options)
        if not keys and re.search(
            r"\b(?:spec|option|one|item|product|thing|everything|else|other|exact|model|feature)", what
        ):
            keys = [""]
        wishes += [Wish(key, "same") for key in keys]
        for value, *_ in _found(what, options):
            if value.key not in keys:
                wishes.append(Wish(value.key, "is", (value.value,)))
        text = (
            text[: match.start()]
            + _BLANK * (match.start("what") + len(what) - match.start())
            + text[match.start("what") + len(what) :]
        )
    return text


def _amounts(text: str, options: Schema, wishes: list[Wish]) -> str:
    for match in _AMOUNT.finditer(text):
        keys = [k for k in _keys(match["k1"] or match["k2"], options) if k in options.ranks]
        if keys:
            sign = -1 if (match["a"] or match["b"]) in _DOWNWARD else 1
            wishes.append(Wish(keys[0], "plus", number=sign * float(match["n"])))
            text = text[: match.start()] + _BLANK * len(match[0]) + text[match.end() :]
    for match in _STEP.finditer(text):
        keys = [key for key in options.ranks if "size" in options.cues[key]] or list(options.ranks)
        if keys:
            down = (match["a"] or match["b"] or match["c"]) in _DOWNWARD
            wishes.append(Wish(keys[0], "less" if down else "more", number=1))
            text = text[: match.start()] + _BLANK * len(match[0]) + text[match.end() :]
    return text


def _prices(text: str, wishes: list[Wish]) -> str:
    for match in _PRICE.finditer(text):
        op: Op = next(name for name in _PRICE_OPS if match[name])
        wishes.append(Wish("price", op))
        text = text[: match.start()] + _BLANK * len(match[0]) + text[match.end() :]
    return text


def _values(text: str, options: Schema, wishes: list[Wish]) -> str:
    previous = (-1, "")
    for value, start, end in _found(text, options):
        if value.key == previous[1] and _OR.fullmatch(text[previous[0] : start]) and wishes[-1].op == "is":
            wishes[-1] = Wish(value.key, "is", (*wishes[-1].values, value.value))
            previous = (end, value.key)
            continue
        previous = (end, value.key)
        op: Op = "not" if _NOT.search(text[:start]) else "is"
        if value.key in options.ranks and op == "is":
            if _AND_UP.match(text[end:]):
                op = "from"
            elif _AND_DOWN.match(text[end:]):
                op = "to"
        wishes.append(Wish(value.key, op, (value.value,)))
        text = text[:start] + _BLANK * (end - start) + text[end:]
    return _missing(text, options, wishes)


def _missing(text: str, options: Schema, wishes: list[Wish]) -> str:
    """Numbers with a unit of the product that no variant has: "8 bar" cannot be had, and is not passed over."""
    units = {value.unit: value.key for value in options.values if value.unit and value.number is not None}
    for unit, key in units.items():
        for match in re.finditer(rf"(?<![\w.])(\d+(?:\.\d+)?) {re.escape(unit)}\b", text):
            wishes.append(Wish(key, "is", (match[0],)))
            text = text[: match.start()] + _BLANK * len(match[0]) + text[match.end() :]
    return text


def _degrees(text: str, options: Schema, wishes: list[Wish]) -> None:
    """Comparatives and superlatives: of an option that is named, or of the one that the adjective is about."""
    taken = {wish.key for wish in wishes if wish.op in ("is", "plus", "most", "least", "from", "to")}
    for match in _WORD.finditer(text):
        word = match[0]
        near = text[match.end() : match.end() + 34].split(",")[0]
        named = [key for key in _keys(near, options) if key in options.ranks]
        following = (near.split() or [""])[0]
        degree = _DEGREE.fullmatch(word)
        base = _BASES.get(following, "") if word in ("more", "less", "least", "most") else ""
        if word in _ADJECTIVES or base:
            about, sign = _ADJECTIVES[base or word]
            sign = -sign if base and word in ("less", "least") else sign
            keys = [key for cue in about for key in options.ranks if cue in options.cues[key]]
            keys = named or keys if about[0] == "size" else keys or named
        elif degree:
            before = [
                key for key in _keys(text[max(match.start() - 28, 0) : match.start()], options) if key in options.ranks
            ]
            keys, sign = named or before, 1 if degree["more"] else -1
        else:
            continue
        if keys and keys[0] not in taken:
            extreme = bool(_EXTREME.search(word))
            op: Op = ("most" if sign > 0 else "least") if extreme else ("more" if sign > 0 else "less")
            wishes.append(Wish(keys[0], op))
            taken.add(keys[0])


def _keys(text: str, options: Schema) -> list[str]:
    """Options that a text names, in the order in which it does."""
    tokens = [stem(word) for word in _WORD.findall(text)]
    places = {
        key: min(tokens.index(cue) for cue in cues & set(tokens))
        for key, cues in options.cues.items()
        if cues & set(tokens)
    }
    many = {key: len(options.cues[key] & set(tokens)) for key in places}
    return sorted(places, key=lambda key: (-many[key], places[key]))


def _found(text: str, options: Schema) -> list[tuple[Value, int, int]]:
    """Values in a text: (value, start, end), longest first where they overlap, from left to right."""
    hits: list[tuple[int, int, Value]] = []
    for value in options.values:
        for phrase in value.phrases:
            pattern = rf"(?<![\w.#]){re.escape(phrase)}(?:e?s)?(?![\w])(?!\.\d)"
            places = [match.span() for match in re.finditer(pattern, text)]
            hits += [(start, end, value) for start, end in places if _meant(value, start, end, text, options)]
    hits.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
    taken: list[tuple[int, int, Value]] = []
    for start, end, value in hits:
        rivals = [hit for hit in taken if start < hit[1] and hit[0] < end]
        if not rivals:
            taken.append((start, end, value))
    return [(value, start, end) for start, end, value in sorted(taken, key=lambda hit: hit[0])]


def _meant(value: Value, start: int, end: int, text: str, options: Schema) -> bool:
    """Whether a phrase that may be a value is one: words that say little need the option's name beside them."""
    around = [stem(word) for word in _WORD.findall(text[max(start - 24, 0) : start])][-3:]
    around += [stem(word) for word in _WORD.findall(text[end : end + 24])][:2]
    cues = options.cues[value.key]
    rivals = [
        other
        for other in options.values
        if other.key != value.key and set(other.phrases) & {text[start:end], stem(text[start:end])}
    ]
    if rivals and not cues & set(around):
        return not any(options.cues[other.key] & set(around) for other in rivals) and not value.generic
    if value.generic:
        near = any(cue.startswith(word) for cue in cues for word in around if len(word) > 2)
        return near or (not text[start:end].isdigit() and not rivals and len(text[start:end]) > 4)
    return True


def _settled(wishes: list[Wish]) -> list[Wish]:
    """Without repetitions; the last word on an option holds."""
    kept: list[Wish] = []
    for wish in wishes:
        if wish.op == "is" and not wish.weight:
            kept = [w for w in kept if not (w.key == wish.key and w.op in ("is", "same") and not w.weight)]
        if wish not in kept:
            kept.append(wish)
    return kept
