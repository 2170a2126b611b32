"""Wrong claims out of right ones, with the words that became wrong: the synthetic half of the verifier's training.

After MiniCheck (Tang et al., 2024) and LettuceDetect (Kovács and Recski, 2025), which have large models write the
errors; here they are made by rules, which know exactly what they changed: a number, a unit, a name that the evidence
or another claim has, a negation, an attribute turned round, a detail added that stands nowhere.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from shopwright.train.verify.examples import NOT_SUPPORTED, SILENT, SUPPORTS, Example, Span

Edited = tuple[str, tuple[Span, ...]]
"""A wrong claim, and the characters that are wrong in it."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?![\w]*\d)")
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][\w'-]+(?: (?:of |the |de )?[A-Z][\w'-]+)*")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|can|could|will|would|does|do|did|has|have|had|should|must)\b(?! not)", re.I
)
_NOT = re.compile(r"\b(is|are|was|were|can|could|will|would|does|do|did|has|have|had|should|must)( not|n't)\b", re.I)
_UNITS = (
    ("kg", "g", "lb"), ("kilograms", "grams", "pounds"), ("cm", "mm", "m", "inches"), ("metres", "feet", "centimetres"),
    ("miles", "kilometres"), ("litres", "millilitres", "gallons"), ("ml", "l", "oz"), ("hours", "minutes", "days"),
    ("weeks", "days", "months"), ("years", "months"), ("million", "billion", "thousand"), ("W", "kW", "V"),
    ("GB", "MB", "TB"), ("percent", "degrees"), ("h", "min"),
)  # fmt: skip
_OPPOSITES = """
first/last first/second before/after more/less most/least all/some every/no always/never only/also many/few
wired/wireless indoor/outdoor left/right front/back upper/lower inside/outside with/without large/small big/small
long/short heavy/light thick/thin hard/soft hot/cold warm/cool fast/slow loud/quiet sweet/bitter new/old
cheap/expensive wide/narrow high/low waterproof/washable cotton/polyester leather/canvas steel/plastic
wood/metal glass/plastic black/white red/blue green/yellow grey/brown pink/purple silver/gold matte/glossy
north/south east/west northern/southern eastern/western increase/decrease increased/decreased rose/fell won/lost
best/worst easy/difficult included/excluded free/charged open/closed male/female father/brother mother/sister
son/nephew daughter/niece husband/brother wife/sister king/prince january/october february/november
march/december april/july may/august june/september monday/thursday tuesday/friday wednesday/saturday
could/must may/must might/will often/rarely usually/never early/late morning/evening summer/winter spring/autumn
actor/director singer/producer author/editor novel/play film/series album/single founder/chairman
manager/coach goalkeeper/defender captain/coach university/college church/school river/lake city/village
two/three three/five four/six seven/nine ten/twelve half/third double/single daily/weekly monthly/yearly
customer/manufacturer like/dislike likes/dislikes good/poor fits/fails works/fails yes/no
"""
_WORDS: dict[str, list[str]] = {}
for _pair in _OPPOSITES.split():
    _a, _b = _pair.split("/")
    _WORDS.setdefault(_a, []).append(_b)
    _WORDS.setdefault(_b, []).append(_a)
_UNIT_WORDS = {unit: [other for other in units if other != unit] for units in _UNITS for unit in units}
_DETAILS = re.compile(
    r"\b(?:in (?:early |late )?(?:\d{4}|[A-Z][a-z]+ \d{4})|on (?:\d{1,2} )?[A-Z][a-z]+(?: \d{1,2})?|from [A-Z][a-z]+"
    r"|by [A-Z][a-z]+(?: [A-Z][a-z]+)?|in [A-Z][a-z]+(?: [A-Z][a-z]+)?|because of the [a-z]+(?: [a-z]+)?"
    r"|for (?:the )?(?:first|second) time|for \d+ (?:years|months|days|hours)|made of [a-z]+"
    r"|with (?:a|an|the) [a-z]+ [a-z]+|at no extra charge|up to \d+ [a-z]+)\b"
)


def wrong_claims(examples: Sequence[Example], seed: int, share: float = 0.6) -> list[Example]:
    """Wrong versions of supported claims, and claims put beside evidence that is about something else.

    Args:
        examples: those whose claim is supported in every word are used.
        seed: of all choices.
        share: chance of a wrong version for each claim; a tenth of that for other evidence.
    """
    generator = random.Random(seed)
    right = [example for example in examples if example.stance == SUPPORTS and example.marks == ()]
    details = [detail for example in right for detail in _DETAILS.findall(example.asked)]
    names = [name for example in right for name in _NAME.findall(example.asked)]
    made = []
    for example in right:
        if generator.random() < share:
            edited = edit(example.asked, example.evidence, generator, names, details)
            if edited is not None:
                made.append(replace(example, asked=edited[0], marks=edited[1], stance=NOT_SUPPORTED, relevance=None))
        if generator.random() < share / 10 and len(right) > 1:
            other = generator.choice(right)
            if other.group != example.group:
                made.append(replace(example, evidence=other.evidence, stance=SILENT, relevance=0, marks=None))
    return made


