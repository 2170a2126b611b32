from __future__ import annotations

import pytest

from shopwright.skills.verify.names import Roll, missing


def absent(claim: str, evidence: str) -> list[str]:
    return [name.text for name in missing(claim, Roll([evidence]))]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("We met Ostapenko's team.", "Jeļena Ostapenko and her team"),
        ("We met Jelena Ostapenko.", "Jeļena Ostapenko"),
        ("It was shown in the USA.", "across the United States of America"),
        ("It was shown in the United States.", "in the U.S. and Canada"),
        ("The new SoundCore works.", "sound core, a speaker"),
        ("The drill AS-18 works.", "AS18 drill"),
        ("The Australian team won.", "a team won"),
        ("Choose it for the weekend.", "something else"),
        ("He lives in Japan.", "Japanese houses"),
        ("We met John Smith.", "约翰·史密斯在这里"),
    ],
)
def test_names_in_other_forms_are_known(claim: str, evidence: str) -> None:
    assert absent(claim, evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "names"),
    [
        ("The boot is made in Portugal.", "The boot is made in Spain.", ["Portugal"]),
        ("The drill AS-20 works.", "The drill AS-18 works.", ["AS-20"]),
        ("It was sold by Anna Berg.", "It was sold by Otto Berg.", ["Anna"]),
    ],
)
def test_names_that_stand_nowhere_are_found(claim: str, evidence: str, names: list[str]) -> None:
    assert absent(claim, evidence) == names
