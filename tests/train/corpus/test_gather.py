from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shopwright.errors import ConfigError
from shopwright.train.corpus.gather import gather
from shopwright.train.corpus.inputs import CorpusInputs


def inputs(tmp_path: Path, **given: Any) -> CorpusInputs:
    return CorpusInputs(tmp_path / "out", **given)


def test_a_path_becomes_a_source_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "my-guides.jsonl.gz").touch()
    (tmp_path / "novels").mkdir()
    found = gather(inputs(tmp_path, domain=(tmp_path / "my-guides.jsonl.gz",), general=(tmp_path / "novels",)))
    assert [(source.name, source.kind) for source in found] == [("my_guides", "domain"), ("novels", "general")]


def test_a_list_names_sources_with_paths_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('[[source]]\nname = "guides"\npaths = ["g"]\nweight = 2.0\nfields = ["title", "body"]\n')
    (source,) = gather(inputs(tmp_path, listed=file))
    assert (source.paths, source.weight, source.fields) == ((tmp_path / "g",), 2.0, ("title", "body"))


def test_a_shop_is_a_source(tmp_path: Path) -> None:
    (source,) = gather(inputs(tmp_path, home=tmp_path))
    assert source.render == "home"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"no \[\[source\]\]"),
        ("[[source]]\nname = 'x'\n", "without paths"),
        ("[[source]]\nname = 'x'\npaths = []\ncolour = 1\n", "a source has no 'colour'"),
        ("[[source]]\nname = 'x'\npaths = 'guides'\n", r"expected a list, such as \['guides'\]"),
        (
            "[[source]]\nname = 'x'\npaths = ['g']\nkind = 'generic'\n",
            "kind 'generic': expected one of general, domain",
        ),
        ("[[source]]\nname = 'x'\npaths = ['g']\nrender = 'card'\n", "render 'card': expected one of text"),
    ],
)
def test_a_bad_list_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text(text)
    with pytest.raises(ConfigError, match=words):
        gather(inputs(tmp_path, listed=tmp_path / "sources.toml"))


def test_nothing_to_build_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least one of --domain"):
        gather(inputs(tmp_path))
    with pytest.raises(ConfigError, match="no such file"):
        gather(inputs(tmp_path, domain=(tmp_path / "gone",)))
