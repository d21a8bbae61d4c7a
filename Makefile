# make run    set up, build the index, serve on http://127.0.0.1:8000 (PORT= changes it)
# make test   set up, run all tests
# make gate   index, calibrate, and fail where a measure falls below its floor
# make evaluate   the same measures as a page, which the server shows under /evaluation, and as JSON
# make bench  measure Citewell beside Haystack, LangChain, LlamaIndex and txtai: a table, .citewell/bench.html and bench.json

PYTHON ?= python3
PORT ?= 8000
CITEWELL_INDEX ?= .citewell/index
CITEWELL_DATA ?= .citewell/data
export CITEWELL_INDEX
BIN := .venv/bin

.PHONY: install index run test check gate evaluate bench

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[check,evaluate,dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps axe-playwright-python==0.1.8  # for axe-core alone
	touch $@

index: install
	$(BIN)/citewell index
	test ! -d tests/gold || $(BIN)/citewell calibrate --gold tests/gold

run: index
	$(BIN)/citewell serve --port $(PORT)

test: install
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist loadfile -m "not load"
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -q -m load  # alone, as it takes all there is

gate: index
	$(BIN)/citewell evaluate --gold tests/gold --gate

evaluate: index
	mkdir -p -m 700 $(CITEWELL_DATA)
	$(BIN)/citewell evaluate --gold tests/gold --report $(CITEWELL_DATA)/report.html --output .citewell/evaluation.json

bench: index .venv-peers/installed
	HF_HUB_OFFLINE=1 $(BIN)/python -m tests.benchmarks

# One that cannot be installed is a row that says so.
.venv-peers/installed: tests/benchmarks/requirements-peers.txt
	test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	if .venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<; then touch $@; fi

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/citewell check
