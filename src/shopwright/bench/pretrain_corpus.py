"""Sets `dedup` and `planted` of `bench pretrain`: does the corpus builder find what must go, and how fast.

dedup    near-duplicate pairs (Jaccard similarity of word 5-grams at least .8) among the first 20,000 documents of
         corpus/general/t0_p3: documents per CPU second, recall and precision over pairs against all such pairs, which
         an inverted index with prefix filtering (Bayardo et al. 2007) finds exactly. Beside ours, in the same run and
         on the same documents, `:datasketch` and `:datatrove` where they are installed.
planted  defects planted with a seed in clean text (see `defects` and `junk`), F1 of finding them. A near-duplicate is
         a pair at or above the threshold by exact comparison, and found when one of the two goes; personal data when
         it is no longer in the text; contamination when the document is cut or dropped; junk when a rule removes it,
         or the score that a build learns (from other documents of the same files). Whatever else is found counts
         against precision.

CPU seconds are those of this process, its threads and its children. Reading the file is not timed.
"""

from __future__ import annotations

import importlib.util
import json
import lzma
import os
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice, pairwise
from pathlib import Path
from random import Random

import numpy as np

from shopwright.bench import defects
from shopwright.bench.junk import JUNK
from shopwright.bench.task import BenchSet, NeededFile, Options, Row
from shopwright.errors import ConfigError
from shopwright.train.corpus.clean import CleanRules, clean_batch
from shopwright.train.corpus.decontaminate import Contaminants, benchmark_texts
from shopwright.train.corpus.dedup import DedupSettings, Sketches, components, near_duplicates, similarities
from shopwright.train.corpus.normalise import normalise
from shopwright.train.corpus.pii import replace
from shopwright.train.corpus.scorer import Scorer, damaged
from shopwright.train.corpus.settings import CorpusSettings
from shopwright.train.corpus.shingles import shingles

Pairs = set[tuple[int, int]]

_WORD = re.compile(r"[^\W_]+")

_BENCH = "pretrain"
_DEDUP = "corpus/general/t0_p3.jsonl.xz"
_CLEAN = (
    "corpus/general/novels100.jsonl.xz",
    "corpus/general/nltk_mix.jsonl.xz",
    "corpus/general/openstax.jsonl.xz",
    "corpus/domain/magento_merchdocs.jsonl.xz",
    "corpus/domain/dynamics_bc_docs.jsonl.xz",
    "corpus/domain/subjqa_reviews.jsonl.xz",
)
"""Novels, news and forums, textbooks, two manuals with lists and tables, and shoppers' reviews."""
_PASSAGES = "corpus/general/wikitext2_valid.txt"
_DOCUMENTS, _PLANTED, _SEED, _THRESHOLD, _WORDS = 20_000, 500, 20, 0.8, 5


def exact_pairs(texts: Sequence[str], threshold: float = _THRESHOLD) -> Pairs:
    """All pairs of texts whose sets of word 5-grams have at least that Jaccard similarity, without any estimate."""
    hashes, offsets = shingles(texts, _WORDS)
    sets = [np.unique(hashes[start:end]) for start, end in pairwise(offsets)]
    known, counts = np.unique(np.concatenate(sets), return_counts=True)
    holders: dict[int, list[int]] = defaultdict(list)
    found: Pairs = set()
    for text in sorted(range(len(sets)), key=lambda each: len(sets[each])):
        own = sets[text]
        rare_first = own[np.argsort(counts[np.searchsorted(known, own)], kind="stable")]
        others: set[int] = set()
        for shingle in rare_first[: len(own) - int(np.ceil(threshold * len(own))) + 1].tolist():
            others.update(holders[shingle])
            holders[shingle].append(text)
        for other in others:
            if len(sets[other]) >= threshold * len(own):
                common = len(np.intersect1d(sets[other], own, assume_unique=True))
                if common >= threshold * (len(own) + len(sets[other]) - common):
                    found.add((min(text, other), max(text, other)))
    return found


def our_pairs(texts: Sequence[str]) -> Pairs:
    """The pairs that near-duplicate removal verifies."""
    sketches = Sketches.of(texts, DedupSettings(_THRESHOLD, _WORDS))
    found: Pairs = set()
    for group in components(sketches):
        rows, columns = np.nonzero(np.triu(similarities(sketches, group) >= _THRESHOLD, 1))
        found.update(zip(group[rows].tolist(), group[columns].tolist(), strict=True))
    return found


def measure_dedup(options: Options) -> Iterator[Row]:
    """Speed, recall and precision of near-duplicate removal, ours and the peers'."""
    texts = list(islice(_texts(_file(options, _DEDUP)), _DOCUMENTS))
    truth = exact_pairs(texts)
    for suffix, find in (("", our_pairs), *_peers()):
        cpu, wall = _cpu_seconds(), time.perf_counter()
        pairs = find(texts)
        cpu, wall = _cpu_seconds() - cpu, time.perf_counter() - wall
        right = len(pairs & truth)
        yield Row(_BENCH, "dedup", f"docs_per_cpu_s{suffix}", len(texts) / max(cpu, 1e-6), len(texts), None, wall)
        yield Row(
            _BENCH, "dedup", f"recall{suffix}", right / len(truth) if truth else float("nan"), len(truth), None, wall
        )
        yield Row(
            _BENCH, "dedup", f"precision{suffix}", right / len(pairs) if pairs else float("nan"), len(pairs), None, wall
        )


