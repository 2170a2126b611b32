"""Defects as they are met in text from the web, for planting in clean text: edited copies and personal data.

Written from what such text looks like, not from any rule that looks for it; every choice comes from a seeded generator.
Junk is in `junk`.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from random import Random

_FIRST = ("Maria", "James", "Aisha", "Tom", "Ingrid", "Diego", "Priya", "Karl", "Naomi", "Liam", "Sofia", "Hugh")
_LAST = (
    "Keller",
    "O'Brien",
    "Nguyen",
    "Patel",
    "Svensson",
    "Garcia",
    "Whitfield",
    "Rossi",
    "Okafor",
    "Miller",
    "Dubois",
)
_HOSTS = ("example.com", "mail.example.org", "keller-garten.de", "shop.co.uk", "uni.edu", "proton.me", "bigpond.net.au")
_STREETS = ("Maple", "High", "Elm Tree", "Church", "Station", "King", "Sunset", "Lincoln", "Old Mill", "Park")
_KINDS = ("Street", "St", "Road", "Rd.", "Avenue", "Ave", "Lane", "Drive", "Blvd")
_TOWNS = ("Springfield, IL 62704", "Leeds LS1 4AP", "Portland, OR 97205", "Boston, MA 02116", "York YO1 7HH")


def edited(text: str, generator: Random) -> str:
    """A near-copy, as reposts are: 1 to 6 % of the words changed one by one or in a few places, paragraphs added.

    How alike the two still are is for an exact comparison to say: many of these copies are under any usual threshold.
    """
    words = text.split(" ")
    edits = max(1, round(len(words) * generator.uniform(0.01, 0.06)))
    width = generator.choice((1, 1, 2, 5))  # an editor changes a phrase rather than words far apart
    for _ in range(max(1, edits // width)):
        place = generator.randrange(max(1, len(words) - width))
        for step in range(place, min(place + width, len(words) - 1)):
            _change(words, step, generator)
    copy = " ".join(words)
    frame = generator.randrange(5)
    if frame == 0:
        day, year = generator.randint(1, 28), generator.randint(2004, 2023)
        copy = f"Posted by {generator.choice(_FIRST)} on {day} May {year}\n\n{copy}"
    elif frame == 1:
        copy = f"{copy}\n\nComments ({generator.randint(0, 40)})"
    elif frame == 2:
        added = " ".join(harmless(generator) for _ in range(generator.randint(1, 4)))
        copy = f"{added}\n\n{copy}" if generator.random() < 0.5 else f"{copy}\n\n{added}"
    return copy


def _change(words: list[str], place: int, generator: Random) -> None:
    change = generator.randrange(4)
    if change == 0:
        words[place] = generator.choice(words)
    elif change == 1:
        del words[place]
    elif change == 2:
        words.insert(place, generator.choice(("very", "also", "the", "however,", "just", "2006")))
    else:
        words[place] = words[place].swapcase() if generator.random() < 0.5 else _misspelt(words[place], generator)


def personal(generator: Random) -> tuple[str, str, str]:
    """Kind, the personal datum, and a sentence that holds it."""
    kind = generator.choice(tuple(_PERSONAL))
    datum, sentences = _PERSONAL[kind](generator), _SENTENCES[kind]
    return kind, datum, generator.choice(sentences).format(datum)


def harmless(generator: Random) -> str:
    """A sentence of numbers that are nobody's."""
    digits = "".join(generator.choices(string.digits, k=13))
    number = generator.randint
    return generator.choice(
        (
            f"The frame measures {number(20, 200)} x {number(20, 200)} x {number(2, 40)} cm.",
            f"It costs ${number(1, 2000)}.{number(0, 99):02} and weighs {number(100, 900)} g.",
            f"The book has the ISBN 978-{digits[:1]}-{digits[1:5]}-{digits[5:9]}-{digits[9]}.",
            f"Between {number(1800, 1890)} and {number(1891, 2000)} the town grew to 12,{digits[:3]} people.",
            f"Version {digits[0]}.{digits[1]}.{digits[2:5]} was released on 2019-0{number(1, 9)}-1{digits[4]}.",
            f"Part {generator.choice('ABKX')}{digits[:4]}-{digits[4:6]} fits models {digits[6:9]} and {digits[9:12]}.",
            f"He scored {digits[0]}-{digits[1]}, {digits[2]}-{digits[3]} in front of {digits[4:6]},000 spectators.",
        )
    )


