# Two commands: `make demo` opens a working case, `make test` checks everything. Both set up what
# they need in .venv; nothing else on the machine is touched.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCALES := src/antigone/web/locale
DEMO_HOME ?= $(CURDIR)/demo
DEMO_SERVE ?= 1
DEMO_SEED ?= 2022
TEST_WORKERS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # tests start many processes: none should compile all of it anew

.PHONY: demo test proof lint bench clean messages locks

$(READY): locks/dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

messages: $(READY)
	@if [ -d $(LOCALES) ]; then $(BIN)/pybabel -q compile -d $(LOCALES) -D django 2>/dev/null || $(BIN)/pybabel compile -d $(LOCALES) -D django; fi

demo: messages
	ANTIGONE_HOME="$(DEMO_HOME)" $(BIN)/python -m antigone.cli.demo --seed $(DEMO_SEED) $(if $(filter 1,$(DEMO_SERVE)),--serve,--no-serve) $(if $(filter 1,$(NEW_PASSWORDS)),--new-passwords)

test: messages
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest -q -n $(TEST_WORKERS) --dist worksteal -m "not proof"

proof: messages
	$(BIN)/python -m pytest -q -m proof

lint: $(READY)
	$(BIN)/ruff check -q src tests benchmarks
	$(BIN)/ruff format -q --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: messages
	$(BIN)/python -m benchmarks

locks:
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --extra dev --extra postgresql pyproject.toml -o locks/dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml -c locks/dev.txt -o locks/runtime.txt

clean:
	rm -rf $(VENV) demo build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
