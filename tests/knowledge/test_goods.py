"""Kinds, their names, and what decides between goods of a kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopwright.errors import ConfigError
from shopwright.knowledge.goods import FOLDER, Goods, factors, read_factors, read_kinds


def test_there_is_enough_of_it() -> None:
    goods = Goods.packaged()
    lines = [factor for kind in goods.kinds for factor in goods.factors(kind) if factor.kind == kind]
    assert len(lines) >= 400
    assert len({factor.kind for factor in lines}) >= 60
    assert all(factor.why and factor.use for factor in lines)


def test_no_name_is_two_kinds_without_saying_so() -> None:
    goods = Goods.packaged()
    named: dict[str, str] = {}
    for kind in goods.kinds.values():
        for name in (kind.name, *kind.names):
            assert named.setdefault(name, kind.name) == kind.name, name


def test_broader_kinds_exist_or_are_departments() -> None:
    goods = Goods.packaged()
    assert goods.chain("external ssd") == ("external ssd", "external storage", "storage")
    assert goods.is_a("earbuds", "headphones")
    assert not goods.is_a("headphones", "earbuds")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Graphics cards", "graphics card"), ("GPUs", "graphics card"), ("liquid CPU cooler", "cpu cooler"),
     ("Kopfhörer", "headphones"), ("rugged things", None), ("Apple Watch", "smartwatch")],
)  # fmt: skip
def test_names(text: str, kind: str | None) -> None:
    assert Goods.packaged().named(text) == kind


def test_factors_answer_to_any_name() -> None:
    assert factors("rucksack") == factors("backpack") != ()
    assert factors("unobtainium") == ()
    first = next(factor for factor in factors("tent") if "trekking" in factor.use)
    assert (first.property, first.comparison, first.values) == ("weight", "at_most", ("3 kg",))


def test_damaged_files_are_refused_by_line(tmp_path: Path) -> None:
    kinds = tmp_path / "kinds.tsv"
    kinds.write_text("kind\tnames\tunder\tsigns\ntent\tdome | tents\toutdoor\t\ntent\t\t\t\n")
    with pytest.raises(ConfigError, match="line 3: kind 'tent' comes twice"):
        read_kinds(kinds)
    kinds.write_text("kind\tnames\n")
    assert read_kinds(kinds) == ()
    kinds.write_text("kind\tnames\ntent\n")
    with pytest.raises(ConfigError, match="line 2: 1 cells"):
        read_kinds(kinds)
    known = {kind.name: kind for kind in read_kinds(FOLDER / "kinds.tsv")}
    rows = tmp_path / "factors.tsv"
    rows.write_text("h\ntent\train\tcolumn\tabout\t3 mm\tdry\n")
    with pytest.raises(ConfigError, match="comparison 'about'"):
        read_factors(rows, known)
    rows.write_text("h\ncastle\train\tcolumn\tis\t3 mm\tdry\n")
    with pytest.raises(ConfigError, match="kind 'castle' is not in kinds"):
        read_factors(rows, known)
    with pytest.raises(ConfigError, match="name a text file"):
        read_kinds(tmp_path / "none.tsv")
