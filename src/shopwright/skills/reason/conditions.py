"""Under which conditions a sub-goal is looked for: what the wish states, and what common sense wishes or avoids.

A wished yes/no property is a condition where its scope fits ("skin care" for a face cream, "*" for anything) and
products of the category state the attribute; an avoided one is the same turned round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shopwright.knowledge.graph import Value, kind_of, name_of
from shopwright.knowledge.links import Links
from shopwright.skills.reason.candidates import Candidate
from shopwright.skills.reason.chains import Walk
from shopwright.skills.reason.refute import AVOIDED
from shopwright.types import Constraint, Filter, Need

WANTED = 0.25
"""Worth of a chain to a wished yes/no property from which it becomes a condition."""
_YES_NO = (("true",), ("false",))
_COMMON = ("price", "availability", "on_sale")


class Conditions:
    """Finds the conditions of sub-goals in one shop."""

    def __init__(self, links: Links) -> None:
        self._links = links

    def of(self, need: Need, candidate: Candidate, walked: Walk) -> tuple[Constraint, ...]:
        """The category first, then what is stated, then what common sense adds, one condition a field."""
        place = Constraint(Filter("category", values=candidate.link.categories), confidence=candidate.link.confidence)
        stated = [_for_a_part(one) for one in need.constraints if self._applies(need, one.filter, candidate)]
        fields = {one.filter.field for one in stated}
        wished = {one.filter.field: one for one in self._wished(candidate, walked) if one.filter.field not in fields}
        return (place, *stated, *wished.values())

    def _applies(self, need: Need, wanted: Filter, candidate: Candidate) -> bool:
        """Whether a condition of the whole wish is one on this sub-goal too.

        Prices, yes/no facts and refusals hold for all; a size or a colour is said of the thing that the reader found.
        """
        if not wanted.field.startswith("attr:"):
            return wanted.field in _COMMON
        of_this = candidate.shelf.rpartition(" > ")[2] in need.category
        of_all = wanted.op == "not" or wanted.values in _YES_NO
        return (of_all or of_this) and self._states(candidate, wanted.field)

    def _states(self, candidate: Candidate, name: str) -> bool:
        levels = [path.rpartition(" > ")[2] for path in candidate.link.categories]
        return any(name.removeprefix("attr:") in self._links.attributes.get(level, ()) for level in levels)

    def _wished(self, candidate: Candidate, walked: Walk) -> Iterable[Constraint]:
        """The properties that common sense wishes or avoids for a sub-goal."""
        for chains, least in ((walked.wanted, WANTED), (walked.avoided, AVOIDED)):
            for chain in chains:
                wanted, value = self._links.filters.get(chain.end), Value.parse(chain.end)
                told = chain.steps[-1].head  # what a tent is like in general is no wish of this shopper
                if chain.worth < least or wanted is None or value is None or kind_of(told) == "product":
                    continue
                if chains is walked.wanted and wanted.values not in _YES_NO:
                    continue  # "weight under 2 kg" makes a good product better, without it nothing is wrong
                if chains is walked.avoided:
                    if wanted.op != "is":
                        continue
                    wanted = replace(wanted, op="not")
                if self._fits(value.scope, candidate) and self._states(candidate, wanted.field):
                    yield Constraint(wanted, confidence=round(chain.worth, 3))

    def _fits(self, scope: str, candidate: Candidate) -> bool:
        """Whether a property of some kind of thing is one of the sub-goal's."""
        if scope == "*" or scope == name_of(candidate.node):
            return True
        return any(
            path == other or path.startswith(f"{other} > ")
            for other in self._links.scopes.get(scope, ())
            for path in candidate.link.categories[:1]
        )


def _for_a_part(constraint: Constraint) -> Constraint:
    """A condition on one thing of several: what all of it may cost at least is nothing that each must cost."""
    wanted = constraint.filter
    if wanted.field == "price" and wanted.low is not None and wanted.high is not None:
        return replace(constraint, filter=replace(wanted, low=None))
    return constraint
