from __future__ import annotations

import time
from pathlib import Path

import pytest

from search.shelf import euro, shop
from shopwright.errors import StoreError
from shopwright.models.scripted import HashingEncoder
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.suggest import MAX_SUGGESTIONS, Suggester, Suggesters
from shopwright.types import Product


def thing(number: int, title: str, category: str, **more: object) -> Product:
    return Product(f"p{number}", title, brand="Fernhill", category=("Home", category), price=euro("9.00"), **more)


ROOM = (
    thing(1, "Oak wall shelf", "Shelves", attributes={"material": "oak"}),
    thing(2, "Oak corner shelf", "Shelves", attributes={"material": "oak"}),
    thing(3, "Pine wall shelf", "Shelves", attributes={"material": "pine"}),
    thing(4, "Desk lamp with dimmer", "Lamps"),
    thing(5, "Slim desk lamp", "Lamps"),
    thing(6, "Café table", "Tables"),
    thing(7, "Round café table", "Tables"),
    thing(8, "Wireless headphones", "Headphones"),
    thing(9, "Wired headphones", "Headphones"),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedIndex:
    return shop(tmp_path_factory.mktemp("room"), *ROOM, filled=False)


@pytest.fixture(scope="module")
def suggester(index: EmbeddedIndex) -> Suggester:
    return Suggester.build(index.state)


def texts(suggester: Suggester, prefix: str, limit: int = 8) -> list[str]:
    return [one.text for one in suggester.suggest(prefix, limit)]


def test_a_word_is_completed(suggester: Suggester) -> None:
    assert texts(suggester, "sh")[0] in ("shelf", "shelves")
    assert texts(suggester, "headp")[0] == "headphones"
    assert texts(suggester, "HEADP")[0] == "headphones"


def test_words_may_stand_in_any_order(suggester: Suggester) -> None:
    assert "oak shelf" in " ".join(texts(suggester, "oak sh")) or "oak shelves" in texts(suggester, "oak sh")
    assert texts(suggester, "lamp de")[0] == "desk lamp"


def test_all_words_typed_are_in_it(suggester: Suggester) -> None:
    for text in texts(suggester, "oak s"):
        assert "oak" in text
        assert " s" in f" {text}"


@pytest.mark.parametrize(("typed", "meant"), [("hedph", "headphones"), ("lmap", "lamps"), ("haedphoens", "headphones")])
def test_a_typo_is_forgiven(suggester: Suggester, typed: str, meant: str) -> None:
    assert any(meant.startswith(text) or text.startswith(meant) for text in texts(suggester, typed))


def test_short_words_are_taken_at_their_word(suggester: Suggester) -> None:
    assert texts(suggester, "hx") == []
    assert texts(suggester, "lpm") == []


def test_a_known_beginning_is_not_corrected(suggester: Suggester) -> None:
    assert all("lamp" in text for text in texts(suggester, "lamp"))


def test_a_blank_ends_a_word(suggester: Suggester) -> None:
    assert all("oak" in text.split() for text in texts(suggester, "oak "))
    assert texts(suggester, "oak ") != []


def test_accents_need_not_be_typed(suggester: Suggester) -> None:
    assert texts(suggester, "cafe")[0] == texts(suggester, "café")[0] == "café table"
    parts = suggester.suggest("cafe")[0].parts
    assert parts == (("café", True), (" table", False))


def test_pieces_make_up_the_text(suggester: Suggester) -> None:
    assert suggester.suggest("lamp de")[0].parts == (("de", True), ("sk ", False), ("lamp", True))
    for one in suggester.suggest("s"):
        assert "".join(piece for piece, _ in one.parts) == one.text


def test_plurals_are_said_once(suggester: Suggester) -> None:
    for typed in ("s", "l", "t", "fern"):
        singular = [" ".join(sorted(word.rstrip("s") for word in text.split())) for text in texts(suggester, typed, 20)]
        assert len(singular) == len(set(singular))


def test_a_plural_finds_the_singular(suggester: Suggester) -> None:
    assert any("lamp" in text for text in texts(suggester, "desk lamps"))


def test_everything_suggested_finds_something(index: EmbeddedIndex, suggester: Suggester) -> None:
    lexical = index.state.lexical
    shown = {one for letter in "abcdefghijklmnopqrstuvwxyz" for one in suggester.suggest(letter, MAX_SUGGESTIONS)}
    assert len(shown) > 15
    for one in shown:
        assert lexical.count(lexical.read(one.text)) >= one.products > 0, one


def test_what_was_typed_is_not_suggested(suggester: Suggester) -> None:
    assert "desk lamp" not in texts(suggester, "desk lamp")


def test_departments_for_nothing_typed(suggester: Suggester) -> None:
    (first,) = suggester.suggest("")
    assert (first.text, first.products, first.parts) == ("home", 9, (("home", False),))
    assert suggester.suggest("  ") == suggester.suggest("")


def test_what_is_asked_often_comes_first(index: EmbeddedIndex) -> None:
    log = [("slim desk lamp", 900), ("Slim  desk lamp", 5), ("sofa bed", 900), ("secret of one person shelf", 1)]
    asked = Suggester.build(index.state, log)
    assert texts(asked, "s")[0] == "slim desk lamp"
    every = texts(asked, "s", MAX_SUGGESTIONS)
    assert "sofa bed" not in every  # it finds nothing
    assert "secret of one person shelf" not in every  # asked once, it may be about a person


def test_limits(suggester: Suggester) -> None:
    assert len(suggester.suggest("f", 2)) == 2
    assert len(suggester.suggest("f", 0)) == 1
    assert len(suggester.suggest("f", 10_000)) <= MAX_SUGGESTIONS


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 10_000, "lamp " * 2_000, "🏕️" * 40, "🏕️ lam", "<script>alert(1)</script>", "' OR 1=1 --", "палатка", "帐篷",
        "\x00", "\ud800", "ß", "İ", "a\u0301", "٣", "((((", "*", "-", "lamp\u202e", "\U0010ffff",
    ],
)  # fmt: skip
def test_odd_input_is_answered_at_once(suggester: Suggester, typed: str) -> None:
    started = time.perf_counter()
    for one in suggester.suggest(typed):
        assert one.products > 0
    assert time.perf_counter() - started < 0.2


