"""The benchmark `evidence`: which evidence answers, which value stands, and where a review says so.

    epqa, semipqa, semipqa_*              candidates of a product question in order (`evidence_ranking`)
    stance                                relevant or not, refuting or not (`evidence_ranking`)
    rgb_fact_en, rgb_fact_zh              the true value among edited passages (`evidence_facts`)
    subjqa_electronics, subjqa_grocery    whether a review answers, and where (`evidence_reviews`)

    shopwright bench evidence --data DIR [--set NAME]

Parts of epqa, semipqa and stance are what the shipped judge learned from; figures with ":held" are over the questions
and claims that were kept from it (`train/verify/examples.py`). RGB and SubjQA were not seen. Vectors of
the baseline `:encoder` are remembered between runs (`vectors`), so its seconds say nothing.

What not: an endpoint. These sets need a probability for thousands of pairs, which a chat completion does not give.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shopwright.bench.evidence_facts import disputed_rows, read_disputed
from shopwright.bench.evidence_ranking import ranking_rows, read_candidates, read_stances, stance_rows
from shopwright.bench.evidence_reviews import read_asked, review_rows
from shopwright.bench.evidence_rows import BENCH
from shopwright.bench.task import BenchSet, NeededFile, Options, Row, Task
from shopwright.bench.vectors import remembering
from shopwright.errors import ConfigError
from shopwright.models.embedded import EmbeddedEncoder
from shopwright.models.judge import EmbeddedJudge
from shopwright.models.protocols import Judge

CANDIDATES = ("epqa", "semipqa")
FACTS = ("rgb_fact_en", "rgb_fact_zh")
DOMAINS = ("electronics", "grocery")
_STANCE = "evidence/stance.jsonl.gz"


def measure_candidates(name: str, options: Options, judge: Judge | None = None) -> Iterator[Row]:
    """The rows of one set of product questions."""
    judge = judge or shipped_judge(options)
    lists = read_candidates(_below(options, _candidates(name)), name)
    yield from ranking_rows(name, judge, remembering(EmbeddedEncoder()), lists)


def measure_stance(options: Options, judge: Judge | None = None) -> Iterator[Row]:
    """The rows of `stance`."""
    judge = judge or shipped_judge(options)
    yield from stance_rows(judge, remembering(EmbeddedEncoder()), read_stances(_below(options, _STANCE)))


def measure_facts(name: str, options: Options, judge: Judge | None = None) -> Iterator[Row]:
    """The rows of one language of RGB."""
    judge = judge or shipped_judge(options)
    yield from disputed_rows(name, judge, read_disputed(_below(options, _facts(name))))


def measure_reviews(domain: str, options: Options, judge: Judge | None = None) -> Iterator[Row]:
    """The rows of one domain of SubjQA."""
    judge = judge or shipped_judge(options)
    paths = [_below(options, path) for path in _reviews(domain)]
    yield from review_rows(f"subjqa_{domain}", judge, read_asked(paths))


def shipped_judge(options: Options) -> Judge:
    """The embedded judge.

    Raises:
        ConfigError: an endpoint was asked for.
        ModelError: its files are missing.
    """
    if options.model is not None:
        raise ConfigError(
            f"--model {options.model}: bench evidence measures the embedded judge only, because its sets need a "
            "probability for each of thousands of pairs; leave --model out"
        )
    return EmbeddedJudge()


def evidence_sets(data: Path | None) -> tuple[BenchSet, ...]:
    """The known sets, and any other file DIR/evidence/semipqa_*.jsonl.gz."""
    others = sorted((data / "evidence").glob("semipqa_*.jsonl.gz")) if data else []
    asked = "product questions with candidates and labels"
    found = [
        BenchSet(name, partial(measure_candidates, name), (NeededFile(_candidates(name), asked),))
        for name in (*CANDIDATES, *(path.name.removesuffix(".jsonl.gz") for path in others))
    ]
    found.append(BenchSet("stance", measure_stance, (NeededFile(_STANCE, "claims, evidence and its stance"),)))
    for name in FACTS:
        holds = "questions with true, edited and unrelated passages"
        found.append(BenchSet(name, partial(measure_facts, name), (NeededFile(_facts(name), holds),)))
    for domain in DOMAINS:
        files = tuple(NeededFile(path, "questions over reviews with marked answers") for path in _reviews(domain))
        found.append(BenchSet(f"subjqa_{domain}", partial(measure_reviews, domain), files))
    return tuple(found)


def _below(options: Options, path: str) -> Path:
    return (options.data or Path()) / path


def _candidates(name: str) -> str:
    return f"evidence/{name}.jsonl.gz"


def _facts(name: str) -> str:
    return f"evidence/{name}.jsonl"


def _reviews(domain: str) -> tuple[str, str]:
    return f"evidence/subjqa/{domain}_train.jsonl.gz", f"evidence/subjqa/{domain}_dev.jsonl.gz"


TASK = Task(BENCH, evidence_sets)
