"""The tokenizer: byte-level BPE over text cut so that words, numbers and units stay apart.

Text is cut as for Llama 3 and Qwen: contractions, words with the space before them, digits in groups of at most
`digits`, punctuation, line ends. "12.5cm" is therefore always digits, point, digits and "cm", whatever was learned.
The units and sizes of a shop's texts (`UNITS`) stand in the training sample so often that each becomes one token, with
and without the space before it; the library has no other way to ask for a merge.

A corpus may also be packed with the tokenizer of a model that is trained on; its documents then end in that model's own
token (`end_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus.shards import END

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPECIAL = (
    END,
    "<|pad|>",
    "<|user|>",
    "<|assistant|>",
    "<|system|>",
    "<|tool|>",
    "<|think|>",
    "<|json|>",
    *(f"<|r{number}|>" for number in range(8)),
)
ENDS = (END, "<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>", "<|im_end|>", "<|eot_id|>")
UNITS = (
    *("mm", "cm", "m", "km", "inch", "inches", "ft", "yd", "in"),
    *("g", "kg", "mg", "lb", "lbs", "oz", "ml", "l", "L", "gal", "pint"),
    *("W", "kW", "V", "A", "mAh", "Ah", "Wh", "kWh", "Hz", "GHz", "MHz", "kHz", "dB", "lm", "K", "rpm", "BTU", "PSI"),
    *("GB", "MB", "TB", "KB", "MP", "fps", "dpi", "Gbps", "Mbps", "px", "ms"),
    *("XS", "S", "M", "L", "XL", "XXL", "XXXL", "EU", "UK", "US", "USD", "EUR", "GBP", "pcs", "pack", "pair", "set"),
)
_SMALLEST = 256 + len(SPECIAL)
_LEAST_REPEATS = 50


def train_tokenizer(
    texts: Iterable[str], vocabulary: int = 8192, *, digits: int = 3, units: Sequence[str] = UNITS, repeats: int = 4000
) -> Tokenizer:
    """A tokenizer learned from texts.

    Args:
        texts: a sample, mixed as the training will be.
        vocabulary: number of token ids, the special ones and the 256 bytes included.
        digits: the longest run of digits in one token.
        units: words that become tokens of their own.
        repeats: how often each unit is added to the sample.

    Raises:
        ConfigError: a vocabulary that has no room for bytes, special tokens and units, or groups of no digits.
        CorpusError: the sample is too small for that vocabulary.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    if vocabulary < _SMALLEST + 4 * len(units) or not 1 <= digits <= 3:
        raise ConfigError(
            f"vocabulary {vocabulary}, digits {digits}: at least {_SMALLEST + 4 * len(units)} ids (bytes, special "
            "tokens, units) and 1 to 3 digits; leave them out for 8192 and 3"
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_pattern(digits)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(chain(texts, _unit_lines(units, repeats)), trainer)
    if tokenizer.get_vocab_size() != vocabulary:
        raise CorpusError(
            f"the sample has only {tokenizer.get_vocab_size():,} different pieces, {vocabulary:,} were asked for: "
            "give more text or ask for a smaller vocabulary"
        )
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer from its file; texts are neither cut nor padded, whatever the file says.

    Raises:
        CorpusError: there is none, or it is damaged.
    """
    from tokenizers import Tokenizer

    if not path.is_file():
        raise CorpusError(f"{path}: there is no such tokenizer; give the tokenizer.json of a corpus or a model")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise CorpusError(f"{path} is no tokenizer of the tokenizers library ({error})") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def end_of(tokenizer: Tokenizer, asked: str = "") -> tuple[int, str]:
    """Id and text of the token that ends documents: the one asked for, else the first of `ENDS` that there is.

    Raises:
        CorpusError: there is none, or it is no special token, so that a text could write it.
    """
    special = {token.content: place for place, token in tokenizer.get_added_tokens_decoder().items() if token.special}
    for token in (asked,) if asked else ENDS:
        if token in special:
            return int(special[token]), token
    wanted = repr(asked) if asked else f"none of {', '.join(ENDS)}"
    raise CorpusError(
        f"--end-token {wanted}: the tokenizer's special tokens are {', '.join(list(special)[:20]) or 'none'}; "
        "name the one that ends a document"
    )


def pieces(tokenizer: Tokenizer) -> int:
    """How many token ids there are, those between the last and 0 that stand for nothing included."""
    return 1 + max(tokenizer.get_vocab(with_added_tokens=True).values())


def encode(tokenizer: Tokenizer, texts: Sequence[str], end: int = 0) -> Iterator[list[int]]:
    """The token ids of documents, each closed by the end token; special tokens written in a text are plain text."""
    tokenizer.encode_special_tokens = True
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        yield [*encoding.ids, end]


def bytes_per_token(tokenizer: Tokenizer, texts: Sequence[str]) -> float:
    """UTF-8 bytes of texts for each token that they become; NaN for none."""
    tokens = sum(len(ids) - 1 for ids in encode(tokenizer, texts))
    return sum(len(text.encode("utf-8", "replace")) for text in texts) / tokens if tokens else float("nan")


def _pattern(digits: int) -> str:
    return (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
        r"|[^\r\n\p{L}\p{N}]?\p{L}+"
        rf"|\p{{N}}{{1,{digits}}}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+"
        r"|\s+(?!\S)"
        r"|\s+"
    )


def _unit_lines(units: Sequence[str], repeats: int) -> Iterator[str]:
    line = "\n".join(f"{unit}\n {unit}" for unit in dict.fromkeys(units))
    for _ in range(max(repeats, _LEAST_REPEATS)):
        yield line
