# Two commands on a fresh machine with Python 3.11, make and git: `make demo` and `make test`.
.PHONY: setup demo test torture journeys pictures check bench bench-search bench-planning bench-console bench-connectors bench-figures docs lock
BIN := .venv/bin

setup: .venv/.installed            ## make .venv, with the groundswell command in it

.venv/.installed: requirements/dev.txt pyproject.toml scripts/setup.sh
	@scripts/setup.sh

demo: setup                        ## start the console, seed the demo world and walk the main job on it
	@$(BIN)/groundswell demo --up

test: setup                        ## run the tests; no network, no browser
	$(BIN)/pytest --numprocesses=auto --maxprocesses=8

torture: setup                     ## kill processes 200 times while people work, 10,000 searches, 10,000 spoiled replies of each network, then 10,000 requests as each role
	$(BIN)/pytest tests/project/test_acknowledged.py --cycles 200 -o log_cli=true
	GROUNDSWELL_QUERIES=10000 $(BIN)/pytest tests/retrieval/test_against_brute_force.py
	GROUNDSWELL_MUTATIONS=10000 $(BIN)/pytest tests/connectors/networks/test_mutations.py
	$(BIN)/python scripts/torture.py

journeys: setup                    ## walk through a running console with chromium; pictures of failures in ./pictures
	$(BIN)/pytest tests/browser --force-enable-socket --durations=10

pictures: setup                    ## take pictures of every page, full, empty and with errors, into ./pictures
	GROUNDSWELL_PICTURES=pictures $(BIN)/pytest tests/browser/test_pages.py --force-enable-socket

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

bench-search: setup                ## measure search among a million creators, half an hour
	$(BIN)/python scripts/bench.py --creators 1000000 search lookalikes

bench-planning: setup              ## measure plans, promises, forecasts, reach and cascades; one table of their bars, half an hour
	$(BIN)/python scripts/bench.py certificate plan million reach cascade pyramid celebrity forecasts promises

bench-console: setup               ## measure the console under load on the demo world, five minutes
	$(BIN)/python benchmarks/bench_console.py

bench-connectors: setup            ## measure storing 100,000 posts of a network and asking after 1,000 accounts, three minutes
	$(BIN)/python scripts/bench.py connectors

bench-figures: setup               ## draw the curves of docs/methods again; real data as for bench
	$(BIN)/python benchmarks/bench_alarms.py --figures
	$(BIN)/python benchmarks/bench_cascade.py --figures
	$(BIN)/python benchmarks/bench_certificate.py --figures
	$(BIN)/python benchmarks/bench_followers.py --figures
	$(BIN)/python benchmarks/bench_forecasts.py --figures
	$(BIN)/python benchmarks/bench_reach.py --figures

docs: setup                        ## write docs/reference from the code
	$(BIN)/python scripts/reference.py

lock:                              ## pin the newest allowed versions, with hashes
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --output-file requirements/base.txt
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --extra dev --output-file requirements/dev.txt
