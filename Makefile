# Two commands: `make run` (the demonstration) and `make test`. Each sets itself up in .venv.
# Only relative paths below, so that the checkout may stand in a folder with spaces.

.POSIX:
.PHONY: run test again check bench lock clean help
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
TESTS := tests

help:
	@echo 'make run    start the demonstration with everything embedded; Ctrl-C stops it'
	@echo 'make test   run every test; TESTS=tests/infra chooses'
	@echo 'make again  run once more what failed, with the machine to itself'
	@echo 'make check  lint, types, import arrows, sizes, schema snapshot, migrations'
	@echo "make bench  measure the API beside others, then the pages; BENCH=--help tells what else"
	@echo 'make lock   choose package versions anew and write their hashes'
	@echo 'make clean  remove what make made; the data below .roder/ stays'

# make hands a SIGTERM to the process it started: `exec` makes that process roder, with no shell between.
# Killed too hard to do that, make is missed: roder stops when the parent named here is gone.
run: $(VENV)/.run
	@RODER_WITH_PARENT=$$PPID exec $(VENV)/bin/roder demo

test: $(VENV)/.dev $(VENV)/.browser
	@$(PY) -m pytest -n auto --dist worksteal $(TESTS)

# What failed in the last run, one after another; ends at the first that fails again.
again: $(VENV)/.dev $(VENV)/.browser
	@$(PY) -m pytest -v --exitfirst --last-failed --last-failed-no-failures none $(TESTS)

check: $(VENV)/.dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PY) -m pytest -q tests/structure
	$(VENV)/bin/roder schema --check
	$(VENV)/bin/roder migrate --check

bench: $(VENV)/.dev
	@$(PY) tests/bench/run.py $(BENCH)

lock: $(VENV)/.dev
	$(PIP) install uv
	$(PY) -m uv $(COMPILE) --extra build -o requirements.txt
	$(PY) -m uv $(COMPILE) --extra build --extra dev -c requirements.txt -o requirements-dev.txt

COMPILE := pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate pyproject.toml

clean:
	rm -rf $(VENV) build dist roder.egg-info htmlcov .coverage .coverage.*
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache

# ── set-up ────────────────────────────────────────────────────────────────────────────────────
# The stamps are younger than what they were made from; then nothing is installed anew.

$(VENV)/.run: requirements.txt pyproject.toml setup.py $(PY)
	@echo 'Installing the packages (once; about a minute) …'
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo 'Installing what the tests need …'
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@mkdir -p $(VENV)/types && ln -sfn ../.. $(VENV)/types/roder
	@touch $@

# What judges the pages, for the tests in a browser. The browser is the machine's own Chromium.
$(VENV)/.browser: Makefile $(VENV)/.dev
	@command -v npm >/dev/null || { \
		echo 'The tests of the pages need Node.js with npm, and found none on the path.' >&2; \
		exit 1; \
	}
	@echo 'Installing what judges the pages …'
	@npm install --prefix $(VENV)/node --no-save --no-audit --no-fund --ignore-scripts \
		--loglevel=error axe-core@4.14.1 html-validate@10.17.0
	@touch $@

# By trial, not by name: a `python3.11` on the path may be a signpost to nothing.
# The target has no prerequisite and is made once; a half-made folder is made anew.
$(PY):
	@for python in python3.11 python3 python; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version) …"; \
			exec "$$python" -m venv --clear $(VENV); \
		fi; \
	done; \
	echo 'Roder needs Python 3.11 or later, and found none on the path.' >&2; exit 1
