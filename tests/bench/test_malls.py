"""The benchmark of shopping tasks proves itself on two made-up shops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shopwright.assistant.offers.mall import Mall
from shopwright.bench.malls import bm25, in_the_end, judge, overlap, read_shops, read_tasks
from shopwright.errors import ConfigError

HEADER = "ID,Type,Name,Published,In stock?,Regular price,Sale price,Categories,Images\n"
NORTH = (
    '1,simple,"Velmor QX40 Lamp, 5 W",1,1,"20,00",,Lamps,https://north.test/a.jpg\n'
    '2,simple,"Velmor QX40 Lamp, 5 W",1,1,"20,00",,Lamps,https://north.test/a.jpg\n'
    '3,simple,"Brask &amp; Sons Kettle, 2200W",1,1,"35,00",,Kettles,https://north.test/b.jpg\n'
)
SOUTH = "7,simple,Velmor QX40 Lamp - Black,1,1,25.00,20.00,Lamps,https://south.test/a.jpg\n"
LAMPS = ["https://north.test/product/velmor-qx40-lamp-5-w/", "https://south.test/product/velmor-qx40-lamp-black"]
TASKS = [
    {"id": "a", "category": "Webmall_Cheapest", "task": "Find the cheapest offer for the Velmor QX40.", "gold": LAMPS},
    {"id": "b", "category": "Webmall_Cart", "task": "Add the Brask Kettle to the cart.", "gold": LAMPS,
     "gold_cart_checkout": ["https://north.test/product/brask-sons-kettle-2200w/"]},
    {"id": "c", "category": "Webmall_Cheapest", "task": "Find all offers for a sofa.",
     "gold": ["https://north.test/product/sofa/"]},
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "north.csv").write_text(HEADER + NORTH)
    (tmp_path / "south.csv").write_text(HEADER + SOUTH)
    (tmp_path / "tasks.jsonl").write_text("\n".join(map(json.dumps, TASKS)))
    return tmp_path


def test_gold_scores_one_and_nothing_scores_nothing(folder: Path) -> None:
    tasks, mall = read_tasks(folder / "tasks.jsonl")[:2], Mall(read_shops(folder))
    gold = {task.text: [offer for address in task.gold if (offer := mall.pointed(address))] for task in tasks}
    rows = {row.metric: row.value for row in judge("plan", tasks, mall, lambda text: gold[text])}
    assert rows["f1"] == rows["completion"] == rows["precision"] == rows["recall"] == rows["f1:cart"] == 1.0
    empty = {row.metric: row.value for row in judge("plan", tasks, mall, lambda _: [], ":empty")}
    assert empty["f1:empty"] == empty["completion:empty"] == 0.0


def test_tasks_are_done_from_the_words_to_the_cart(folder: Path) -> None:
    shops = read_shops(folder)
    tasks, mall = read_tasks(folder / "tasks.jsonl"), Mall(shops)
    rows = {row.metric: row for row in judge("plan", tasks, mall, lambda text: in_the_end(mall.run(text)))}
    assert rows["f1:cheapest"].n == 2
    assert rows["f1:reachable"].value == 1.0
    assert rows["f1:reachable"].n == 2  # of the third task nothing is on sale
    assert rows["gold:absent"].value == 1.0
    baseline = {row.metric: row.value for row in judge("plan", tasks, mall, bm25(shops), ":bm25", kinds=False)}
    assert 0.0 < baseline["f1:bm25"] <= rows["f1"].value


def test_overlap() -> None:
    a, b, c = ("x", "1"), ("x", "2"), ("y", "1")
    assert overlap({a, b}, {a, c}) == (0.5, 0.5, 0.5)
    assert overlap(set(), set()) == (1.0, 1.0, 1.0)
    assert overlap({a}, set()) == (0.0, 0.0, 0.0)


def test_damaged_tasks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tasks.jsonl").write_text('{"id": "a"}')
    with pytest.raises(ConfigError, match="line 1: no task"):
        read_tasks(tmp_path / "tasks.jsonl")
    with pytest.raises(ConfigError, match="no export"):
        read_shops(tmp_path)
