"""The policy: a causal language model with its tokenizer, and how a batch of prompts becomes tensors.

Any checkpoint of the transformers library, or the small decoder that ships. Prompts are padded on the left, answers on
the right, so that an answer's first token follows its prompt's last in every row.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from shopwright.errors import ModelError
from shopwright.models.onnx_files import WEIGHTS
from shopwright.train.lm_unpack import unpack_lm
from shopwright.train.pretrain.model import WITH_TOKENIZER, adapted, causal, file_of, load, merged

SHIPPED = "lm-s-int8"
_ENDS = ("<|end|>", "<|im_end|>", "<|endoftext|>", "</s>", "<eos>", "<|eot_id|>")


@dataclass(frozen=True, slots=True, eq=False)
class Prompts:
    """Token ids of P prompts, padded on the left: `ids` and `mask` are (P, T)."""

    ids: Tensor
    mask: Tensor

    @property
    def positions(self) -> Tensor:
        """Places of the tokens, 0 for padding, (P, T)."""
        return (self.mask.cumsum(1) - 1).clamp(min=0)

    def take(self, places: slice) -> Prompts:
        """Some of them, without the padding that only the others needed."""
        mask = self.mask[places]
        start = int((mask.sum(0) == 0).sum())
        return Prompts(self.ids[places, start:], mask[:, start:])


class Policy:
    """A model that answers prompts.

    Args:
        model: causal, of transformers.
        tokenizer: its own.
        device: where it computes.
        dtype: of arithmetic; weights stay in fp32 (autocast).
        longest: tokens kept of a prompt, its end.
    """

    def __init__(
        self,
        model: nn.Module,
        tokenizer: Tokenizer,
        device: torch.device | None = None,
        dtype: torch.dtype = torch.float32,
        longest: int = 512,
    ) -> None:
        self.device = device or torch.device("cpu")
        self.model: Any = model.to(self.device)
        self.tokenizer, self.dtype, self.longest = tokenizer, dtype, longest
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.end = end_token(tokenizer)
        self.base = ""
        """Where it came from: what stands beside its tokenizer there is saved with it."""
        causal(model).config.use_cache = True

    @property
    def body(self) -> Any:
        """The part that ends at the hidden states."""
        return causal(self.model).get_decoder()

    @property
    def head(self) -> Tensor:
        """The output matrix, (V, D)."""
        weight: Tensor = causal(self.model).get_output_embeddings().weight
        return weight

    def autocast(self) -> AbstractContextManager[Any]:
        """Arithmetic in the policy's type."""
        return nullcontext() if self.dtype == torch.float32 else torch.autocast(self.device.type, dtype=self.dtype)

    def encode(self, prompts: Sequence[str]) -> Prompts:
        """Token ids of prompts; of a long one its last `longest` tokens."""
        rows = [each.ids[-self.longest :] for each in self.tokenizer.encode_batch(list(prompts))]
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self.end)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, width - len(row) :] = torch.tensor(row)
            mask[place, width - len(row) :] = 1
        return Prompts(ids.to(self.device), mask.to(self.device))

    def encode_answers(self, answers: Sequence[str], longest: int) -> tuple[Tensor, Tensor]:
        """Ids of N answers with their end token, padded on the right, and their mask; both (N, T)."""
        rows = [[*each.ids, self.end][:longest] for each in self._encoded(answers)]
        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self.end)
        mask = torch.zeros_like(ids)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        return ids.to(self.device), mask.to(self.device)

    def _encoded(self, answers: Sequence[str]) -> list[Any]:
        """Without what a tokenizer puts before the beginning of a text: an answer follows its prompt."""
        return list(self.tokenizer.encode_batch(list(answers), add_special_tokens=False))

    def decode(self, ids_NT: Tensor, lengths_N: Tensor) -> list[str]:
        """Texts of N answers without their end token."""
        rows = [row[:length] for row, length in zip(ids_NT.tolist(), lengths_N.tolist(), strict=True)]
        return [text.strip() for text in self.tokenizer.decode_batch(rows, skip_special_tokens=True)]

    @contextmanager
    def evaluating(self) -> Iterator[None]:
        """Without dropout and gradients."""
        was = self.model.training
        self.model.eval()
        try:
            with torch.no_grad(), self.autocast():
                yield
        finally:
            self.model.train(was)

    def copied(self) -> Policy:
        """One with weights of its own."""
        other = copy.copy(self)
        other.model = copy.deepcopy(self.model)
        return other

    def save(self, folder: Path) -> None:
        """Write the model, adapters merged, and its tokenizer in the Hugging Face layout."""
        folder.mkdir(parents=True, exist_ok=True)
        causal(merged(self.model)).save_pretrained(str(folder))
        self.tokenizer.save(str(folder / "tokenizer.json"))
        for name in WITH_TOKENIZER if self.base else ():
            found = file_of(self.base, name)
            if found is not None and found.resolve() != (folder / name).resolve():
                shutil.copyfile(found, folder / name)


def load_policy(
    base: str,
    work: Path,
    device: torch.device | None = None,
    dtype: torch.dtype = torch.float32,
    adapter: str = "none",
    rank: int = 16,
) -> Policy:
    """A policy from a checkpoint, or from the decoder that ships where `base` is empty.

    Args:
        base: a folder, or a name that transformers knows.
        work: receives the unpacked decoder.

    Raises:
        ModelError: there is no such model, or it has no fast tokenizer.
    """
    if not base:
        base = str(unpacked(work))
    tokenizer = file_of(base, "tokenizer.json")
    if tokenizer is None:
        raise ModelError(f"--base {base} has no tokenizer.json: name a checkpoint with a fast tokenizer")
    model = load(base)
    if adapter != "none":
        model = adapted(model, adapter, rank)
    policy = Policy(model, Tokenizer.from_file(str(tokenizer)), device, dtype)
    policy.base = base
    return policy


def unpacked(work: Path) -> Path:
    """The decoder that ships as a checkpoint in `work/base`, whole or not at all."""
    target, part = work / "base", work / "base.part"
    if not target.is_dir():
        shutil.rmtree(part, ignore_errors=True)
        unpack_lm(WEIGHTS, SHIPPED, part).rename(target)
    return target


def end_token(tokenizer: Tokenizer) -> int:
    """The id of the token that ends an answer.

    Raises:
        ModelError: none of the usual names is known to the tokenizer.
    """
    for name in _ENDS:
        found = tokenizer.token_to_id(name)
        if found is not None:
            return int(found)
    raise ModelError(f"the tokenizer has none of {', '.join(_ENDS)}: an answer could not end; add one of them")
