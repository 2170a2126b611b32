from __future__ import annotations

import numpy as np
import pytest

from shopwright.errors import CorpusError
from shopwright.sequences.choice import ChoiceSet, fit_logit


def test_the_feature_that_decided_gets_the_weight() -> None:
    random = np.random.default_rng(0)
    sets = []
    for _ in range(300):
        features = random.standard_normal((int(random.integers(2, 9)), 3))
        chances = np.exp(2 * features[:, 1])
        chosen = int(random.choice(len(features), p=chances / chances.sum()))
        sets.append(ChoiceSet(features.astype(np.float32), chosen))
    logit = fit_logit(sets, 0)
    assert logit.weights / logit.scale == pytest.approx([0, 2, 0], abs=0.3)
    assert logit.scores(np.eye(3))[1] == logit.scores(np.eye(3)).max()


def test_no_choices_are_refused() -> None:
    with pytest.raises(CorpusError, match="no choices to learn from"):
        fit_logit([], 0)
