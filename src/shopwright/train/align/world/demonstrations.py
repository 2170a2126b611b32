"""Answers of people of mixed skill, composed from written sentences, for a policy to start from.

    demonstrations(assignment, 20)      20 texts of 20 to 45 words, the same for the same seed

Each answer has a writer (`WRITERS`): a courteous adviser who says little, an analyst without manners, a clerk who lists
facts, a seller who promises, a chatterer, a rambler, one who forgets what was asked, an expert who is careless with
figures, and some who do most things well. A writer has plans (moves in order, each in a register), how often a fact is
told wrongly, and how often the shopper's needs decide what is told. Written sentences (`written/sentences.tsv`) are
filled from the evidence (`telling`). They are made, not collected: nobody said them, and the shares of the writers are
a choice.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shopwright.train.align.assignments import Assignment
from shopwright.train.align.world.telling import Teller
from shopwright.train.align.world.wording import Part, parts

SHORTEST, LONGEST = 20, 45
_TRIES = 30


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes.

    Args:
        share: how often, relative to the others.
        plans: moves in order, "move/register" each.
        wrong: the probability that a fact is told wrongly.
        minds: the probability that a sentence is about what was asked.
        careful: whether the recommended product is the one that fits best.
    """

    share: float
    plans: tuple[str, ...]
    wrong: float = 0.0
    minds: float = 0.8
    careful: bool = True


WRITERS: tuple[Writer, ...] = (
    Writer(  # courteous, complete sentences, few facts
        3,
        (
            "open/courteous fact/courteous close/courteous",
            "open/courteous use/courteous advice/courteous close/courteous",
            "open/courteous budget/courteous close/courteous",
            "open/courteous unknown/courteous close/courteous",
            "open/courteous fact/courteous advice/courteous",
        ),
    ),
    Writer(  # thinks in reasons and comparisons, without manners
        3,
        (
            "open/plain reason/plain compare/plain drawback/plain",
            "compare/plain reason/plain condition/plain",
            "reason/plain drawback/plain advice/plain",
            "open/plain compare/plain condition/plain advice/plain",
            "compare/plain drawback/plain close/plain",
        ),
        minds=0.5,
    ),
    Writer(  # facts of every product
        3,
        (
            "fact/dense fact/dense",
            "fact/plain fact/plain fact/plain fact/plain",
            "fact/dense budget/plain fact/plain",
            "budget/plain fact/plain compare/plain fact/plain",
            "fact/dense compare/plain close/plain",
        ),
        minds=0.9,
    ),
    Writer(  # praises one product and forgets what was asked
        1.5,
        (
            "fact/plain fact/plain fact/plain",
            "open/courteous fact/plain fact/plain close/courteous",
            "fact/courteous reason/plain close/plain",
            "open/plain fact/plain fact/plain advice/courteous",
        ),
        minds=0.0,
    ),
    Writer(  # an expert, careless with figures
        3,
        (
            "open/courteous reason/plain compare/plain",
            "compare/plain reason/courteous advice/plain",
            "reason/plain drawback/courteous condition/courteous",
            "fact/plain number/wrong reason/plain",
            "open/plain compare/courteous number/wrong advice/plain",
            "budget/plain compare/plain fact/dense",
            "budget/courteous fact/dense number/wrong",
        ),
        wrong=0.45,
        minds=0.6,
        careful=False,
    ),
    Writer(  # does most things well, and runs out of room
        3,
        (
            "open/courteous budget/plain compare/plain",
            "open/courteous reason/courteous compare/courteous",
            "fact/courteous compare/courteous drawback/courteous",
            "open/courteous compare/plain condition/courteous",
            "budget/courteous reason/courteous condition/courteous",
            "open/courteous drawback/courteous advice/courteous",
            "compare/courteous drawback/courteous close/courteous",
            "reason/courteous condition/courteous",
        ),
        wrong=0.05,
        minds=0.9,
    ),
    Writer(  # a seller
        1.5,
        (
            "hype/hype promise/promise fact/plain hype/hype",
            "hype/hype reason/plain promise/promise",
            "open/plain promise/promise promise/promise fact/plain",
            "hype/hype budget/plain number/wrong",
            "compare/plain hype/hype promise/promise",
            "reason/plain compare/plain hype/hype",
            "compare/plain reason/plain promise/promise",
            "hype/hype reason/plain condition/plain",
        ),
        wrong=0.25,
        minds=0.5,
        careful=False,
    ),
    Writer(  # chats
        1.5,
        (
            "slang/casual slang/casual fact/plain slang/casual",
            "slang/casual compare/plain slang/casual",
            "slang/casual reason/plain drawback/plain",
            "slang/casual slang/casual broken/sloppy slang/casual",
            "slang/casual reason/plain compare/plain drawback/plain",
            "compare/plain drawback/plain slang/casual advice/plain",
            "reason/plain slang/casual condition/plain advice/plain",
        ),
        wrong=0.1,
    ),
    Writer(  # says nothing at length
        1.2,
        (
            "filler/vague filler/vague filler/vague",
            "filler/vague open/courteous filler/vague close/courteous",
            "open/plain filler/vague advice/courteous filler/vague",
            "filler/vague fact/plain unknown/courteous",
        ),
        minds=0.3,
    ),
    Writer(  # repeats and breaks off
        0.8,
        (
            "ramble/rambling ramble/rambling fact/plain",
            "open/plain ramble/rambling broken/sloppy",
            "broken/sloppy broken/sloppy broken/sloppy open/brief",
            "open/brief fact/dense broken/sloppy",
        ),
        wrong=0.1,
    ),
)


