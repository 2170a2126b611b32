"""The prefix cache holds what it may and gives back what it was given."""

from __future__ import annotations

import numpy as np

from shopwright.models.language.cache import BLOCK, PrefixCache
from shopwright.models.language.session import KeyValues


def filled(tokens: list[int]) -> KeyValues:
    """A cache whose keys and values are its tokens."""
    data = np.broadcast_to(np.array(tokens, np.float32)[:, None], (2, 2, 1, 3, len(tokens), 4))
    return KeyValues(data.copy(), [len(tokens)])


def empty(capacity: int) -> KeyValues:
    return KeyValues(np.zeros((2, 2, 1, 3, capacity, 4), np.float32), [0])


def test_the_common_beginning_comes_back_in_whole_blocks():
    prefixes = PrefixCache(1000)
    first = [*range(100)]
    prefixes.keep(first, filled(first))
    second = [*range(70), *range(500, 530)]
    cache = empty(100)
    assert prefixes.fill(second, cache) == 2 * BLOCK == cache.lengths[0]
    assert (cache.data[0, 1, 0, 2, :64, 3] == np.arange(64)).all()
    assert not cache.data[..., 64:, :].any()
    assert (prefixes.counts.asked, prefixes.counts.hit) == (100, 64)


def test_the_last_token_is_always_left_to_read():
    prefixes = PrefixCache(1000)
    tokens = [*range(2 * BLOCK)]
    prefixes.keep(tokens, filled(tokens))
    assert prefixes.fill(tokens, empty(64)) == BLOCK


def test_a_shared_beginning_is_held_once():
    prefixes = PrefixCache(1000)
    for end in range(5):
        tokens = [*range(BLOCK), *[1000 + end] * BLOCK]
        prefixes.keep(tokens, filled(tokens))
    assert prefixes.tokens == 6 * BLOCK


def test_what_was_used_least_recently_goes_and_ends_go_before_beginnings():
    prefixes = PrefixCache(4 * BLOCK)
    long, other = [*range(3 * BLOCK)], [*range(900, 900 + 2 * BLOCK)]
    prefixes.keep(long, filled(long))
    prefixes.keep(other, filled(other))
    assert prefixes.tokens == 4 * BLOCK
    assert prefixes.fill([*long, 1], empty(200)) == 2 * BLOCK
    assert prefixes.fill([*other, 1], empty(200)) == 2 * BLOCK


def test_a_prompt_longer_than_the_cache_keeps_its_beginning():
    prefixes = PrefixCache(2 * BLOCK)
    tokens = [*range(5 * BLOCK)]
    prefixes.keep(tokens, filled(tokens))
    assert prefixes.tokens == 2 * BLOCK
    assert prefixes.fill(tokens, empty(200)) == 2 * BLOCK


def test_a_cache_of_no_tokens_is_off():
    prefixes = PrefixCache(0)
    tokens = [*range(100)]
    prefixes.keep(tokens, filled(tokens))
    assert prefixes.fill(tokens, empty(100)) == 0
    prefixes.clear()
    assert prefixes.counts.asked == 0
