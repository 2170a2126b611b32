import gzip
from datetime import date
from decimal import Decimal

import pytest

from shopwright.errors import FeedError
from shopwright.types import Money, Quantity

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def parquet(rows):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()


ROW = {
    "id": 7,
    "title": "Tent",
    "price": Decimal("289.00"),
    "categories": ["Camping", "Tents"],
    "attributes": {"weight": "1.9 kg", "seasons": 3},
    "release_date": date(2025, 3, 1),
}


def test_a_parquet_file_is_a_table_like_any_other(read):
    (product,), refused = read(parquet([ROW]), currency="EUR")
    assert refused == []
    assert (product.id, product.title, product.price) == ("7", "Tent", Money(Decimal("289.00"), "EUR"))
    assert product.category == ("Camping", "Tents")
    assert product.attributes == {"weight": Quantity(1.9, "kg"), "seasons": 3.0}
    assert product.released == "2025-03-01"


def test_a_broken_or_packed_file_is_refused(read):
    with pytest.raises(FeedError, match="cannot be read as Parquet"):
        read(parquet([ROW])[:-20])
    with pytest.raises(FeedError, match="unpack it first"):
        read(gzip.compress(parquet([ROW])))
