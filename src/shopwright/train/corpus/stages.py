"""The stages of a build that decide which documents stay: clean, score, duplicates, decontaminate.

Each works on parts of `Checkpoints` and skips those that are finished. A part's record holds its counts and
samples; the scores and what becomes of duplicates are arrays over all cleaned documents, in order of sources and
parts.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopwright.catalog.chunks import chunked
from shopwright.train.corpus.checkpoints import Checkpoints, Part, Record
from shopwright.train.corpus.clean import Cleaned, CleanRules
from shopwright.train.corpus.decontaminate import (
    MOST_SHARED,
    Contaminants,
    Span,
    benchmark_texts,
    covered,
    without,
)
from shopwright.train.corpus.dedup import (
    DedupSettings,
    Sketches,
    SketchWriter,
    exact_duplicates,
    exact_key,
    near_duplicates,
)
from shopwright.train.corpus.pool import open_pool
from shopwright.train.corpus.records import Refused, Say
from shopwright.train.corpus.scorer import Scorer, damaged, score_all
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.shards import Document, is_held_out
from shopwright.train.corpus.shingles import words
from shopwright.train.corpus.sources import Source, read

CLEAN, FINAL = "clean", "final"
_PART = 4096
_BATCH = 256
_SAMPLES = 2
_SAMPLE_CHARACTERS = 500
_EXAMPLES = 3000
_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """One build: what was asked for and where it stands."""

    settings: CorpusSettings
    sources: Sequence[Source]
    work: Checkpoints
    say: Say

    def documents(self, stage: str) -> Iterator[Document]:
        """All documents that a stage left, in order."""
        for source in self.sources:
            for part in self.work.parts(stage, source.name):
                yield from part.documents(source.name)


def clean(run: Run) -> None:
    """Read every source and let its documents through `clean_batch`."""
    with open_pool(run.settings.workers, run.settings.ray) as (clean_all, at_once):
        for source in run.sources:
            if run.work.record(f"{CLEAN}-{source.name}") is not None:
                continue
            done = run.work.parts(CLEAN, source.name)
            rules = CleanRules("structured" if source.is_structured else "prose", run.settings.languages)
            items = read(source, run.say)
            for _ in islice(items, sum(part.record["items"] for part in done)):
                pass
            number, tell = len(done), _Teller(run.say, f"clean {source.name}")
            while group := [part for _ in range(at_once) if (part := list(islice(items, _PART)))]:
                texts = [[(item.id, item.text) for item in part if isinstance(item, Document)] for part in group]
                for part, results in zip(group, clean_all(texts, rules), strict=True):
                    record = _clean_record(part, results)
                    stay = (Document(each.text, source.name, each.id) for each in results if not each.reason)
                    run.work.write_part(CLEAN, source.name, number, stay, record)
                    number += 1
                    tell.more(len(part))
            run.work.finish(f"{CLEAN}-{source.name}", {"parts": number})
            tell.end()


def score(run: Run) -> Mapping[str, Scorer]:
    """The scorers that there are texts for: "quality", from what the rules left and damaged copies, and "domain"."""
    record = run.work.record("score")
    if record is None:
        record = {}
        generator = random.Random(run.settings.seed)
        good = {source.name: _sample(run, source.name, generator) for source in run.sources}
        texts = [text for each in good.values() for text in each]
        bad = [damaged(text, seed) for seed, text in enumerate(texts)]
        kinds: dict[str, list[str]] = {"domain": [], "general": []}
        for source in run.sources:
            kinds[source.kind] += good[source.name]
        for name, pair in (("quality", (texts, bad)), ("domain", (kinds["domain"], kinds["general"]))):
            if min(map(len, pair)) < 10:
                continue
            scorer = Scorer.train(*pair, seed=run.settings.seed)
            scorer.save(run.work.folder / f"{name}.npz")
            record[name] = {"auroc": scorer.auroc, "examples": scorer.examples}
            run.say(f"score: {name} learned from {scorer.examples:,} texts, AUROC {scorer.auroc:.3f}")
        run.work.finish("score", record)
    return {name: Scorer.load(run.work.folder / f"{name}.npz") for name in record}


def duplicates(run: Run, scorers: Mapping[str, Scorer]) -> NDArray[np.str_]:
    """Why each cleaned document goes, shape (D,); "" for one that stays.

    That is "quality_score", "domain_score", "exact_duplicate" or "near_duplicate".
    """
    path = run.work.folder / "fates.npy"
    if run.work.record("duplicates") is not None:
        return np.load(path)
    keys, both = _sketched(run, scorers)
    scores = both.get("quality", np.ones(len(keys), np.float32)).astype(np.float64)
    fates = np.full(len(keys), "", "U16")
    if "domain" in both:
        fates[_of_domain(run) & (both["domain"] < run.settings.least_domain)] = "domain_score"
    if "quality" in both:
        fates[scores < run.settings.least_score] = "quality_score"
    left = np.flatnonzero(fates == "")
    exact = exact_duplicates(keys[left], scores[left])
    fates[left[exact >= 0]] = "exact_duplicate"
    run.say(f"duplicates: {int((exact >= 0).sum()):,} exact among {len(left):,}; comparing the rest")
    settings = DedupSettings(threshold=run.settings.threshold)
    sketches = Sketches.open(run.work.folder / "sketches", settings)
    near = near_duplicates(sketches, scores, left[exact < 0])
    fates[near >= 0] = "near_duplicate"
    np.save(path, fates)
    samples = _pairs(run, near)
    run.work.finish("duplicates", {"samples": samples, "scores": _histograms(run, both)})
    run.say(f"duplicates: {int((near >= 0).sum()):,} near ones")
    return fates


def decontaminate(run: Run, fates: NDArray[np.str_]) -> None:
    """Write the documents that stay, those for training without what benchmarks and held-out documents say."""
    if all(run.work.record(f"{FINAL}-{source.name}") is not None for source in run.sources):
        return
    known = _contaminants(run, fates)
    start = 0
    for source in run.sources:
        tell = _Teller(run.say, f"decontaminate {source.name}")
        done = len(run.work.parts(FINAL, source.name))
        for number, part in enumerate(run.work.parts(CLEAN, source.name)):
            after = start + part.record["counts"].get("cleaned", 0)
            if number >= done:
                documents, record = _final(part, source, fates[start:after], known)
                run.work.write_part(FINAL, source.name, number, documents, record)
            tell.more(after - start)
            start = after
        run.work.finish(f"{FINAL}-{source.name}", {})
        tell.end()


def _clean_record(items: Sequence[Document | Refused], results: Sequence[Cleaned]) -> Record:
    counts: Counter[str] = Counter(read=len(items), cleaned=0)
    samples: dict[str, list[str]] = {}
    for item in items:
        if isinstance(item, Refused):
            counts[f"refused:{item.reason}"] += 1
    for each in results:
        reason = f"removed:{each.reason}" if each.reason else "cleaned"
        counts[reason] += 1
        _keep_sample(samples, reason, each.text)
        for kind, number in each.replaced.items():
            counts[f"replaced:{kind}"] += number
            _keep_sample(samples, f"replaced:{kind}", _around(each.text, f"<{kind}>"))
    return {"items": len(items), "counts": dict(counts), "samples": samples}


def _sketched(run: Run, scorers: Mapping[str, Scorer]) -> tuple[NDArray[np.uint64], Mapping[str, NDArray[np.float32]]]:
    """Key of every cleaned document and what each scorer says of it; its sketch is written beside them."""
    keys: list[int] = []
    scores = [np.zeros((len(scorers), 0), np.float32)]
    tell = _Teller(run.say, "sketch")
    with SketchWriter(run.work.folder / "sketches", DedupSettings(threshold=run.settings.threshold)) as writer:
        done = writer.documents
        for batch in chunked((document.text for document in run.documents(CLEAN)), _BATCH):
            keys += map(exact_key, batch)
            scores.append(score_all(list(scorers.values()), batch))
            if len(keys) > done:
                writer.add(batch[max(0, len(batch) - (len(keys) - done)) :])
            tell.more(len(batch))
    tell.end()
    return np.array(keys, np.uint64), dict(zip(scorers, np.concatenate(scores, axis=1), strict=True))


def _sizes(run: Run) -> list[int]:
    """Cleaned documents of each source."""
    parts = (run.work.parts(CLEAN, source.name) for source in run.sources)
    return [sum(part.record["counts"].get("cleaned", 0) for part in each) for each in parts]


def _of_domain(run: Run) -> NDArray[np.bool_]:
    """Whether each cleaned document is of a source of the domain, shape (D,)."""
    return np.repeat([source.kind == "domain" for source in run.sources], _sizes(run))


def _histograms(run: Run, scores: Mapping[str, NDArray[np.float32]]) -> dict[str, dict[str, Any]]:
    """By source and scorer: the mean, and how many cleaned documents are in each tenth of the range."""
    found: dict[str, dict[str, Any]] = {}
    start = 0
    for source, size in zip(run.sources, _sizes(run), strict=True):
        for name, every in scores.items() if size else ():
            own = every[start : start + size]
            counts = np.histogram(own, 10, (0, 1))[0].tolist()
            found.setdefault(source.name, {})[name] = {"mean": float(own.mean()), "histogram": counts}
        start += size
    return found


def _contaminants(run: Run, fates: NDArray[np.str_]) -> tuple[Contaminants, Contaminants]:
    """What benchmarks say, and what held-out documents say."""
    paths = [run.work.folder / f"{name}.npz" for name in ("benchmarks", "held_out")]
    if run.work.record("contaminants") is None:
        run.say("decontaminate: reading what must stay out")
        trained = [file for source in run.sources for path in source.paths for file in (path, *path.rglob("*"))]
        asked = Contaminants.of(text for _, text in benchmark_texts(run.settings.benchmarks, trained))
        kept = (each.text for each, fate in zip(run.documents(CLEAN), fates, strict=True) if not fate)
        held = Contaminants.of((text for text in kept if is_held_out(text)), common=2)
        asked.save(paths[0])
        held.save(paths[1])
        run.work.finish("contaminants", {"benchmarks": asked.size, "held_out": held.size})
    return Contaminants.load(paths[0]), Contaminants.load(paths[1])


def _final(
    part: Part, source: Source, fates: NDArray[np.str_], known: tuple[Contaminants, Contaminants]
) -> tuple[list[Document], Record]:
    counts: Counter[str] = Counter(kept=0)
    samples: dict[str, list[str]] = {}
    documents: list[Document] = []
    left: list[Document] = []
    for document, fate in zip(part.documents(source.name), fates.tolist(), strict=True):
        if fate:
            counts[f"removed:{fate}"] += 1
            _keep_sample(samples, f"removed:{fate}", document.text)
        else:
            left.append(document)
    found = [spans for batch in chunked((each.text for each in left), _BATCH) for spans in _found(batch, known)]
    for document, (asked, held) in zip(left, found, strict=True):
        text, fate = _uncontaminated(document.text, asked, held, source.is_structured)
        if fate:
            counts[fate] += 1
            start, end = (asked or held)[0]
            sample = document.text.encode("utf-8", "replace")[max(0, start - 100) : end + 100]
            _keep_sample(samples, fate, sample.decode("utf-8", "ignore"))
        if text is not None:
            counts["kept"] += 1
            documents.append(Document(text, source.name, document.id))
            _keep_sample(samples, "kept", text)
    return documents, {"counts": dict(counts), "samples": samples}


def _found(texts: Sequence[str], known: tuple[Contaminants, Contaminants]) -> Iterator[tuple[list[Span], list[Span]]]:
    """Of each text the places that benchmarks and that held-out documents have too."""
    found = words(texts)
    return zip(known[0].find(texts, found), known[1].find(texts, found), strict=True)


def _uncontaminated(
    text: str, asked: Sequence[Span], held: Sequence[Span], is_structured: bool
) -> tuple[str | None, str]:
    """A text as it is trained on, None if it is not, and what was done; "" for nothing."""
    if is_held_out(text):
        return text, ""
    if is_structured:
        if covered(text, held) > MOST_SHARED:
            return None, "removed:held_out"
        held = ()
    if not asked and not held:
        return text, ""
    rest = without(text, (*asked, *held))
    reason = "contaminated" if asked else "held_out"
    if rest is None or is_held_out(rest):
        return None, f"removed:{reason}"
    return rest, f"cut:{reason}"


def _sample(run: Run, source: str, generator: random.Random) -> list[str]:
    """Up to `_EXAMPLES` cleaned texts of a source, from parts spread over it."""
    parts = run.work.parts(CLEAN, source)
    chosen = generator.sample(parts, min(4, len(parts)))
    texts = [document.text for part in chosen for document in part.documents(source)]
    return generator.sample(texts, min(_EXAMPLES, len(texts)))


def _pairs(run: Run, twins: NDArray[np.int64]) -> list[list[str]]:
    """A few near-duplicates, each with the document that was kept."""
    gone = np.flatnonzero(twins >= 0)
    chosen = gone[:: max(1, len(gone) // 6)][:6]
    wanted = {int(each): "" for each in (*chosen, *twins[chosen])}
    for place, document in enumerate(run.documents(CLEAN) if wanted else ()):
        if place in wanted:
            wanted[place] = document.text[:_SAMPLE_CHARACTERS]
    return [[wanted[int(each)], wanted[int(twins[each])]] for each in chosen]


def _keep_sample(samples: dict[str, list[str]], name: str, text: str) -> None:
    kept = samples.setdefault(name, [])
    if len(kept) < _SAMPLES:
        kept.append(text[:_SAMPLE_CHARACTERS].encode("utf-8", "replace").decode())


def _around(text: str, sign: str) -> str:
    place = max(0, text.find(sign))
    return text[max(0, place - 100) : place + 100]


class _Teller:
    """Says how far a stage is, not more often than every few seconds."""

    def __init__(self, say: Say, what: str) -> None:
        self._say, self._what = say, what
        self._begun = self._said = monotonic()
        self._count = 0

    def more(self, count: int) -> None:
        """That many more are done."""
        self._count += count
        if monotonic() - self._said > _PAUSE:
            self.end()

    def end(self) -> None:
        """Say where it stands now."""
        self._said = monotonic()
        rate = self._count / max(1e-9, self._said - self._begun)
        self._say(f"{self._what}: {self._count:,} documents, {rate:,.0f}/s")
