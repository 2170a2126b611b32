"""A question that waits for its answer: what was looked for, and the condition that each answer stands for.

An answer is recognised by its words alone, as the page sends what was tapped; anything else is read as a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shopwright.skills.intent.asking import Question
from shopwright.types import Constraint, Filter, Need

NO_MATTER = "No preference"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What an answer narrows.

    Args:
        need: what was looked for.
        answers: a condition for each.
        field: what was asked about; "" where nothing was, and there are parts of the shop to choose from.
    """

    need: Need
    answers: Mapping[str, Filter]
    field: str = ""

    @classmethod
    def asking(cls, need: Need, question: Question) -> Narrowing:
        """What the answers to a question mean for a need."""
        return cls(need, {option.label: option.filter for option in question.options}, question.field)

    @property
    def options(self) -> tuple[str, ...]:
        """The answers to tap."""
        return (*self.answers, NO_MATTER) if self.field else tuple(self.answers)

    def answered(self, message: str) -> Need | None:
        """The need with the answer in it; None when the message is none of the answers."""
        said = message.strip().rstrip(".!").casefold()
        if self.field and said == NO_MATTER.casefold():
            return replace(self.need, text=message, follow_up=True)
        wanted = next((wanted for label, wanted in self.answers.items() if label.casefold() == said), None)
        if wanted is None:
            return None
        others = tuple(held for held in self.need.constraints if held.filter.field != wanted.field)
        return replace(self.need, text=message, constraints=(*others, Constraint(wanted)), follow_up=True)
