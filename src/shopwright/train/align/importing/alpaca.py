"""Comparisons against a shared baseline, in AlpacaEval's layout (Dubois et al., 2024, "Length-Controlled AlpacaEval").

    prompts.jsonl        {"id", "text"}
    responses.jsonl.xz   {"id", "prompt", "model", "text"}; also .jsonl, .jsonl.gz
    preferences.tsv      prompt, first response, second response, P(second better), annotator; without a header

Responses stream; in memory are the prompts, and of each response its id here and its id in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shopwright.train.align.examples import Comparison, Response, Row, Unread, prompt_id, response_id
from shopwright.train.align.importing.lines import file_in, mappings, number


def alpaca_rows(folder: Path, source: str = "alpaca_eval") -> Iterator[Row | Unread]:
    """The responses of a folder, then what was said of them.

    Raises:
        CorpusError: a file is missing, cut off or damaged.
    """
    prompts: dict[str, str] = {}
    for where, record in mappings(file_in(folder, "prompts.jsonl", "prompts.jsonl.gz")):
        if isinstance(record, Unread):
            yield record
        elif isinstance(text := record.get("text"), str):
            prompts[str(record.get("id"))] = text
        else:
            yield Unread("a prompt without text", where)
    ids: dict[str, tuple[int, int]] = {}
    for where, record in mappings(file_in(folder, "responses.jsonl.xz", "responses.jsonl.gz", "responses.jsonl")):
        if isinstance(record, Unread):
            yield record
            continue
        prompt, text = prompts.get(str(record.get("prompt"))), record.get("text")
        if prompt is None or not isinstance(text, str):
            yield Unread("a response without text" if prompt else "a response to an unknown prompt", where)
            continue
        asked = prompt_id(prompt)
        ids[str(record.get("id"))] = asked, response_id(asked, text)
        yield Response(prompt, text, str(record.get("model") or ""), source)
    yield from _comparisons(file_in(folder, "preferences.tsv"), prompts, ids, source)


def _comparisons(
    path: Path, prompts: dict[str, str], ids: dict[str, tuple[int, int]], source: str
) -> Iterator[Row | Unread]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line_number, line in enumerate(lines, 1):
            where, cells = f"{path}:{line_number}", line.rstrip("\r\n").split("\t")
            if len(cells) != 5:
                yield Unread(f"a preference of {len(cells)} columns, not 5", where)
                continue
            prompt, first, second, label, annotator = cells
            if prompt not in prompts or first not in ids or second not in ids:
                yield Unread("a preference among responses that the file does not hold", where)
                continue
            (_, one), (_, other) = ids[first], ids[second]
            yield Comparison(prompt_id(prompts[prompt]), one, other, number(label), annotator, source=source)
