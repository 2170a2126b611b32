"""Threads for the synchronous core: searches and turns wait in separate queues, so that neither holds up the other.

A turn may take seconds (a large model writes it), a search milliseconds. The anyio limiters are made inside the event
loop, on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import ParamSpec, TypeVar

import anyio
from anyio import CapacityLimiter

from shopwright.errors import ModelError

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """Two bounded thread pools.

    Args:
        lookups: searches and product pages at the same time.
        turns: turns of conversation at the same time.
        waiting: turns that may queue behind those; more are refused.
    """

    def __init__(self, lookups: int = 8, turns: int = 32, waiting: int = 64) -> None:
        self._lookups = lookups
        self._turns = turns
        self.waiting = waiting

    @cached_property
    def lookups(self) -> CapacityLimiter:
        """The queue of searches."""
        return CapacityLimiter(self._lookups)

    @cached_property
    def turns(self) -> CapacityLimiter:
        """The queue of turns."""
        return CapacityLimiter(self._turns)

    async def look_up(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a search or a look-up in a thread."""
        return await anyio.to_thread.run_sync(partial(function, *args, **kwargs), limiter=self.lookups)

    async def take_turn(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a turn, or the whole stream of one, in a thread."""
        return await anyio.to_thread.run_sync(partial(function, *args, **kwargs), limiter=self.turns)

    def admit(self) -> None:
        """Refuse a turn when too many wait already.

        Raises:
            ModelError: with what to do.
        """
        if self.turns.statistics().tasks_waiting >= self.waiting:
            raise ModelError(f"{self.waiting} messages wait already; try again in a few seconds")
