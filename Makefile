# make run    serve the bot on 127.0.0.1:8080
# make test   run the whole test suite
# make lint   ruff and mypy
# make check  the knowledge, the linters and the tests
# make bench  measure the bot against others, in an environment with them (.venv-bench)
#
# Each makes what it needs in .venv; a second call finds it there. PYTHON chooses another Python 3.11+.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PINNED := constraints.txt pyproject.toml

.PHONY: run test lint check bench clean

run: $(VENV)/.installed
	$(BIN)/yibao serve

test: $(VENV)/.installed-dev
	$(BIN)/pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict

check: $(VENV)/.installed-dev lint test
	$(BIN)/yibao check

bench: .venv-bench/.installed
	.venv-bench/bin/python -m tests.benchmarks

.venv-bench/.installed: $(PINNED) tests/benchmarks/peers.txt | $(BIN)/python
	$(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[fast]' --requirement tests/benchmarks/peers.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it by PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(PINNED) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(PINNED) | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .venv-bench build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
