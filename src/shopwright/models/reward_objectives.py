"""The four objectives of an answer, each with the figures that speak for and against it, and a score by rule.

    professionalism   whole sentences in a businesslike tone: no slang, no promises that nobody can keep, no traces of a
                      prompt format, no blanks left to fill in, not broken off, repeating neither itself nor the request
    accuracy          commits itself to what can be checked: numbers, names, years; keeps the numbers and the wording of
                      what the request gives; does not refuse. Whether it is true is for `skills.verify`
    coverage          takes up the words of the request and adds to them; as many parts as were asked for
    depth             reasons, comparisons, examples, qualifications and order, not just statements

The rule is the sum of standardised figures with the signs below, so no data decide it but the means and spreads. The
learned heads (`reward`) see the figures of their own objective and nothing else, and never weigh one against the sign
that it has here; a figure with weight 0 is theirs alone, with either sign.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shopwright.models.reward_features import FIGURES, Floats

SIGNS: Mapping[str, Mapping[str, float]] = {
    "professionalism": {
        "slang_per_100": -1, "leaks": -1, "placeholders": -0.5, "promises_per_100": -0.5, "exclaims_per_100": -0.5,
        "emoji": -0.5, "breaks_off": -1, "repeated_trigrams": -1, "repeated_lines": -0.5, "opens_small": -0.5,
        "opens_blank": -0.5, "ends_colon": -0.5, "speaks_of_self_per_100": -0.5, "empty": -1, "cut": -0.5,
        "same_script": 0.5, "distinct_words": 0, "copied_request": -1,
    },
    "accuracy": {
        "numbers_per_100": 0.5, "names_per_100": 0.5, "years_per_100": 0.25, "quotes_per_100": 0.25,
        "request_numbers_kept": 1, "refuses": -1, "sorry": -0.5, "copied_request": 0, "empty": -1,
        "hedges_per_100": -0.25, "digits": 0.25, "formulas": 0.25, "numbers_from_request": 0.1,
        "pairs_from_request": 0.5, "triples_from_request": 0.5, "new_words": -0.25, "request_taken_up": 0.25,
    },
    "coverage": {
        "request_taken_up": 1, "new_words": 0.5, "bullets_per_100": 0.25, "numbered_per_100": 0.25,
        "headings_per_100": 0.25, "paragraph_breaks_per_100": 0.25, "distinct_first_100": 0.5, "refuses": -0.5,
        "empty": -1, "relative_length": 0, "request_numbers_kept": 0,
    },
    "depth": {
        "reasons_per_100": 1, "contrasts_per_100": 1, "examples_per_100": 0.5, "orders_per_100": 0.5,
        "sums_up_per_100": 0.25, "brackets_per_100": 0.25, "long_words": 0.5, "words_a_sentence": 0.25,
        "bold_per_100": 0.25, "colons_per_100": 0.25, "empty": -1, "copied_request": -0.5,
    },
}  # fmt: skip
"""Figure -> weight in the rule, for each objective; the figures are also what its learned head sees."""
OBJECTIVES: tuple[str, ...] = tuple(SIGNS)
COLUMNS: tuple[tuple[int, ...], ...] = tuple(
    tuple(FIGURES.index(figure) for figure in weights) for weights in SIGNS.values()
)
"""Places of each objective's figures in `FIGURES`."""


def by_rule(standard_NF: Floats) -> Floats:
    """The score by rule of N responses in each of the K objectives, shape (N, K), from standardised figures."""
    weights_FK = np.zeros((len(FIGURES), len(OBJECTIVES)), np.float32)
    for place, (columns, weights) in enumerate(zip(COLUMNS, SIGNS.values(), strict=True)):
        weights_FK[list(columns), place] = list(weights.values())
    return np.asarray(standard_NF @ weights_FK / np.abs(weights_FK).sum(axis=0), np.float32)
