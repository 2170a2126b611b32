"""The command line: what each command prints, and what it says when something is wrong."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import shopwright
from shopwright import cli
from shopwright.errors import ConfigError, FeedError, MissingExtraError, ModelError, ShopwrightError
from shopwright.types import Table

EXAMPLES = Path(__file__).parents[1] / "examples"
MAPPED = ["--column", "was=list_price", "--column", "in_stock=stock"]


def run(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words], input=typed)


def done(*words: object, typed: str = "") -> str:
    result = run(*words, typed=typed)
    assert result.exit_code == 0, f"{result.output}{result.exception!r}"
    return result.output


def failed(*words: object) -> ShopwrightError:
    error = run(*words).exception
    assert isinstance(error, ShopwrightError), error
    return error


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli.console, "width", 200)
    monkeypatch.setenv("SHOPWRIGHT_HOME", str(tmp_path / "default"))


# ── ingest ──


def test_ingest_reports_counts_columns_and_documents(tmp_path: Path) -> None:
    told = done(
        "ingest", EXAMPLES / "feed.csv", "--home", tmp_path / "home", *MAPPED,
        "--documents", EXAMPLES / "documents", "--name", "Larch & Leaf",
    )  # fmt: skip
    assert "csv, 8 accepted (8 new, 0 changed, 0 unchanged), 0 removed, 0 refused" in told
    assert "sku → id" in told
    assert "was → list_price" in told
    assert "1 documents" in told
    assert "Larch & Leaf: 8 products" in done("doctor", "--home", tmp_path / "home")


def test_ingest_names_the_rows_that_it_refuses(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\n1,Cup,call us\n2,Bowl,5.00 EUR\n3,,6.00 EUR\n", encoding="utf-8")
    told = done("ingest", feed, "--home", tmp_path / "home")
    assert "1 accepted" in told
    assert "2 refused" in told
    assert "line 2: " in told
    assert "line 4: product '3' has no title" in told


def test_full_removes_what_the_feed_lacks(own_home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps({"id": "POT-02", "title": "Glass teapot", "price": "30 EUR"}), encoding="utf-8")
    assert "7 removed" in done("ingest", feed, "--full", "--home", own_home)


def test_currency_is_for_prices_that_name_none(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps({"id": "1", "title": "Tea bowl", "price": 30}), encoding="utf-8")
    done("ingest", feed, "--home", tmp_path / "home", "--currency", "GBP", "--no-wait")
    assert "£30.00" in done("search", "tea bowl", "--home", tmp_path / "home")


def test_a_column_map_must_have_two_sides(tmp_path: Path) -> None:
    result = run("ingest", EXAMPLES / "feed.csv", "--home", tmp_path / "home", "--column", "was")
    assert result.exit_code == 2
    assert "SOURCE=FIELD" in result.output


def test_a_column_map_names_what_is_allowed(tmp_path: Path) -> None:
    error = failed("ingest", EXAMPLES / "feed.csv", "--home", tmp_path / "home", "--column", "was=before")
    assert isinstance(error, ConfigError)
    assert "list_price" in str(error)


def test_a_missing_feed_is_named(tmp_path: Path) -> None:
    assert isinstance(error := failed("ingest", tmp_path / "none.csv", "--home", tmp_path / "home"), FeedError)
    assert "none.csv" in str(error)


def test_a_row_that_stands_twice_is_named_by_its_line(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\n1,Cup,4.00 EUR\n2,Bowl,5.00 EUR\n1,Mug,6.00 EUR\n", encoding="utf-8")
    assert "line 4: id '1' stands twice" in done("ingest", feed, "--home", tmp_path / "home")


def test_a_group_that_stands_twice_is_named_by_its_first_line(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    rows = (",cup,Mug,green", "cup,a1,Cup,red", "cup,a2,Cup,blue", "bowl,b1,Bowl,red", "bowl,b2,Bowl,blue")
    feed.write_text("item_group_id,id,title,color\n" + "\n".join(rows) + "\n", encoding="utf-8")
    told = done("ingest", feed, "--home", tmp_path / "home")
    assert "2 accepted" in told
    assert "line 3: id 'cup' stands twice" in told


def test_refusals_beyond_those_that_are_kept_are_not_promised(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\n1,Cup,4.00 EUR\n" + "2,,5.00 EUR\n" * 10_001, encoding="utf-8")
    assert "9,981 more; the first 10,000 are in" in done("ingest", feed, "--home", tmp_path / "home")


def test_the_name_stays_when_the_feed_is_refused(own_home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title,price\n1,,12\n", encoding="utf-8")
    assert isinstance(failed("ingest", feed, "--home", own_home, "--name", "Other"), FeedError)
    assert "Larch & Leaf: 8 products" in done("doctor", "--home", own_home)


def test_demo_names_its_own_folder() -> None:
    assert "~/.shopwright/demo" in done("demo", "--help")


# ── search and chat ──


def test_search_shows_a_table(tea_home: Path) -> None:
    told = done("search", "glass teapot", "--home", tea_home, "--limit", 1)
    assert "Glass teapot 1.2 l" in told
    assert "€32.00" in told
    assert "in stock" in told
    assert "Cast-iron" not in told
    assert "results in" in told


def test_search_says_why(tea_home: Path) -> None:
    told = done("search", "glass teapot", "--home", tea_home, "--limit", 1, "--why")
    assert "words 0." in told
    assert "meaning 0." in told


def test_related_shows_both_lists(tea_home: Path) -> None:
    told = done("related", "POT-02", "--home", tea_home)
    assert told.startswith("Glass teapot 1.2 l")
    assert "In place of it" in told
    assert "Goes with it" in told
    assert "no product or variant has this id" in str(failed("related", "POT-99", "--home", tea_home))


def test_search_says_what_it_corrected(tea_home: Path) -> None:
    told = done("search", "glass teapto", "--home", tea_home)
    assert "showing results for glass teapot; --literal searches for what was typed" in told
    assert "showing results" not in done("search", "glass teapto", "--home", tea_home, "--literal")


def test_search_shows_brackets_as_they_are(tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(json.dumps({"id": "1", "title": "Scarf [red] [/b] XL", "price": "30 EUR"}), encoding="utf-8")
    done("ingest", feed, "--home", tmp_path / "home", "--no-wait")
    assert "Scarf [red] [/b] XL" in done("search", "scarf", "--home", tmp_path / "home")


def test_a_comparison_shows_brackets_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    cli._print_table(Table(("Scarf [/b]", "Cap :cat:"), ("1", "2"), (("Fit [dim]", ("[red] XL", None)),)))
    told = capsys.readouterr().out
    assert all(text in told for text in ("Scarf [/b]", "Cap :cat:", "Fit [dim]", "[red] XL", "—"))


def test_a_note_shows_brackets_as_they_are(tea_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "http://127.0.0.1:9/v1#[/b]"

    def refuse(*_: object, **__: object) -> str:
        raise ModelError(f"{url} answered 500")

    monkeypatch.setattr("shopwright.models.endpoint.EndpointModel.stream", refuse)
    assert f"({url} answered 500)" in done("chat", "--home", tea_home, "--once", "a teapot", "--model", url)


def test_chat_answers_once(tea_home: Path) -> None:
    told = done("chat", "--home", tea_home, "--once", "a mug under 20 euros")
    assert "Enamel camping mug" in told
    assert "€9.90" in told
    assert "travel mug" not in told


def test_chat_goes_on_until_an_empty_line(own_home: Path) -> None:
    told = done("chat", "--home", own_home, typed="show me teapots\ncompare them\n\nnever read\n")
    assert "Glass teapot 1.2 l" in told
    assert "Availability" in told, "the comparison is a table"


def test_chat_goes_on_without_its_endpoint(own_home: Path) -> None:
    told = done("chat", "--home", own_home, "--once", "a teapot", "--model", "http://127.0.0.1:9/v1#none")
    assert "language model" in told
    assert "teapot" in told


# ── rules ──


def test_rules_are_checked_previewed_set_and_listed(own_home: Path) -> None:
    rules = EXAMPLES / "rules.json"
    assert "No rules are in force" in done("rules", "list", "--home", own_home)
    assert "4 rules can be set" in done("rules", "check", rules, "--home", own_home)
    seen = done("rules", "preview", "tea", "--file", rules, "--home", own_home)
    first = next(line for line in seen.splitlines() if line.lstrip().startswith("1 "))
    assert "Glass teapot" in first
    assert "pinned by 'tea sets'" in first
    assert "No rules are in force" in done("rules", "list", "--home", own_home), "a preview sets nothing"
    assert "4 rules in force" in done("rules", "set", rules, "--home", own_home)
    told = done("rules", "list", "--home", own_home)
    assert all(text in told for text in ("boost 30%", "POT-02, MUG-01", "Category: Tea", "to 2099-08-31"))
    assert "Glass teapot" in done("search", "tea", "--limit", 1, "--home", own_home)


def test_a_file_with_a_wrong_rule_is_not_set(own_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps([{"name": "all", "action": "boost", "amount": 0.2}]))
    for command in (["check", file], ["set", file], ["preview", "tea", "--file", file]):
        error = failed("rules", *command, "--home", own_home)
        assert "mine.json: rule 1 ('all'): boost without products: give ids, filters or both" in str(error)
    assert not (own_home / "rules.json").exists()


def test_a_product_that_is_not_there_is_a_note(own_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps([{"name": "[b]", "action": "pin", "ids": ["POT-99"]}]))
    for command in (["check", file], ["set", file], ["list"], ["preview", "tea"]):
        assert "rule 1 ('[b]'): no product has the id 'POT-99'" in done("rules", *command, "--home", own_home)


# ── the rest ──


def test_doctor_says_what_to_do(tmp_path: Path, tea_home: Path) -> None:
    assert "shopwright ingest FEED" in done("doctor", "--home", tmp_path / "nothing")
    assert "100% of the products have vectors" in done("doctor", "--home", tea_home)
    broken = run("doctor", "--home", tea_home, "--model", "http://127.0.0.1:9/v1#none")
    assert broken.exit_code == 1
    assert "fail" in broken.output


def test_the_home_may_come_from_the_environment(tea_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPWRIGHT_HOME", str(tea_home))
    assert "Jasmine green tea" in done("search", "jasmine")


def test_bench_names_the_benchmarks() -> None:
    assert "search, rewrite, reason, context, intent, recommend, plan, evidence, verify, assistant" in str(
        failed("bench", "speed")
    )


def test_help_and_version() -> None:
    assert done("--version").strip() == shopwright.__version__
    told = done("--help")
    assert all(f"  {command.callback.__name__} " in told for command in cli.app.registered_commands if command.callback)


# ── errors ──


def test_an_error_is_one_line_and_ends_with_2(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from shopwright.cli import main; main()", "ingest", str(tmp_path / "none.csv")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={"SHOPWRIGHT_HOME": str(tmp_path)})
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert "none.csv" in ran.stderr
    assert ran.stderr.count("\n") == 1, "a pipe gets the line whole"
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "error", [MissingExtraError("reading Parquet", "parquet"), FeedError("column [/b] or [red]: rename it")], ids=str
)
def test_brackets_in_an_error_stay(
    error: ShopwrightError, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "app", raising(error))
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert str(error) in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_named(
    command: str, tea_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        monkeypatch.setattr(sys, "argv", ["shopwright", command, "--home", str(tea_home), "--port", port])
        with pytest.raises(SystemExit) as end:
            cli.main()
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert f"another program listens on 127.0.0.1:{port}" in told
    assert "choose another port" in told


def raising(error: Exception) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


# ── what shoppers searched for ──


def test_a_log_is_imported_and_reported(own_home: Path, tmp_path: Path) -> None:
    assert "No searches in 30 days" in done("report", "--home", own_home)
    log = tmp_path / "log.tsv"
    log.write_text("teapot\t40\nsamovar\t9\ngreen samovar\t2\nteapto\t5\n[b]mug[/b]\n", encoding="utf-8")
    assert "57 searches added" in done("searches", "import", log, "--home", own_home)
    told = done("report", "--home", own_home)
    assert "57 searches in 30 days, 5 different ones" in told
    assert "5 (8.8 %) were rescued" in told
    assert "samovar, green samovar" in told
    assert "[b]mug[/b]" in told
    found = json.loads(done("report", "--json", "--days", 1, "--limit", 1, "--home", own_home))
    assert [one["query"] for one in found["most_asked"]] == ["teapot"]
    assert [(gap["word"], gap["times"]) for gap in found["gaps"]] == [("samovar", 11)]


def test_a_log_with_a_wrong_line_changes_nothing(own_home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.tsv"
    log.write_text("teapot\t40\nsamovar\tnine\n", encoding="utf-8")
    assert "line 2: 'samovar" in str(failed("searches", "import", log, "--home", own_home))
    assert "No searches" in done("report", "--home", own_home)
