"""The decoder under training: what it writes after a prompt, and how likely.

A text is `<|end|>`, the prompt of `skills.rewrite.tasks`, a space, the rewrite, `<|end|>`; only the rewrite and its end
are learned. Logits are computed at those places alone. Needs the extra `train`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from shopwright.errors import ModelError
from shopwright.models.language.vocabulary import Vocabulary
from shopwright.skills.rewrite.tasks import prompt
from shopwright.train.pretrain import model as models
from shopwright.train.rewrite.pairs import Pair

Asked = tuple[str, str]
"""A prompt and what is written after it, without the space between them."""


class Decoder(nn.Module):
    """A Qwen3 checkpoint that is asked for rewrites.

    Args:
        folder: in the Hugging Face layout, with `tokenizer.json`.

    Raises:
        ModelError: the folder holds no model that can be loaded, or another tokenizer than ours.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        super().__init__()
        if not (folder / "tokenizer.json").is_file():
            raise ModelError(f"{folder} has no tokenizer.json: name a folder with a checkpoint and its tokenizer")
        self.model: Any = models.load(str(folder))
        self.model.config.use_cache = False
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.vocabulary = Vocabulary(tokenizer, self.model.get_output_embeddings().weight.shape[0])

    def logprobs(self, asked: Sequence[Asked]) -> tuple[Tensor, Tensor]:
        """Log-probabilities of what is written.

        Returns:
            The sums in nats, shape (N,), and how many tokens each has, its end counted, shape (N,).
        """
        texts = [self._tokens(prompt, written) for prompt, written in asked]
        width = max(len(tokens) for _, tokens in texts)
        end = self.vocabulary.end
        ids_NT = torch.tensor([tokens + [end] * (width - len(tokens)) for _, tokens in texts])
        place_T = torch.arange(width - 1)
        starts = torch.tensor([start for start, _ in texts])[:, None]
        ends = torch.tensor([len(tokens) for _, tokens in texts])[:, None]
        learned_NT = (place_T >= starts - 1) & (place_T < ends - 1)
        mask_NT = torch.arange(width) < ends
        hidden = self.model.model(input_ids=ids_NT, attention_mask=mask_NT.long()).last_hidden_state[:, :-1]
        logits = self.model.lm_head(hidden[learned_NT])
        found = -functional.cross_entropy(logits.float(), ids_NT[:, 1:][learned_NT], reduction="none")
        counts = learned_NT.sum(1)
        owner = torch.repeat_interleave(torch.arange(len(asked)), counts)
        return torch.zeros(len(asked)).index_add(0, owner, found), counts

    def asked(self, pair: Pair) -> Asked:
        """A pair as this decoder is asked for it."""
        return prompt(pair.query, pair.task, self.vocabulary.whole, category=pair.category), pair.target

    def save(self, folder: Path) -> None:
        """Write the checkpoint with its tokenizer, in the Hugging Face layout."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(str(folder))
        (folder / "tokenizer.json").write_text(self.vocabulary.json, encoding="utf-8")

    def _tokens(self, prompt: str, written: str) -> tuple[int, list[int]]:
        """Where what is written begins, and all tokens."""
        head = [self.vocabulary.end, *self.vocabulary.encode(prompt)]
        return len(head), [*head, *self.vocabulary.encode(" " + written), self.vocabulary.end]