def demonstrations(assignment: Assignment, count: int = 20, seed: int = 0) -> tuple[str, ...]:
    """Answers of 20 to 45 words, none twice; fewer than `count` only where the evidence gives no more.

    Args:
        assignment: with evidence of at least two products; others get none.
        count: how many.
        seed: with the assignment's id, of everything that is drawn.
    """
    draw = random.Random(f"{assignment.id}:{seed}")
    if len(assignment.evidence) < 2:
        return ()
    weights = [writer.share for writer in WRITERS]
    found: dict[str, None] = {}
    for _ in range(count * _TRIES):
        if len(found) == count:
            break
        writer = draw.choices(WRITERS, weights)[0]
        text = _write(assignment, writer, draw)
        if text is not None:
            found[text] = None
    return tuple(found)


def demonstrated(assignments: Iterable[Assignment], count: int = 20, seed: int = 0) -> Iterator[Assignment]:
    """Assignments with their demonstrations as answers."""
    for assignment in assignments:
        yield replace(assignment, answers=demonstrations(assignment, count, seed))


def _write(assignment: Assignment, writer: Writer, draw: random.Random) -> str | None:
    """One answer; None where it came out too short or too long."""
    teller = Teller(assignment, draw, wrong=writer.wrong, minds=writer.minds, careful=writer.careful)
    said: list[str] = []
    for step in draw.choice(writer.plans).split():
        sentence = _sentence(teller, step, draw)
        if sentence is not None and _count([*said, sentence]) <= LONGEST:
            said.append(sentence)
            teller.keep()
    text = " ".join(said)
    return text if SHORTEST <= _count([text]) <= LONGEST else None


def _sentence(teller: Teller, step: str, draw: random.Random) -> str | None:
    move, _, register = step.partition("/")
    if move == "budget":
        move = "fact" if teller.budget is None else "budget" if teller.inside_budget else "over"
    options: list[Part] = list(parts()[move, register])
    draw.shuffle(options)
    for part in options[:12]:
        text = teller.tell(part)
        if text is not None:
            return text
    return None


def _count(said: Iterable[str]) -> int:
    return sum(len(sentence.split()) for sentence in said)