def measure_planted(options: Options) -> Iterator[Row]:
    """F1 of finding each kind of planted defect."""
    generator = Random(_SEED)
    files = [_sampled(_file(options, name), 2 * _PLANTED, generator) for name in _CLEAN]
    clean, others = ([text for texts in files for text in texts[start::2]] for start in (0, 1))
    foreign = [text for texts in files[:2] for text in texts]  # some benchmarks were made from the other files
    kinds: dict[str, Callable[[], tuple[int, int, int]]] = {
        "near_duplicate": lambda: plant_near_duplicates(clean, generator),
        "pii": lambda: plant_personal(clean, generator),
        "contamination": lambda: plant_contamination(foreign, options.data, generator),
        "junk": lambda: plant_junk(clean, others, generator),
    }
    for kind, plant in kinds.items():
        begun = time.perf_counter()
        right, wrong, missed = plant()
        seconds = time.perf_counter() - begun
        yield Row(_BENCH, "planted", f"f1:{kind}", f1(right, wrong, missed), right + missed, None, seconds)
        yield Row(_BENCH, "planted", f"precision:{kind}", right / max(1, right + wrong), right + wrong, None, seconds)
        yield Row(_BENCH, "planted", f"recall:{kind}", right / max(1, right + missed), right + missed, None, seconds)


def f1(right: int, wrong: int, missed: int) -> float:
    """2 TP / (2 TP + FP + FN); 0 where nothing was planted and nothing found."""
    return 2 * right / max(1, 2 * right + wrong + missed)


