# Each target sets up what it needs: a Python with venv (PYTHON=python3.12 picks one) and the package index.

PYTHON ?= python3
# Of pytest; more than two cores, since screens wait most of the time.
WORKERS ?= 3
ARGS ?=

VENV := .venv/bin/python
READY := .venv/.ready
MAKEFLAGS += --no-print-directory

.PHONY: demo test check bench words pictures

demo: $(READY) ## build a throw-away desk and open its console
	@$(VENV) -m deskterm demo $(ARGS)

test: $(READY) ## run every test; make test ARGS='-k hours'
	@$(VENV) -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)

check: $(READY) ## everything that can be said about the code without running it
	@$(VENV) -m ruff format --quiet --check --diff
	@$(VENV) -m ruff check --quiet
	@$(VENV) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo
	@$(VENV) -m tests.security.text_gate_lint
	@$(VENV) -m tests.words check

bench: $(READY) ## one figure after another, since two at once would disturb each other
	@for script in bench/[a-z]*.py; do $(VENV) "$$script" || exit; done

words: $(READY) ## gather the words that people read into the gettext catalogues
	@$(VENV) -m tests.words gather

pictures: $(READY) ## take the pictures of the documentation anew
	@$(VENV) docs/pictures.py

$(READY): pyproject.toml constraints.txt hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "deskterm needs Python 3.11 or newer; try make PYTHON=python3.12")'
	@echo "Setting up .venv (this once, about a minute)"
	@$(VENV) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@$(VENV) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)
