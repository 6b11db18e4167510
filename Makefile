# `make run` starts the site; the other targets are for working on it.

PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check
TEMPLATES = $(shell find templates articles -name '*.html')
# The environment of a production site, and nothing of this shell's.
PRODUCTION = env -i PATH="$$PATH" DEBUG=False SITE_URL=https://news.example.com \
	ALLOWED_HOSTS=news.example.com \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')"

.PHONY: run test test-sqlite test-postgresql test-browser lint clean

run: .venv/.installed
	$(BIN)/python -m newsroom.run

# All at a time, since each waits a good deal; each with its output in one piece where make can do
# that.
test: .venv/.installed-dev
	$(MAKE) -j3 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) test-browser test-sqlite test-postgresql

test-sqlite: .venv/.installed-dev
	TEST_DATABASE=sqlite $(BIN)/python -m pytest --ignore tests/browser

test-postgresql: .venv/.installed-dev
	TEST_DATABASE=postgresql $(BIN)/python -m pytest --ignore tests/browser

test-browser: .venv/.installed-dev
	TEST_DATABASE=postgresql $(BIN)/python -m pytest tests/browser

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(if $(TEMPLATES),$(BIN)/djade --check $(TEMPLATES))
	$(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

# Everything that make can make again; never the data.
clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	find articles newsroom tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Newsroom needs Python 3.11 or newer. Name one: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements.txt | .venv/bin/python
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch .venv/.installed $@
