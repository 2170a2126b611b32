from __future__ import annotations

from shopwright.knowledge.assortment import Assortment, TypeNames
from shopwright.knowledge.beyond import Beyond, Tip, When
from shopwright.knowledge.graph import Edge, Graph
from shopwright.knowledge.links import Links
from shopwright.knowledge.synonyms import Synonyms
from shopwright.skills.recommend.supposing.hypotheses import Hypotheses
from shopwright.skills.recommend.supposing.trail import Bought, Proposed, Thoughts, Trail
from shopwright.types import Filter, Product

EDGES = """\
activity:bread baking	uses	product:bread knife	.90
activity:bread baking	uses	product:kitchen scale	.80
activity:bread baking	uses	product:loaf tin	.80
activity:letter weighing	uses	product:kitchen scale	.40
activity:soap making	uses	product:kitchen scale	.90
activity:candle making	uses	product:kitchen scale	.90
activity:espresso making	uses	product:espresso machine	.95
activity:cycling	uses	product:bicycle helmet	.90
activity:cycling	uses	product:folding lock	.80
activity:cycling	leads_to	need:theft protection	.90
activity:cycling	leads_to	need:being seen	.90
activity:cycling	leads_to	need:head protection	.90
activity:skiing	uses	product:ski helmet	.95
need:theft protection	met_by	product:folding lock	.90
need:theft protection	met_by	product:u-lock	.90
need:being seen	met_by	product:reflective vest	.90
need:head protection	met_by	product:ski helmet	.90
condition:vegan	avoids	product:honey	.90
condition:vegan	avoids	value:*|material=leather	.95
activity:tea drinking	uses	product:teapot	.90
activity:tea drinking	uses	product:honey	.80
condition:diabetes	met_by	product:test strip	.90
season:winter	uses	product:snow shovel	.90
event:moving house	uses	product:snow shovel	.60
event:moving house	uses	product:moving box	.90
product:tent	goes_with	product:groundsheet	.80
product:tent	replaces	product:bivvy bag	.60
activity:camping	uses	product:tent	.95
activity:camping	uses	product:bivvy bag	.80
"""
TIPS = (
    ("activity:espresso making", "barista oat drink", 0.8, 0.6, "any", "It carries what a stable foam needs."),
    ("activity:bread baking", "shower cap", 0.8, 0.9, "any", "A shower cap keeps the crust from drying out."),
    ("product:kitchen scale", "spare battery", 0.7, 0.4, "days:200-500", "A flat cell stops the baking halfway."),
    ("product:kitchen scale", "calibration weight", 0.7, 0.5, "after", "A known mass shows when a scale drifts."),
    ("product:tent", "sand peg", 0.7, 0.6, "06-08", "Ordinary pegs pull straight out of sand."),
)
TITLES = (
    "Crumb bread knife", "Feather kitchen scale", "Pillar loaf tin", "Cremosa espresso machine", "Skimmer barista oat drink",
    "Lane bicycle helmet", "Ribbon folding lock", "Bastion u-lock", "Firefly reflective vest", "Firn ski helmet",
    "Heron honey", "Plover teapot", "Strip test strip", "Gale snow shovel", "Otter moving box", "Tarn tent",
    "Tarn groundsheet", "Bothy bivvy bag", "Dune sand peg", "Dewdrop shower cap", "Tern calibration weight",
)  # fmt: skip


def _shop(titles: tuple[str, ...] = TITLES) -> Hypotheses:
    rows = [line.split("\t") for line in EDGES.splitlines()]
    edges = [Edge(*row[:3], float(row[3]), "test", f"edges-test.tsv:{n}") for n, row in enumerate(rows, 1)]
    graph = Graph(edges, "g", Synonyms.packaged())
    tips = [
        Tip(head, tail, sense, surprise, When.parse(when) or When(), "test", because, f"beyond-test.tsv:{number}")
        for number, (head, tail, sense, surprise, when, because) in enumerate(TIPS, 1)
    ]
    beyond = Beyond(tips, "t")
    products = [Product(id=f"{title.split()[0].lower()}-{title.split()[-1]}", title=title, category=("All", title.split()[-1]))
                for title in titles]  # fmt: skip
    leather = {"value:*|material=leather": Filter("attr:material", values=("leather",))}
    names = TypeNames.of(graph, beyond)
    return Hypotheses(graph, beyond, Assortment(dict(names.read(products))), Links(filters=leather))


SHOP = _shop()


def _of(thoughts: Thoughts) -> dict[str, Proposed]:
    return {one.type: one for one in thoughts.proposed}


def _why(thoughts: Thoughts, type_: str) -> set[str]:
    return {one.why for one in thoughts.dropped if one.type == type_}


