"""The planner as torch modules: a small BERT that reads requests and tools, and a pointer network over what it read.

`Reader` turns a text into states of its word pieces and into one vector. `Decoder` is a pointer network (Vinyals et
al., 2015) of one transformer layer: its input at a place is the tool picked there together with the part of the request
that speaks of it; it attends to earlier picks and to the request, and points at the next tool or at the end. A tool's
score has three parts: what the decoder looks for, the best match of any piece of the request (late interaction), and
whether the tool is known to follow the pick before. A second pointer, biaffine (Dozat and Manning, 2017), says which
earlier picks a call waits for. `Arguments` points once more for every argument of a call: at the words of the request
that say it, or at the earlier call whose result it takes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from shopwright.train.transformer import mean_pooled

HIDDEN = -1e4
"""The score of what cannot be picked."""
MOST_PICKS = 16


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the decoder is: width, attention heads, width of the feed-forward layer."""

    width: int = 192
    heads: int = 6
    inner: int = 384


@dataclass(frozen=True, slots=True)
class ArgumentTargets:
    """What is known of the arguments of a batch; -100 where nothing is.

    Args:
        said: 1 where the request says it, 0 where not, shape (B, P).
        begin, end: places of the first and last piece that say it, shape (B, P).
        taken: 1 where it is taken from pick j, 0 where not, shape (B, P, L).
    """

    said: Tensor
    begin: Tensor
    end: Tensor
    taken: Tensor


