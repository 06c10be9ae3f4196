# The front door. Each target is thin: CMake and scripts/ do the work.
#   make demo      build, sample handwritten digits, show the picture
#   make check     build, run every test
# PRESET picks the build (release, dev, asan), JOBS the parallelism;
# SKIP_DEPS=1 leaves the Debian packages alone.

PRESET ?= release
JOBS ?= $(shell nproc)
PREFIX ?= $(CURDIR)/build/install
BUILD := build/$(PRESET)
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help deps configure build demo check bench format format-check lint docs \
        docs-check asan peers install clean

help: ## Say what the targets do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' \
	  $(MAKEFILE_LIST)

deps: ## Install the Debian packages that are missing
	@$(if $(SKIP_DEPS),:,scripts/install-deps.sh)

configure: deps
	@[ -f $(BUILD)/build.ninja ] || cmake --preset $(PRESET)

build: configure ## Build everything
	@cmake --build $(BUILD) -j $(JOBS)

demo: build ## Sample handwritten digits with a compiled diffusion model
	@scripts/demo.sh $(BUILD)

check: build ## Run every test, the docs and format checks among them
	@$(PYTHON) scripts/run-tests.py $(BUILD) -j $(JOBS)

bench: build ## Measure every case of bench/cases; BENCH="--threads=2 ..." adds options
	@$(BUILD)/bin/whorl-bench bench/cases $(BENCH)

format: ## Format the C and C++ sources
	@scripts/format.sh

format-check: ## Fail where the format differs
	@scripts/format.sh --check

lint: build ## Run clang-tidy on the whole tree
	@scripts/lint.sh $(BUILD) $(JOBS)

docs: deps ## Generate the dialect and pass reference in docs/
	@$(PYTHON) scripts/generate-docs.py

docs-check: deps ## Fail where the generated reference is stale
	@$(PYTHON) scripts/generate-docs.py --check

asan: ## Build with the sanitizers and run every test
	@# libMLIR is not instrumented: memory that our code's copy of LLVM's
	@# allocator poisons, its copy hands out without saying so.
	@ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:allow_user_poisoning=0 \
	  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
	  $(MAKE) --no-print-directory PRESET=asan check

peers: build ## Time Whorl beside PyTorch, ONNX Runtime, OpenVINO: bench/results
	@bench/peers/setup.sh
	@$(PYTHON) bench/peers/compare.py --output=bench/results
	@$(PYTHON) bench/peers/evidence.py

install: build ## Install to PREFIX (build/install)
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## Remove every build
	@rm -rf build
