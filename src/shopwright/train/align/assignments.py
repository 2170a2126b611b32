"""What a policy is asked during alignment: a shopper's request with the facts that an answer may use.

An assignment carries what programs need to judge an answer: the facts by product (accuracy), and the request's needs
with the words that speak of them (coverage). In a file each is a line of JSON:

    {"id": "...", "prompt": "...", "evidence": {"PRODUCT": {"FACT": "VALUE"}},
     "needs": [{"name": "...", "said": ["..."]}], "answers": ["..."]}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from shopwright.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Need:
    """A constraint or sub-goal of a request.

    Args:
        name: e.g. "price".
        said: phrases in small letters; an answer with any of them speaks of the need.
    """

    name: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """A prompt, and what an answer to it is judged by.

    Args:
        id: unique.
        prompt: what the policy reads, request and facts.
        evidence: product -> fact -> value, as the prompt shows them; empty where nothing is known.
        needs: of the request.
        answers: demonstrations; may be empty.
    """

    id: str
    prompt: str
    evidence: Mapping[str, Mapping[str, str]]
    needs: tuple[Need, ...] = ()
    answers: tuple[str, ...] = ()


def read_assignments(path: Path) -> Iterator[Assignment]:
    """The assignments of a file, a line each.

    Raises:
        CorpusError: there is no such file, or a line is no assignment; names it.
    """
    if not path.is_file():
        raise CorpusError(f"{path}: no such file; an assignment is a JSON object a line")
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _assignment(line, f"{path}:{number}")


def write_assignments(assignments: Iterable[Assignment], path: Path) -> int:
    """Write them, whole or not at all; returns how many."""
    part, count = path.with_name(path.name + ".part"), 0
    with part.open("wb") as file:
        for one in assignments:
            count += 1
            needs = [{"name": need.name, "said": need.said} for need in one.needs]
            record = {"id": one.id, "prompt": one.prompt, "evidence": one.evidence, "needs": needs}
            file.write(orjson.dumps(record | {"answers": one.answers}) + b"\n")
    part.replace(path)
    return count


def _assignment(line: bytes, place: str) -> Assignment:
    try:
        record = orjson.loads(line)
        prompt = record["prompt"]
        if not isinstance(prompt, str) or not prompt.strip():
            raise ValueError("prompt is empty")
        needs = tuple(Need(need["name"], tuple(map(str.lower, need["said"]))) for need in record.get("needs", ()))
        evidence = {name: dict(facts) for name, facts in record.get("evidence", {}).items()}
        return Assignment(str(record["id"]), prompt, evidence, needs, tuple(record.get("answers", ())))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(
            f"{place}: {error}: an assignment is a JSON object with id, prompt, evidence, needs, answers"
        ) from error
