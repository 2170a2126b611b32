"""Answers drawn by a server that holds the policy's adapter, as the trainer wants them (`served` speaks to the server).

Before each call the adapter is written and the server told to use it. Where the server names token ids and their
log-probabilities these are taken; otherwise the text is tokenised again and the probabilities are computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from shopwright.errors import ConfigError
from shopwright.train.align.policy.generation import Answers
from shopwright.train.align.policy.model import Policy
from shopwright.train.align.policy.served import Completion, ServedGenerator
from shopwright.train.align.policy.token_loss import token_logprobs


class RemoteGenerator:
    """Draws answers with a server.

    Args:
        policy: with adapters, which are what a server can take while it runs.
        server: that has the same base.
        folder: where the adapter is written; the server sees it under the same path.
        longest: new tokens at most.
        temperature: of the draws.

    Raises:
        ConfigError: the policy has no adapters.
    """

    def __init__(
        self, policy: Policy, server: ServedGenerator, folder: Path, longest: int = 64, temperature: float = 1.0
    ) -> None:
        if not hasattr(policy.model, "disable_adapter"):
            raise ConfigError("--server needs --adapter lora: a server takes adapters while it runs, not whole models")
        self._policy, self._server, self._folder = policy, server, folder
        self.longest, self.temperature = longest, temperature

    def __call__(self, prompts: Sequence[str], group: int, draws: torch.Generator) -> Answers:
        """`group` answers to each prompt, P x group in all."""
        self._policy.model.save_pretrained(str(self._folder))
        self._server.refresh(self._folder)
        encoded = self._policy.encode(prompts)
        rows = [ids[mask.bool()].tolist() for ids, mask in zip(encoded.ids, encoded.mask, strict=True)]
        seed = int(torch.randint(1 << 31, (1,), generator=draws))
        found = self._server.generate(rows, group, max_tokens=self.longest, temperature=self.temperature, seed=seed)
        completions = [each for part in found for each in part]
        ids, mask = self._tokens(completions)
        cut = torch.tensor([each.cut for each in completions], device=ids.device)
        drawn = Answers(encoded, ids, mask, torch.zeros(ids.shape, device=ids.device), cut, self._texts(completions))
        return self._with_logprobs(drawn, completions)

    def _tokens(self, completions: Sequence[Completion]) -> tuple[Tensor, Tensor]:
        """Ids and mask, (N, T) each."""
        known = [None if each.tokens is None else list(each.tokens)[: self.longest] for each in completions]
        if any(row is None for row in known):
            return self._policy.encode_answers([each.text for each in completions], self.longest)
        rows = [row or [self._policy.end] for row in known]
        ids = torch.full((len(rows), max(map(len, rows))), self._policy.end)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        return ids.to(self._policy.device), mask.to(self._policy.device)

    def _texts(self, completions: Sequence[Completion]) -> list[str]:
        return [each.text.strip() for each in completions]

    def _with_logprobs(self, drawn: Answers, completions: Sequence[Completion]) -> Answers:
        widths = drawn.mask.sum(1).tolist()
        told = [
            each.logprobs is not None and each.tokens is not None and len(each.logprobs) >= width
            for each, width in zip(completions, widths, strict=True)
        ]
        if not all(told):
            found = token_logprobs(self._policy, drawn)
        else:
            found = torch.zeros(drawn.ids.shape)
            for place, (each, width) in enumerate(zip(completions, widths, strict=True)):
                found[place, :width] = torch.tensor((each.logprobs or ())[:width])
        return Answers(drawn.prompts, drawn.ids, drawn.mask, found.to(drawn.ids.device), drawn.cut, drawn.texts)