def test_an_empty_shop(tmp_path: Path) -> None:
    empty = Suggester.build(EmbeddedIndex(tmp_path / "index", HashingEncoder()).state)
    assert empty.suggest("") == empty.suggest("lamp") == ()
    assert len(empty) == 0


def test_a_shop_without_categories_or_brands(tmp_path: Path) -> None:
    bare = [Product(f"p{number}", f"Folding chair {number}", price=euro("5.00")) for number in range(3)]
    suggester = Suggester.build(shop(tmp_path, *bare, filled=False).state)
    assert texts(suggester, "fol") == ["folding chair"]
    assert texts(suggester, "") != []


# ── following the log ──


def test_a_misspelled_query_counts_as_what_was_meant(index: EmbeddedIndex) -> None:
    asked = Suggester.build(index.state, [("slim desk lmap", 900), ("slim desk lamp", 4), ("slim hammock", 900)])
    every = texts(asked, "sl", MAX_SUGGESTIONS)
    assert every[0] == "slim desk lamp"
    assert not any("lmap" in text or "hammock" in text for text in every)  # nothing has all of it


def waited_for(suggesters: Suggesters, index: EmbeddedIndex, prefix: str, text: str) -> bool:
    for _ in range(500):
        if texts(suggesters.of(index.state), prefix)[:1] == [text]:
            return True
        time.sleep(0.01)
    return False


def test_the_log_is_taken_in_after_a_while(index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[tuple[str, int]] = []
    suggesters = Suggesters(lambda: list(log))
    before = suggesters.of(index.state)
    log.append(("slim desk lamp", 900))
    assert suggesters.of(index.state) is before, "not at every keystroke"
    monkeypatch.setattr("shopwright.search.suggest._LOG_EVERY_S", 0.0)
    assert waited_for(suggesters, index, "s", "slim desk lamp")
    suggesters.close()
    after = suggesters.of(index.state)
    log.append(("pine wall shelf", 900))
    assert suggesters.of(index.state) is after, "closed"


def test_an_unchanged_log_makes_no_work(index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopwright.search.suggest._LOG_EVERY_S", 0.0)
    asked = []
    suggesters = Suggesters(lambda: asked.append(1) or [("slim desk lamp", 900)])  # type: ignore[func-returns-value]
    first = suggesters.of(index.state)
    for _ in range(200):
        assert suggesters.of(index.state) is first
        if len(asked) > 2:
            break
        time.sleep(0.01)
    suggesters.close()
    assert len(asked) > 2


def test_suggestions_outlive_a_log_that_cannot_be_read(
    index: EmbeddedIndex, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("shopwright.search.suggest._LOG_EVERY_S", 0.0)
    broken: list[int] = []

    def log() -> list[tuple[str, int]]:
        if broken:
            raise StoreError("disk I/O error")
        return []

    suggesters = Suggesters(log)
    first = suggesters.of(index.state)
    broken.append(1)
    assert suggesters.of(index.state) is first
    suggesters.close()
    assert suggesters.of(index.state) is first
    assert "disk I/O error" in caplog.text
