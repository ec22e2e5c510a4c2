# A thin door to meson. `make train` trains a network on MNIST, `make test` runs all tests; both do all the set-up.
#
#   make test SANITIZE=address,undefined    the tests under sanitizers (or SANITIZE=thread)
#   make test SUITE=kernels                 one suite
#   make train MNIST=/folder                on the full data set

comma := ,
BUILD := build
MESON_OPTIONS := -Dwerror=$(if $(CI),true,false)
ifdef SANITIZE
BUILD := build/sanitize-$(subst $(comma),-,$(SANITIZE))
MESON_OPTIONS += -Db_sanitize=$(SANITIZE) -Db_lundef=false -Dbuildtype=debugoptimized -Dpython=disabled
endif
# Time limits are for a quiet machine; a slow disk or a sanitizer gets more.
TEST_ARGUMENTS := $(if $(SUITE),--suite $(SUITE)) --print-errorlogs --timeout-multiplier 10

all: setup
	ninja -C $(BUILD)

setup: $(BUILD)/build.ninja

$(BUILD)/build.ninja:
	tools/install_packages
	meson setup $(BUILD) $(MESON_OPTIONS) >/dev/null

train: setup
	ninja -C $(BUILD) examples/mnist
	$(BUILD)/examples/mnist $(MNIST)

test: all
	meson test -C $(BUILD) $(TEST_ARGUMENTS)

# Each fuzz target for a few seconds over its corpus (FUZZ_SECONDS).
FUZZ_SECONDS := 10
fuzz:
	tools/install_packages --fuzz
	tools/run_fuzzers build/fuzz $(FUZZ_SECONDS)

BENCHMARKS := $(patsubst benchmarks/%.c,benchmarks/%,$(wildcard benchmarks/*.c))
bench: setup
	ninja -C $(BUILD) benchmarks/mnist_loop $(BENCHMARKS)
	python3 benchmarks/compare.py --build $(BUILD)

install: all
	meson install -C $(BUILD)

docs: all
	cp $(BUILD)/ops/ops.md docs/ops.md

format:
	git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build

.PHONY: all setup train test fuzz bench install docs format clean
