"""A few edges and a shop's words, so that each test has one right answer."""

from __future__ import annotations

from pathlib import Path

from shopwright.knowledge.graph import Graph
from shopwright.knowledge.synonyms import Synonyms

EDGES = """\
event:retirement	leads_to	need:free time	.95	common knowledge
need:free time	leads_to	activity:fishing	.70	common knowledge
need:free time	leads_to	activity:reading	.80	common knowledge
activity:fishing	uses	product:landing net	.80	common knowledge
activity:fishing	uses	product:fishing rod	.95	common knowledge
activity:fishing	leads_to	need:staying dry	.60	common knowledge
activity:fishing	advises	advice:Ask for the licence first	.90	trade practice
need:staying dry	met_by	product:rain jacket	.95	common knowledge
need:staying dry	wants	value:rain jacket|waterproof=true	.95	trade practice
activity:reading	uses	product:reading light	.70	common knowledge
activity:bread baking	uses	product:loaf tin	.90	craft
recipient:father	likes	activity:fishing	.40	common knowledge
condition:vegan	avoids	value:*|material=leather	.99	common knowledge
condition:nut allergy	avoids	product:nut	.99	safety guidance
condition:nut allergy	wants	value:*|nut free=true	.95	safety guidance
occasion:dinner party	uses	product:wine glass	.80	common knowledge
occasion:dinner party	uses	product:salted nut	.70	common knowledge
occasion:sixth birthday	gift	product:board game	.70	common knowledge
culture:chinese	taboo	product:clock	.90	custom
culture:chinese	gift	product:clock	.35	custom
place:garden	uses	product:rake	.80	common knowledge
activity:camping	uses	product:tent	.95	common knowledge
activity:camping	uses	product:sleeping bag	.95	common knowledge
product:tent	requires	product:tent peg	.80	common knowledge
"""


def graph_of(folder: Path, text: str = EDGES) -> Graph:
    """The graph of some lines."""
    path = folder / "edges-test.tsv"
    path.write_text(text, encoding="utf-8")
    return Graph.read([path], Synonyms.packaged())