def test_two_things_speak_of_bread_and_a_tip_follows_with_its_chain() -> None:
    thoughts = SHOP.of(Trail(seen=("crumb-knife", "feather-scale"), month=11))
    assert [one.node for one in thoughts.supposed] == ["activity:bread baking"]
    cap = _of(thoughts)["shower cap"]
    assert cap.candidate.because == "A shower cap keeps the crust from drying out."
    assert (cap.surprise, cap.candidate.purpose) == (0.9, "for_you")
    assert cap.candidate.origin in ("crumb-knife", "feather-scale")
    sources = [step.source for step in cap.candidate.chain]
    assert sources[0] == cap.candidate.origin
    assert {"edges-test.tsv:1", "edges-test.tsv:2", "beyond-test.tsv:2"} <= set(sources)
    assert _of(thoughts)["loaf tin"].candidate.because == "Used for bread baking."
    assert "kitchen scale" not in _of(thoughts)


def test_one_thing_that_many_use_is_no_hypothesis_and_a_telling_one_is() -> None:
    assert SHOP.of(Trail(seen=("feather-scale",))).supposed == ()
    oat = _of(SHOP.of(Trail(basket=("cremosa-machine",))))["barista oat drink"]
    assert oat.head == "activity:espresso making"


def test_a_need_that_is_met_asks_for_nothing_and_a_helmet_for_skiing_does_not_help_a_cyclist() -> None:
    thoughts = SHOP.of(Trail(basket=("lane-helmet", "ribbon-lock")))
    assert set(_of(thoughts)) == {"reflective vest"}
    assert _of(thoughts)["reflective vest"].candidate.because == "Helps with being seen, which comes with cycling."
    assert any("meets theft protection" in why for why in _why(thoughts, "u-lock"))


def test_times_after_a_purchase_and_months_are_kept() -> None:
    bought = SHOP.of(Trail(bought=(Bought("feather-scale", 30),), month=3))
    assert _of(bought)["calibration weight"].candidate.purpose == "next"
    assert "calibration weight" not in _of(SHOP.of(Trail(seen=("feather-scale",), month=3)))
    assert _of(SHOP.of(Trail(seen=("tarn-tent",), month=7)))["sand peg"].timely
    assert _why(SHOP.of(Trail(seen=("tarn-tent",), month=1)), "sand peg") == {"not now: it is meant for 06-08"}


def test_out_of_season_and_what_is_replaced_are_dropped() -> None:
    july = SHOP.of(Trail(said="we are moving house", month=7))
    assert set(_of(july)) == {"moving box"}
    assert _why(july, "snow shovel") == {"out of season: it is for winter"}
    assert "snow shovel" in _of(SHOP.of(Trail(said="we are moving house", month=12)))
    assert any(
        why.startswith("stands in for tent")
        for why in _why(SHOP.of(Trail(seen=("tarn-tent",), said="camping")), "bivvy bag")
    )


def test_what_somebody_avoids_or_denies_is_not_proposed() -> None:
    tea = SHOP.of(Trail(said="I love tea drinking", profile=("vegan",)))
    assert set(_of(tea)) == {"teapot"}
    assert tea.avoided == (Filter("attr:material", "not", values=("leather",)),)
    assert "honey" in _of(SHOP.of(Trail(said="I love tea drinking")))
    assert set(_of(SHOP.of(Trail(said="tea drinking, but no honey")))) == {"teapot"}


def test_what_is_private_is_told_and_never_concluded() -> None:
    assert SHOP.of(Trail(bought=(Bought("strip-strip"), Bought("heron-honey")))).supposed == ()
    assert set(_of(SHOP.of(Trail(said="I have diabetes")))) == {"test strip"}


def test_bad_and_long_trails() -> None:
    assert SHOP.of(Trail()) == Thoughts()
    assert SHOP.of(Trail(seen=("gone",), bought=(Bought("gone", -3),), said="?!")).proposed == ()
    long = SHOP.of(Trail(seen=("crumb-knife", "feather-scale") * 50_000, month=11))
    assert "shower cap" in _of(long)
    assert all(0 < one.candidate.relevance <= 1 for one in long.proposed)
    assert len({one.candidate.id for one in long.proposed}) == len(long.proposed)
    assert not SHOP.of(Trail(seen=("crumb-knife", "feather-scale")), usable=lambda _: False).proposed


def test_a_stranger_gets_the_season_alone() -> None:
    thoughts = SHOP.of(Trail(month=1))
    assert [(one.type, one.act, one.timely) for one in thoughts.proposed] == [("snow shovel", "season", True)]
