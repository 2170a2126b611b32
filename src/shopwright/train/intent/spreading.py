"""Where the parts of a computation run: one after the other in this process, or on Ray. The results are the same.

    with open_spread(ray=True) as spread:
        spread(fit, [(1,), (2,)], log)     # fit(log, 1), fit(log, 2), each on some core of some machine

What all parts share is put into Ray's object store once, not once a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from shopwright.errors import MissingExtraError


class Spread(Protocol):
    """Calls a function once for each part."""

    def __call__(self, run: Callable[..., Any], parts: Sequence[tuple[Any, ...]], *shared: Any) -> list[Any]:
        """The results of `run(*shared, *part)`, in the order of the parts."""
        ...


def run_here(run: Callable[..., Any], parts: Sequence[tuple[Any, ...]], *shared: Any) -> list[Any]:
    """One part after the other, in this process."""
    return [run(*shared, *part) for part in parts]


@contextmanager
def open_spread(ray: bool = False) -> Iterator[Spread]:
    """What runs the parts; Ray joins the cluster that RAY_ADDRESS names, or starts one on this machine and ends it.

    Raises:
        MissingExtraError: Ray is asked for and not installed.
    """
    if not ray:
        yield run_here
        return
    try:
        import ray as cluster
    except ImportError as error:
        raise MissingExtraError("--ray", "ray") from error
    started = not cluster.is_initialized()
    if started:
        cluster.init(log_to_driver=False, include_dashboard=False)

    def on_ray(run: Callable[..., Any], parts: Sequence[tuple[Any, ...]], *shared: Any) -> list[Any]:
        remote, held = cluster.remote(run), [cluster.put(each) for each in shared]
        return list(cluster.get([remote.remote(*held, *part) for part in parts]))

    try:
        yield on_ray
    finally:
        if started:
            cluster.shutdown()