def _misspelt(word: str, generator: Random) -> str:
    if len(word) < 4:
        return word + word[-1:]
    place = generator.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _email(generator: Random) -> str:
    first, last = generator.choice(_FIRST).lower(), generator.choice(_LAST).lower().replace("'", "")
    local = generator.choice(
        (f"{first}.{last}", f"{first[0]}{last}", f"{first}_{last}{generator.randint(1, 99)}", f"{first}+shop")
    )
    return f"{local}@{generator.choice(_HOSTS)}"


def _phone(generator: Random) -> str:
    d = [str(generator.randint(2, 9)) for _ in range(12)]
    a, b, c = "".join(d[:3]), "".join(d[3:6]), "".join(d[6:10])
    return generator.choice(
        (f"({a}) {b}-{c}", f"{a}-{b}-{c}", f"+1 {a} {b} {c}", f"{a}.{b}.{c}", f"+44 20 {''.join(d[:4])} {c}",
         f"07{a} {''.join(d[3:9])}", f"+49 89 {''.join(d[:7])}", f"1-800-{b}-{c}", f"+61 2 {''.join(d[:4])} {c}")
    )  # fmt: skip


def _address(generator: Random) -> str:
    street = f"{generator.randint(1, 999)} {generator.choice(_STREETS)} {generator.choice(_KINDS)}"
    flat = generator.choice(("", "", ", Apt 4B", ", Flat 2"))
    return f"{street}{flat}, {generator.choice(_TOWNS)}"


def _card(generator: Random) -> str:
    head = generator.choice(("4", "51", "55", "34", "6011"))
    length = 15 if head == "34" else 16
    body = head + "".join(str(generator.randint(0, 9)) for _ in range(length - len(head) - 1))
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    number = body + str(-total % 10)
    sign = generator.choice(("", " ", "-"))
    cuts = (4, 10, 15) if length == 15 else (4, 8, 12, 16)
    return sign.join(number[start:end] for start, end in zip((0, *cuts[:-1]), cuts, strict=True))


def _order(generator: Random) -> str:
    digits = "".join(generator.choices(string.digits, k=17))
    letters = "".join(generator.choices(string.ascii_uppercase, k=2))
    return generator.choice(
        (f"{digits[:3]}-{digits[3:10]}-{digits[10:17]}", f"#{digits[:6]}", f"{letters}{digits[:8]}", f"SO-{digits[:7]}")
    )


_PERSONAL: dict[str, Callable[[Random], str]] = {
    "email": _email, "phone": _phone, "address": _address, "card": _card, "order": _order,
}  # fmt: skip
_SENTENCES: dict[str, Sequence[str]] = {
    "email": (
        "Write to {} with any questions.",
        "Contact: {}",
        "I mailed <{}> twice and got no answer.",
        "My address is {}, thanks.",
    ),
    "phone": ("Call me on {} after six.", "Tel: {}", "You can reach the office at {}.", "Her mobile number is {}."),
    "address": ("Please send it to {}.", "We moved to {} last year.", "Deliver to: {}", "The returns desk is at {}."),
    "card": (
        "I paid with card {} and was charged twice.",
        "Card number: {}",
        "The number on my Visa is {}.",
        "It went on {} as usual.",
    ),
    "order": (
        "My order {} never came.",
        "Order number: {}",
        "I am writing about order no. {}.",
        "Where is my order {}?",
    ),
}
