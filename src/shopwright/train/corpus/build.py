"""`shopwright train corpus`: sources in, a packed corpus and its datasheet out, in stages that resume.

    clean          every document through `clean_batch`, in parts (`workers` processes, or Ray)
    score          two scorers are learned: quality (what stayed against damaged copies of it) and domain (the domain's
                   sources against the general ones)
    duplicates     exact and near ones of everything, and what scores too low
    decontaminate  benchmarks and held-out documents are kept out of what is trained on
    tokenizer      learned from a sample that is mixed as the training will be
    pack           shards, datasheet, manifest

A part is finished or done again; the manifest is written last, so that a folder either is a corpus or is none. At
the end the counts of every source are added up: what was read was refused, removed or kept, or the build fails.

One in sixteen documents is held out (`is_held_out`): training text is cleaned of what these say, not the other way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from shopwright.catalog.lock import FolderLock
from shopwright.errors import ConfigError, CorpusError
from shopwright.train.corpus import datasheet, packing, stages
from shopwright.train.corpus.checkpoints import Checkpoints, disk_errors
from shopwright.train.corpus.language import checked_languages
from shopwright.train.corpus.mixture import mix
from shopwright.train.corpus.records import Say
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.shards import MANIFEST, TOKENIZER, Manifest, PackedCorpus, Shard, SourceInfo, sha256
from shopwright.train.corpus.sources import Source
from shopwright.train.corpus.tokenizer import end_of, load_tokenizer

WORK = "work"
DATASHEET = "datasheet.html"
_LOCK = ".lock"
_CHANGE_NOTHING = ("out", "workers", "ray")


def build(settings: CorpusSettings, sources: Sequence[Source], say: Say) -> Manifest:
    """Build a corpus; run again after an interruption it goes on where it was.

    Args:
        sources: what goes in, each under its own name.
        say: is told of progress, a line at a time.

    Raises:
        ConfigError: no sources, two of one name, a language that cannot be told, a finished corpus in the way, or an
            unfinished one of other settings.
        CorpusError: a source, the tokenizer or the disk is damaged, the tokenizer has no token that ends documents,
            another process builds here, or the counts do not add up.
    """
    names = [source.name for source in sources]
    if not names or len(set(names)) < len(names):
        raise ConfigError(f"sources {', '.join(names) or '(none)'}: give at least one, each under its own name")
    if settings.languages:
        checked_languages(settings.languages)
    if settings.tokenizer is not None:
        end_of(load_tokenizer(settings.tokenizer), settings.end_token)
    with disk_errors(settings.out):
        settings.out.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(settings.out / _LOCK)
        if not lock.acquire():
            raise CorpusError(f"{settings.out}: another process builds a corpus there; wait, or name another folder")
        try:
            if (settings.out / MANIFEST).exists():
                raise ConfigError(
                    f"{settings.out} holds a finished corpus: name another folder, or delete this one first"
                )
            return _build(settings, sources, say)
        finally:
            lock.release()


def added_up(counts: Mapping[str, Mapping[str, int]]) -> None:
    """See that in every source what was read was refused, removed or kept.

    Raises:
        CorpusError: it was not; such a corpus is never written.
    """
    for source, numbers in counts.items():
        gone = sum(number for name, number in numbers.items() if name.startswith(("refused:", "removed:")))
        if numbers["read"] != gone + numbers["kept"]:
            raise CorpusError(
                f"source {source}: {numbers['read']:,} documents were read, {gone:,} removed or refused and "
                f"{numbers['kept']:,} kept, which does not add up: delete the work folder and build again"
            )


def _build(settings: CorpusSettings, sources: Sequence[Source], say: Say) -> Manifest:
    asked = asdict(settings) | {"sources": [repr(source) for source in sources]}
    work = Checkpoints(settings.out / WORK, {key: value for key, value in asked.items() if key not in _CHANGE_NOTHING})
    run = stages.Run(settings, sources, work, say)
    stages.clean(run)
    scorers = stages.score(run)
    stages.decontaminate(run, stages.duplicates(run, scorers))
    packing.tokenizer(run)
    manifest = _manifest(run, packing.pack(run))
    datasheet.write(settings.out / DATASHEET, _facts(run, manifest))
    manifest.write(settings.out)
    PackedCorpus(settings.out, verify=True)
    work.remove()
    say(f"corpus: {sum(shard.tokens for shard in manifest.shards):,} tokens in {settings.out}")
    return manifest


def _manifest(run: stages.Run, shards: Sequence[Shard]) -> Manifest:
    counts = {source.name: _counts(run, source.name) for source in run.sources}
    added_up(counts)
    for source, numbers in counts.items():
        packed = sum(shard.documents for shard in shards if shard.source == source)
        if packed != numbers["kept"]:
            raise CorpusError(
                f"source {source}: {numbers['kept']:,} documents were kept, {packed:,} packed; build again"
            )
    path = run.settings.out / TOKENIZER
    trained = {source.name: 0 for source in run.sources}
    for shard in shards:
        trained[shard.source] += shard.tokens * (shard.split == "train")
    weights = {source.name: source.weight for source in run.sources}
    shares = mix(trained, weights, temperature=run.settings.temperature, epochs=run.settings.epochs).shares
    record = run.work.record("tokenizer") or {}
    return Manifest(
        vocabulary=record["pieces"],
        tokenizer_sha256=sha256(path.read_bytes()),
        sources={each.name: SourceInfo(each.kind, each.licence, shares[each.name]) for each in run.sources},
        shards=shards,
        counts=counts,
        end=record["end"],
        end_token=record["end_token"],
    )


def _counts(run: stages.Run, source: str) -> dict[str, int]:
    total: Counter[str] = Counter(read=0, kept=0)
    for stage in (stages.CLEAN, stages.FINAL):
        for part in run.work.parts(stage, source):
            total.update(part.record["counts"])
    del total["cleaned"]
    scores = (run.work.record("duplicates") or {})["scores"].get(source, {}).get("domain", {})
    total.update({f"domain_score:{place / 10:.1f}": count for place, count in enumerate(scores.get("histogram", ()))})
    return dict(total)


def _facts(run: stages.Run, manifest: Manifest) -> datasheet.Facts:
    samples: dict[str, list[tuple[str, str]]] = {}
    for source in run.sources:
        for stage in (stages.CLEAN, stages.FINAL):
            for part in run.work.parts(stage, source.name):
                for name, texts in part.record["samples"].items():
                    samples.setdefault(name, []).extend((source.name, text) for text in texts)
    samples.pop("cleaned", None)
    twins = run.work.record("duplicates") or {}
    score, known = run.work.record("score") or {}, run.work.record("contaminants") or {}
    return datasheet.Facts(
        manifest,
        run.settings,
        samples,
        twins.get("samples", []),
        score,
        twins.get("scores", {}),
        known,
        datasheet.lengths(run.settings.out, manifest),
    )
