"""Trains the generator of codes: a small decoder that reads a history digit by digit and writes the next item's code.

    generator = train_generator(Sessions.of(histories, len(vectors_NV)), vectors_NV, work, GeneratorSettings())
    generator.save(path)                        # runs without torch, see skills.recommend.codes.generator

Every item is its digits, each a token of its own level, and every digit of every item is predicted from all before it,
so that one pass over a history teaches all of its beginnings. The first digit follows an opening token, which teaches
what is chosen by somebody of whom nothing is known. Logits of a digit are the products with the embeddings of its own
level alone. The architecture is that of the language models (`train.pretrain.model`), dropout added.

Three things keep so small a model from learning too little and too much (numbers in the settings): prefixes of codes
have vectors of their own (`codes.prefixes`), a step does not see all of them, and the items of a history
change places a little at every pass, since those that were chosen at about the same time follow in no order.

Method: TIGER (Rajput et al., 2023), with a decoder alone instead of an encoder and a decoder, and without a token for
the user. Simplifications: a history longer than the window is cut into pieces that know nothing of one another; fp32 on
the processor; the optimiser moves every prefix's vector at each step, which is slow beyond some 100,000 of them (raise
`least`). Needs the extra `train`.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from shopwright.errors import CorpusError, ModelError
from shopwright.sequences.log import Ints, Sessions
from shopwright.skills.recommend.codes.codes import Codebook, Vectors, distinct
from shopwright.skills.recommend.codes.decoder import Decoder
from shopwright.skills.recommend.codes.generator import Generator, without_repeats
from shopwright.skills.recommend.codes.prefixes import Prefixes, prefixes_of, rows
from shopwright.skills.recommend.codes.trie import Mask
from shopwright.train.outcome import Report
from shopwright.train.pretrain import model as models
from shopwright.train.recommend.settings import GeneratorSettings
from shopwright.train.transformer import Checkpoints, fit, recipe_of

_PAD = -1


class CodeModel(nn.Module):
    """A decoder over the digits of items' codes.

    Args:
        settings: of its body.
        sizes: values of each of the D digits.
        codes_ND: of the items.
        prefixes: keys of those that get a vector.

    Raises:
        ModelError: the base is no Qwen3 checkpoint with plain rotary positions.
    """

    def __init__(self, settings: GeneratorSettings, sizes: tuple[int, ...], codes_ND: Ints, prefixes: Ints) -> None:
        super().__init__()
        torch.manual_seed(settings.seed)
        model: Any = models.load(settings.base) if settings.base else models.fresh(settings.body(), sum(sizes) + 1)
        self.decoder = model.get_decoder()
        config = self.decoder.config
        if config.model_type != "qwen3" or config.rope_parameters.get("rope_type", "default") != "default":
            raise ModelError(
                f"--base {settings.base}: only Qwen3 checkpoints with plain rotary positions can be shared"
            )
        digits = nn.Embedding(sum(sizes) + 1, config.hidden_size)
        nn.init.normal_(digits.weight, std=config.initializer_range)
        self.decoder.set_input_embeddings(digits)
        self.of_prefixes = nn.Embedding(len(prefixes) + 1, config.hidden_size, padding_idx=0)
        nn.init.zeros_(self.of_prefixes.weight)
        offsets = np.cumsum((0, *sizes))
        self.bounds, self.keys = offsets.tolist(), prefixes
        self.register_buffer("codes", torch.from_numpy(codes_ND), persistent=False)
        self.register_buffer("tokens", torch.from_numpy(codes_ND + offsets[:-1]), persistent=False)
        self.register_buffer("rows", torch.from_numpy(rows(prefixes, codes_ND, sizes)), persistent=False)
        self.smoothing, self.dropout, self.forgetting = settings.smoothing, settings.dropout, settings.forgetting
        for name, part in self.decoder.named_modules():
            if name.endswith(("o_proj", "down_proj")):
                part.register_forward_hook(self._drop)

    def logits(self, items_BN: Tensor) -> list[Tensor]:
        """Logits of every digit given all before it: for each of the D levels a tensor of shape (B, N, values)."""
        digits, items_BN = self.decoder.get_input_embeddings(), items_BN.clamp(min=0)
        tokens = digits(self.tokens[items_BN]) + self.of_prefixes(self._forgotten(self.rows[items_BN]))
        opening = digits.weight[-1].expand(len(items_BN), 1, -1)
        embedded = torch.cat([opening, tokens.flatten(1, 2)[:, :-1]], 1)
        states = self.decoder(inputs_embeds=self._dropped(embedded), use_cache=False).last_hidden_state
        states = self._dropped(states).unflatten(1, tokens.shape[1:3])
        return [
            states[:, :, level] @ digits.weight[low:high].t() for level, (low, high) in enumerate(pairwise(self.bounds))
        ]

    def loss(self, items_BN: Tensor) -> Tensor:
        """Mean cross-entropy of a digit, in nats; items of -1 are not there."""
        smoothing = self.smoothing if self.training else 0.0
        codes_BND = torch.where(items_BN[..., None] < 0, _PAD, self.codes[items_BN])
        return torch.stack([
            functional.cross_entropy(
                logits.flatten(0, 1), codes_BND[:, :, level].flatten(), ignore_index=_PAD, label_smoothing=smoothing
            )
            for level, logits in enumerate(self.logits(items_BN))
        ]).mean()  # fmt: skip

    def exported(self) -> tuple[Decoder, Prefixes]:
        """The same without torch."""
        config = self.decoder.config
        weights = {name: value.detach().float().numpy() for name, value in self.decoder.state_dict().items()}
        theta = float(config.rope_parameters["rope_theta"])
        decoder = Decoder.of(weights, theta=theta, epsilon=float(config.rms_norm_eps))
        return decoder, Prefixes(self.keys, self.of_prefixes.weight.detach().float().numpy())

    def _forgotten(self, rows: Tensor) -> Tensor:
        """Some prefixes as if they had no vector, so that digits are learned as well."""
        if not self.training:
            return rows
        return torch.where(torch.rand(rows.shape) < self.forgetting, 0, rows)

    def _dropped(self, states: Tensor) -> Tensor:
        return functional.dropout(states, self.dropout, self.training)

    def _drop(self, _part: nn.Module, _inputs: Any, output: Tensor) -> Tensor:
        return self._dropped(output)


class Windows:
    """Histories as pieces, in batches of pieces of like length.

    Args:
        sessions: the histories.
        coded_N: which items have a code; others are left out of histories.
        longest: items of a piece.
        batch: pieces of a batch.
        jitter: places by which an item moves in its piece, as a standard deviation; drawn anew at every pass.
        seed: of the order.

    Raises:
        CorpusError: no history has two items with a code.
    """

    def __init__(self, sessions: Sessions, coded_N: Mask, longest: int, batch: int, jitter: float, seed: int) -> None:
        self._batch, self._jitter, self._seed = batch, jitter, seed
        pieces: list[Ints] = []
        for place in range(len(sessions)):
            items = without_repeats(sessions[place])
            items = items[coded_N[items]]
            pieces += [items[max(end - longest, 0) : end] for end in range(len(items), 1, -longest)]
        if not pieces:
            raise CorpusError(f"{len(sessions)} histories, none with two items that have a code: add items with texts")
        self._pieces = pieces
        self._lengths = np.array([len(piece) for piece in pieces])
        self._order_of = lru_cache(1)(self._order)

    @property
    def steps(self) -> int:
        """Batches of a pass over all pieces."""
        return -(-len(self._pieces) // self._batch)

    def items(self, step: int) -> Tensor:
        """The batch of a step, shape (B, N); -1 where a piece has ended."""
        turn, place = divmod(step, self.steps)
        pieces = [self._pieces[each] for each in self._order_of(turn)[place]]
        items_BN = np.full((len(pieces), max(map(len, pieces))), _PAD, np.int64)
        random = np.random.default_rng((self._seed, step, 1))
        for row, piece in zip(items_BN, pieces, strict=True):
            places = np.arange(len(piece)) + self._jitter * random.normal(size=len(piece))
            row[: len(piece)] = piece[np.argsort(places)]
        return torch.from_numpy(items_BN)

    def _order(self, turn: int) -> list[Ints]:
        random = np.random.default_rng((self._seed, turn))
        by_length = np.lexsort((random.random(len(self._lengths)), self._lengths))
        parts = np.array_split(by_length, self.steps)
        return [parts[each] for each in random.permutation(len(parts))]


def train_generator(
    sessions: Sessions,
    vectors_NV: Vectors,
    work: Path,
    settings: GeneratorSettings,
    *,
    steps: int | None = None,
    report: Report = print,
) -> Generator:
    """Make codes and train a generator of them; goes on from its last checkpoint in `work`.

    Args:
        sessions: histories over the rows of `vectors_NV`, what is to be predicted later left out.
        vectors_NV: unit vectors of the items' texts, zero without text.
        work: folder of checkpoints.
        settings: see there.
        steps: stop early, for trying.
        report: told of progress.

    Raises:
        CorpusError: an item has no vector, or there is nothing to learn from.
        ModelError: `work` holds another training, or the base cannot be shared.
    """
    if sessions.count > len(vectors_NV):
        raise CorpusError(f"{sessions.count} items, {len(vectors_NV)} vectors: give one for each, zeros without text")
    book = Codebook.fit(vectors_NV, settings.seed, settings.levels, settings.centroids)
    codes_ND = distinct(book.encode(vectors_NV))
    choices = np.bincount(sessions.items, minlength=len(vectors_NV))
    model = CodeModel(settings, book.sizes, codes_ND, prefixes_of(codes_ND, book.sizes, choices, settings.least))
    windows = Windows(
        sessions, codes_ND[:, 0] >= 0, settings.window + 1, settings.batch, settings.jitter, settings.seed
    )
    recipe = recipe_of(settings, codes_ND.tolist(), sessions.items.tolist(), sessions.starts.tolist())
    checkpoints, planned = Checkpoints(work, recipe), settings.passes * windows.steps

    def loss_of(step: int) -> Tensor:
        return model.loss(windows.items(step))

    fit(model, settings.rate, planned, settings.seed, checkpoints, loss_of, steps=steps, report=report)
    return Generator(*model.exported(), book, codes_ND, settings.window)
