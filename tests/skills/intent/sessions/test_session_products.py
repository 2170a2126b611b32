from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import ModelError
from shopwright.skills.intent.sessions.model import SessionModel, SessionSettings
from shopwright.skills.intent.sessions.products import ProductSessions


@pytest.fixture(scope="module")
def shop(planted: list[list[int]], small: SessionSettings) -> ProductSessions:
    return ProductSessions.fit([[f"p-{item}" for item in session] for session in planted], small)


def test_products_follow_products(shop: ProductSessions) -> None:
    assert shop.next(["p-4"], 1)[0][0] == "p-5"
    assert next(iter(shop.groups(["p-4"], {"p-5": "pots", "p-6": "lamps", "p-none": "rugs"}))) == "pots"


def test_an_unknown_product_is_passed_over(shop: ProductSessions) -> None:
    assert shop.next(["new", "p-4"]) == shop.next(["p-4"])
    assert shop.next(["new"]) == []
    assert not shop.vector([]).any()


def test_it_lives_in_one_file(shop: ProductSessions, tmp_path: Path) -> None:
    shop.save(tmp_path / "sessions.npz")
    loaded = ProductSessions.load(tmp_path / "sessions.npz")
    assert loaded.ids == shop.ids
    assert loaded.next(["p-8", "p-2"]) == shop.next(["p-8", "p-2"])


def test_a_model_without_ids_is_refused(fitted: SessionModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "sessions.npz")
    with pytest.raises(ModelError, match="without ids of products"):
        ProductSessions.load(tmp_path / "sessions.npz")
