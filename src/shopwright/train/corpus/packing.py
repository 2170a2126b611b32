"""The stages of a build that turn text into shards: the tokenizer and the packing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict

from shopwright.catalog.chunks import chunked
from shopwright.train.corpus.files import write_whole
from shopwright.train.corpus.mixture import mix
from shopwright.train.corpus.shards import TOKENIZER, Document, Shard, ShardWriter, is_held_out
from shopwright.train.corpus.stages import FINAL, Run
from shopwright.train.corpus.tokenizer import encode, end_of, load_tokenizer, pieces, train_tokenizer

_BATCH = 512
_DENSITY = 997


def tokenizer(run: Run) -> None:
    """Learn the tokenizer from a sample of the training text, or copy the one that was given."""
    path = run.settings.out / TOKENIZER
    if run.work.record("tokenizer") is not None and path.is_file():
        return
    if run.settings.tokenizer is not None:
        made, content = load_tokenizer(run.settings.tokenizer), run.settings.tokenizer.read_bytes()
    else:
        run.say(f"tokenizer: learning {run.settings.vocabulary:,} pieces")
        made = train_tokenizer(_sample(run), run.settings.vocabulary, digits=run.settings.digits)
        content = made.to_str().encode()
    end, token = end_of(made, run.settings.end_token)
    run.say(f"tokenizer: {pieces(made):,} pieces, documents end in {token} ({end})")
    write_whole(path, content)
    run.work.finish("tokenizer", {"pieces": pieces(made), "end": end, "end_token": token})


def pack(run: Run) -> list[Shard]:
    """Encode every document and write the shards, source by source."""
    made = load_tokenizer(run.settings.out / TOKENIZER)
    end, _ = end_of(made, run.settings.end_token)
    shards: list[Shard] = []
    for source in run.sources:
        record = run.work.record(f"pack-{source.name}")
        if record is None:
            writers = [ShardWriter(run.settings.out, source.name, split, pieces(made)) for split in ("train", "valid")]
            for batch in chunked(_documents(run, source.name), _BATCH):
                texts = [document.text for document in batch]
                for text, ids in zip(texts, encode(made, texts, end), strict=True):
                    writers[is_held_out(text)].add(ids, len(text.encode("utf-8", "replace")))
            record = {"shards": [asdict(shard) for writer in writers for shard in writer.close()]}
            run.work.finish(f"pack-{source.name}", record)
            run.say(f"pack {source.name}: {sum(shard['tokens'] for shard in record['shards']):,} tokens")
        shards += [Shard(**shard) for shard in record["shards"]]
    return shards


def _text_bytes(run: Run) -> dict[str, int]:
    """UTF-8 bytes of training text by source."""
    return {
        source.name: sum(
            len(document.text.encode("utf-8", "replace"))
            for document in _documents(run, source.name)
            if not is_held_out(document.text)
        )
        for source in run.sources
    }


def _sample(run: Run) -> Iterator[str]:
    """Training text of every source, as much of each as the mixture has of it."""
    sizes = _text_bytes(run)
    settings = run.settings
    total = min(settings.sample_bytes, sum(sizes.values()))
    weights = {source.name: source.weight for source in run.sources}
    wanted = mix(sizes, weights, temperature=settings.temperature, total=total, epochs=settings.epochs).tokens
    for name, size in sizes.items():
        share = min(1.0, wanted[name] / size) if size else 0.0
        for document in _documents(run, name):
            if not is_held_out(document.text) and _place(document.text) < share * _DENSITY:
                yield document.text


def _place(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest, "little") % _DENSITY


def _documents(run: Run, source: str) -> Iterator[Document]:
    for part in run.work.parts(FINAL, source):
        yield from part.documents(source)
