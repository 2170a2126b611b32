"""Tasks in the format of EleutherAI's lm-evaluation-harness, read without it.

A task is a YAML file beside its documents; the same file runs in the harness (`lm_eval --include_path FOLDER`). What is
read of the format:

- `task`, `dataset_path: json` with `dataset_kwargs.data_files`, `test_split`, `validation_split`, `fewshot_split`;
- `output_type`: multiple_choice, generate_until, loglikelihood, loglikelihood_rolling;
- `doc_to_text`, `doc_to_target`, `doc_to_choice`: the name of a field, or a template of which `{{ field }}`,
  `{{ field.key }}`, `{{ field[0] }}` and the filter `| trim` are understood;
- `description`, `target_delimiter`, `fewshot_delimiter`, `num_fewshot` with `fewshot_config.sampler: first_n`;
- `metric_list` (acc, acc_norm, exact_match, f1, bits_per_byte) and `generation_kwargs` (until, max_gen_toks);
- groups: `group` with the names of their tasks.

A task that needs more (`process_docs`, filters, other templates) is refused by name, never scored differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import orjson
import yaml

from shopwright.errors import ConfigError

Doc = Mapping[str, Any]
OutputType = Literal["multiple_choice", "generate_until", "loglikelihood", "loglikelihood_rolling"]

FOLDER = Path(__file__).parent / "knowledge_tasks"
METRICS = ("acc", "acc_norm", "exact_match", "f1", "bits_per_byte")
_READ = {
    "task", "dataset_path", "dataset_kwargs", "test_split", "validation_split", "fewshot_split", "output_type",
    "doc_to_text", "doc_to_target", "doc_to_choice", "description", "target_delimiter", "fewshot_delimiter",
    "num_fewshot", "fewshot_config", "metric_list", "generation_kwargs",
}  # fmt: skip
_WITHOUT_EFFECT = {"tag", "metadata", "dataset_name", "repeats", "should_decontaminate", "doc_to_decontamination_query"}
_FIELD = re.compile(r"\{\{\s*(?P<path>\w+(?:\.\w+|\[\d+\])*)\s*(?P<trim>\|\s*trim\s*)?\}\}")


@dataclass(frozen=True, slots=True)
class Generation:
    """How far an answer is written: up to one of these strings, and at most so many tokens."""

    until: tuple[str, ...] = ("\n",)
    max_tokens: int = 32


@dataclass(frozen=True, slots=True)
class HarnessTask:
    """One task: its documents, how they become prompts, and what is measured.

    Args:
        name: as in `--tasks`.
        version: `metadata.version`; figures of different versions must not be compared.
        exact: arguments of `exact_match` (ignore_case, ignore_punctuation).
    """

    name: str
    output_type: OutputType
    documents: Mapping[str, Sequence[Doc]]
    text: str
    target: str | int
    choice: str | tuple[str, ...] = ""
    description: str = ""
    target_delimiter: str = " "
    fewshot_delimiter: str = "\n\n"
    fewshot: int = 0
    fewshot_split: str = "validation"
    test_split: str = "test"
    metrics: tuple[str, ...] = ("acc",)
    exact: Mapping[str, bool] = field(default_factory=dict)
    generation: Generation = Generation()
    version: float = 1.0

    def docs(self, split: str | None = None) -> Sequence[Doc]:
        """The documents of a split, by default of the one that is measured.

        Raises:
            ConfigError: there is no such split.
        """
        name = split or self.test_split
        if name not in self.documents:
            raise ConfigError(f"task {self.name}: no split {name!r}; use one of {', '.join(self.documents)}")
        return self.documents[name]

    def prompt(self, doc: Doc) -> str:
        """What a model reads before it answers: description, worked examples, the question."""
        shots = "".join(self._shot(shot) for shot in self._shots(doc))
        return self.description + shots + str(rendered(self.text, doc))

    def choices(self, doc: Doc) -> list[str]:
        """The answers to choose from."""
        if isinstance(self.choice, tuple):
            return [str(rendered(each, doc)) for each in self.choice]
        found = rendered(self.choice, doc)
        if not isinstance(found, Sequence) or isinstance(found, str) or len(found) < 2:
            raise ConfigError(f"task {self.name}: doc_to_choice gives {found!r}; it must be a list of two or more")
        return [str(each) for each in found]

    def right_choice(self, doc: Doc) -> int:
        """The place of the right answer among `choices`."""
        found = rendered(self.target, doc) if isinstance(self.target, str) else self.target
        choices = self.choices(doc)
        place = choices.index(found) if isinstance(found, str) and found in choices else found
        if not str(place).isdigit() or int(place) >= len(choices):
            raise ConfigError(
                f"task {self.name}: doc_to_target gives {found!r}; use a place from 0 or one of {choices}"
            )
        return int(place)

    def right_texts(self, doc: Doc) -> list[str]:
        """The texts that count as right; more than one where the target is a list."""
        if self.output_type == "multiple_choice":
            return [self.choices(doc)[self.right_choice(doc)]]
        found = rendered(self.target, doc) if isinstance(self.target, str) else self.target
        return [str(each) for each in found] if isinstance(found, list) else [str(found)]

    def _shots(self, doc: Doc) -> Sequence[Doc]:
        if not self.fewshot:
            return []
        others = [each for each in self.docs(self.fewshot_split) if each != doc]
        return others[: self.fewshot]

    def _shot(self, doc: Doc) -> str:
        return f"{rendered(self.text, doc)}{self.target_delimiter}{self.right_texts(doc)[0]}{self.fewshot_delimiter}"


def read_tasks(folder: Path = FOLDER) -> list[HarnessTask]:
    """The tasks of a folder, by name.

    Raises:
        ConfigError: a file that is no task, or one that needs more of the format than is read here.
    """
    if not (paths := sorted(folder.glob("*.yaml"))):
        raise ConfigError(f"{folder} holds no task: give a folder with files of the form NAME.yaml")
    records = [(path, _read_yaml(path)) for path in paths]
    return sorted(
        (_task(path, record) for path, record in records if "group" not in record), key=lambda task: task.name
    )


def read_groups(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """The groups of a folder: each name with those of its tasks."""
    records = [_read_yaml(path) for path in sorted(folder.glob("*.yaml"))]
    return {record["group"]: tuple(record["task"]) for record in records if "group" in record}


def rendered(template: str, doc: Doc) -> Any:
    """A field of a document where the template is its name, else the template with its fields put in.

    Raises:
        ConfigError: an unknown field, or a template outside the subset.
    """
    if template in doc:
        return doc[template]
    whole = _FIELD.fullmatch(template.strip())
    if whole and isinstance(found := _found(whole["path"], doc), list):
        return found
    rest = _FIELD.sub("", template)
    if "{{" in rest or "{%" in rest:
        raise ConfigError(
            f"template {template!r}: only {{{{ field }}}}, {{{{ field.key }}}}, {{{{ field[0] }}}} and | trim are "
            "read; run this task in the lm-evaluation-harness"
        )
    return _FIELD.sub(lambda match: _put_in(match, doc), template)


def _put_in(match: re.Match[str], doc: Doc) -> str:
    text = str(_found(match["path"], doc))
    return text.strip() if match["trim"] else text


def _found(path: str, doc: Doc) -> Any:
    value: Any = doc
    for key in re.findall(r"\w+", path):
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ConfigError(f"template field {path!r}: a document has only {', '.join(doc)}") from error
    return value


# ── the YAML file ──


class _Loader(yaml.SafeLoader):
    """YAML as the harness writes it: `!function module.name` becomes the name; nothing is imported."""


def _function_name(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node)).rpartition(".")[2]


_Loader.add_constructor("!function", _function_name)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        record = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(record, dict) or "task" not in record:
        raise ConfigError(f"{path} is no task of the lm-evaluation-harness: it has no field `task`")
    return record


def _task(path: Path, record: Mapping[str, Any]) -> HarnessTask:
    if unknown := sorted(set(record) - _READ - _WITHOUT_EFFECT):
        raise ConfigError(f"{path}: the field {unknown[0]!r} is not read here; run this task in the harness itself")
    if record.get("output_type") not in get_args(OutputType):
        raise ConfigError(f"{path}: output_type {record.get('output_type')!r}; use one of {get_args(OutputType)}")
    measured = {str(each["metric"]): each for each in record.get("metric_list", [{"metric": "acc"}])}
    if other := sorted(set(measured) - set(METRICS)):
        raise ConfigError(f"{path}: metric {other[0]!r} is not known; use some of {', '.join(METRICS)}")
    fewshot = int(record.get("num_fewshot") or 0)
    if fewshot and record.get("fewshot_config", {}).get("sampler") != "first_n":
        raise ConfigError(f"{path}: num_fewshot {fewshot} needs fewshot_config with `sampler: first_n`")
    limits = record.get("generation_kwargs", {})
    exact = {key: bool(value) for key, value in measured.get("exact_match", {}).items() if key.startswith("ignore_")}
    choice = record.get("doc_to_choice", "")
    test = record.get("test_split") or record.get("validation_split") or "test"
    return HarnessTask(
        name=record["task"],
        output_type=record["output_type"],
        documents=_documents(path, record),
        text=record["doc_to_text"],
        target=record.get("doc_to_target", ""),
        choice=tuple(map(str, choice)) if isinstance(choice, list) else choice,
        description=record.get("description", ""),
        target_delimiter=record.get("target_delimiter", " "),
        fewshot_delimiter=record.get("fewshot_delimiter", "\n\n"),
        fewshot=fewshot,
        fewshot_split=record.get("fewshot_split") or record.get("validation_split") or test,
        test_split=test,
        metrics=tuple(measured),
        exact=exact,
        generation=Generation(tuple(limits.get("until", ("\n",))), int(limits.get("max_gen_toks", 32))),
        version=float(record.get("metadata", {}).get("version", 1.0)),
    )


def _documents(path: Path, record: Mapping[str, Any]) -> dict[str, list[Doc]]:
    files = record.get("dataset_kwargs", {}).get("data_files")
    if record.get("dataset_path") != "json" or not isinstance(files, dict):
        raise ConfigError(f"{path}: only `dataset_path: json` with dataset_kwargs.data_files by split is read")
    return {split: list(_lines(path.parent / name)) for split, name in files.items()}


def _lines(path: Path) -> Iterator[Doc]:
    if not path.is_file():
        raise ConfigError(f"{path} is missing: data_files are looked up beside the task")
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise ConfigError(f"{path}:{number}: not a JSON object: {error}") from error
