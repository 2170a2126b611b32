"""`run_bench`: find the task, see that its data are there, measure, print, report."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from shopwright.bench import (
    align,
    assistant,
    context,
    evidence,
    intent,
    plan,
    pretrain,
    reason,
    recommend,
    rewrite,
    search,
    verify,
)
from shopwright.bench.plots import figure
from shopwright.bench.report import render
from shopwright.bench.task import BenchSet, Options, Row, Task
from shopwright.errors import ConfigError, MissingExtraError

TASKS: tuple[Task, ...] = (
    search.TASK,
    rewrite.TASK,
    reason.TASK,
    context.TASK,
    intent.TASK,
    recommend.TASK,
    plan.TASK,
    evidence.TASK,
    verify.TASK,
    assistant.TASK,
    pretrain.TASK,
    align.TASK,
)


def run_bench(
    word: str,
    *,
    data: Path | None = None,
    sets: tuple[str, ...] = (),
    as_json: bool = False,
    report: Path | None = None,
    model: str | None = None,
) -> list[Row]:
    """Measure a part of the system and print what was measured.

    Args:
        word: name of a task.
        data: folder of data; see `BenchSet.files` for what each set reads there.
        sets: only these; all whose files are there when empty.
        as_json: one JSON object a line, as soon as it is known, instead of a table.
        report: file to write an HTML report to.
        model: endpoint as `URL#NAME`.

    Raises:
        ConfigError: an unknown word or set, missing files, or a report that cannot be written.
    """
    task = find_task(word)
    notes = Console(stderr=True, highlight=False, soft_wrap=True)
    chosen, absent = choose_sets(task, data, sets)
    if report is not None and not report.absolute().parent.is_dir():
        raise ConfigError(f"--report {report}: the folder {report.absolute().parent} does not exist; create it first")
    left_out = [*absent, *task.notes()]
    for text in left_out:
        notes.print(text, style="dim", markup=False)
    options = Options(data, model)
    rows: list[Row] = []
    for bench_set in chosen:
        try:
            measured = [*_printed(bench_set.run(options))] if as_json else [*_waited(bench_set, options, notes)]
        except MissingExtraError as error:
            if sets or len(chosen) == 1:
                raise
            left_out.append(f"set {bench_set.name}: {error}")
            notes.print(left_out[-1], style="dim", markup=False)
            continue
        rows += measured
        if not as_json:
            Console(highlight=False).print(_table(measured))
    if report is not None:
        report.write_text(render(rows, title=f"bench {word}", notes=left_out), encoding="utf-8")
        notes.print(f"report: {report}", markup=False)
    return rows


def find_task(word: str) -> Task:
    """The task with this name.

    Raises:
        ConfigError: when there is none.
    """
    for task in TASKS:
        if task.name == word:
            return task
    raise ConfigError(f"bench {word!r}: no such benchmark; use one of {', '.join(task.name for task in TASKS)}")


def choose_sets(task: Task, data: Path | None, names: tuple[str, ...]) -> tuple[list[BenchSet], list[str]]:
    """The sets to measure, and a line for each that is left out because its files are missing.

    Raises:
        ConfigError: a name that is no set, a named set whose files are missing, or no set that could be measured.
    """
    if data is not None and not data.is_dir():
        raise ConfigError(f"--data {data}: there is no such folder; give the one that holds {task.name}/")
    known = {bench_set.name: bench_set for bench_set in task.sets(data)}
    for name in names:
        if name not in known:
            raise ConfigError(f"--set {name!r}: bench {task.name} has no such set; use one of {', '.join(known)}")
    wanted = [known[name] for name in dict.fromkeys(names)] or [item for item in known.values() if item.default]
    lines = {item.name: _missing(task, item, data) for item in wanted if item.missing(data)}
    if lines and (names or len(lines) == len(wanted)):
        raise ConfigError("\n".join(lines.values()))
    return [item for item in wanted if item.name not in lines], list(lines.values())


def _missing(task: Task, bench_set: BenchSet, data: Path | None) -> str:
    files = "; ".join(f"{data / file.path if data else file.path} ({file.holds})" for file in bench_set.missing(data))
    what = "below a folder given with --data" if data is None else "which is missing"
    return f"bench {task.name}, set {bench_set.name}: needs {files}, {what}"


def _printed(rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        sys.stdout.write(orjson.dumps(row.record()).decode() + "\n")
        sys.stdout.flush()
        yield row


def _waited(bench_set: BenchSet, options: Options, notes: Console) -> Iterable[Row]:
    with notes.status(f"measuring {bench_set.name}") as status:
        for row in bench_set.run(options):
            status.update(f"measuring {row.set}: {row.metric} {figure(row.value)}")
            yield row


def _table(rows: list[Row]) -> Table:
    table = Table("set", "metric", "value", "95 %", "n", "seconds", box=None, header_style="bold")
    for column in (2, 3, 4, 5):
        table.columns[column].justify = "right"
    for row in rows:
        interval = f"{figure(row.ci95[0])} to {figure(row.ci95[1])}" if row.ci95 else ""
        name = row.metric if ":" not in row.metric else f"[dim]{row.metric}[/dim]"
        table.add_row(row.set, name, figure(row.value), interval, str(row.n), f"{row.seconds:.1f}")
    return table
