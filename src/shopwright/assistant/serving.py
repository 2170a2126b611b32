"""The service desk as a part of the conversation: when it answers, and its replies as answers.

The desk keeps its own state with the session (`Session.desk`) and asks for a yes before each change. It takes part only
in a shop that has customers; elsewhere the shop's documents say how to reach somebody.
"""

from __future__ import annotations

from dataclasses import dataclass

from shopwright.assistant.desk.desk import Desk, wants_desk
from shopwright.assistant.desk.state import DeskReply, DeskState
from shopwright.types import Answer, Need, Plan, Step, StepResult

_ANSWERS = {"approval", "details", "identity"}


@dataclass(frozen=True, slots=True)
class Service:
    """The desk of one shop."""

    desk: Desk

    def takes(self, need: Need, state: DeskState | None) -> bool:
        """Whether a message is the desk's: about the writer's orders, or an answer to what the desk asked."""
        if wants_desk(need.text):
            return True
        if state is None or state.asked not in _ANSWERS or state.handed_over:
            return False
        return state.asked == "approval" or not (need.category or need.references)

    def reply(self, message: str, state: DeskState | None) -> tuple[Answer, DeskState, Plan, tuple[StepResult, ...]]:
        """The desk's answer, its state from now on, and what it did as a plan with its results."""
        reply = self.desk.reply(message, state or DeskState())
        steps = tuple(
            Step(f"d{number}", act.kind, {"order_id": act.order} if act.order else {})
            for number, act in enumerate(reply.done, 1)
        )
        results = tuple(StepResult(step.id, step.tool) for step in steps)
        return _answer(reply), reply.state, Plan(steps), results


def _answer(reply: DeskReply) -> Answer:
    return Answer(
        sentences=reply.sentences,
        evidence=reply.evidence,
        approval=reply.approval,
        options=("Yes", "No") if reply.approval else (),
    )
