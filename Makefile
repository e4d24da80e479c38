# After `apt install make python3-venv`: make run, make demo, make test.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SCENARIO := tests/scenarios/enping/scenario.yaml
RUN := PYTHONPATH=plugins $(BIN)/python -m fenghuo.orchestration.run

.PHONY: run demo test lint bench faults clean setup setup-dev debian node
.DEFAULT_GOAL := run

run: setup
	@exec env $(RUN)

demo: setup
	@exec env $(RUN) demo $(SCENARIO)

test: debian setup-dev node
	$(BIN)/python -m pytest

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev
	$(BIN)/python -m bench
	$(BIN)/python -m bench.bench_airflow

faults: setup-dev
	FENGHUO_KILLS=20 $(BIN)/python -m pytest -s tests/faults/test_kills.py

clean:
	rm -rf .venv var node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup: .venv/run.stamp
setup-dev: .venv/dev.stamp

.venv/run.stamp: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Python 3.11 to 3.13 is needed: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "type: apt install python3-venv"; exit 1; }
	@echo "installing requirements.txt"
	@$(PIP) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.txt
	@echo "installing requirements-dev.txt"
	@$(PIP) -r requirements-dev.txt
	@touch $@

# PostgreSQL for the store's tests, Node for the outside judge of the sandbox's Twilio side
debian:
	@missing=; \
	{ command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
	  || missing="$$missing postgresql"; \
	[ ! -f package.json ] || command -v npm >/dev/null || missing="$$missing npm"; \
	if [ -z "$$missing" ]; then exit 0; \
	elif [ "$$(id -u)" != 0 ]; then echo "type: sudo apt install$$missing"; exit 1; fi; \
	echo "installing$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -qq -y --no-install-recommends $$missing >/dev/null

# its folder is a stamp: npm is asked again only when the lock file changes
node: $(if $(wildcard package.json),node_modules/.stamp)
node_modules/.stamp: package.json $(wildcard package-lock.json)
	@echo "installing package.json"
	@npm ci --silent --no-audit --no-fund
	@touch $@
