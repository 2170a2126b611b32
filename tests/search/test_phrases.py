from __future__ import annotations

from pathlib import Path

import pytest

from search.shelf import euro, shop
from shopwright.search.phrases import Phrases, departments, mine
from shopwright.types import Product, Rating


def furniture(number: int, title: str, **more: object) -> Product:
    given = {"brand": "Fernhill", "category": ("Living", "Shelves"), "price": euro("40.00"), **more}
    return Product(f"p{number}", title, **given)


ROOM = (
    furniture(1, "Fernhill wall shelf 60 cm", attributes={"material": "oak", "care": "wipe dry"}),
    furniture(2, "Fernhill wall shelf 90 cm", attributes={"material": "oak", "care": "wipe dry"}),
    furniture(3, "Corner shelf, black", attributes={"material": "pine", "colour": "black"}),
    furniture(4, "Larch desk lamp, black", brand="Lumora", category=("Living", "Lamps & lanterns")),
    furniture(5, "Ember desk lamp for the night", brand="Lumora", category=("Living", "Lamps & lanterns")),
    furniture(6, "SD card 16 GB", brand="Kestrel", category=("Office", "Memory")),
    furniture(7, "SD card 32 GB", brand="Kestrel", category=("Office", "Memory")),
)


def stock(folder: Path, *products: Product) -> dict[str, tuple[int, float]]:
    index = shop(folder, *products, filled=False)
    keys = index.state.columns.key.tolist()
    stored = index.state.lexical.stored(keys)
    found = mine(index.state.columns, [stored[key][0] for key in keys])
    best: dict[str, tuple[int, float]] = {}
    for text, count, supply in zip(found.texts, found.products.tolist(), found.supply.tolist(), strict=True):
        best[text] = max(best.get(text, (0, 0.0)), (count, supply))
    return best


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, float]]:
    return stock(tmp_path_factory.mktemp("room"), *ROOM)


@pytest.mark.parametrize(
    ("text", "products"),
    [("shelves", 3), ("lamps", 2), ("lanterns", 2), ("fernhill", 3), ("desk lamp", 2), ("sd card", 2)],
)
def test_kinds_shelves_brands_and_phrases_are_counted(
    room: dict[str, tuple[int, float]], text: str, products: int
) -> None:
    assert room[text][0] == products


def test_brands_and_materials_stand_before_kinds(room: dict[str, tuple[int, float]]) -> None:
    assert room["lumora desk lamp"][0] == 2
    assert room["oak shelves"][0] == 2
    assert room["oak shelf"][0] == 2


@pytest.mark.parametrize(
    "text", ["sd", "60 cm", "cm", "the night", "for the night", "black", "wipe dry shelf", "shelf 60", "desk", "16 gb"]
)
def test_what_nobody_would_type_is_left_out(room: dict[str, tuple[int, float]], text: str) -> None:
    assert text not in room


def test_what_is_rated_often_weighs_more(tmp_path: Path) -> None:
    plain = [furniture(number, "Wall shelf") for number in (1, 2)]
    loved = [furniture(number, "Desk lamp", category=("Lamps",), rating=Rating(4.5, 300)) for number in (3, 4)]
    found = stock(tmp_path, *plain, *loved)
    assert found["desk lamp"][1] > 3 * found["wall shelf"][1]


def test_a_shop_without_titles_worth_reading(tmp_path: Path) -> None:
    assert stock(tmp_path / "odd", furniture(1, "***", brand=None, category=()), furniture(2, "12", brand=None)) != {}
    assert Phrases.joined(()).texts == []


def test_departments_are_the_first_levels(tmp_path: Path) -> None:
    index = shop(tmp_path, *ROOM, filled=False)
    assert departments(index.state.columns) == [("living", 5), ("office", 2)]
