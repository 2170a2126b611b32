"""A restart, as a merchant sees it: a fresh process opens an existing home and answers.

`restart(home, query)` starts `python -m shopwright.bench.restart HOME QUERY`, which opens the shop, answers a search
and a message, and prints what it saw. Time counts from the start of the process to the answer, imports included; memory
is the process's resident set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from shopwright.errors import StoreError

_LONGEST_S = 300


@dataclass(frozen=True, slots=True)
class Restart:
    """Seconds to the first search answer and to the first turn of conversation; MB resident at the end; hits found."""

    search_s: float
    chat_s: float
    rss_mb: float
    hits: int


def restart(home: Path, query: str) -> Restart:
    """Open a home in a fresh process and ask it.

    Raises:
        StoreError: the process failed; its last words are in the message.
    """
    started = time.time()
    command = [sys.executable, "-m", "shopwright.bench.restart", str(home), query]
    done = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=False)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise StoreError(f"restart over {home} failed: {last[0]}; open it with `shopwright doctor --home {home}`")
    seen = orjson.loads(done.stdout)
    return Restart(seen["searched"] - started, seen["talked"] - started, seen["rss_mb"], seen["hits"])


def resident_mb() -> float:
    """Memory of this process in MB, from /proc; NaN on systems without it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return float("nan")
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(home: str, query: str) -> None:
    """What the fresh process does."""
    from shopwright.shop import Shop

    with Shop.open(home) as shop:
        hits = len(shop.search(query).hits)
        searched = time.time()
        shop.chat(query)
        seen = {"searched": searched, "talked": time.time(), "rss_mb": resident_mb(), "hits": hits}
        sys.stdout.write(orjson.dumps(seen).decode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
