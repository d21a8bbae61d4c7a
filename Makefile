# make run    set up, build the index, serve on http://127.0.0.1:8000 (PORT= changes it)
# make test   set up, run all tests
# make gate   index, calibrate, and fail where a measure falls below its floor
# make evaluate   the same measures as a page and as JSON, in .citewell

PYTHON ?= python3
PORT ?= 8000
CITEWELL_INDEX ?= .citewell/index
export CITEWELL_INDEX
BIN := .venv/bin

.PHONY: install index run test check gate evaluate

install: .venv/installed

.venv/installed: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[check,evaluate,dev]'
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
	mkdir -p .citewell
	$(BIN)/citewell evaluate --gold tests/gold --report .citewell/report.html --output .citewell/evaluation.json

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/citewell check