class Reader(nn.Module):
    """A text as states of its word pieces and as a vector.

    Args:
        body: a BERT.
        sizes: of the decoder that reads the result.
    """

    def __init__(self, body: nn.Module, sizes: Sizes) -> None:
        super().__init__()
        self.body = body
        self.states = nn.Linear(int(body.config.hidden_size), sizes.width)
        self.vector = nn.Linear(int(body.config.hidden_size), sizes.width)
        nn.init.orthogonal_(self.states.weight)
        self.vector.load_state_dict(self.states.state_dict())

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """States of the pieces, shape (B, T, D), and vectors, shape (B, D)."""
        hidden = self.body(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.states(hidden), self.vector(mean_pooled(hidden, attention_mask))


class Decoder(nn.Module):
    """Points at the next tool.

    Args:
        sizes: see there.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width = sizes.width
        self.sizes = sizes
        self.start = nn.Parameter(torch.zeros(width))
        self.places = nn.Embedding(MOST_PICKS + 1, width)
        self.norm_in, self.norm_self = nn.LayerNorm(width), nn.LayerNorm(width)
        self.norm_cross, self.norm_out = nn.LayerNorm(width), nn.LayerNorm(width)
        self.self_query, self.self_key, self.self_value, self.self_out = (nn.Linear(width, width) for _ in range(4))
        self.cross_query, self.cross_key, self.cross_value, self.cross_out = (nn.Linear(width, width) for _ in range(4))
        self.inner, self.outer = nn.Linear(width, sizes.inner), nn.Linear(sizes.inner, width)
        self.wanted = nn.Linear(width, width)
        self.end = nn.Linear(width, 1)
        self.later, self.earlier = nn.Linear(width, width // 2), nn.Linear(width, width // 2)
        self.wait_bias = nn.Parameter(torch.zeros(()))
        self.evidence = nn.Parameter(torch.tensor([1.0, 0.0, 1.0]))
        """Weights of the best piece at the first place and after it; sharpness of the best piece."""
        self.linked = nn.Parameter(torch.tensor(1.0))
        self.again = nn.Parameter(torch.tensor(-1.0))
        nn.init.eye_(self.wanted.weight)
        nn.init.normal_(self.places.weight, std=0.02)
        nn.init.normal_(self.start, std=0.02)

    def forward(
        self, states: Tensor, mask: Tensor, tools: Tensor, picks: Tensor, known: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of what follows each prefix, and of what each pick waits for.

        Args:
            states: of the request's pieces, shape (B, T, D).
            mask: 1 for pieces, shape (B, T).
            tools: vectors of the tools at hand, shape (B, K, D).
            picks: places among them, shape (B, L).
            known: 1 where a tool is known to follow the pick before it, shape (B, L + 1, K).

        Returns:
            Shape (B, L + 1, K + 1), the end last; logits that pick i waits for pick j < i, shape (B, L, L); and the
            states of start and picks, shape (B, L + 1, D).
        """
        size, length = picks.shape
        width = self.sizes.width
        hidden = (1 - mask.to(states.dtype)) * HIDDEN
        match = states @ tools.transpose(1, 2) / math.sqrt(width) + hidden.unsqueeze(2)
        best = torch.logsumexp(match, 1)
        index = picks.unsqueeze(2).expand(-1, -1, width)
        picked = torch.gather(tools, 1, index)
        shares = torch.softmax(torch.gather(match, 2, picks.unsqueeze(1).expand(-1, match.shape[1], -1)), 1)
        spoken = shares.transpose(1, 2) @ states
        began = self.start.expand(size, 1, -1) + mean_pooled(states, mask).unsqueeze(1)
        order = self.places(torch.arange(length + 1, device=picks.device)).unsqueeze(0)
        inputs = self.norm_in(torch.cat([began, picked + spoken], 1) + order)
        causal = torch.triu(torch.full((length + 1, length + 1), HIDDEN, device=picks.device), 1)
        made = self._attend("self", self.norm_self(inputs), self.norm_self(inputs), causal.unsqueeze(0).unsqueeze(0))
        made = inputs + made
        made = made + self._attend("cross", self.norm_cross(made), states, hidden.unsqueeze(1).unsqueeze(1))
        made = made + self.outer(nn.functional.gelu(self.inner(self.norm_out(made))))
        scores = self.wanted(made) @ tools.transpose(1, 2) / math.sqrt(width)
        first = torch.zeros(length + 1, device=picks.device)
        first[0] = 1.0
        weight = self.evidence[0] * first + self.evidence[1] * (1 - first)
        scores = scores + weight.reshape(1, -1, 1) * best.unsqueeze(1) + self.linked * known
        marks = (picks.unsqueeze(2) == torch.arange(tools.shape[1], device=picks.device)).to(scores.dtype)
        before = torch.cumsum(torch.cat([0.0 * known[:, :1], marks], 1), 1).clamp(max=1.0)
        scores = scores + self.again * before
        later, earlier = self.later(made[:, 1:]), self.earlier(made[:, 1:])
        waits = later @ earlier.transpose(1, 2) / math.sqrt(width // 2) + self.wait_bias
        return torch.cat([scores, self.end(made)], 2), waits, made

    def _attend(self, name: str, asking: Tensor, read: Tensor, hidden: Tensor) -> Tensor:
        """Attention of several heads; `hidden` is added to the scores, shape broadcast to (B, H, L, T)."""
        heads, width = self.sizes.heads, self.sizes.width // self.sizes.heads

        def split(values: Tensor) -> Tensor:
            return values.reshape(values.shape[0], values.shape[1], heads, width).transpose(1, 2)

        query, key, value = (
            split(getattr(self, f"{name}_{part}")(source))
            for part, source in (("query", asking), ("key", read), ("value", read))
        )
        weights = torch.softmax(query @ key.transpose(2, 3) / math.sqrt(width) + hidden, -1)
        mixed = (weights @ value).transpose(1, 2).reshape(asking.shape)
        made: Tensor = getattr(self, f"{name}_out")(mixed)
        return made


class Arguments(nn.Module):
    """Says where the arguments of calls come from.

    Args:
        sizes: of the decoder.
    """

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width = sizes.width
        self.sizes = sizes
        self.call, self.argument = nn.Linear(width, width), nn.Linear(width, width)
        self.said, self.begin, self.end = nn.Linear(width, 1), nn.Linear(width, width), nn.Linear(width, width)
        self.taken = nn.Linear(width, width)
        self.taken_bias = nn.Parameter(torch.tensor(-2.0))

    def forward(
        self, states: Tensor, mask: Tensor, made: Tensor, calls: Tensor, arguments: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Where each of P arguments comes from.

        Args:
            states: of the request's pieces, shape (B, T, D).
            mask: 1 for pieces, shape (B, T).
            made: states of start and picks, shape (B, L + 1, D).
            calls: to which pick each argument belongs, shape (B, P).
            arguments: vectors of their texts, shape (B, P, D).

        Returns:
            Logits that it is given in words, shape (B, P); of the first and of the last piece that says it, shape
            (B, P, T); and that it is taken from the result of pick j, shape (B, P, L).
        """
        width = self.sizes.width
        own = torch.gather(made[:, 1:], 1, calls.unsqueeze(2).expand(-1, -1, width))
        asked = nn.functional.gelu(self.call(own) + self.argument(arguments))
        hidden = ((1 - mask.to(states.dtype)) * HIDDEN).unsqueeze(1)
        begin, end = (head(asked) @ states.transpose(1, 2) / math.sqrt(width) for head in (self.begin, self.end))
        taken = self.taken(asked) @ made[:, 1:].transpose(1, 2) / math.sqrt(width) + self.taken_bias
        return self.said(asked).squeeze(2), begin + hidden, end + hidden, taken


class PlannerModel(nn.Module):
    """Reader, decoder and what points at arguments.

    Args:
        body: a BERT.
        sizes: of the decoder.
    """

    def __init__(self, body: nn.Module, sizes: Sizes | None = None) -> None:
        super().__init__()
        sizes = sizes or Sizes()
        self.reader = Reader(body, sizes)
        self.decoder = Decoder(sizes)
        self.arguments = Arguments(sizes)


def plan_loss(
    scores_BLK: Tensor, waits_BLL: Tensor, targets_BL: Tensor, gold_BLL: Tensor, weights_B: Tensor, smoothing: float
) -> tuple[Tensor, Tensor]:
    """Cross entropy of the next tool, and binary cross entropy of what each call waits for.

    Args:
        scores_BLK: see `Decoder`; tools that are not at hand are `HIDDEN`.
        targets_BL: the place of the next tool, K for the end, -100 for nothing.
        gold_BLL: 1 where pick i waits for pick j, 0 where not, -100 where it is not known.
        weights_B: of each request.
        smoothing: the share of a target that goes to all tools at hand.
    """
    logs = torch.log_softmax(scores_BLK, -1)
    known = (targets_BL >= 0).to(logs.dtype) * weights_B.unsqueeze(1)
    picked = logs.gather(2, targets_BL.clamp(min=0).unsqueeze(2)).squeeze(2)
    there = (scores_BLK > HIDDEN / 2).to(logs.dtype)
    flat = (logs * there).sum(2) / there.sum(2)
    loss = -((1 - smoothing) * picked + smoothing * flat)
    mask = (gold_BLL >= 0).to(logs.dtype) * weights_B.reshape(-1, 1, 1)
    waits = nn.functional.binary_cross_entropy_with_logits(waits_BLL, gold_BLL.clamp(min=0), reduction="none")
    return (loss * known).sum() / known.sum().clamp(min=1e-6), (waits * mask).sum() / mask.sum().clamp(min=1e-6)


def argument_loss(
    said_BP: Tensor, begin_BPT: Tensor, end_BPT: Tensor, taken_BPL: Tensor, gold: ArgumentTargets
) -> Tensor:
    """Whether an argument is said, by which words, and from which call it is taken, as far as each is known."""
    parts = []
    known = gold.said >= 0
    if known.any():
        parts.append(nn.functional.binary_cross_entropy_with_logits(said_BP[known], gold.said[known]))
    for logits, places in ((begin_BPT, gold.begin), (end_BPT, gold.end)):
        there = places >= 0
        if there.any():
            parts.append(0.5 * nn.functional.cross_entropy(logits[there], places[there]))
    there = gold.taken >= 0
    if there.any():
        parts.append(nn.functional.binary_cross_entropy_with_logits(taken_BPL[there], gold.taken[there]))
    return torch.stack(parts).sum() if parts else said_BP.sum() * 0.0
