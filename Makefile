# Two commands do everything on a fresh Debian with Swift: `make demo` and `make test`.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: help setup setup-peers build install demo test fault bench lint format docs clean

# OpenBLAS reads this when it loads; its thread pool spins, and parallelism here is across series.
export OPENBLAS_NUM_THREADS := 1
# All tests at once would leave each of them no time; some more than there are cores, because many wait for processes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 8

LIBRARIES := libopenblas-dev libsqlite3-dev libsnappy-dev libre2-dev libkissfft-dev zlib1g-dev pkg-config git
PEERS := prometheus prometheus-alertmanager prometheus-node-exporter postgresql nginx logrotate openssl curl
APT := DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

define install
	@missing=""; for package in $(1); do \
	  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  for try in 1 2 3; do \
	    $(SUDO) env $(APT) update -qq && $(SUDO) env $(APT) install -y -qq --no-install-recommends $$missing >/dev/null && exit 0; \
	    echo "apt-get failed, trying again"; \
	  done; \
	  exit 1; \
	fi
endef

help:
	@echo "make demo    install what is missing, build, run the main job on bundled data"
	@echo "make test    build and run all tests"
	@echo "make install put auspex and auspex-exec into PREFIX/bin, /usr/local/bin by default"
	@echo "make fault   run the fault tests in full: every crash point, 500 kills, 10,000 simulated schedules"
	@echo "make lint    check formatting and documentation comments"
	@echo "make bench   run the benchmarks"
	@echo "make docs    build the documentation into ./docs"

setup:
	$(call install,$(LIBRARIES))

# The integration tests start real peers; without these packages they are skipped, and say so.
setup-peers: setup
	$(call install,$(PEERS))

build: setup
	swift build -c release --product auspex
	swift build -c release --product auspex-exec

PREFIX ?= /usr/local
install: build
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 .build/release/auspex .build/release/auspex-exec $(DESTDIR)$(PREFIX)/bin

demo: build
	@Scripts/demo.sh .build/release/auspex

# Tests run side by side, so what failed stands anywhere in their output: it is said again at its end.
define run-tests
	@set -o pipefail; swift test --skip-build $(1) 2>&1 | tee .build/tests.log \
	  || { echo "What failed:"; grep -a -e '✘' -e ' error: ' .build/tests.log; exit 1; }
endef

# Those that compute for seconds run apart from those that wait for servers and processes.
COMPUTING := AuspexNumericsTests|AuspexDetectionTests|AuspexEvaluationTests|AuspexLogsTests
test: setup-peers
	swift build --build-tests
	$(call run-tests,--skip '$(COMPUTING)')
	$(call run-tests,--filter '$(COMPUTING)')
	.build/debug/auspex rule test Rules
	.build/debug/auspex runbook validate Rules/runbooks

# Part of `make test` in a shortened form; here in full, which takes an hour and a quarter on two cores. Some look at the whole process, and run one after
# the other; the long ones wait for programs and clocks most of the time, or need one core each.
LONG_FAULTS := \.(CrashPoint|Disk|FullJournal|Kill|Simulation|TornLog)FaultTests

fault: export AUSPEX_FAULTS := full
fault: setup
	swift build --build-tests
	swift test --skip-build --no-parallel --filter FaultTests --skip '$(LONG_FAULTS)'
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=5 swift test --skip-build --filter '$(LONG_FAULTS)'

lint:
	swift format lint --strict --parallel --recursive Sources Tests Package.swift Benchmarks/Package.swift Benchmarks/Benchmarks Benchmarks/Sources \
	  Benchmarks/Expressions/Package.swift Benchmarks/Expressions/Benchmarks \
	  Benchmarks/Judge/Package.swift Benchmarks/Judge/Sources/Judge \
	  Benchmarks/Journal/Package.swift Benchmarks/Journal/Sources/Journal

format:
	swift format --in-place --parallel --recursive Sources Tests Package.swift Benchmarks/Package.swift Benchmarks/Benchmarks Benchmarks/Sources \
	  Benchmarks/Expressions/Package.swift Benchmarks/Expressions/Benchmarks \
	  Benchmarks/Judge/Package.swift Benchmarks/Judge/Sources/Judge \
	  Benchmarks/Journal/Package.swift Benchmarks/Journal/Sources/Journal

bench: setup
	cd Benchmarks && swift package benchmark && swift run -c release Fleet && swift run -c release LogMining
	cd Benchmarks/Expressions && swift package benchmark
	cd Benchmarks/Judge && swift run -c release Judge
	cd Benchmarks/Journal && swift run -c release Journal

DOCUMENTED := Auspex AuspexSignals AuspexNumerics AuspexDetection AuspexLogs AuspexEvaluation AuspexTesting
docs: setup
	swift package --allow-writing-to-directory docs generate-documentation \
	  --enable-experimental-combined-documentation $(addprefix --target ,$(DOCUMENTED)) \
	  --output-path docs --transform-for-static-hosting --hosting-base-path auspex

clean:
	rm -rf .build Benchmarks/.build Benchmarks/Expressions/.build Benchmarks/Judge/.build Benchmarks/Journal/.build docs demo
