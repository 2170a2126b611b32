"""A handful of products in a real home, and turns written out word for word to lay over it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shopwright.shop import Shop
from shopwright.types import (
    Answer,
    Constraint,
    Decision,
    Evidence,
    Filter,
    Need,
    Plan,
    Ref,
    Review,
    Sentence,
    Span,
    Step,
    StepResult,
    Strategy,
    Table,
    Trace,
    Turn,
    TurnEvent,
)

NASTY = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'> Tent"
LONG_WORD = "Donau" * 30


def tent(id: str, title: str, brand: str, price: str, weight: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "title": title,
        "brand": brand,
        "category": ["Outdoor", "Tents"],
        "price": f"{price} EUR",
        "stock": 5,
        "availability": "in_stock",
        "attributes": {"weight": weight, "capacity": "2 persons", "freestanding": True},
        **more,
    }


PRODUCTS: list[dict[str, Any]] = [
    tent(
        "tarn",
        "Tarn two-person tent",
        "Fellrunner",
        "289.00",
        "2.1 kg",
        description="Inner and fly go up together, so the bedroom stays dry.",
        highlights=["Two doors"],
        options=["colour"],
        variants=[
            {"id": "tarn-moss", "options": {"colour": "moss"}, "price": "289.00 EUR", "stock": 9},
            {
                "id": "tarn-rust",
                "options": {"colour": "rust"},
                "price": "289.00 EUR",
                "sale_price": "249.00 EUR",
                "stock": 2,
            },
            {"id": "tarn-blue", "options": {"colour": "blue"}, "price": "289.00 EUR", "stock": 0},
        ],
        related={"accessory": ["pegs", "gone"], "substitute": ["ridge"]},
    ),
    tent("ridge", "Ridge mountain tent", "Nordgipfel", "679.00", "2.9 kg", description="Stands up to winter."),
    tent("hut", "Hut family tent", "Haver|brook", "459.00", "9.4 kg", description="Room for six."),
    tent("evil", NASTY, "<b>Evil</b>", "9.99", "1 kg", description=NASTY, images=["javascript:alert(1)"]),
    tent("long", f"{LONG_WORD} tent", "Breit", "19.00", "3 kg", description=LONG_WORD),
    {
        "id": "pegs",
        "title": "Set of ten pegs",
        "brand": "Fellrunner",
        "category": ["Outdoor", "Tent accessories"],
        "price": "12.50 EUR",
        "stock": 40,
        "attributes": {"material": "steel", "weight": "180 g"},
    },
    {
        "id": "pan",
        "title": "Brigade frying pan",
        "brand": "Brigade",
        "category": ["Kitchen", "Pans"],
        "price": "79.00 EUR",
        "stock": 12,
        "description": "Works on induction and in the oven.",
        "attributes": {"material": "steel", "diameter": "28 cm"},
    },
]

DOCUMENTS = {
    "returns.md": "# Returns\n\nYou may change your mind.\n\n## How long you have\n\n"
    "Send anything back within 30 days of the day it reached you.\n\n## Condition\n\n- unused\n- complete\n",
    "tents.md": "# Choosing a tent\n\nWeight first, then weather.\n",
}


def make_home(folder: Path) -> Path:
    """Fill a home with the products, documents and one review."""
    feed = folder / "feed.jsonl"
    feed.write_text("\n".join(json.dumps(product) for product in PRODUCTS), encoding="utf-8")
    texts = folder / "documents"
    texts.mkdir()
    for name, text in DOCUMENTS.items():
        (texts / name).write_text(text, encoding="utf-8")
    home = folder / "home"
    with Shop.open(home) as shop:
        report = shop.ingest(feed)
        assert report.accepted == len(PRODUCTS), report
        shop.ingest_documents(texts)
        shop.store.set_meta("name", b"Wren & Harbour")
        shop.store.put_reviews(
            [Review("r1", "tarn", 4, "Dry through a Welsh week.", author="Ines R.", date="2025-05-14")]
        )
        shop.wait(60)
    return home


class ScriptedShop:
    """A real shop whose conversation is written out: the events of `written_turn`, with a pause before each."""

    def __init__(self, shop: Shop, pause_s: float = 0.0) -> None:
        self._shop = shop
        self.pause_s = pause_s
        self.left = threading.Event()
        self.error: Exception | None = None
        self.shoppers: list[str] = []  # who spoke, one for each turn
        self.devices: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)

    def chat(self, message: str, *, session_id: str | None = None, shopper: str = "", device: str = "") -> Turn:
        *_, done = self.stream(message, session_id=session_id, shopper=shopper, device=device)
        turn: Turn = done.data
        return turn

    def stream(
        self, message: str, *, session_id: str | None = None, shopper: str = "", device: str = ""
    ) -> Iterator[TurnEvent]:
        self.shoppers.append(shopper)
        self.devices.append(device)
        try:
            for event in self._written(message, session_id or "s-new"):
                time.sleep(self.pause_s)
                yield event
                if self.error and event.kind == "plan":
                    raise self.error
        except GeneratorExit:
            self.left.set()
            raise

    def _written(self, message: str, session_id: str) -> list[TurnEvent]:
        cards = [self._shop.card(self._shop.product(id)) for id in ("tarn", "ridge")]
        return written_turn(message, session_id, cards)


def written_turn(message: str, session_id: str, cards: list[Any]) -> list[TurnEvent]:
    """A turn with everything that a turn can have; one that compares when the message says so."""
    compare = "compare" in message.lower()
    start = message.find("under 300")
    constraints = (Constraint(Filter("price", "range", high=300.0, unit="EUR"), (start, start + 9), 0.9),)
    held = constraints if start >= 0 else ()
    need = Need(message, "tent for two", constraints=held, negations=("leather",), asks=("weight",))
    decision = Decision(Strategy.COMPARE if compare else Strategy.RECOMMEND, 0.9, "rules", "two products are named")
    plan = Plan(
        (
            Step("s1", "search", {"query": "tent"}),
            Step("s2", "policies", {"query": "returns"}),
            Step("s3", "compare", {"ids": Ref("s1", "ids")}, after=("s2",)),
        )
    )
    results = (
        StepResult("s1", "search", {"ids": ["tarn", "ridge"], "odd": object}, None, 0.0, 0.01),
        StepResult("s2", "policies", None, "timed out after 0.1 s", 0.0, 0.1, 2),
        StepResult("s3", "compare", {"rows": 2}, None, 0.1, 0.11),
    )
    evidence = (
        Evidence("e1", "product", "tarn", "Weight: 2.1 kg", field="weight", score=0.9),
        Evidence(
            "e2", "document", "returns", "Send anything back within 30 days", field="How long you have", score=0.7
        ),
        Evidence("e3", "review", "r1", "Dry through a Welsh week.", field="text", score=0.5, date="2025-05-14"),
    )
    first = NASTY if "script" in message else "The Tarn weighs 2.1 kg."
    sentences = (
        Sentence(first, ("e1",)),
        Sentence("You may send it back within 30 days.", ("e2",)),
        Sentence("One shopper stayed dry.", ("e3", "e1")),
    )
    table = Table(
        tuple(card.title for card in cards),
        ("tarn", "ridge"),
        (("Price", tuple(card.price for card in cards)), ("Capacity", ("2", "2")), ("Fire rating", (None, "EN 5912"))),
    )
    shown = () if compare else tuple(cards)
    options = ("Compare both", "Only under 250")
    answer = Answer(sentences, shown, table if compare else None, options, evidence, ("fire rating",), ("A note.",))
    spans = (Span("rewrite", 0.0, 0.01), Span("tool:search", 0.01, 0.02), Span("verify", 0.1, 0.12))
    trace = Trace("t1", need, decision, plan, results, spans, ("It is the best tent in the world.",), 0.12)
    return [
        TurnEvent("need", need),
        TurnEvent("decision", decision),
        TurnEvent("plan", plan),
        *(TurnEvent("step", result) for result in results),
        TurnEvent("note", "A note."),
        *(TurnEvent("sentence", sentence) for sentence in sentences),
        TurnEvent("table", table) if compare else TurnEvent("cards", shown),
        TurnEvent("options", options),
        TurnEvent("done", Turn(session_id, message, answer, trace)),
    ]
