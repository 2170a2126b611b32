"""A causal model under training that is asked without any text at hand: its loss, its answers, how sure it is of them.

A tokenizer with our control tokens is asked in the chat template of `models.language.chat`, any other in plain text
("Question: ... Answer:"). Texts never become control tokens. Prompts of one length are answered together, so nothing is
padded there; in training rows are padded at their ends, which a causal model does not see. Needs the extra `train`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from shopwright.errors import ModelError
from shopwright.models.language.vocabulary import END
from shopwright.models.onnx_files import clean
from shopwright.train.corpus.tokenizer import ENDS
from shopwright.train.facts.measure import Answered
from shopwright.train.pretrain import model as models

ANSWER_TOKENS = 24
WINDOW = 96
"""Tokens of a text that is replayed or measured at once."""
_LONGEST_TEXT = 100_000
_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens, and the place from which they are learned."""

    ids: list[int]
    start: int


class Speaker(nn.Module):
    """A causal checkpoint with its tokenizer.

    Args:
        folder: in the Hugging Face layout, with `tokenizer.json`.

    Raises:
        ModelError: no model that can be loaded, or its tokenizer has no token that ends a text.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        super().__init__()
        if not (folder / "tokenizer.json").is_file():
            raise ModelError(f"{folder} has no tokenizer.json: name a folder with a checkpoint and its tokenizer")
        self.model: Any = models.load(folder)
        self.model.config.use_cache = False
        self._folder = folder
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        ends = [token for token in map(self._tokenizer.token_to_id, ENDS) if token is not None]
        if not ends:
            raise ModelError(f"{folder}/tokenizer.json has no token that ends a text: one of {', '.join(ENDS)}")
        self._end = int(ends[0])
        self._user, self._assistant = map(self._tokenizer.token_to_id, ("<|user|>", "<|assistant|>"))

    @property
    def ours(self) -> bool:
        """Whether the tokenizer is one of our own, with the tokens of a conversation."""
        return self._user is not None and self._assistant is not None and self._tokenizer.token_to_id(END) is not None

    def asked(self, question: str, answer: str) -> Row:
        """A question with its answer, of which the answer and its end are learned."""
        prompt = self._prompt(question)
        return Row([*prompt, *self._ids(self._spaced(answer)), self._end], len(prompt))

    def told(self, text: str) -> Row:
        """A short text of its own, learned whole."""
        return Row([self._end, *self._ids(text), self._end], 1)

    def windows(self, texts: Sequence[str]) -> list[Row]:
        """Longer texts in windows, each learned whole; what is shorter than eight tokens is left out."""
        found = []
        for text in texts:
            ids = self._ids(text)
            for start in range(0, len(ids), WINDOW):
                part = ids[start : start + WINDOW]
                if len(part) >= 8:
                    found.append(Row([self._end, *part], 1))
        return found

    def logprobs(self, rows: Sequence[Row]) -> tuple[Tensor, Tensor]:
        """Log-probabilities of what is learned of each row, in nats, and how many tokens that is, both shape (N,)."""
        device, width = next(self.parameters()).device, max(len(row.ids) for row in rows)
        ids_NT = torch.tensor([row.ids + [self._end] * (width - len(row.ids)) for row in rows], device=device)
        place_T = torch.arange(width - 1, device=device)
        starts = torch.tensor([row.start for row in rows], device=device)[:, None]
        ends = torch.tensor([len(row.ids) for row in rows], device=device)[:, None]
        learned_NT = (place_T >= starts - 1) & (place_T < ends - 1)
        body = models.Body(self.model)
        logits = functional.linear(body(ids_NT)[:, :-1][learned_NT], body.head)
        found = -functional.cross_entropy(logits.float(), ids_NT[:, 1:][learned_NT], reduction="none")
        counts = learned_NT.sum(1)
        owner = torch.repeat_interleave(torch.arange(len(rows), device=device), counts)
        return torch.zeros(len(rows), device=device).index_add(0, owner, found), counts

    def perplexity(self, rows: Sequence[Row]) -> float:
        """Of a token, over all rows; NaN without rows."""
        total, count = 0.0, 0
        self.eval()
        with torch.no_grad():
            for start in range(0, len(rows), _TOGETHER):
                sums, counts = self.logprobs(rows[start : start + _TOGETHER])
                total, count = total - float(sums.sum()), count + int(counts.sum())
        return math.exp(total / count) if count else math.nan

    def answers(self, questions: Sequence[str]) -> list[Answered]:
        """The likeliest answer to each question, token by token."""
        prompts = [self._prompt(question) for question in questions]
        made: list[Answered | None] = [None] * len(prompts)
        for places in self._alike(prompts):
            ids, logs = self._written([prompts[place] for place in places], ANSWER_TOKENS)
            for place, tokens, found in zip(places, ids, logs, strict=True):
                text = self._tokenizer.decode([token for token in tokens if token != self._end]).strip()
                made[place] = Answered(text, found[0], sum(found) / len(found))
        return [each for each in made if each is not None]

    def samples(self, count: int, seed: int) -> list[str]:
        """Texts as the model draws them by itself, a window long: what it was trained on, as far as it remembers.

        Self-synthesized rehearsal (Huang et al. 2024, arXiv:2403.01244), without a selection.
        """
        chance = torch.Generator().manual_seed(seed)
        made: list[str] = []
        while len(made) < count:
            size = min(_TOGETHER, count - len(made))
            ids, _ = self._written([[self._end]] * size, WINDOW, chance)
            made += [self._tokenizer.decode([token for token in row if token != self._end]) for row in ids]
        return made

    def save(self, folder: Path) -> None:
        """Write the checkpoint with its tokenizer, in the Hugging Face layout."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save_pretrained(str(folder))
        for name in ("tokenizer.json", *models.WITH_TOKENIZER):
            if (self._folder / name).is_file():
                (folder / name).write_bytes((self._folder / name).read_bytes())

    def _prompt(self, question: str) -> list[int]:
        if self._user is None or self._assistant is None:
            return [self._end, *self._ids(f"Question: {question}\nAnswer:")]
        return [self._end, self._user, *self._ids(question), self._end, self._assistant]

    def _spaced(self, answer: str) -> str:
        return f" {answer}" if self._assistant is None else answer

    def _ids(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(clean(text, _LONGEST_TEXT), add_special_tokens=False).ids
        return found

    def _alike(self, prompts: Sequence[Sequence[int]]) -> Iterator[list[int]]:
        """Places of prompts of one length, some at a time."""
        places: dict[int, list[int]] = defaultdict(list)
        for place, prompt in enumerate(prompts):
            places[len(prompt)].append(place)
        for same in places.values():
            for start in range(0, len(same), _TOGETHER):
                yield same[start : start + _TOGETHER]

    def _written(
        self, prompts: Sequence[list[int]], most: int, chance: torch.Generator | None = None
    ) -> tuple[list[list[int]], list[list[float]]]:
        """What follows prompts of one length, drawn with `chance` or the likeliest: tokens up to the end, and logs."""
        self.eval()
        device = next(self.parameters()).device
        given, past = torch.tensor(prompts, device=device), None
        ids: list[list[int]] = [[] for _ in prompts]
        logs: list[list[float]] = [[] for _ in prompts]
        for _ in range(most):
            with torch.no_grad():
                out = self.model(input_ids=given, past_key_values=past, use_cache=True, logits_to_keep=1)
            past, logs_NV = out.past_key_values, torch.log_softmax(out.logits[:, -1].float(), -1)
            if chance is None:
                chosen = logs_NV.argmax(-1)
            else:
                chosen = torch.multinomial(logs_NV.exp().cpu(), 1, generator=chance)[:, 0].to(device)
            found = logs_NV.gather(1, chosen[:, None])[:, 0].tolist()
            for row, (token, log) in enumerate(zip(chosen.tolist(), found, strict=True)):
                if not ids[row] or ids[row][-1] != self._end:
                    ids[row].append(token)
                    logs[row].append(log)
            if all(row[-1] == self._end for row in ids):
                break
            given = chosen[:, None]
        return ids, logs
