"""What goes into a store of reward data: rows checked one by one against what is there.

Refused are labels and values that are no number or outside 0 to 1, judgements of responses that nobody gave or that
answer another prompt, a response compared with itself, rows without an objective or annotator, and texts that are no
Unicode.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, isnan

import numpy as np

from shopwright.train.align.examples import Comparison, Ids, Response, Row, Score, Unread, judgement_key, response_id
from shopwright.train.align.flaws import flaw_of
from shopwright.train.align.report import RewardReport
from shopwright.train.align.tables import ShardWriter, Table


class Known:
    """What a store holds, by id: what was there in sorted arrays, what is new in sets.

    Args:
        prompts: ids.
        responses, prompts_of: ids, and the prompt of each.
        comparisons, scores: keys.
    """

    def __init__(self, prompts: Ids, responses: Ids, prompts_of: Ids, comparisons: Ids, scores: Ids) -> None:
        order = np.argsort(responses)
        self._responses, self._prompts_of = responses[order], prompts_of[order]
        self._there = {"prompts": np.sort(prompts), "comparisons": np.sort(comparisons), "scores": np.sort(scores)}
        self._new: dict[str, set[int]] = {name: set() for name in self._there}
        self._new_responses: dict[int, int] = {}

    def add(self, table: Table, id: int) -> bool:
        """Remember an id; returns whether it is new."""
        new, there = self._new[table], self._there[table]
        if id in new or _place(there, id) is not None:
            return False
        new.add(id)
        return True

    def add_response(self, id: int, prompt: int) -> bool:
        """Remember a response; returns whether it is new."""
        if self.prompt_of(id) is not None:
            return False
        self._new_responses[id] = prompt
        return True

    def prompt_of(self, response: int) -> int | None:
        """The prompt that a response answers; None when it is not there."""
        if (new := self._new_responses.get(response)) is not None:
            return new
        place = _place(self._responses, response)
        return None if place is None else int(self._prompts_of[place])


class Taking:
    """Takes rows into the shards of one append.

    Args:
        known: what the store holds.
        writers: of the tables.

    Attributes:
        report: what became of the rows.
    """

    def __init__(self, known: Known, writers: Mapping[Table, ShardWriter]) -> None:
        self._known, self._writers = known, writers
        self.report = RewardReport()

    def take(self, row: Row | Unread) -> None:
        """Take one row, or count why not."""
        self.report.read += 1
        if isinstance(row, Unread):
            self.report.refuse(row.reason, row.where)
        elif isinstance(row, Response):
            self._response(row)
        elif why := self._unfit(row):
            self.report.refuse(why, f"row {self.report.read:,}")
        elif isinstance(row, Comparison):
            made = (row.prompt, row.first, row.second, row.label, row.objective, row.annotator, row.source)
            self._judgement("comparisons", judgement_key(row), made)
        else:
            told = (row.prompt, row.response, row.objective, row.value, row.weight, row.annotator, row.source)
            self._judgement("scores", judgement_key(row), told)

    def _response(self, row: Response) -> None:
        if not all(map(_is_unicode, (row.prompt, row.text, row.system, row.source))):
            return self.report.refuse("a text that is no Unicode")
        if not row.prompt.strip():
            return self.report.refuse("a response without a prompt")
        prompt = row.prompt_id
        id = response_id(prompt, row.text)
        if not self._known.add_response(id, prompt):
            self.report.again["responses"] += 1
            return None
        if self._known.add("prompts", prompt):
            self._writers["prompts"].add((prompt, row.prompt))
            self.report.stored["prompts"] += 1
        flaw = flaw_of(row.text)
        if flaw:
            self.report.found[f"responses marked {flaw}"] += 1
        self._writers["responses"].add((id, prompt, row.system, row.source, flaw, len(row.text), row.text))
        self.report.stored["responses"] += 1
        return None

    def _unfit(self, row: Comparison | Score) -> str:
        """Why a judgement cannot go in; "" when it can."""
        name, value = ("label", row.label) if isinstance(row, Comparison) else ("value", row.value)
        if isnan(value):
            return f"a {name} that is no number"
        if not 0 <= value <= 1:
            return f"a {name} outside 0 to 1"
        if not all(told and _is_unicode(told) for told in (row.objective, row.annotator)):
            return "no objective or no annotator"
        if isinstance(row, Score):
            if not (isfinite(row.weight) and row.weight > 0):
                return "a weight that is not above 0"
            judged: tuple[int, ...] = (row.response,)
        else:
            if row.first == row.second:
                return "a response compared with itself"
            judged = (row.first, row.second)
        prompts = [self._known.prompt_of(one) for one in judged]
        if None in prompts:
            return "a judgement of a response that is not there"
        return "" if set(prompts) == {row.prompt} else "a judgement across prompts"

    def _judgement(self, table: Table, key: int, values: tuple[object, ...]) -> None:
        if self._known.add(table, key):
            self._writers[table].add((key, *values))
            self.report.stored[table] += 1
        else:
            self.report.again[table] += 1


def _place(ordered: Ids, id: int) -> int | None:
    """Where an id stands in a sorted array; None when it does not."""
    if not len(ordered):
        return None
    place = int(np.searchsorted(ordered, np.uint64(id)))
    return place if place < len(ordered) and int(ordered[place]) == id else None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
