"""The judge as a torch module: a small BERT that reads (question or claim, evidence), with heads over pair and words.

Heads over the pair: three degrees of relevance (not, in part, fully) and three stances (supports, silent, refutes).
Heads over each word piece: begin and end of an answer in the evidence, and whether a piece of the claim is unsupported.
Losses are those of what is known of an example: cross entropy for the pair, and within a group a listwise one over
expected relevance (ListNet, Cao et al., 2007); cross entropy of begin and end, where the first piece stands for "no
answer" (Devlin et al., 2019); binary cross entropy for every piece of the claim.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from shopwright.train.transformer import mean_pooled
from shopwright.train.verify.examples import NOT_SUPPORTED

UNKNOWN = -100
BEGIN, END, UNSUPPORTED = 0, 1, 2
_DEGREES = (0.0, 0.5, 1.0)
_MARK_WEIGHT = 3.0
"""How much more an unsupported piece counts; they are rare."""
_HIDDEN = -1e4


@dataclass(frozen=True, slots=True)
class Targets:
    """What is known of a batch; `UNKNOWN` where nothing is.

    Args:
        relevance, stance, group: shape (B,); examples of one group number are ranked against one another.
        begin, end: places of the answer's first and last piece, 0 for none, shape (B,).
        marks: 1 unsupported, 0 supported, for pieces of the claim, shape (B, T).
        evidence: which pieces are the evidence's, shape (B, T).
    """

    relevance: Tensor
    stance: Tensor
    group: Tensor
    begin: Tensor
    end: Tensor
    marks: Tensor
    evidence: Tensor


class JudgeModel(nn.Module):
    """A body with the heads.

    Args:
        body: a BERT.
    """

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        width = int(body.config.hidden_size)
        self.body = body
        self.dropout = nn.Dropout(0.1)
        self.pair = nn.Linear(2 * width, 6)
        self.words = nn.Linear(width, 3)
        for head in (self.pair, self.words):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of relevance and stance, shape (B, 6), and of begin, end and unsupported, shape (B, T, 3)."""
        states = self.body(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        pooled = torch.cat([states[:, 0], mean_pooled(states, attention_mask)], -1)
        pair: Tensor = self.pair(self.dropout(pooled))
        words: Tensor = self.words(states)
        return pair, words


def judge_loss(pair_B6: Tensor, words_BT3: Tensor, targets: Targets) -> dict[str, Tensor]:
    """The mean loss of each head over what is known in the batch; a head without any is left out."""
    losses: dict[str, Tensor] = {}
    relevance, stance = pair_B6[:, :3].float(), pair_B6[:, 3:].float()
    known = targets.relevance != UNKNOWN
    if known.any():
        losses["relevance"] = nn.functional.cross_entropy(relevance[known], targets.relevance[known])
    if (ranked := listwise_loss(relevance, targets)) is not None:
        losses["ranking"] = ranked
    known = targets.stance != UNKNOWN
    if known.any():
        losses["stance"] = stance_loss(stance[known], targets.stance[known])
    known = targets.begin != UNKNOWN
    if known.any():
        open_ = targets.evidence[known].clone()
        open_[:, 0] = True
        parts = [
            nn.functional.cross_entropy(words_BT3[known][..., head].float().masked_fill(~open_, _HIDDEN), place[known])
            for head, place in ((BEGIN, targets.begin), (END, targets.end))
        ]
        losses["answer"] = (parts[0] + parts[1]) / 2
    known = targets.marks != UNKNOWN
    if known.any():
        wanted = targets.marks[known].float()
        losses["marks"] = nn.functional.binary_cross_entropy_with_logits(
            words_BT3[..., UNSUPPORTED][known].float(), wanted, weight=1 + (_MARK_WEIGHT - 1) * wanted
        )
    return losses


def stance_loss(logits_N3: Tensor, stance_N: Tensor) -> Tensor:
    """Cross entropy of the stance; where only "not supported" is known, of the two others together."""
    logs = torch.log_softmax(logits_N3, -1)
    either = torch.logsumexp(logs[:, 1:], -1)
    exact = logs.gather(1, stance_N.clamp(max=2).unsqueeze(1)).squeeze(1)
    return -torch.where(stance_N == NOT_SUPPORTED, either, exact).mean()


def listwise_loss(relevance_B3: Tensor, targets: Targets) -> Tensor | None:
    """ListNet over the examples of each group whose relevance is known; None when no group has two."""
    degrees = torch.tensor(_DEGREES, device=relevance_B3.device)
    scores = relevance_B3 @ degrees
    parts = []
    for group in targets.group.unique().tolist():
        rows = (targets.group == group) & (targets.relevance != UNKNOWN)
        wanted = degrees[targets.relevance[rows]]
        if rows.sum() > 1 and wanted.sum() > 0:
            parts.append(-(wanted / wanted.sum() * torch.log_softmax(2 * scores[rows], -1)).sum())
    return torch.stack(parts).mean() if parts else None
