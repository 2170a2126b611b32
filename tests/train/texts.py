"""Made-up English for tests of training: as much as is wanted, the same for a seed."""

from __future__ import annotations

from random import Random

_THINGS = "shop lamp table chair cable garden bottle jacket kettle blanket mirror ladder basket candle pillow carpet"
NOUNS = _THINGS.split()
VERBS = ["holds", "fits", "needs", "shows", "keeps", "warms", "covers", "carries", "lights", "cleans"]


def prose(seed: int, sentences: int = 12) -> str:
    """Text that passes every rule of quality."""
    chance = Random(seed)
    return " ".join(
        f"The {chance.choice(NOUNS)} {chance.choice(VERBS)} the {chance.choice(NOUNS)} with {chance.randint(2, 9999)} "
        f"parts, and it is good for a {chance.choice(NOUNS)}."
        for _ in range(sentences)
    )
