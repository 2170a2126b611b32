import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopwright.errors import ConfigError
from shopwright.train.corpus.mixture import balance, mix


def test_sources_are_drawn_in_proportion_to_size_and_weight():
    assert mix({"a": 300, "b": 100}).tokens == {"a": 300, "b": 100}
    assert mix({"a": 100, "b": 100}, {"a": 3}, total=80).tokens == {"a": 60, "b": 20}


def test_temperature_lifts_small_sources():
    assert mix({"a": 900, "b": 100}, temperature=2).shares == pytest.approx({"a": 0.75, "b": 0.25})


def test_what_a_source_may_not_give_the_others_give():
    mixture = mix({"a": 10, "b": 1000}, {"a": 100}, total=200, epochs=4)
    assert mixture.tokens == {"a": 40, "b": 160}
    assert mixture.epochs == {"a": 4, "b": 0.16}


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 1000), min_size=1), st.floats(0.5, 9), st.floats(0.1, 1))
def test_the_total_is_met_and_no_limit_broken(available, temperature, part):
    total = int(part * 4 * sum(available.values()))
    mixture = mix(available, temperature=temperature, total=total)
    assert sum(mixture.tokens.values()) == pytest.approx(total)
    assert all(epochs <= 4 + 1e-9 for epochs in mixture.epochs.values())


def test_balance_gives_the_domain_its_share():
    sizes, kinds = {"news": 900, "novels": 100, "shop": 50}, {"news": "general", "novels": "general", "shop": "domain"}
    weights = balance(sizes, kinds, 0.5)
    assert mix(sizes, weights, total=100).shares["shop"] == pytest.approx(0.5)
    with pytest.raises(ConfigError, match="add a source"):
        balance({"news": 1}, {"news": "general"}, 0.5)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"weights": {"x": 1}}, "no such source"),
        ({"weights": {"a": -1}}, "weight -1"),
        ({"temperature": 0}, "temperature 0"),
        ({"total": 41}, "41 tokens"),
    ],
)
def test_what_cannot_be_is_refused(arguments, named):
    with pytest.raises(ConfigError, match=named):
        mix({"a": 10}, **arguments)
