# Two commands are enough: `make run` and `make test`. Nothing here needs more than
# Python 3.11 with venv, and make; paths are relative, so any directory will do.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
# Each of the many processes here would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

BIN = .venv/bin

.PHONY: help run prepare test programs pytest test-long test-kill check stop lock audit sbom messages clean

help:
	@echo "make run       start on http://$(HOST):$(PORT) (HOST, PORT, DATABASE_URL are respected)"
	@echo "make stop      stop the embedded PostgreSQL"
	@echo "make test      all checks and tests, those in a browser included"
	@echo "make test-long walks of minutes, the other way round"
	@echo "make test-kill fifty kills of a running service, and what is lost: nothing"
	@echo "make check     style, types, direction of imports, migrations"
	@echo "make messages  collect new texts for translation"
	@echo "make lock      pin the dependencies anew"
	@echo "make audit     compare the dependencies with known faults, where a list of them is reachable"
	@echo "make sbom      write sbom.json: each part with version, licence and hashes"

.venv/run.stamp: requirements.txt
	@$(PYTHON) config/install.py requirements.txt .venv/run.stamp

.venv/test.stamp: .venv/run.stamp requirements-test.txt
	@$(PYTHON) config/install.py requirements-test.txt .venv/test.stamp

run: .venv/run.stamp
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python -m config.serve

prepare: .venv/run.stamp
	@$(BIN)/python manage.py prepare

stop:
	@test ! -e .venv/run.stamp || $(BIN)/python -m config.embedded stop

check: .venv/test.stamp
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint templates --lint --quiet

test:
	$(MAKE) --jobs 2 .venv/test.stamp programs
	$(BIN)/python manage.py compile_translations
	$(MAKE) --jobs 2 check pytest

programs:
	@command -v chromium >/dev/null && command -v soffice >/dev/null || sh tests/install-programs.sh

pytest: .venv/test.stamp
	$(BIN)/python -m pytest -n 2 --dist load

test-long: .venv/test.stamp
	$(BIN)/python manage.py compile_translations
	$(BIN)/python -m pytest -n 2 --dist load -m long

test-kill: .venv/test.stamp
	$(BIN)/python -m pytest -p no:xdist -s -m kill tests/kill

messages: .venv/test.stamp
	$(BIN)/python manage.py update_messages

LOCK = $(BIN)/python -m piptools compile --quiet --generate-hashes --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
lock: .venv/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-tools
	$(LOCK) --extra local -o requirements.txt pyproject.toml
	$(LOCK) --extra local --extra test -c requirements.txt -o requirements-test.txt pyproject.toml

# Nothing of it lands in .venv, and a machine without a way out is told so, not failed.
audit:
	@$(PYTHON) config/known_faults.py requirements.txt

sbom: .venv/run.stamp
	@$(BIN)/python -m config.sbom requirements.txt > sbom.json
	@echo "sbom.json"

clean:
	@test ! -e .venv/run.stamp || $(BIN)/python -m config.embedded remove
	rm -rf .venv .venv.lock var
