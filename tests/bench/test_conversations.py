from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from shopwright.bench.catalogue import Catalogue
from shopwright.bench.checks import problems
from shopwright.bench.conversations import KEYS, Conversation, load_conversations, read_check, read_conversation
from shopwright.catalog import demo
from shopwright.errors import ConfigError
from shopwright.types import Product


def line(**record: object) -> bytes:
    return orjson.dumps(
        {"id": "facts-001", "turns": [{"say": "How heavy?", "checks": [{"type": "unknown"}]}], **record}
    )


def with_check(check: object) -> bytes:
    return line(turns=[{"say": "How heavy?", "checks": [check]}])


def test_a_line_becomes_a_conversation() -> None:
    check = {"type": "shows_only", "where": [["price", "<=", 300]]}
    conversation = read_conversation(with_check(check), "facts", "facts.jsonl:1")
    assert (conversation.id, conversation.kind, conversation.turns[0].say) == ("facts-001", "facts", "How heavy?")
    assert conversation.turns[0].checks[0].where[0].op == "<="
    assert conversation.turns[0].has("shows_only")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"{", r"facts.jsonl:3: no JSON"),
        (b"[]", r"facts.jsonl:3: expected an object"),
        (b'{"turns": []}', "id is missing"),
        (line(id=""), "id: expected a text"),
        (line(turns=[]), "turns: expected a list of at least one"),
        (line(mood="good"), "'mood' is no key here; use id, turns"),
        (line(turns=[{"say": "", "checks": []}]), r"turns\[0\].say"),
        (line(turns=[{"say": "x", "checks": {}}]), r"turns\[0\].checks: expected a list"),
        (with_check({"type": "smells"}), r"turns\[0\].checks\[0\].type: 'smells' is no type.*shows_only"),
        (with_check("unknown"), r"checks\[0\].type"),
        (with_check({"type": "says"}), "says has no other key; it takes any or all"),
        (with_check({"type": "says", "any": "45"}), r"checks\[0\].any: expected a list of texts"),
        (with_check({"type": "says", "any": []}), r"checks\[0\].any: expected a list of texts"),
        (with_check({"type": "unknown", "any": ["x"]}), "it takes no other key"),
        (with_check({"type": "shows_only", "where": []}), "at least one condition"),
        (with_check({"type": "shows_only", "where": "cheap"}), "expected a list of conditions"),
        (with_check({"type": "shows_only", "where": [["price", "~", 3]]}), r"where\[0\]: operator '~'"),
        (with_check({"type": "strategy", "any": ["guess"]}), "'guess' is no strategy; use one of answer"),
        (with_check({"type": "count", "of": "shops"}), "a count is of products or brands"),
        (with_check({"type": "extreme", "of": "size", "end": "min"}), "price, rating or attr:NAME"),
        (with_check({"type": "extreme", "of": "price", "end": "low"}), "the end is min or max"),
    ],
)
def test_a_mistake_is_named_with_its_file_line_and_key(text: bytes, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_conversation(text, "facts", "facts.jsonl:3")


def test_every_type_of_check_can_be_read() -> None:
    values = {
        "any": ["answer"],
        "all": ["lark"],
        "where": [["price", "<=", 3]],
        "products": ["lark"],
        "rows": ["Weight"],
        "of": "products",
        "end": "min",
    }
    for kind, forms in KEYS.items():
        for keys in forms:
            of = "price" if kind == "extreme" else "products"
            record = {"type": kind, **{key: values[key] for key in keys}, **({"of": of} if "of" in keys else {})}
            assert read_check(record, "here").type == kind


def test_a_folder_is_loaded_in_order_and_ids_are_unique(tmp_path: Path) -> None:
    (tmp_path / "facts.jsonl").write_bytes(line() + b"\n\n" + line(id="facts-002"))
    (tmp_path / "vague.jsonl").write_bytes(line(id="vague-001"))
    assert [(c.id, c.kind, c.place) for c in load_conversations(tmp_path)] == [
        ("facts-001", "facts", "facts.jsonl:1"),
        ("facts-002", "facts", "facts.jsonl:3"),
        ("vague-001", "vague", "vague.jsonl:1"),
    ]
    (tmp_path / "vague.jsonl").write_bytes(line())
    with pytest.raises(ConfigError, match=r"vague.jsonl:1: id 'facts-001' stands at facts.jsonl:1"):
        load_conversations(tmp_path)


def test_an_empty_folder_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no conversations"):
        load_conversations(tmp_path)


def test_the_half_that_is_held_out_hangs_on_the_id_alone() -> None:
    halves = [Conversation(f"facts-{i:03}", "facts", ()).held_out for i in range(400)]
    assert 150 < sum(halves) < 250
    assert halves == [Conversation(f"facts-{i:03}", "other", ()).held_out for i in range(400)]


def test_the_shipped_conversations_measure_something() -> None:
    """Every check can be met by the demo shop, and no conversation is passed by silence."""
    products = [item for item in demo.demo_products() if isinstance(item, Product)]
    catalogue = Catalogue.of(products, demo.demo_documents(), demo.demo_reviews())
    conversations = load_conversations()
    assert len(conversations) >= 60
    assert [text for conversation in conversations for text in problems(conversation, catalogue)] == []
