# Two commands on a fresh machine with Python 3.11, make and git: `make demo` and `make test`.
.PHONY: setup demo test check bench docs lock
BIN := .venv/bin

setup: .venv/.installed            ## make .venv, with the groundswell command in it

.venv/.installed: requirements/dev.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh

demo: setup                        ## start the console, seed the demo world and walk the main job on it
	@$(BIN)/groundswell demo --up

test: setup                        ## run the tests; no network, no browser
	$(BIN)/pytest --numprocesses=auto --maxprocesses=8

check: setup                       ## style, types, floors, house rules, docs that fell behind
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/python scripts/house_rules.py
	$(BIN)/python scripts/reference.py --check

bench: setup                       ## measure against the bars; results in benchmarks/results
	$(BIN)/python scripts/bench.py

docs: setup                        ## write docs/reference from the code
	$(BIN)/python scripts/reference.py

lock:                              ## pin the newest allowed versions, with hashes
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --output-file requirements/base.txt
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --extra dev --output-file requirements/dev.txt
