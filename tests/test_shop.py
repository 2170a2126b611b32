"""The library as a notebook uses it, over the example feed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shopwright import Answer, Filter, Need, Product, Shop, ShopwrightError
from shopwright.catalog import demo
from shopwright.catalog.lock import FolderLock
from shopwright.errors import ConfigError, FeedError, LayoutError, NotFoundError, StoreError
from shopwright.models.protocols import Encoder, Vectors
from shopwright.models.scripted import HashingEncoder, ScriptedModel
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.rules import Rule, Rules
from shopwright.types import Document, Money, Strategy, TurnEvent

EXAMPLES = Path(__file__).parents[1] / "examples"
COLUMNS = {"was": "list_price", "in_stock": "stock"}
VARIED = [
    {
        "id": "scarf",
        "title": "Wool scarf",
        "price": "30.00 EUR",
        "variants": [
            {"id": "scarf-red", "options": {"colour": "red"}, "price": "30.00 EUR", "stock": 0},
            {"id": "scarf-moss", "options": {"colour": "moss"}, "price": "35.00 EUR", "stock": 4},
        ],
    },
    {"id": "cap", "title": "Wool cap", "price": "20.00 EUR", "stock": 1},
]


def write_feed(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def ids(page: object) -> list[str]:
    return [hit.id for hit in page.hits]


# ── filling ──


def test_the_report_tells_what_became_of_the_feed(tmp_path: Path) -> None:
    with Shop.open(tmp_path / "home") as shop:
        report = shop.ingest(EXAMPLES / "feed.csv", columns=COLUMNS)
        assert (report.format, report.accepted, report.added, report.refused) == ("csv", 8, 8, 0)
        assert report.columns["sku"] == "id"
        assert report.columns["was"] == "list_price"
        again = shop.ingest(EXAMPLES / "feed.csv", columns=COLUMNS)
        assert (again.unchanged, again.added, again.changed) == (8, 0, 0)


def test_a_full_feed_removes_what_it_does_not_hold(own_home: Path, tmp_path: Path) -> None:
    feed = write_feed(tmp_path / "short.jsonl", VARIED)
    with Shop.open(own_home) as shop:
        assert shop.ingest(feed).removed == 0
        assert shop.status().products == 10
        assert shop.ingest(feed, full=True).removed == 8
        assert shop.search("teapot").total == 0
        assert set(ids(shop.search("wool"))) == {"scarf", "cap"}


def test_a_feed_that_is_refused_changes_nothing(own_home: Path, tmp_path: Path) -> None:
    nonsense = tmp_path / "feed.csv"
    nonsense.write_text("id,title,price\n1,,12\n2,,13\n", encoding="utf-8")
    with Shop.open(own_home) as shop:
        with pytest.raises(FeedError, match="Nothing was changed"):
            shop.ingest(nonsense, full=True)
        assert shop.status().products == 8
        assert "POT-02" in ids(shop.search("glass teapot"))


def test_what_was_encoded_once_is_never_encoded_again(own_home: Path, tmp_path: Path) -> None:
    class Counting(HashingEncoder):
        encoded = 0

        def encode(self, texts: Sequence[str]) -> Vectors:
            self.encoded += len(texts)
            return super().encode(texts)

    short = write_feed(tmp_path / "short.jsonl", VARIED)
    with Shop.open(own_home, encoder=(first := Counting())) as shop:
        assert shop.wait(60)
        hits = ids(shop.search("tea for the tent"))
    assert first.encoded > 8
    shutil.rmtree(own_home / "index")
    with Shop.open(own_home, encoder=(second := Counting())) as shop:
        assert shop.wait(60)
        assert shop.status().dense_coverage == 1.0
        assert second.encoded == 0
        assert ids(shop.search("tea for the tent")) == hits
        shop.ingest(short, full=True)
        assert shop.wait(60)
        second.encoded = 0
        shop.ingest(EXAMPLES / "feed.csv", full=True, columns=COLUMNS)
        assert shop.wait(60)
        assert (shop.status().products, second.encoded) == (8, 0)


def test_a_copied_folder_is_a_backup(tea_shop: Shop, own_home: Path) -> None:
    with Shop.open(own_home) as copy:
        assert copy.status() == tea_shop.status()
        assert ids(copy.search("green tea")) == ids(tea_shop.search("green tea"))


def test_an_own_encoder_and_an_own_model_take_part(own_home: Path) -> None:
    model = ScriptedModel(["no JSON at all"])
    with Shop.open(own_home, encoder=HashingEncoder(), model=model) as shop:
        assert shop.wait(60)
        assert ids(shop.search("teapot"))
        assert shop.status().model == "ScriptedModel"
        turn = shop.chat("a teapot")
        assert model.calls
        assert any("language model" in note for note in turn.answer.notes)
        assert turn.answer.cards, "the built-in reader and wording go on"


def test_a_model_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="URL#NAME"):
        Shop.open(tmp_path, model="http://localhost:8000/v1")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--home"):
        Shop.open(tmp_path / "file" / "home")


# ── reading ──


def test_an_index_of_another_version_is_made_anew(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_a_new_one(folder: Path, encoder: Encoder, *given: Any) -> EmbeddedIndex:
        if folder.exists():
            raise LayoutError(f"index {folder} has layout 0, this version reads 1. Delete the folder.")
        return EmbeddedIndex(folder, encoder, *given)

    monkeypatch.setattr("shopwright.shop.EmbeddedIndex", only_a_new_one)
    writer = FolderLock(own_home / "index.lock")
    assert writer.acquire()
    with pytest.raises(StoreError, match="layout 0"):
        Shop.open(own_home)
    writer.release()
    with Shop.open(own_home) as shop:
        assert "POT-02" in ids(shop.search("glass teapot"))
        assert "Opened tea" in shop.chat("Can I return opened tea?").answer.text
        assert shop.wait(60)
        assert shop.status().dense_coverage == 1.0


def test_a_shop_that_nobody_closes_ends_quietly(own_home: Path) -> None:
    """Its thread ends what it encodes before the interpreter goes."""
    code = textwrap.dedent("""
        import sys, threading, time
        from shopwright import Shop
        from shopwright.models.scripted import HashingEncoder

        class Slow(HashingEncoder):
            begun = threading.Event()

            def encode(self, texts):
                if threading.current_thread().name == "fill-vectors":
                    self.begun.set()
                    time.sleep(0.3)
                    print("encoded")
                return super().encode(texts)

        shop = Shop.open(sys.argv[1], encoder=Slow())
        Slow.begun.wait(10)
        print("over")
    """)
    run = subprocess.run([sys.executable, "-c", code, own_home], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("over\nencoded\n", "")


def test_search_finds_by_words_and_by_meaning(tea_shop: Shop) -> None:
    assert ids(tea_shop.search("jasmine"))[0] == "TEA-02"
    assert ids(tea_shop.search("unbreakable cup for the tent"))[0] == "MUG-02"


def test_suggestions_follow_the_catalogue(own_home: Path, tmp_path: Path) -> None:
    with Shop.open(own_home) as shop:
        assert shop.suggest("mu")[0].text == "mugs"
        assert not any("kettle drum" in one.text for one in shop.suggest("kettle d"))
        drums = [{"id": f"d{number}", "title": "Kettle drum", "price": "9.00 EUR"} for number in range(2)]
        shop.ingest(write_feed(tmp_path / "drums.jsonl", drums))
        assert shop.suggest("kettle d")[0].text == "kettle drum"
        assert shop.suggest("kettle d")[0].products == 2


def test_filters_hold_together(tea_shop: Shop) -> None:
    light = Filter("attr:weight", "range", high=0.4, unit="kg")
    cheap = Filter("price", "range", high=20.0)
    assert set(ids(tea_shop.search("mug", filters=[light]))[:3]) == {"MUG-01", "MUG-02", "MUG-03"}
    assert tea_shop.search("mug", filters=[light]).total == 3
    assert set(ids(tea_shop.search(filters=[light, cheap]))) == {"MUG-01", "MUG-02", "TEA-01", "TEA-02"}
    assert ids(tea_shop.search(filters=[Filter("brand", values=("veil",)), cheap])) == []
    assert "MUG-03" not in ids(tea_shop.search(filters=[Filter("availability", values=("in_stock",))]))
    assert set(ids(tea_shop.search(filters=[Filter("on_sale", values=("true",))]))) == {"MUG-02", "KET-01"}
    assert "TEA-01" not in ids(tea_shop.search("tea", filters=[Filter("category", "not", ("Pantry",))]))


def test_a_filter_on_no_field_is_refused(tea_shop: Shop) -> None:
    with pytest.raises(ConfigError, match="attr:NAME"):
        tea_shop.search("mug", filters=[Filter("weight", "range", high=1.0)])


def test_sorted_by_price_means_what_is_charged(tea_shop: Shop) -> None:
    assert ids(tea_shop.search("mug", sort="price_asc"))[0] == "MUG-02"
    assert ids(tea_shop.search(sort="price_desc"))[0] == "KET-01"


def test_pages_follow_each_other(tea_shop: Shop) -> None:
    whole = ids(tea_shop.search(limit=100))
    assert ids(tea_shop.search(limit=3)) + ids(tea_shop.search(offset=3, limit=100)) == whole
    assert len(whole) == 8


def test_facets_count_products(tea_shop: Shop) -> None:
    facets = {facet.field: facet for facet in tea_shop.search(facets=True).facets}
    assert {value.label: value.count for value in facets["category"].values} == {"Kitchen": 6, "Pantry": 2}
    assert {value.label: value.count for value in facets["brand"].values}["Veil"] == 2
    for value in facets["brand"].values:
        assert len(tea_shop.search(filters=[value.filter]).hits) == value.count


def test_a_card_says_price_and_stock_in_words(tea_shop: Shop) -> None:
    card = tea_shop.card(tea_shop.product("KET-01"))
    assert (card.price, card.regular_price, card.stock) == ("€89.00", "€99.00", "in stock")
    assert tea_shop.card(tea_shop.product("MUG-03")).stock == "sold out"


def test_products_keep_their_types(tea_shop: Shop) -> None:
    pot = tea_shop.product("POT-01")
    assert isinstance(pot, Product)
    assert pot.price == Money(pot.price.amount, "EUR") if pot.price else False
    assert pot.category == ("Kitchen", "Teapots")
    assert set(tea_shop.products(["POT-01", "no such thing"])) == {"POT-01"}


def test_an_id_that_nothing_answers_to(tea_shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="POT-99"):
        tea_shop.product("POT-99")
    with pytest.raises(NotFoundError, match="imprint"):
        tea_shop.document("imprint")
    assert issubclass(NotFoundError, ShopwrightError)


def test_a_variant_opens_its_product(tmp_path: Path) -> None:
    with Shop.open(tmp_path / "home") as shop:
        shop.ingest(write_feed(tmp_path / "feed.jsonl", VARIED))
        scarf = shop.product("scarf-moss")
        assert scarf.id == "scarf"
        assert shop.card(scarf, "scarf-moss").options == "moss"
        assert shop.card(scarf, "scarf-red").stock == "sold out"
        hit = next(hit for hit in shop.search("scarf", filters=[Filter("attr:colour", values=("moss",))]).hits)
        assert (hit.id, hit.variant_id) == ("scarf", "scarf-moss")


def test_documents_are_kept_with_their_kind(tea_shop: Shop) -> None:
    assert [(one.id, one.kind) for one in tea_shop.documents()] == [("returns", "policy")]
    assert tea_shop.documents("guide") == []
    assert "30 days" in tea_shop.document("returns").text


def test_the_status_counts(tea_shop: Shop) -> None:
    status = tea_shop.status()
    assert (status.name, status.products, status.documents, status.reviews) == ("Larch & Leaf", 8, 1, 0)
    assert (status.currency, status.model, status.dense_coverage) == ("EUR", None, 1.0)
    assert status.departments == (("Kitchen", 6), ("Pantry", 2))


# ── rules ──

PIN = Rules((Rule("kettles", "pin", "mug", ids=("KET-01",)),))


def test_rules_that_are_set_are_kept_and_hold_at_once(own_home: Path) -> None:
    with Shop.open(own_home) as shop, Shop.open(own_home) as other:
        assert ids(shop.search("mug"))[0] != "KET-01"
        shop.rules = PIN
        assert ids(shop.search("mug"))[0] == ids(other.search("mug"))[0] == "KET-01"
        assert ids(shop.search("mug", filters=[Filter("price", "range", high=50.0)]))[0] != "KET-01"
        shop.ingest(EXAMPLES / "feed.csv", columns=COLUMNS)
        assert ids(shop.search("mug"))[0] == "KET-01"
    with Shop.open(own_home) as shop:
        assert shop.rules == PIN


def test_a_broken_rules_file_never_breaks_search(own_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Shop.open(own_home) as shop:
        shop.rules = PIN
        shop.search("mug")
        shop.home.rules.write_text("[{")
        assert ids(shop.search("mug"))[0] == "KET-01"
        assert "rules.json: not JSON" in caplog.text
        shop.home.rules.unlink()
        assert ids(shop.search("mug"))[0] != "KET-01"


# ── conversation ──


def test_chat_reads_conditions_and_cites(tea_shop: Shop) -> None:
    turn = tea_shop.chat("a mug under 20 euros")
    need = turn.trace.need
    assert isinstance(need, Need)
    assert need.budget == Money(need.budget.amount, "EUR") if need.budget else False
    assert any(wanted.field == "price" and wanted.high == 20 for wanted in need.filters)
    assert {card.product_id for card in turn.answer.cards} == {"MUG-01", "MUG-02"}
    assert isinstance(turn.answer, Answer)
    known = {fact.id for fact in turn.answer.evidence}
    cited = {key for sentence in turn.answer.sentences for key in sentence.citations}
    assert cited
    assert cited <= known


def test_a_follow_up_is_read_in_its_conversation(tea_shop: Shop) -> None:
    first = tea_shop.chat("show me teapots")
    assert {card.product_id for card in first.answer.cards} == {"POT-01", "POT-02"}
    second = tea_shop.chat("which one is lighter?", session_id=first.session_id)
    assert second.trace.need.references == ("POT-02",)
    third = tea_shop.chat("compare them", session_id=first.session_id)
    assert third.trace.decision.strategy is Strategy.COMPARE
    assert third.answer.table is not None
    assert set(third.answer.table.product_ids) == {"POT-01", "POT-02"}


def test_a_question_about_a_policy_is_answered_from_it(tea_shop: Shop) -> None:
    answer = tea_shop.chat("Can I return opened tea?").answer
    assert "Opened tea cannot be returned" in answer.text
    assert {fact.kind for fact in answer.evidence} == {"document"}


def test_what_the_catalogue_does_not_say_is_unknown(tea_shop: Shop) -> None:
    first = tea_shop.chat("the gooseneck kettle")
    answer = tea_shop.chat("what is its power in watts?", session_id=first.session_id).answer
    assert answer.unknown
    assert "does not say" in answer.text


def test_events_come_in_the_order_of_the_turn(tea_shop: Shop) -> None:
    events = list(tea_shop.stream("a light mug"))
    assert all(isinstance(event, TurnEvent) for event in events)
    kinds = [event.kind for event in events]
    assert kinds[:3] == ["need", "decision", "plan"]
    assert kinds[-1] == "done"
    assert kinds.count("done") == 1
    places = [kinds.index(kind) for kind in ("plan", "step", "sentence", "cards", "done")]
    assert places == sorted(places)
    turn = events[-1].data
    assert tuple(event.data for event in events if event.kind == "sentence") == turn.answer.sentences
    assert {span.name for span in turn.trace.spans} >= {"context", "rewrite", "intent", "reason", "plan", "verify"}


def test_conversations_do_not_mix(tea_shop: Shop) -> None:
    tea_shop.chat("show me teapots")
    stranger = tea_shop.chat("compare them")
    assert stranger.trace.need.references == ()


def test_a_restart_forgets_nothing(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        session = shop.chat("show me teapots").session_id
    with Shop.open(own_home) as shop:
        turn = shop.chat("the second one, how heavy is it?", session_id=session)
        assert len(turn.trace.need.references) == 1
        assert turn.trace.need.references[0] in {"POT-01", "POT-02"}


def test_the_assistant_knows_what_was_just_ingested(own_home: Path, tmp_path: Path) -> None:
    with Shop.open(own_home) as shop:
        assert not any(card.product_id == "scarf" for card in shop.chat("a wool scarf").answer.cards)
        shop.ingest(write_feed(tmp_path / "more.jsonl", VARIED))
        assert any(card.product_id == "scarf" for card in shop.chat("a wool scarf").answer.cards)


def test_two_messages_at_once_are_both_kept(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        session = shop.chat("show me teapots").session_id
        with ThreadPoolExecutor(6) as threads:
            turns = list(threads.map(lambda _: shop.chat("a mug", session_id=session), range(6)))
        assert all(turn.answer.cards for turn in turns)
        assert shop.store.last_turn(session) == 7


def test_a_long_message_is_read_in_part_and_says_so(tea_shop: Shop) -> None:
    turn = tea_shop.chat("a glass teapot " + "please " * 400)
    assert turn.answer.notes == ("The message has 2,815 characters; a summary of 2,000 was read.",)
    assert turn.answer.cards
    assert tea_shop.chat("a glass teapot").answer.notes == ()


# ── the demo shop ──


def test_a_demo_that_was_cut_off_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off() -> Iterator[Document]:
        raise KeyboardInterrupt

    with Shop.open(tmp_path, encoder=HashingEncoder()) as shop:
        assert shop.wants_demo
        with monkeypatch.context() as cut:
            cut.setattr(demo, "demo_documents", cut_off)
            with pytest.raises(KeyboardInterrupt):
                shop.ingest_demo()
        assert shop.status().documents == 0
    with Shop.open(tmp_path, encoder=HashingEncoder()) as shop:
        assert shop.wants_demo
        report = shop.ingest_demo()
        assert (report.unchanged, report.changed) == (report.accepted, 0)
        assert shop.status().documents > 20
        assert not shop.wants_demo
        monkeypatch.setattr(demo, "fingerprint", lambda: "newer data")
        assert shop.wants_demo


def test_an_own_feed_is_never_replaced_by_the_demo(own_home: Path, tmp_path: Path) -> None:
    with Shop.open(own_home) as shop:
        assert not shop.wants_demo
    with Shop.open(tmp_path / "demo", encoder=HashingEncoder()) as shop:
        shop.name = demo.NAME
        shop.store.set_meta("demo", b"filled from older data")
        assert shop.wants_demo, "it is empty"
        shop.ingest(write_feed(tmp_path / "own.jsonl", VARIED))
        assert not shop.wants_demo


# ── two processes, one folder ──


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopwright.search.keeper._LOOK_EVERY_S", 0.0)


@pytest.mark.usefixtures("at_once")
def test_what_another_process_ingests_is_found(own_home: Path, tmp_path: Path) -> None:
    feed, texts = write_feed(tmp_path / "more.jsonl", VARIED), tmp_path / "care.md"
    texts.write_text("# Wool care\n\nWash wool by hand in cold water.\n", encoding="utf-8")
    with Shop.open(own_home) as shop:
        assert shop.search("wool scarf").total == 0
        shop.chat("hello")
        assert done("ingest", feed, "--home", own_home, "--documents", texts, "--name", "Elsewhere") == 0
        assert "scarf" in ids(shop.search("wool scarf"))
        assert shop.status().dense_coverage == 1.0
        assert any(card.product_id == "scarf" for card in shop.chat("a wool scarf").answer.cards)
        assert "cold water" in shop.chat("How do I wash wool?").answer.text
        assert shop.assistant.name == "Elsewhere"
        shop.ingest(write_feed(tmp_path / "less.jsonl", VARIED[1:]), full=True)
        assert ids(shop.search()) == ["cap"]
    with Shop.open(own_home) as shop:
        assert ids(shop.search()) == ["cap"]


@pytest.mark.usefixtures("at_once")
def test_the_index_waits_while_another_process_writes_it(own_home: Path, tmp_path: Path) -> None:
    other = FolderLock(own_home / "index.lock")
    with Shop.open(own_home) as shop:
        assert other.acquire()
        shop.ingest(write_feed(tmp_path / "more.jsonl", VARIED))
        assert not shop.wait(0.05)
        assert shop.search("wool scarf").total == 0
        assert shop.search("teapot").total
        other.release()
        assert "scarf" in ids(shop.search("wool scarf"))
        assert shop.wait(60)


def done(*words: object) -> int:
    code = "from shopwright.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *map(str, words)], capture_output=True, check=False).returncode


# ── what is asked ──


def test_only_searches_that_say_so_are_logged(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        shop.search("mug")
        shop.suggest("mu")
        shop.chat("a mug under 20 euros")
        assert shop.report().searches == 0
        shop.search("Mug", log=True)
        shop.search("mug", log=True, limit=0)
        shop.search("mug", log=True, offset=1)
        shop.search("mgu", log=True, literal=True)
    with Shop.open(own_home) as shop:
        found = shop.report()
        assert [(one.query, one.times, one.results) for one in found.most_asked] == [
            ("Mug", 2, shop.search("mug").total)
        ]


def test_a_filtered_search_says_nothing_about_its_words(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        shop.search("mug", filters=[Filter("price", "range", high=0.5)], log=True)
        shop.searches.flush()
        assert [(search.text, search.results) for search in shop.searches.read()] == [("mug", None)]
        assert shop.report().most_asked[0].results == shop.search("mug").total


def test_the_report_shows_what_correction_rescued(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        page = shop.search("stonewear mug", log=True)
        (one,) = shop.report().rescues
        assert page.searched
        assert (one.query, one.searched, one.results, one.as_typed) == ("stonewear mug", page.searched, page.total, 0)


def test_suggestions_know_what_is_asked(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        *_, last = shop.suggest("te")
        assert shop.suggest("te")[0] != last
        for _ in range(50):
            shop.search(last.text, log=True)
    with Shop.open(own_home) as shop:
        assert shop.suggest("te")[0].text == last.text


def test_logging_costs_a_search_nothing(own_home: Path) -> None:
    with Shop.open(own_home) as shop:
        page = shop.search("mug")
        started = time.perf_counter()
        for number in range(1_000):
            shop.searches.add(f"Mug {number}", page)
        assert (time.perf_counter() - started) / 1_000 < 1e-4
