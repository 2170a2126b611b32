import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from shopwright.catalog.feeds import source as source_module
from shopwright.catalog.feeds.source import Source
from shopwright.errors import FeedError

TEXT = b"id,title\n" + b"".join(b"%d,Thing %d\n" % (number, number * 7919) for number in range(20_000))


def zipped(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def content(path):
    with Source(path) as source:
        return b"".join(line or b"" for _, line in source.lines()), source


PACKERS = [bytes, gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(("__MACOSX/x", b""), ("a.csv", data))]


@pytest.mark.parametrize("pack", PACKERS)
def test_archives_are_unpacked_whatever_their_name(write, pack):
    data, source = content(write(pack(TEXT), "feed.txt"))
    assert data == TEXT
    source.check()


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_cut_archive_gives_what_is_readable_and_then_its_damage(write, pack):
    packed = pack(TEXT)
    data, source = content(write(packed[: len(packed) * 9 // 10]))
    assert len(data) > len(TEXT) // 2
    assert TEXT.startswith(data)
    with pytest.raises(FeedError, match="cut off or damaged"):
        source.check()


def test_an_archive_cut_before_its_first_byte_is_refused(write):
    with pytest.raises(FeedError, match="cut off"):
        Source(write(gzip.compress(TEXT)[:20]))


def test_zip_archives_must_hold_one_file(write):
    with pytest.raises(FeedError, match=r"holds 2 files \(a, b\)"):
        Source(write(zipped(("a", b"x"), ("b", b"y"))))
    with pytest.raises(FeedError, match="cannot be opened"):
        Source(write(zipped(("a", TEXT))[:-500]))


@pytest.mark.parametrize("empty", [b"", b" \n\r\n\t", b"\0" * 100, gzip.compress(b"")])
def test_empty_files_are_refused(write, empty):
    with pytest.raises(FeedError, match="is empty"):
        Source(write(empty))


def test_missing_files_and_folders_are_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(FeedError, match="cannot be opened"):
            Source(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_and_marks_come_out_as_utf8(write, encoding):
    text = "id;title\n1;Größe\n" * 20_000
    data, _ = content(write(text.encode(encoding)))
    assert data.decode() == text


def test_carriage_returns_alone_end_lines(write):
    with Source(write(b"a\rb\rc")) as source:
        assert list(source.lines()) == [(1, b"a\n"), (2, b"b\n"), (3, b"c")]


def test_a_line_too_long_is_skipped_and_the_rest_goes_on(write, monkeypatch):
    monkeypatch.setattr(source_module, "MAX_LINE", 100)
    with Source(write(b"a\n" + b"x" * 1_000 + b"\nb\n")) as source:
        assert list(source.lines()) == [(1, b"a\n"), (2, None), (3, b"b\n")]


def test_progress_counts_bytes_of_the_file_itself(write):
    path = write(gzip.compress(TEXT))
    with Source(path) as source:
        assert source.total_bytes == path.stat().st_size
        for _ in source.lines():
            assert 0 < source.bytes_read <= source.total_bytes
        assert source.bytes_read == source.total_bytes
