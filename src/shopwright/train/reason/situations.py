"""Written situations, as learned from: the files in `written/`, and what of them ships.

    written = read_situations()                              # text, needs and avoid of every line
    encode_situations(written, encoder).write(FILE)          # vectors, needs and places, without the texts

A line: {"id": "a-001", "situation": "...", "needs": [["head torch", "dark mornings"], ...], "avoid": ["perfume"]}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from shopwright.errors import ConfigError
from shopwright.models.protocols import Encoder
from shopwright.skills.reason.neighbours import Situation, Situations, compared
from shopwright.skills.reason.ranking import clauses

FOLDER = Path(__file__).parent / "written"


@dataclass(frozen=True, slots=True)
class Written:
    """One situation as somebody tells it.

    Args:
        text: as it is told.
        needs: product types with the reason, the most needed first.
        avoid: product types that must not be offered.
        place: its file and line.
    """

    text: str
    needs: tuple[tuple[str, str], ...]
    avoid: tuple[str, ...]
    place: str


def read_situations(folder: Path = FOLDER) -> list[Written]:
    """Every situation of a folder, each text once.

    Raises:
        ConfigError: a line is no situation.
    """
    found: dict[str, Written] = {}
    for path in sorted(folder.glob("situations-*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            place = f"{path.name}:{number}"
            try:
                record = orjson.loads(line)
                needs = tuple((str(name).strip().lower(), str(why).strip()) for name, why in record["needs"])
                one = Written(record["situation"], needs, tuple(record.get("avoid", ())), place)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                raise ConfigError(f"{path} line {number}: {error!r}; a line has situation and needs") from error
            if one.needs and one.text.strip():
                found.setdefault(one.text, one)
    return list(found.values())


def encode_situations(written: Sequence[Written], encoder: Encoder) -> Situations:
    """What ships of them."""
    parts = [(row, part) for row, one in enumerate(written) for part in clauses(one.text) or [one.text]]
    return Situations(
        tuple(Situation(one.needs, one.place) for one in written),
        compared(encoder.encode([one.text for one in written])),
        compared(encoder.encode([part for _, part in parts])),
        np.array([row for row, _ in parts], np.int64),
        encoder.fingerprint,
    )
