from __future__ import annotations

from pathlib import Path

from shopwright.knowledge.synonyms import Group, Synonyms, Term
from shopwright.search.answer import Relevance
from shopwright.search.embedded import EmbeddedIndex
from shopwright.search.lexical import Word
from shopwright.search.widening import widened
from shopwright.types import Product, SearchRequest

NAMES = (("weed", "eater"), ("string", "trimmer"), ("strimmer",))


def index_of(folder: Path, titles: list[str]) -> EmbeddedIndex:
    index = EmbeddedIndex(folder, relevance=Relevance(thesaurus=Synonyms.packaged()))
    index.apply([(str(place), Product(str(place), title)) for place, title in enumerate(titles)], 1)
    return index


def found(index: EmbeddedIndex, query: str, literal: bool = False) -> list[str]:
    return [hit.id for hit in index.search(SearchRequest(query, literal=literal)).hits]


def test_another_name_of_the_thing_is_found(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["Cordless string trimmer 18 V", "Garden hose 20 m", "Hedge shears"])
    assert found(index, "weed eater") == ["0"]
    assert found(index, "weed eater", literal=True) == []


def test_what_was_said_comes_before_its_other_names(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["Chrome faucet", "Chrome water tap", "Chrome water tap"])
    assert found(index, "chrome faucet")[0] == "0"
    assert set(found(index, "chrome faucet")) == {"0", "1", "2"}


def test_a_name_that_the_catalogue_has_not_adds_nothing(tmp_path: Path) -> None:
    index = index_of(tmp_path, ["Garden hose"])
    assert found(index, "weed eater") == []


def test_names_of_several_words_share_the_weight() -> None:
    thesaurus = Synonyms([Group("garden", tuple(Term(name, name) for name in NAMES))])
    first, last = widened((Word("weed", "weed"), Word("eater", "eater")), thesaurus)
    assert first.others == ()
    weights = dict(last.others)
    assert weights["strimmer"] == 2 * weights["trimmer"] == 2 * weights["string"]
