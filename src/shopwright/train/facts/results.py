"""An examination before and after the teaching: whether it is better, and the table that is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shopwright.train.facts.measure import Figure, Threshold

_NAME, _CELL = 34, 26


@dataclass(frozen=True, slots=True)
class Results:
    """What was measured, closed book, in wordings that were never trained on.

    Args:
        before: of the model as it was; it has no threshold, since one would only silence it.
        worded: of the taught model, which refuses in its own words alone.
        after: of the taught model with its threshold: what a shop would use.
        guess: recall of the catalogue's most common answer to each attribute.
        perplexity: of texts that were kept back, before and after.
        threshold: that was chosen.
    """

    before: Mapping[str, Figure]
    worded: Mapping[str, Figure]
    after: Mapping[str, Figure]
    guess: Figure
    perplexity: tuple[float, float]
    threshold: Threshold

    @property
    def better(self) -> bool:
        """Recall rises and invention does not."""
        old, new = self.before, self.after
        return new["recall"].value > old["recall"].value and new["invention"].value <= old["invention"].value

    def values(self, when: int) -> dict[str, float]:
        """The figures before (0) and after (1) that there are questions for."""
        figures = (self.before, self.after)[when]
        return {
            **{name: each.value for name, each in figures.items() if each.n},
            "perplexity": self.perplexity[when],
        }

    def table(self) -> list[str]:
        """The figures with their intervals and numbers of questions, a line each."""
        heads = ("before", "taught", "with the threshold")
        rows = [_row("closed book, wordings never seen", *heads)]
        rows += [
            _row(name, *(_cell(each[name]) for each in (self.before, self.worded, self.after))) for name in self.after
        ]
        rows.append(_row("recall of guessing by attribute", _cell(self.guess)))
        rows.append(_row("perplexity of other texts", *(f"{value:.2f}" for value in self.perplexity)))
        sign, at = self.threshold.sign, self.threshold.at
        return [*rows, f"threshold: {sign} log-probability of an answer at least {at:.3f}"]


def _row(name: str, *cells: str) -> str:
    return f"{name:{_NAME}}" + "".join(f"{cell:>{_CELL}}" for cell in cells)


def _cell(found: Figure) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}] {found.n}" if found.n else "-"
