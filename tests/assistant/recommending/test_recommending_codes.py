"""A generator of codes among the sources: what it writes, what came in later too, and nothing by another's vectors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.recommending.stand import PRODUCTS, Stand, good
from shopwright.assistant.recommending.knowing import Known
from shopwright.assistant.recommending.reasons import chain, reason
from shopwright.assistant.recommending.recommending import Recommending
from shopwright.assistant.recommending.sources import Proposed, Sources
from shopwright.skills.recommend.codes.coded import Coded
from shopwright.types import Place, Purpose, RecommendRequest
from skills.recommend.handmade import handmade

IDS = [product.id for product in PRODUCTS]
LARK = Known(bought=("lark",))


def coded_of(stand: Stand, ids: list[str], width: int = 64) -> Coded:
    """A generator over some products of the shop, from vectors of some width."""
    return Coded(handmade(stand.goods.vectors(stand.goods.rows(ids))[:, :width]), ids)


def written(
    stand: Stand, coded: Coded | None, known: Known = LARK, place: Place = "after", purpose: Purpose = "next"
) -> list[Proposed]:
    sources = Sources(stand.goods, known, place, date(2025, 11, 24), codes=coded)
    return [one for one in sources.proposed(purpose) if one.candidate.source == "codes"]


def ids_of(found: list[Proposed]) -> set[str]:
    return {one.candidate.id for one in found}


def test_what_is_written_can_be_bought_is_new_to_them_and_has_a_reason(stand: Stand) -> None:
    coded = coded_of(stand, IDS)
    found = written(stand, coded)
    assert ids_of(found) == {*IDS} - {"lark", "sold"}
    relevance = [one.candidate.relevance for one in found]
    assert relevance == sorted(relevance, reverse=True)
    assert 0 < relevance[-1] < relevance[0] <= 1
    first = next(product for product in PRODUCTS if product.id == found[0].candidate.id)
    assert reason(found[0], first, None, LARK) == "Chosen from what shoppers look at and buy here."
    assert chain(found[0], first, None)[0].text.startswith(f"{first.title}: codes (")
    seen = replace(LARK, seen=("pan", "tea"))
    assert ids_of(written(stand, coded, seen, "home", "for_you")) == {*IDS} - {"lark", "sold", "pan", "tea"}


def test_without_it_or_without_a_history_nothing_is_written(stand: Stand) -> None:
    assert written(stand, None) == []
    assert written(stand, coded_of(stand, IDS), Known()) == []
    assert written(stand, coded_of(stand, IDS), purpose="goes_with") == []


def test_what_came_in_after_the_training_is_written_too(lively: Stand) -> None:
    known = [key for key in IDS if key not in ("dune", "tea")]
    assert {"dune", "tea"} < ids_of(written(lively, coded_of(lively, known)))


def test_the_service_hears_it_beside_the_others(stand: Stand) -> None:
    asked = RecommendRequest(seen=("lark", "gone"), adventure=0.0)
    given = stand.events, stand.profiles, lambda: stand.goods
    alone = Recommending(*given).recommend(asked).items
    both = Recommending(*given, codes=lambda: coded_of(stand, IDS)).recommend(asked).items
    before = {one.id: one.relevance for one in alone}
    shared = [(before[one.id], one.relevance) for one in both if one.id in before]
    assert all(old <= new for old, new in shared)
    assert any(old < new for old, new in shared)


def test_codes_of_another_encoder_write_nothing_and_say_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made = Stand(tmp_path, [*PRODUCTS, good("late", "Late lamp", "Lamps")])
    coded = coded_of(made, IDS, width=32)
    assert written(made, coded) == written(made, coded) == []
    (told,) = [record.message for record in caplog.records if "generator of codes" in record.message]
    assert told.startswith("the generator of codes proposes nothing: vectors of 64 numbers, 32 expected")
    made.close()
