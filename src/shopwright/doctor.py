"""`shopwright doctor`: is this installation and this shop in order, and if not, what to do."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shopwright.config import EndpointConfig, Home
from shopwright.errors import ShopwrightError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.endpoint import EndpointModel
from shopwright.models.judge import EmbeddedJudge
from shopwright.shop import Shop

_LEAST_FREE_MB = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `detail` says what was found, or what to do."""

    name: str
    ok: bool
    detail: str


def examine(home: Path | None = None, model: str | None = None) -> list[Finding]:
    """Look at Python, the disk, the encoder, the shop and the endpoint; never raises for what it finds."""
    place = Home.resolve(home)
    findings = [
        Finding(
            "python",
            sys.version_info >= (3, 11),
            f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        ),
        _disk(place.path),
        _tried("encoder", _encoder),
        _tried("judge", _judge),
    ]
    if (place.path / "store.db").exists():
        findings.append(_tried("shop", lambda: _shop(place.path)))
    else:
        findings.append(
            Finding("shop", True, f"{place.path} holds none yet: shopwright ingest FEED, or shopwright demo")
        )
    if model:
        findings.append(_tried("endpoint", lambda: _endpoint(model)))
    return findings


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except (ShopwrightError, OSError) as error:
        return Finding(name, False, str(error))


def _disk(path: Path) -> Finding:
    existing = next(folder for folder in _upwards(path) if folder.exists())
    free = shutil.disk_usage(existing).free // 2**20
    return Finding("disk", free >= _LEAST_FREE_MB, f"{free:,} MB free at {existing} ({_LEAST_FREE_MB} MB needed)")


def _upwards(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents


def _encoder() -> str:
    encoder = EmbeddedEncoder()
    vectors = encoder.encode(["two-person tent", "tent for two", "cordless drill"])
    near, far = float(vectors[0] @ vectors[1]), float(vectors[0] @ vectors[2])
    if near <= far:
        raise ShopwrightError(f"similar texts score {near:.2f}, different ones {far:.2f}: reinstall shopwright")
    return f"{encoder.fingerprint}, {encoder.dimensions} dimensions"


def _judge() -> str:
    judge = EmbeddedJudge()
    held, not_held = judge.judge([("It weighs 2 kg.", "Weight: 2 kg"), ("It weighs 2 kg.", "Weight: 9 kg")])
    if held.supports <= not_held.supports:
        told = f"a true claim scores {held.supports:.2f}, a false one {not_held.supports:.2f}"
        raise ShopwrightError(f"{told}: reinstall shopwright")
    return judge.fingerprint


def _promise(shop: Shop) -> str:
    """What became of the merchant's promise."""
    if doubts := shop.judging.doubts():
        raise ShopwrightError(doubts)
    control = shop.judging.promised()
    if control is None:
        return ""
    return f"; at most {control.alpha:.1%} of the answers wrong, {control.coverage:.0%} of the questions answered"


def _shop(path: Path) -> str:
    with Shop.open(path) as shop:
        status = shop.status()
        if not status.products:
            raise ShopwrightError(f"{path} holds no products: shopwright ingest FEED")
        shop.search("test", limit=1)
        done = f"{status.dense_coverage:.0%} of the products have vectors"
        promise = _promise(shop)
        counts = f"{status.products:,} products, {status.documents} documents, {status.reviews:,} reviews"
        return f"{status.name}: {counts}; {done}{promise}"


def _endpoint(model: str) -> str:
    config = EndpointConfig.parse(model)
    answer = EndpointModel(config).complete([{"role": "user", "content": "Answer with the word yes."}], max_tokens=8)
    return f"{config.model} at {config.url} answers {answer.strip()[:40]!r}"
