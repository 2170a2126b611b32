from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus.shards import Document
from shopwright.train.corpus.sources import Refused, Source, own_sources, public_sources, read

Said = list[str]


def read_all(path: Path, **options: Any) -> tuple[list[Document], list[Refused], Said]:
    said: Said = []
    items = list(read(Source("s", (path,), **options), said.append))
    return (
        [each for each in items if isinstance(each, Document)],
        [each for each in items if isinstance(each, Refused)],
        said,
    )


def lines(*rows: object) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def test_each_line_is_a_document_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        lines(
            {"text": "one"},
            b"{broken",
            {"text": ""},
            {"other": 1},
            b"[1, 2]",
            b"7",
            {"text": "two"},
            b"",
            {"text": "\ud800 lone"},
        )
    )
    documents, refused, _ = read_all(path)
    assert [each.text for each in documents][:2] == ["one", "two"]
    assert documents[1].id == f"{path}:7"
    assert len(documents) + len(refused) == 8


def test_a_line_that_is_too_long_is_refused_by_its_number_and_the_rest_goes_in(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"text": "one"}, {"text": "x" * 50_000}, {"text": "two"}))
    documents, refused, _ = read_all(path, limit=10_000)
    assert [each.text for each in documents] == ["one", "two"]
    assert refused == [Refused("record over 10,000 bytes", f"{path}:2")]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_read_and_cut_off_ones_raise(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    data = pack(lines(*({"text": f"document {number} {number**7}"} for number in range(5_000))))
    path = tmp_path / "a.jsonl.packed"
    path.write_bytes(data)
    assert len(read_all(path)[0]) == 5_000
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(CorpusError, match="cut off"):
        read_all(path)


def test_other_encodings_are_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines({"text": "plain"}, '{"text": "Café"}'.encode("latin-1")))
    documents, _, said = read_all(path)
    assert documents[1].text == "Café"
    assert "1 lines" in said[0]
    path.write_bytes('{"text": "Zelt für zwei"}\n'.encode("utf-16"))
    assert read_all(path)[0][0].text == "Zelt für zwei"


def test_binary_and_empty_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)
    assert read_all(path)[1] == [Refused("binary file", str(path))]
    path.write_bytes(b"")
    with pytest.raises(CorpusError, match="empty"):
        read_all(path)
    with pytest.raises(CorpusError, match="a file that exists"):
        read_all(tmp_path / "none.jsonl")


def test_parquet_is_read_and_a_cut_off_one_raises(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"text": ["one", "two", None]}), path)
    documents, refused, _ = read_all(path)
    assert ([each.text for each in documents], len(refused)) == (["one", "two"], 1)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CorpusError, match="Parquet"):
        read_all(path)


def test_plain_text_is_cut_at_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "guide.txt"
    path.write_text(
        "\n\n".join(f"Paragraph {number}. " + "Words of a guide. " * 50 for number in range(40)), encoding="utf-8"
    )
    documents, _, _ = read_all(path)
    assert len(documents) > 3
    assert sum(each.text.count("Paragraph") for each in documents) == 40


def test_neighbouring_rows_merge_and_the_counts_add_up(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        lines(*({"context": f"C{number // 3}", "question": f"Q{number}?", "answers": ["A"]} for number in range(7)))
    )
    documents, refused, _ = read_all(path, render="paragraph")
    assert (len(documents), len(refused)) == (3, 4)
    assert {each.reason for each in refused} == {"merged"}


def test_a_feed_and_an_event_log(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_bytes(lines({"id": "1", "title": "Tarn tent", "description": "Dry."}, {"id": "2"}))
    documents, refused, _ = read_all(feed, render="product")
    assert "Tarn tent" in documents[0].text
    assert len(documents) + len(refused) == 2
    log = tmp_path / "log.jsonl"
    log.write_bytes(
        lines(
            {"session_id": "a", "name": "search", "query": "tent"},
            {"session_id": "a", "name": "view_item", "items": [{"item_name": "Tarn"}]},
        )
    )
    assert read_all(log, render="events")[0][0].text == 'search "tent"\nview_item Tarn'


def test_the_projects_own_sources_have_documents() -> None:
    for source in own_sources():
        items = list(read(source, print))
        assert sum(isinstance(each, Document) for each in items) > 500


def test_settings_that_cannot_work_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="names files"):
        Source("a/b", (tmp_path,))
    with pytest.raises(ConfigError, match="weight"):
        Source("a", (tmp_path,), weight=-1)
    with pytest.raises(ConfigError, match="no files"):
        Source("a", ())
    with pytest.raises(CorpusError, match="public sets"):
        public_sources(tmp_path)
