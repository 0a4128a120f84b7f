# SPDX-License-Identifier: Apache-2.0
# The shortest ways to what people want; CMakePresets.json and scripts/ do the work.
STUDY ?= examples/quickstart.yaml
# ON or OFF; empty leaves what the build folder was configured with, as another flag would rebuild all of it.
WERROR ?=
WEB ?= ON
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
export CMAKE_CXX_COMPILER_LAUNCHER ?= $(shell command -v ccache 2>/dev/null)

PHASE := scripts/phase
# WEB=OFF: a report page without charts and sliders, built without Node.js.
SETUP := scripts/setup $(if $(filter OFF,$(WEB)),--no-web)
# Said outright: an option that an earlier `make build` put into CMake's cache would otherwise stay off.
HELPERS := -DEDGEEVAL_BUILD_MODEL=ON -DEDGEEVAL_BUILD_TRAIN=ON
CONFIGURE := cmake --preset release --log-level=WARNING $(if $(WERROR),-DEDGEEVAL_WERROR=$(WERROR)) -DEDGEEVAL_WEB=$(WEB)
BUILD := cmake --build --preset release --parallel $(JOBS)

.DEFAULT_GOAL := help
.PHONY: help setup build all run test lint asan tsan fuzz bench bench-peers bench-llama clean
SECONDS_EACH ?= 60

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Fetch and build what EdgeEval needs, once (scripts/setup --help)
	@$(SETUP)

build: ## edgeeval alone, without PyTorch and llama.cpp
	@$(PHASE) begin
	@$(PHASE) run "set-up" $(SETUP) --minimal
	@$(PHASE) run "configure" $(CONFIGURE)
	@$(PHASE) run "build" $(BUILD) --target edgeeval
	@$(PHASE) show

run: ## Set up, build, and run the quickstart study (STUDY=file for another)
	@$(PHASE) begin
	@$(PHASE) run "set-up" $(SETUP)
	@$(PHASE) run "configure" $(CONFIGURE) $(HELPERS)
	@$(PHASE) run "build" $(BUILD) --target edgeeval edgeeval-model edgeeval-train
	@$(PHASE) run "study" build/release/bin/edgeeval run $(STUDY)
	@$(PHASE) show

test: ## Set up, build, and run all tests
	@$(PHASE) begin
	@$(PHASE) run "set-up" $(SETUP) --test
	@$(PHASE) run "configure" $(CONFIGURE) $(HELPERS)
	@$(PHASE) run "build" $(BUILD)
	@$(PHASE) run "tests" ctest --preset release
	@$(PHASE) show

lint: ## Formatting, clang-tidy, layers (ALL=1: clang-tidy on every file)
	@$(SETUP) --minimal --lint
	@$(CONFIGURE)
	@scripts/lint $(if $(ALL),--all)

asan: ## The tests under the address and undefined-behaviour sanitizers
tsan: ## The tests under the thread sanitizer
asan tsan:
	@$(SETUP) --minimal
	@cmake --preset $@ --log-level=WARNING -DEDGEEVAL_WEB=$(WEB)
	@cmake --build --preset $@ --parallel $(JOBS)
	@ctest --preset $@

fuzz: ## Each fuzzer for a minute under the sanitizers, with clang (SECONDS_EACH=600 for longer)
	@$(SETUP) --minimal --fuzz
	@scripts/fuzz $(SECONDS_EACH)

bench: ## Our own figures: start-up, stamps, 5,000 requests/s, ten million events (FIGURES='--only open' for less)
	@$(SETUP) --minimal
	@$(CONFIGURE) -DEDGEEVAL_BUILD_BENCHMARKS=ON
	@$(BUILD) --target edgeeval startup_bench tables_bench load_file_bench summary_bench measure_overhead client_bench
	@build/release/bin/startup_bench
	@build/release/bin/tables_bench
	@build/release/bin/load_file_bench
	@build/release/bin/summary_bench
	@build/release/bin/measure_overhead
	@python3 bench/figures.py $(FIGURES)

bench-peers: ## Our load generator beside vllm-rs, vLLM, AIPerf and GuideLLM (PEERS='--streams 64' for less)
	@scripts/setup --minimal
	@$(CONFIGURE)
	@$(BUILD) --target edgeeval
	@python3 bench/peers/serving/run.py $(PEERS)

bench-llama: ## llama-server over HTTP against llama-bench (LLAMA='--rounds 10' for more)
	@scripts/setup
	@$(CONFIGURE)
	@$(BUILD) --target edgeeval
	@bench/peers/llama_bench.sh $(LLAMA)

clean: ## Remove build/ (the cache of set-up stays)
	@find build -mindepth 1 -maxdepth 1 ! -name deps.cmake -exec rm -rf {} + 2>/dev/null || true