def plant_near_duplicates(clean: Sequence[str], generator: Random) -> tuple[int, int, int]:
    """Found and missed pairs, and documents wrongly removed, among clean ones and edited copies of a quarter of them.

    Which of them are pairs is what an exact comparison says (`exact_pairs`), not that one was made from the other.
    """
    copied = generator.sample(range(len(clean)), len(clean) // 4)
    texts = [*clean, *(defects.edited(clean[each], generator) for each in copied)]
    generator.shuffle(texts)  # so that no copy always comes last
    truth = exact_pairs(texts)
    twins = near_duplicates(Sketches.of(texts, DedupSettings(_THRESHOLD, _WORDS)), np.zeros(len(texts)))
    gone = set(np.flatnonzero(twins >= 0).tolist())
    found = sum(not gone.isdisjoint(pair) for pair in truth)
    alike = {each for pair in truth for each in pair}
    return found, len(gone - alike), len(truth) - found


def plant_personal(clean: Sequence[str], generator: Random) -> tuple[int, int, int]:
    """Found, wrongly replaced, and missed personal data; half of the documents get some, all get other numbers."""
    right = wrong = missed = 0
    for text in clean:
        planted = (
            [defects.personal(generator) for _ in range(generator.randint(1, 3))] if generator.random() < 0.5 else []
        )
        sentences = [sentence for _, _, sentence in planted] + [defects.harmless(generator)]
        before = sum(replace(normalise(text))[1].values())  # a real text's own personal data is nobody's mistake
        after, counts = replace(normalise(_inserted(text, sentences, generator)))
        found = sum(datum not in after for _, datum, _ in planted)
        right += found
        missed += len(planted) - found
        wrong += max(0, sum(counts.values()) - before - found)
    return right, wrong, missed


def plant_contamination(clean: Sequence[str], data: Path | None, generator: Random) -> tuple[int, int, int]:
    """Found, wrongly accused, and missed documents, a third of which hold a passage of a benchmark."""
    asked = [text for _, text in benchmark_texts(data)]
    passages = [text for text in asked if 14 <= len(text.split()) <= 120 and text.isascii()]
    texts, labels = [], []
    for text in clean:
        label = generator.random() < 1 / 3
        texts.append(_inserted(text, [_retyped(generator.choice(passages), generator)], generator) if label else text)
        labels.append(label)
    known = Contaminants.of(asked)
    found = [bool(spans) for start in range(0, len(texts), 256) for spans in known.find(texts[start : start + 256])]
    return _counted(found, labels)


def plant_junk(clean: Sequence[str], others: Sequence[str], generator: Random) -> tuple[int, int, int]:
    """Found, wrongly removed, and missed documents, a third of which are junk of all kinds in turn.

    Args:
        others: clean text that the score is learned from.
    """
    kinds = tuple(JUNK)
    labels = [generator.random() < 1 / 3 for _ in clean]
    texts = [
        JUNK[kinds[place % len(kinds)]](text, generator) if label else text
        for place, (text, label) in enumerate(zip(clean, labels, strict=True))
    ]
    results = clean_batch([(str(place), text) for place, text in enumerate(texts)], CleanRules())
    good = [each.text for each in clean_batch([("", text) for text in others], CleanRules()) if not each.reason]
    scorer = Scorer.train(good, [damaged(text, seed) for seed, text in enumerate(good)])
    scores = scorer.score([each.text for each in results]).tolist()
    least = CorpusSettings(Path()).least_score
    return _counted([bool(each.reason) or score < least for each, score in zip(results, scores, strict=True)], labels)


def _counted(found: Sequence[bool], labels: Sequence[bool]) -> tuple[int, int, int]:
    pairs = list(zip(found, labels, strict=True))
    return pairs.count((True, True)), pairs.count((True, False)), pairs.count((False, True))


def _inserted(text: str, sentences: Sequence[str], generator: Random) -> str:
    """A text with sentences put between its own, at random places."""
    pieces = text.split(". ")
    for sentence in sentences:
        pieces.insert(generator.randint(0, len(pieces)), sentence.rstrip("."))
    return ". ".join(pieces)


def _retyped(passage: str, generator: Random) -> str:
    """A passage as copies of it look: other case, spaces or punctuation."""
    way = generator.randrange(4)
    if way == 0:
        return passage.lower()
    if way == 1:
        return passage.replace(",", "").replace(" ", "  ")
    return passage.replace(". ", ".\n") if way == 2 else passage


def _peers() -> Iterator[tuple[str, Callable[[Sequence[str]], Pairs]]]:
    if importlib.util.find_spec("datasketch"):
        yield ":datasketch", _datasketch_pairs
    if importlib.util.find_spec("datatrove") and importlib.util.find_spec("spacy"):  # spaCy cuts its words
        yield ":datatrove", _datatrove_pairs


def _datasketch_pairs(texts: Sequence[str]) -> Pairs:
    """MinHashLSH over the same 5-grams as tuples of words, candidates kept whose estimate reaches the threshold."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=_THRESHOLD, num_perm=128)
    sketches: list[MinHash] = []
    found: Pairs = set()
    for place, text in enumerate(texts):
        words = _plain(text)
        grams = {" ".join(words[start : start + _WORDS]).encode() for start in range(max(1, len(words) - _WORDS + 1))}
        sketch = MinHash(num_perm=128)
        sketch.update_batch(grams)
        found |= {(other, place) for other in index.query(sketch) if sketch.jaccard(sketches[other]) >= _THRESHOLD}
        index.insert(place, sketch)
        sketches.append(sketch)
    return found


def _datatrove_pairs(texts: Sequence[str]) -> Pairs:
    """datatrove's four MinHash steps with its own settings on one process; a cluster counts as all of its pairs."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import (
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.dedup.minhash import MinhashConfig

    config = MinhashConfig(n_grams=_WORDS)
    documents = [Document(text=" ".join(_plain(text)), id=str(place)) for place, text in enumerate(texts)]
    with tempfile.TemporaryDirectory(prefix="shopwright-bench-") as place:
        folder = Path(place)
        MinhashDedupSignature(str(folder / "signatures"), config=config).run(documents, 0, 1)
        for bucket in range(config.num_buckets):
            MinhashDedupBuckets(str(folder / "signatures"), str(folder / "buckets"), config=config).run(
                None, bucket, config.num_buckets
            )
        cluster = MinhashDedupCluster(
            str(folder / "buckets"), str(folder / "remove"), config=config, save_cluster_id=True
        )
        cluster.run(None, 0, 1)
        kept = MinhashDedupFilter(str(folder / "remove"), load_cluster_ids=True).run(documents, 0, 1)
        gone = set(range(len(texts))) - {int(document.id) for document in kept}
    clusters: dict[object, list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        if "minhash_cluster_id" in document.metadata:
            clusters[document.metadata["minhash_cluster_id"]].append(number)
    return {pair for members in clusters.values() if gone.intersection(members) for pair in combinations(members, 2)}


def _plain(text: str) -> list[str]:
    """The words as ours sees them, so that all compare the same 5-grams."""
    return _WORD.findall(text.lower())


def _cpu_seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _file(options: Options, name: str) -> Path:
    if options.data is None:
        raise ConfigError(f"bench pretrain needs {name} below a folder given with --data")
    return options.data / name


def _texts(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def _sampled(path: Path, count: int, generator: Random) -> list[str]:
    """Documents of running text; every fifth of nltk_mix is tagged word_NN by word_NN, which is no clean text."""
    texts = [text for text in _texts(path) if "_NN " not in text]
    return generator.sample(texts, min(count, len(texts)))


SETS: tuple[BenchSet, ...] = (
    BenchSet("dedup", measure_dedup, (NeededFile(_DEDUP, "documents, one JSON object with `text` a line"),)),
    BenchSet(
        "planted",
        measure_planted,
        tuple(NeededFile(name, "clean text to plant defects in") for name in (*_CLEAN, _PASSAGES)),
    ),
)
