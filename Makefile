# Two commands matter: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check -q

.PHONY: run test check bench soak reset

run: $(VENV)/.run
	@exec $(BIN)/python -m webapp serve

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

check: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_translations.py

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench

soak: $(VENV)/.test
	$(BIN)/python -m pytest -m soak $(ARGS)

reset:
	@$(PYTHON) -c 'import os, shutil; \
	answer = input("This deletes every case, person and document in var/. Type yes to go on: ") if os.path.isdir("var") else ""; \
	shutil.rmtree("var") if answer == "yes" else None; \
	print("var/ is gone." if answer == "yes" else "Nothing was deleted.")'

# Installed again only when what is to be installed has changed.
$(VENV)/.run: requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing what Alur needs (once; it takes a minute) ..."
	@$(PIP) install -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.test: requirements.txt tests/requirements.txt constraints.txt | $(BIN)/python
	@echo "Installing what Alur and its tests need (once; it takes a minute) ..."
	@$(PIP) install -r requirements.txt -r tests/requirements.txt -c constraints.txt
	@touch $@ $(VENV)/.run

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || { \
		echo "Alur needs Python 3.11 or newer, and there is no $(PYTHON) here."; \
		echo "On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Alur needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version)."; \
		echo "Name a newer one: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "This Python can't make virtual environments."; \
		echo "On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