def edit(
    claim: str, evidence: str, generator: random.Random, names: Sequence[str] = (), details: Sequence[str] = ()
) -> Edited | None:
    """One wrong version of a claim; None when no rule applies."""
    rules: list[Callable[[], Edited | None]] = [
        lambda: _number(claim, evidence, generator),
        lambda: _name(claim, evidence, generator, names),
        lambda: _word(claim, generator, _UNIT_WORDS),
        lambda: _word(claim, generator, _WORDS),
        lambda: _negation(claim, generator),
        lambda: _detail(claim, evidence, generator, details),
    ]
    generator.shuffle(rules)
    for rule in rules:
        edited = rule()
        if edited is not None and edited[0] != claim and edited[0] not in evidence:
            return edited
    return None


def _swap(claim: str, span: Span, words: str) -> Edited:
    return claim[: span[0]] + words + claim[span[1] :], ((span[0], span[0] + len(words)),)


def _number(claim: str, evidence: str, generator: random.Random) -> Edited | None:
    found = list(_NUMBER.finditer(claim))
    if not found:
        return None
    match = generator.choice(found)
    there = [other for other in _NUMBER.findall(evidence) if other != match[0] and len(other) == len(match[0])]
    if there and generator.random() < 0.5:
        return _swap(claim, match.span(), generator.choice(there))
    value = match[0].replace(",", "")
    if value.isdigit() and len(value) == 4 and value[:2] in ("18", "19", "20"):
        return _swap(claim, match.span(), str(int(value) + generator.choice([-10, -3, -2, -1, 1, 2, 3, 10])))
    if "." in value:
        changed = generator.choice([value.replace(".", ""), str(round(float(value) * 10, 2)), _digit(value, generator)])
    else:
        changed = generator.choice([value + "0", _digit(value, generator), str(int(value) + generator.randint(1, 4))])
    return None if float(changed) == float(value) else _swap(claim, match.span(), changed)


def _digit(value: str, generator: random.Random) -> str:
    places = [place for place, letter in enumerate(value) if letter.isdigit()]
    place = generator.choice(places)
    digit = generator.choice([digit for digit in "123456789" if digit != value[place]])
    return value[:place] + digit + value[place + 1 :]


def _name(claim: str, evidence: str, generator: random.Random, names: Sequence[str]) -> Edited | None:
    found = list(_NAME.finditer(claim))
    if not found:
        return None
    match = generator.choice(found)
    there = [name for name in _NAME.findall(evidence) if name not in match[0] and match[0] not in name]
    pool = there if there and generator.random() < 0.7 else [name for name in names if name not in claim]
    return _swap(claim, match.span(), generator.choice(pool)) if pool else None


def _word(claim: str, generator: random.Random, table: dict[str, list[str]]) -> Edited | None:
    found = [match for match in re.finditer(r"[A-Za-z]+", claim) if match[0] in table or match[0].lower() in table]
    if not found:
        return None
    match = generator.choice(found)
    other = generator.choice(table.get(match[0]) or table[match[0].lower()])
    return _swap(claim, match.span(), other.capitalize() if match[0][0].isupper() and len(other) > 2 else other)


def _negation(claim: str, generator: random.Random) -> Edited | None:
    if (match := _NOT.search(claim)) is not None:
        return _swap(claim, match.span(), match[1])
    found = list(_AUXILIARY.finditer(claim))
    if not found:
        return None
    match = generator.choice(found)
    return _swap(claim, match.span(), f"{match[0]} not")


def _detail(claim: str, evidence: str, generator: random.Random, details: Sequence[str]) -> Edited | None:
    pool = [detail for detail in generator.sample(list(details), min(8, len(details))) if detail not in evidence]
    if not pool:
        return None
    detail, body = generator.choice(pool), claim.rstrip(". ")
    places = [match.start() for match in re.finditer(r"(?:, | and | which | that )", body)] or [len(body)]
    place = generator.choice([*places, len(body)])
    made = f"{body[:place]} {detail}{body[place:]}{'.' if claim.rstrip().endswith('.') else ''}"
    return made, ((place + 1, place + 1 + len(detail)),)
