"""Who a customer is, from what they write: an e-mail address, or a name with a zip code (or town).

A customer number alone identifies nobody; it may only supply the name beside a zip code. Nothing is guessed: the world
must know exactly this address, or exactly this name at this place.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

from shopwright.assistant.desk.records import World

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_ZIP = re.compile(r"(?<![\d#W-])\d{4,6}(?!\d)")
_NAME = re.compile(r"\b[^\W\d_][\w'’.-]*\b")
_MOST_TRIES = 300
_NUMBER = re.compile(r"\b([a-z]+)_([a-z]+)_\d+\b")


def identify(world: World, text: str) -> str | None:
    """The one customer that a text identifies; None when it does not, or names several."""
    found = {owner for email in _EMAIL.findall(text) if (owner := world.find_email(email.rstrip(".")))}
    if len(found) == 1:
        return found.pop()
    if found:
        return None
    plain = _EMAIL.sub(" ", text)
    words = [word.rstrip(".'’") for word in _NAME.findall(_NUMBER.sub(" ", plain))]
    names = []
    for start, end in ((start, start + size) for size in (2, 3, 4) for start in range(len(words) - size + 1)):
        if words[start][:1].isupper() and words[end - 1][:1].isupper():
            names.append((words[start], " ".join(words[start + 1 : end])))
    names += [(first.capitalize(), last.capitalize()) for first, last in _NUMBER.findall(plain)]
    lower = [(first, last) for first, last in pairwise(words) if len(words) <= 12]
    places = list(dict.fromkeys(_ZIP.findall(plain)))
    places += [word for word in dict.fromkeys(words) if word[:1].isupper()]
    tries = ((first, last, place) for first, last in dict.fromkeys([*names, *lower]) for place in places)
    for first, last, place in islice(tries, _MOST_TRIES):
        if place not in (first, last) and (owner := world.find_name(first, last, place)):
            return owner
    return None


def other_person(world: World, text: str, customer: str) -> bool:
    """Whether a text names somebody else's e-mail address."""
    owners = {world.find_email(email.rstrip(".")) for email in _EMAIL.findall(text)}
    return bool(owners - {customer, None})
