# After `apt install make python3-venv`: make run, make demo, make test.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SCENARIO := tests/scenarios/mangkhut/scenario.yaml
PICTURED := 2018-09-16T15:30:00+08:00
RUN := PYTHONPATH=plugins $(BIN)/python -m fenghuo.orchestration.run

.PHONY: run demo production test lint bench screenshots faults clean setup setup-dev debian \
  postgresql node oracle
.DEFAULT_GOAL := run

run: setup
	@exec env $(RUN)

demo: setup
	@exec env $(RUN) demo $(SCENARIO)

# docker-compose.yml's services as plain processes; with SCENARIO=… it plays that and ends
production: setup postgresql
	@exec env $(RUN) production $(if $(filter command line environment,$(origin SCENARIO)),$(SCENARIO))

test: debian setup-dev node oracle
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-dev
	@$(MAKE) --no-print-directory debian \
	  NEEDED="initdb=postgresql prometheus-alertmanager=prometheus-alertmanager"
	$(BIN)/python -m bench
	$(BIN)/python -m bench.bench_alertmanager
	$(BIN)/python -m bench.bench_airflow
	$(BIN)/python -m bench.bench_push
	$(BIN)/python -m bench.bench_growth
	$(BIN)/python -m bench.bench_backtest

# the pictures of the README, from the scenario at its gravest hour (a city instant)
screenshots: debian setup-dev
	PYTHONPATH=plugins $(BIN)/python -m bench.screenshots $(SCENARIO) --at $(PICTURED)

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

# what tests and pictures need of Debian: a program = the packages that bring it
NEEDED := initdb=postgresql npm=npm chromium=chromium+fonts-wqy-microhei postfix=postfix \
  /usr/lib/dovecot/imap=dovecot-imapd /usr/lib/dovecot/lmtp=dovecot-lmtpd \
  bearerbox=kannel /usr/lib/kannel/test/fakesmsc=kannel-extras

debian:
	@PATH="$$PATH:/usr/sbin:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"; missing=; \
	for one in $(NEEDED); do command -v "$${one%%=*}" >/dev/null \
	  || missing="$$missing $$(echo "$${one#*=}" | tr + ' ')"; done; \
	if [ -z "$$missing" ]; then exit 0; \
	elif [ "$$(id -u)" != 0 ]; then echo "type: sudo apt install$$missing"; exit 1; fi; \
	echo "installing$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	  apt-get install -qq -y --no-install-recommends $$missing >/dev/null

postgresql:
	@$(MAKE) --no-print-directory debian NEEDED=initdb=postgresql

# its folder is a stamp: npm is asked again only when the lock file changes
node: $(if $(wildcard package.json),node_modules/.stamp)
node_modules/.stamp: package.json $(wildcard package-lock.json)
	@echo "installing package.json"
	@npm ci --silent --no-audit --no-fund
	@touch $@

# openquake, whose intensities ours are held to: too heavy for the house's own environment
oracle: var/oracle/stamp
var/oracle/stamp: requirements-oracle.txt
	@echo "installing requirements-oracle.txt"
	@rm -rf var/oracle && $(PYTHON) -m venv var/oracle/.venv
	@var/oracle/.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@
