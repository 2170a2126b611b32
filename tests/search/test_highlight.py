from __future__ import annotations

from shopwright.search.highlight import highlight
from shopwright.search.lexical import stem

STEMS = {stem("kettle"), stem("boiling")}


def test_matched_words_are_marked_and_nothing_is_lost() -> None:
    pieces = highlight("Kettles that boil fast.", STEMS, stem)
    assert pieces == (("Kettles", True), (" that ", False), ("boil", True), (" fast.", False))


def test_no_match_no_pieces() -> None:
    assert highlight("A tent.", STEMS, stem) == ()


def test_a_long_text_shows_its_best_window() -> None:
    text = "kettle " + "word " * 100 + "a kettle for boiling water " + "word " * 100
    shown = "".join(piece for piece, _ in highlight(text, STEMS, stem, window=60))
    assert "kettle for boiling" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 90


def test_markup_stays_plain_text() -> None:
    pieces = highlight("<script>kettle</script>", STEMS, stem)
    assert "".join(piece for piece, _ in pieces) == "<script>kettle</script>"
