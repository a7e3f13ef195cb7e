# One line a target. What takes more than a line lives in scripts/house/, what counts and sums in tests/support/.
# A fresh machine needs Python 3.11+, make and a network to the package registries; everything else is fetched into .venv and frontend/node_modules.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE
PORT ?= 8000
export PORT
PYTHON := .venv/bin/python

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

.PHONY: install node web
install: ## Python packages into .venv, as uv.lock says
	@sh scripts/house/python.sh all
node: ## Web packages into frontend/node_modules, as package-lock.json says
	@sh scripts/house/node.sh
web: ## Build the web app into frontend/dist, when its sources have changed
	@sh scripts/house/web.sh

.PHONY: run demo-life
run: ## Everything, in demo mode, on http://localhost:8000 (PORT=… for another)
	@exec sh scripts/house/run.sh
demo-life: install ## The demo people act on each other, against a running server
	@DEBUG=1 exec $(PYTHON) backend/manage.py demo --live

.PHONY: test unit integration e2e chaos model conformance
test: ## Every test there is; the last line counts them
	@sh scripts/house/test.sh
unit: ## Python unit tests and the web app's
	@sh scripts/house/test.sh unit web
integration: ## Against databases and buses, on both profiles
	@sh scripts/house/test.sh integration
e2e: ## Two people in real browsers, the long selection of it
	@E2E=long sh scripts/house/test.sh e2e
chaos: ## One fault after the other, one invariant for all (CHAOS=long for the long form)
	@sh scripts/house/test.sh chaos; status=$$?; $(PYTHON) -m tests.chaos.table; exit $$status
model: ## Random histories against a model
	@sh scripts/house/test.sh model
conformance: install ## The Autobahn|Testsuite against the WebSocket doors, where there is a CPython 2.7 (WRITE=--write for the page)
	@exec $(PYTHON) -m tests.conformance.run $(WRITE)

.PHONY: check fmt gen
check: ## Formatting, lint, types, layers, drift of generated files
	@sh scripts/house/check.sh
fmt: install node ## Format everything
	@sh scripts/house/fmt.sh
gen: install node ## Write the generated files anew (schemas, golden frames, reference pages)
	@$(PYTHON) scripts/house/generated.py write

.PHONY: bench bench-report bench-profile docs pictures
bench: install web ## Measure; results are dated files under bench/results
	@exec $(PYTHON) -m bench
bench-report: install ## Tables and plots from the measured results
	@exec $(PYTHON) -m bench report
bench-profile: install ## Profiles of the hot paths, kept beside the results
	@exec $(PYTHON) bench/profiling.py
pictures: install web ## Every page in both themes and sizes, into docs/images
	@$(PYTHON) -m tests.e2e.pictures
docs: install ## Build the documentation into docs/_build/html
	@$(PYTHON) -m sphinx -q -W --keep-going -b html docs docs/_build/html && echo "docs/_build/html/index.html"

.PHONY: clean
clean: ## Remove what was built and installed; var/ with its data stays
	@rm -rf .venv build docs/_build test-results frontend/dist frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis backend/*.egg-info
