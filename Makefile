# Greenlight 绿灯. `make` lists what can be done. Python 3.11 or newer and make are enough; Node 20 or newer is used where
# it is there and installed into .venv where it is not. Nothing is installed or built twice while its sources stand still.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes
# Runs a command with the database and the other settings of this machine: DATABASE_URL, else the embedded PostgreSQL.
HERE := $(BIN)/python -m app.cli.serve
DIST := app/web/static/dist/manifest.json
NODE := PATH="$(CURDIR)/$(BIN):$$PATH"
PO := $(wildcard app/translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)
PYTEST := $(BIN)/pytest -n 2 --dist worksteal

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

# --- running ---

.PHONY: run
run: $(VENV)/.run $(DIST) $(MO) ## set everything up and serve on 127.0.0.1:8000 (PORT=… for another port)
	@exec $(HERE)

.PHONY: flask
flask: $(VENV)/.run $(MO) ## an operator's command on this machine's database: make flask do="demo accounts"
	@$(HERE) flask $(or $(do),--help)

# --- checking ---

.PHONY: test
test: $(VENV)/.dev $(DIST) $(MO) chromium ## every test but the long ones
	@$(PYTEST) -m "not deep" $(args)

.PHONY: test-deep
test-deep: $(VENV)/.dev $(DIST) $(MO) chromium ## the long tests
	@status=0; $(PYTEST) -m deep --hypothesis-profile=deep $(args) || status=$$?
	if [ $$status = 5 ]; then echo "No test is marked deep: nothing was run."; else exit $$status; fi

.PHONY: bench
bench: $(VENV)/.dev $(DIST) $(MO) ## measure speed, with a pgbench figure beside it
	@$(BIN)/python tests/bench/run.py $(args)

.PHONY: lint
lint: $(VENV)/.dev ## style, types, floors of the house, dependencies
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

.PHONY: fmt
fmt: $(VENV)/.dev ## format, and mend what can be mended by itself
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	$(BIN)/ruff format .

.PHONY: chromium
chromium:
	@found() { command -v "$${CHROMIUM:-chromium}" || command -v chromium-browser; }
	found >/dev/null && exit 0
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	  echo "Installing Chromium for the browser tests …"
	  export DEBIAN_FRONTEND=noninteractive
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null || true
	fi
	found >/dev/null || echo "Browser tests will fail: install Chromium (as root: apt-get install chromium)."

# --- maintaining ---

.PHONY: lock
lock: $(VENV)/.dev ## compile requirements*.txt from requirements*.in (args="--upgrade" for newer versions)
	@compile() { $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	  --custom-compile-command "make lock" $(args) "$$@"; }
	compile requirements.in -o requirements.txt
	compile requirements-dev.in -c requirements.txt -o requirements-dev.txt
	compile requirements-node.in -o requirements-node.txt

.PHONY: translations
translations: $(VENV)/.dev ## collect the texts of pages and messages into app/translations
	@$(BIN)/python -m babel.messages.frontend --quiet extract -F pyproject.toml -k lazy_gettext --no-location --sort-output --project Greenlight \
	  -o app/translations/messages.pot .
	$(BIN)/pybabel --quiet update -i app/translations/messages.pot -d app/translations -l zh --init-missing \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap

.PHONY: clean
clean: ## remove what was installed and built (not the data in var/)
	@rm -rf $(VENV) frontend/node_modules app/web/static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
	find app/translations -name '*.mo' -delete

.PHONY: reset
reset: $(VENV)/.run ## remove this machine's database and files: the next `make run` starts anew
	@$(BIN)/python -m app.cli.postgres remove var
	rm -rf var

# --- what the targets stand on; each stamp is renewed when its sources change ---

$(VENV)/bin/python:
	@python=
	for candidate in python3 python3.13 python3.12 python3.11; do
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi
	done
	[ -n "$$python" ] || { echo "Python 3.11 or newer is needed (as root: apt-get install python3)."; exit 1; }
	echo "Making $(VENV) with $$($$python --version) …"
	$$python -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian: apt-get install python3-venv."; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@echo "Installing the Python libraries (a minute or two the first time) …"
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing the tools for tests and checks …"
	$(PIP) -r requirements-dev.txt
	touch $@

$(VENV)/.node: requirements-node.txt | $(VENV)/bin/python
	@if ! node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null || ! command -v npm >/dev/null; then
	  echo "Installing Node (there is none here, or one older than 20) …"
	  $(PIP) -r requirements-node.txt
	fi
	touch $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/.npmrc $(VENV)/.node
	@echo "Installing the front end's packages …"
	cd frontend && $(NODE) npm ci --loglevel=error
	touch node_modules/.installed

$(DIST): frontend/node_modules/.installed frontend/build.mjs $(shell find frontend/src -type f)
	@echo "Building the front end …"
	cd frontend && $(NODE) node build.mjs

%.mo: %.po | $(VENV)/.run
	@$(BIN)/pybabel --quiet compile -i $< -o $@
