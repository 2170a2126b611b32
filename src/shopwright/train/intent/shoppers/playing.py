"""Plays: a shopper's first message, answered by the real assistant in every way that is possible.

What is shown decides, not a table of what ought to work. Where the assistant asks back or offers shelves to tap, what
the shopper says to it is said, and the next turn is played as well. Plays cost an assistant's turn each; how pleased
shoppers are with them is computed from what is kept (`value`), for as many devices and settings as one likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shopwright.train.intent.shoppers.alike import SHOPPERS, alike
from shopwright.train.intent.shoppers.settings import Device
from shopwright.train.intent.shoppers.shopper import Reaction, Shopper, asks
from shopwright.train.intent.shoppers.wants import OF_GOODS, Want
from shopwright.types import Answer, Strategy

Progress = Callable[[int, int], None]
_WITHOUT_GOODS = frozenset((Strategy.SERVE, Strategy.HAND_OVER))


@dataclass(frozen=True, slots=True)
class Reply:
    """What an assistant answered, and what it decided from.

    Args:
        session: to go on in.
        strategy: that was taken.
        features: of the situation by name; empty where no policy was asked, as at the service desk.
        possible: strategies that could have been taken.
    """

    session: str
    strategy: Strategy
    answer: Answer
    features: Mapping[str, float]
    possible: tuple[Strategy, ...]


class Talker(Protocol):
    """An assistant whose strategy can be forced."""

    def say(self, message: str, strategy: Strategy | None, session: str | None) -> Reply:
        """Answer a message.

        Args:
            strategy: to take where it is possible; None for what the running policy takes.
            session: to go on from, which stays as it is, so that others can go on from it; None for a new one.
        """
        ...


@dataclass(frozen=True, slots=True)
class Play:
    """A first turn, and what followed where shoppers answered a question, or tapped an option below goods.

    Args:
        reactions: what each of the shoppers said; None where the first turn was their last.
        then: the strategy and the answer of the turn after it, by what was said.
    """

    strategy: Strategy
    answer: Answer
    reactions: tuple[Reaction | None, ...] = ()
    then: Mapping[str, tuple[Strategy, Answer]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Played:
    """A message with a play for each strategy that was possible.

    Args:
        wants: of the shoppers who say it, the written one first.
        rules: what the running policy did.
        features: that it decided from; empty where the turn was not the policy's to decide.
    """

    wants: tuple[Want, ...]
    rules: Strategy
    features: Mapping[str, float]
    plays: Mapping[Strategy, Play]

    @property
    def want(self) -> Want:
        """As it was written."""
        return self.wants[0]

    @property
    def is_decision(self) -> bool:
        """Whether there was something to decide."""
        return bool(self.features) and len(self.plays) > 1


def play(want: Want, talker: Talker, shopper: Shopper, company: int = SHOPPERS) -> Played:
    """Play a want in every possible way, for as many shoppers (`company`) as say it.

    Being served or sent to a person shows no goods: to who wants some it is worth nothing, and is not played.
    """
    wants = alike(want, shopper.sold, company)
    first = talker.say(want.text, None, None)
    plays = {first.strategy: _went_on(wants, first, talker, shopper)}
    for strategy in first.possible:
        if want.kind in OF_GOODS and strategy in _WITHOUT_GOODS:
            plays.setdefault(strategy, Play(strategy, Answer()))
        elif strategy not in plays:
            reply = talker.say(want.text, strategy, None)
            if reply.strategy is strategy:
                plays[strategy] = _went_on(wants, reply, talker, shopper)
    return Played(wants, first.strategy, first.features, plays)


def play_all(
    wants: Iterable[Want], talker: Talker, shopper: Shopper, progress: Progress | None = None
) -> Iterator[Played]:
    """Play wants one after another; one text is played once for each want that is said so."""
    listed = list(wants)
    for place, want in enumerate(listed, 1):
        yield play(want, talker, shopper)
        if progress:
            progress(place, len(listed))


def value(played: Played, strategy: Strategy, shopper: Shopper, device: Device) -> float:
    """How pleased shoppers who say this are expected to be with a strategy, 0 to 1; 0 for one that was not possible."""
    play = played.plays.get(strategy)
    if play is None:
        return 0.0
    reactions = play.reactions or (None,) * len(played.wants)
    each = [
        _value(played, play, want, reaction, shopper, device)
        for want, reaction in zip(played.wants, reactions, strict=True)
    ]
    return sum(each) / len(each)


def _value(
    played: Played, play: Play, want: Want, reaction: Reaction | None, shopper: Shopper, device: Device
) -> float:
    """How pleased one of the shoppers is."""
    mind = shopper.settings
    pleased = shopper.pleased(want, play.strategy, play.answer, device)
    if reaction is not None:
        answers = mind.taps(device) * (1 - mind.taps_wrong) if reaction.tapped else mind.types(device)
        return pleased + (1 - pleased) * answers * shopper.pleased(want, *play.then[reaction.says], device)
    if want.kind in OF_GOODS or want.kind == "chat" or not asks(play.strategy, play.answer):
        return pleased
    usual = played.plays[played.rules]
    again = 0.0 if asks(usual.strategy, usual.answer) else shopper.pleased(want, usual.strategy, usual.answer, device)
    return pleased + (1 - pleased) * mind.insists * again


def _went_on(wants: Sequence[Want], reply: Reply, talker: Talker, shopper: Shopper) -> Play:
    """A reply, and the turns after it where shoppers say something more."""
    asked, kind = reply.strategy is Strategy.ASK, wants[0].kind
    if kind not in OF_GOODS or (kind == "stroll" and not asked):
        return Play(reply.strategy, reply.answer)
    reactions = tuple(shopper.answers(want, reply.answer, asked=asked) for want in wants)
    then: dict[str, tuple[Strategy, Answer]] = {}
    for said in dict.fromkeys(reaction.says for reaction in reactions if reaction):
        again = talker.say(said, None, reply.session)
        then[said] = again.strategy, again.answer
    return Play(reply.strategy, reply.answer, reactions, then)
