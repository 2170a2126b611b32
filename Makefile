# Shopwright: `make demo` opens the demo shop, `make test` checks everything. Both set up what they need.
# Needs Python 3.11 or later and a package index; nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= .demo
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help install demo test lint types unit browser chromium bench docs lock clean

help: ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/base.stamp: requirements/base.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/base.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements/dev.txt
	@touch $@

install: $(VENV)/base.stamp ## Create the environment with the locked packages

demo: install ## Fill and open the demo shop on http://127.0.0.1:8000
	$(BIN)/shopwright demo --home $(HOME_DIR) --port $(PORT)

test: $(VENV)/dev.stamp lint types unit ## Lint, type-check and test (browser tests where Chromium is present)

lint: $(VENV)/dev.stamp ## Style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp ## Strict type check
	$(BIN)/mypy

unit: $(VENV)/dev.stamp ## All tests
	$(BIN)/python -m pytest

browser: $(VENV)/dev.stamp chromium ## Only the browser tests
	$(BIN)/python -m pytest tests/browser -m browser

chromium: ## Install Chromium (Debian, as root) when it is missing
	@command -v chromium >/dev/null || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; }

bench: install ## Benchmarks over the demo shop; DATA=DIR adds those over public data
	$(BIN)/shopwright bench assistant
	$(if $(DATA),$(BIN)/shopwright bench search --data $(DATA))

docs: $(VENV)/dev.stamp ## Renew what is generated in the documentation: docs/cli.md, and the outputs that pages show
	$(BIN)/python tests/pages.py

lock: ## Renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements/base.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--extra dev pyproject.toml -o requirements/dev.txt

clean: ## Remove the environment and the demo's folder
	rm -rf $(VENV) $(HOME_DIR) .mypy_cache .ruff_cache .pytest_cache
