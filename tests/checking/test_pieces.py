from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.checking.pieces import KINDS, Piece, piece_kind, read_pieces
from shopwright.errors import ConfigError, FeedError


def read(folder: Path, name: str, content: str | bytes) -> list[Piece]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_pieces([folder / name])


def test_a_text_is_a_piece_under_its_path(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.md").write_text("---\nupdated: 2026-05-01\n---\n# Returns\n\nWithin 30 days.\n")
    (tmp_path / "a.txt").write_text("Oak.")
    (tmp_path / ".hidden.txt").write_text("No.")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    one, two = read_pieces([tmp_path])
    assert (one.source, two.source, two.date) == ("a.txt", "deep/b.md", "2026-05-01")
    assert one.text.endswith("Oak.")
    assert two.text == "# Returns\n\nWithin 30 days."
    assert [piece.text for piece in read(tmp_path, "p.html", "<h1>Lid</h1><p>Made of tin.</p>")] == [
        "# Lid\n\nMade of tin."
    ]


def test_a_row_is_a_piece(tmp_path: Path) -> None:
    rows = read(tmp_path, "rows.csv", "name;weight;in_stock\nLamp;1,9 kg;yes\n\nKettle;;no\n")
    assert [(row.source, row.text) for row in rows] == [
        ("rows.csv:2", "Lamp\nweight: 1,9 kg\nin stock: yes"),
        ("rows.csv:4", "Kettle\nin stock: no"),
    ]
    assert [row.text for row in read(tmp_path, "one.csv", "fact\nIt is red.\n")] == ["fact: It is red."]
    nested = read(
        tmp_path,
        "rows.jsonl",
        '{"title": "Lamp", "size": {"height": 3, "safe": true}, "tags": ["a", null, "b"]}\n"x"\n',
    )
    assert [row.text for row in nested] == ["Lamp\nsize height: 3\nsize safe: yes\ntags: a, , b", "x"]
    assert [row.source for row in read(tmp_path, "rows.json", '[{"a": 1}, {"a": 2}]')] == ["rows.json:1", "rows.json:2"]


def test_a_row_with_a_text_names_its_source_and_kind(tmp_path: Path) -> None:
    row = '{"text": "Warm.", "source": "Ann", "kind": "review", "date": "2026-05-01", "title": "Socks"}'
    assert read(tmp_path, "r.jsonl", row) == [Piece("Socks\n\nWarm.", "Ann", "review", "2026-05-01")]
    with pytest.raises(ConfigError, match="'gossip' of a piece of evidence: expected one of document, "):
        read(tmp_path, "r.jsonl", '{"text": "x", "kind": "gossip"}')
    assert [piece_kind(kind) for kind in KINDS] == list(KINDS)


@pytest.mark.parametrize("name", ["x.txt", "x.md", "x.html", "x.csv", "x.jsonl", "x.json"])
def test_an_empty_file_gives_nothing(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name, "") == []
    assert read(tmp_path, name, b"\xef\xbb\xbf \n") == []


def test_other_encodings(tmp_path: Path) -> None:
    assert "Größe" in read(tmp_path, "x.txt", "Größe: 3".encode("utf-16"))[0].text
    assert "Größe" in read(tmp_path, "x.csv", "name,Größe\nLampe,3\n".encode("cp1252"))[0].text


def test_a_damaged_row_ends_the_reading(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"x.csv: line 3: the row has 3 fields"):
        read(tmp_path, "x.csv", "a,b\n1,2\n1,2,3\n")
    with pytest.raises(FeedError, match=r"x.json: no valid JSON"):
        read(tmp_path, "x.json", "[1, 2")
