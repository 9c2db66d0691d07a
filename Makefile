# Every target works as the first command in a fresh clone: it brings what it needs.
# Needed on the machine: python3 (>= 3.11, with pip and venv), node (>= 20) with npm, make, git.

SHELL      := /bin/bash
PYTHON     ?= python3
UV         := .tools/bin/uv
BIN        := .venv/bin
# Keeps what the tools cache inside the clone, and one emulated account apart from another.
export CDK_HOME                    := $(CURDIR)/.cdkhome
export CDK_DISABLE_CLI_TELEMETRY   := true
export CDK_DISABLE_VERSION_CHECK   := 1
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export AWS_EC2_METADATA_DISABLED   := true
export UV_NO_PROGRESS              := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-lab setup-bench fmt lint test demo bench synth package lock fuzz clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready node_modules/.ready setup-lab  ## install everything that the other targets need

setup-lab: .lab/.ready

setup-bench: .bench/.ready .bench-aerleon/.ready

$(UV): requirements/uv.txt
	@echo "setup: uv" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(PYTHON) is older than 3.11; set PYTHON=python3.11 or newer")'
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt 2> >(grep -v 'is ignored: it is neither' >&2)
	@touch $@

.venv/.ready: $(UV) requirements/dev.txt pyproject.toml
	@echo "setup: Python packages" >&2
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --python .venv --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@touch $@

.lab/.ready: $(UV) requirements/lab.txt
	@echo "setup: local cloud" >&2
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .lab
	@$(UV) pip sync --quiet --python .lab --require-hashes requirements/lab.txt
	@touch $@

.bench/.ready: $(UV) requirements/bench.txt
	@echo "setup: Cloud Custodian" >&2
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .bench
	@$(UV) pip sync --quiet --python .bench --require-hashes requirements/bench.txt
	@touch $@

.bench-aerleon/.ready: $(UV) requirements/bench-aerleon.txt
	@echo "setup: Aerleon" >&2
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .bench-aerleon
	@$(UV) pip sync --quiet --python .bench-aerleon --require-hashes requirements/bench-aerleon.txt
	@touch $@

node_modules/.ready: package-lock.json
	@echo "setup: CDK CLI" >&2
	@npm ci --loglevel=error --no-audit --no-fund > /dev/null
	@touch $@

demo: setup  ## deploy the guardrail on the local cloud, drift runtimes, see what it says
	@$(BIN)/python -m guardrail_lab.demo

test: setup  ## run the whole test suite, a process for each core
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(PYTEST)

lint: setup  ## check style, types, layers and the template
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fmt: setup  ## format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: setup setup-bench  ## measure against the peers, and write benches/README.md
	@$(BIN)/python -m benches $(BENCH)

fuzz: setup  ## the property tests with 100,000 cases each
	@HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -m fuzz $(PYTEST)

synth: setup  ## synthesise the stacks of cdk.json into cdk.out
	@node_modules/.bin/cdk synth --quiet

package: setup  ## build build/functions, the asset that every function ships
	@$(BIN)/python -m stacks.asset

lock: $(UV)  ## resolve requirements/*.in into requirements/*.txt, with hashes
	@for name in uv functions dev lab bench bench-aerleon; do \
	  $(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	    --custom-compile-command 'make lock' requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean:  ## remove everything that was built or installed here
	rm -rf .venv .lab .bench .bench-aerleon .tools .cdkhome node_modules build cdk.out
