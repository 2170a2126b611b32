from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shopwright.errors import ConfigError
from shopwright.models.scripted import HashingEncoder
from shopwright.skills.reason.neighbours import Neighbours, Situations
from shopwright.train.reason.situations import Written, encode_situations

ENCODER = HashingEncoder(256)
SHELVES = ("head torch", "hand cream", "ear plugs")
WRITTEN = (
    Written("I run before work in winter. It is pitch dark", (("head torch", "dark mornings"),), (), "s.jsonl:1"),
    Written("my hands crack every winter", (("hand cream", "cracked skin"), ("gloves", "cold")), (), "s.jsonl:2"),
    Written("the neighbour's bass goes till two", (("ear plugs", "block bass"),), (), "s.jsonl:3"),
)


def _neighbours(situations: Situations) -> Neighbours:
    shelves_PD = ENCODER.encode(list(SHELVES))
    return Neighbours(situations, ENCODER, lambda said_CD: said_CD @ shelves_PD.T, len(SHELVES))


def test_like_situations_vote_and_say_why() -> None:
    neighbours = _neighbours(encode_situations(WRITTEN, ENCODER))
    votes = neighbours.votes(ENCODER.encode(["her hands crack. new job", "her hands crack every winter"]))
    assert int(votes.clause.argmax()) == 1
    told = neighbours.told(votes, 1)
    assert told is not None
    assert (told.product, told.why, told.place) == ("hand cream", "cracked skin", "s.jsonl:2")
    assert all(column.shape == (3,) for column in votes.columns())


def test_situations_survive_a_file(tmp_path: Path) -> None:
    situations = encode_situations(WRITTEN, ENCODER)
    situations.write(tmp_path / "situations.npz")
    again = Situations.read(tmp_path / "situations.npz")
    assert again.told == situations.told
    assert float((again.wholes * situations.wholes).sum(1).min()) > 0.99
    with pytest.raises(ConfigError, match=r"none\.npz"):
        Situations.read(tmp_path / "none.npz")


def test_those_of_another_encoder_do_not_vote() -> None:
    neighbours = _neighbours(encode_situations(WRITTEN, HashingEncoder(512)))
    votes = neighbours.votes(ENCODER.encode(["my hands crack every winter"]))
    assert not np.any(votes.whole)
    assert neighbours.told(votes, 1) is None


def test_the_packaged_situations_have_needs_and_places() -> None:
    situations = Situations.packaged()
    assert len(situations.told) == len(situations.wholes) > 1000
    assert all(one.needs and ".jsonl:" in one.place for one in situations.told)
    assert int(situations.owners.max()) < len(situations.told)
