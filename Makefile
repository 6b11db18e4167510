# `make run` starts the site; the other targets are for working on it.

PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := install --quiet --disable-pip-version-check --require-hashes
# What looks after the lists of requirements has packages of its own.
TOOLS := .venv/tools/bin
COMPILE = $(TOOLS)/uv pip compile --quiet --no-config --universal --generate-hashes \
	--custom-compile-command "make requirements"
COMPILE_311 = $(COMPILE) --python-version 3.11 $(UPGRADE)
# The newest Django has an environment of its own beside the site's.
NEXT := .venv/next/bin
# Each process that tests start would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
TEMPLATES = $(shell find templates articles -name '*.html')
# The environment of a production site, and nothing of this shell's.
PRODUCTION = env -i PATH="$$PATH" DEBUG=False SITE_URL=https://news.example.com \
	ALLOWED_HOSTS=news.example.com \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')"

# Parts of what takes longest, so that all can run at a time.
DESK = tests/admin tests/attacks tests/backup tests/test_leaks.py
PROCESSES = tests/management tests/newsroom tests/posts tests/serving

.PHONY: run dev test test-sqlite test-sqlite-desk test-sqlite-site test-sqlite-processes test-postgresql test-postgresql-desk test-postgresql-site test-browser test-serving test-next faults soak lint lint-mail requirements audit sbom clean

run: .venv/.installed
	$(BIN)/python -m newsroom.run

# The site for working on it: Django's own server, which loads changed code again, with DEBUG.
dev: .venv/.installed-dev
	$(BIN)/python -m newsroom.run --dev

# All at a time: each waits a good deal, and what is left at the end has company. Each with its output
# in one piece where make can do that.
test: .venv/.installed-dev
	$(MAKE) -j6 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
		test-sqlite-desk test-sqlite-site test-postgresql-site test-browser test-postgresql-desk \
		test-sqlite-processes

test-sqlite: test-sqlite-site test-sqlite-processes test-sqlite-desk

test-sqlite-site: .venv/.installed-dev
	TEST_DATABASE=sqlite $(BIN)/python -m pytest --ignore tests/browser \
		$(DESK:%=--ignore %) $(PROCESSES:%=--ignore %)

test-sqlite-processes: .venv/.installed-dev
	TEST_DATABASE=sqlite $(BIN)/python -m pytest $(PROCESSES)

test-sqlite-desk: .venv/.installed-dev
	TEST_DATABASE=sqlite $(BIN)/python -m pytest $(DESK)

# Those that use no database are run with SQLite.
test-postgresql: test-postgresql-site test-postgresql-desk

test-postgresql-site: .venv/.installed-dev
	TEST_DATABASE=postgresql $(BIN)/python -m pytest --ignore tests/browser $(DESK:%=--ignore %) -m database

test-postgresql-desk: .venv/.installed-dev
	TEST_DATABASE=postgresql $(BIN)/python -m pytest $(DESK) -m database

test-browser: .venv/.installed-dev
	TEST_DATABASE=postgresql $(BIN)/python -m pytest tests/browser

# All but the browser's tests with the newest Django, which needs Python 3.12 or newer:
# make test-next PYTHON=python3.13
test-next: .venv/next/.installed
	TEST_DATABASE=sqlite $(NEXT)/python -m pytest --ignore tests/browser
	TEST_DATABASE=postgresql $(NEXT)/python -m pytest --ignore tests/browser -m database

# Real processes under real faults, for some minutes; FAULTS="stampede nodes" runs some of them.
faults: .venv/.installed-dev
	$(BIN)/python -m tests.faults $(FAULTS)

# Twenty minutes of crowds and pauses on both databases; MINUTES=4 for a short try.
MINUTES ?= 20
soak: .venv/.installed-dev
	$(BIN)/python -m tests.soak $(MINUTES)

# The tests of the server, with a server of another Python: make test-serving SERVE_WITH=python3.14
SERVING_VENV ?= .venv/serving/$(notdir $(SERVE_WITH))
test-serving: .venv/.installed-dev $(if $(SERVE_WITH),$(SERVING_VENV)/.installed)
	for engine in sqlite postgresql; do \
		TEST_DATABASE=$$engine $(if $(SERVE_WITH),SERVE_WITH=$(abspath $(SERVING_VENV))/bin/python) \
		$(BIN)/python -m pytest tests/serving/test_serving.py tests/serving/test_threads.py || exit 1; \
	done

$(SERVING_VENV)/.installed: requirements.txt | .venv/bin/python
	$(SERVE_WITH) -m venv --clear $(SERVING_VENV)
	$(SERVING_VENV)/bin/pip $(PIP_INSTALL) -r requirements.txt
	@touch $@

lint: .venv/.installed-dev .venv/tools/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(if $(TEMPLATES),$(BIN)/djade --check $(TEMPLATES))
	$(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(TOOLS)/actionlint .github/workflows/*.yml

# Whether mail programs show what a digest's mail is made of; needs npm, from Node 20 on.
lint-mail: .venv/.installed-dev
	npm ci --prefix tests/mail/clients --silent --no-audit --no-fund
	LINT_MAIL=1 TEST_DATABASE=sqlite $(BIN)/python -m pytest tests/mail/clients

# Pin everything that the lists ending in .in need, with the hashes of all their files. What is pinned
# stays, unless it is asked for: make requirements UPGRADE="--upgrade-package pillow". The list for the
# newest Django starts from a copy, so that everything else in it has the same version.
requirements: .venv/tools/.installed
	$(COMPILE_311) requirements.in --output-file requirements.txt
	$(COMPILE_311) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt
	$(COMPILE_311) requirements-tools.in --output-file requirements-tools.txt
	cp requirements-dev.txt requirements-next.txt
	$(COMPILE) --python-version 3.12 requirements-dev.in --override requirements-next.in --output-file requirements-next.txt

# Red if a known hole was found, and also if the database of holes could not be asked.
audit: .venv/tools/.installed
	$(TOOLS)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt
	$(TOOLS)/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt
	$(TOOLS)/pip-audit --strict --disable-pip --require-hashes -r requirements-next.txt

# What a release is made of (CycloneDX).
sbom: .venv/tools/.installed
	$(TOOLS)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --validate \
		--mc-type application --output-format JSON --output-file sbom.cdx.json

# Everything that make can make again; never the data.
clean:
	rm -rf tests/mail/clients/node_modules .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis sbom.cdx.json
	find articles newsroom tests -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Newsroom needs Python 3.11 or newer. Name one: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/python
	$(BIN)/pip $(PIP_INSTALL) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements.txt | .venv/bin/python
	$(BIN)/pip $(PIP_INSTALL) -r requirements-dev.txt
	@touch .venv/.installed $@

.venv/next/.installed: requirements-next.txt | .venv/bin/python
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || { echo "The newest Django needs Python 3.12 or newer. Name one: make test-next PYTHON=python3.13" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv/next
	$(NEXT)/pip $(PIP_INSTALL) -r requirements-next.txt
	@touch $@

.venv/tools/.installed: requirements-tools.txt | .venv/bin/python
	$(PYTHON) -m venv --clear .venv/tools
	$(TOOLS)/pip $(PIP_INSTALL) -r requirements-tools.txt
	@touch $@
