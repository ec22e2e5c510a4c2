# A thin door to meson. `make train` trains a network on MNIST, `make test` runs all tests; both do all the set-up.
#
#   make train MNIST=/folder                on the full data set
#   make train-c                            the same program in C
#   make test SANITIZE=address,undefined    the tests of the C library under sanitizers (or SANITIZE=thread)
#   make test SUITE=kernels                 one suite
#   make bench QUESTIONS="calls loops"      some of the benchmarks

comma := ,
BUILD := build
MESON_OPTIONS := -Dwerror=$(if $(CI),true,false)
ifdef SANITIZE
BUILD := build/sanitize-$(subst $(comma),-,$(SANITIZE))
MESON_OPTIONS += -Db_sanitize=$(SANITIZE) -Db_lundef=false -Dbuildtype=debugoptimized -Dpython=disabled
endif
# Time limits are for a quiet machine; a slow disk or a sanitizer gets more.
TEST_ARGUMENTS := $(if $(SUITE),--suite $(SUITE)) --print-errorlogs --timeout-multiplier 10

# Test programs are linked when they are run: `make test`.
all: setup
	ninja -C $(BUILD)

setup: $(BUILD)/build.ninja

$(BUILD)/build.ninja:
	tools/install_packages
	meson setup $(BUILD) $(MESON_OPTIONS) >/dev/null

# The Python that runs meson is the one that the package is built for.
PYTHON = $(or $(shell sed -n '1s/^\#! *\(\/[^ ]*\).*/\1/p' "$$(command -v meson)" | grep -v /env),python3)

train: setup
	ninja -C $(BUILD) python_package
	PYTHONPATH=$(BUILD)/python $(PYTHON) examples/mnist.py $(MNIST)

train-c: setup
	ninja -C $(BUILD) examples/mnist
	$(BUILD)/examples/mnist $(MNIST)

test: all
	meson test -C $(BUILD) $(TEST_ARGUMENTS) --no-suite threads

# Each fuzz target for a few seconds over its corpus (FUZZ_SECONDS).
FUZZ_SECONDS := 10
fuzz:
	tools/install_packages --fuzz
	tools/run_fuzzers build/fuzz $(FUZZ_SECONDS)

# The tests of the C library in the build of the fuzz targets, under its sanitizers.
test-sanitized: fuzz
	meson test -C build/fuzz $(TEST_ARGUMENTS)

# What runs in several threads, under the thread sanitizer: tests/threads.
test-threads: all
	ninja -C $(BUILD) threads
	meson test -C $(BUILD) $(TEST_ARGUMENTS) --suite threads --logbase threads

# Headrace beside its peers, which are installed into $(BUILD)/peers first: docs/performance.md.
BENCHMARKS := $(patsubst benchmarks/%.c,benchmarks/%,$(wildcard benchmarks/*.c))
QUESTIONS :=
bench: setup
	ninja -C $(BUILD) benchmarks/mnist_loop $(BENCHMARKS) python_package
	$(PYTHON) benchmarks/install_peers.py $(BUILD)/peers
	$(PYTHON) benchmarks/compare.py --build $(BUILD) --python $(PYTHON) $(if $(QUESTIONS),,--report) $(QUESTIONS)

install: all
	meson install -C $(BUILD)

docs: all
	PYTHONPATH=$(BUILD)/python $(PYTHON) tools/gen_compatibility.py > docs/compatibility.md
	cp $(BUILD)/ops/ops.md docs/ops.md

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build

.PHONY: all setup train train-c test test-sanitized test-threads fuzz bench install docs format clean
