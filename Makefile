# Short names for what Meson does. Every target sets itself up: see tools/setup.sh.
BUILD     ?= build
SANITIZED ?= $(BUILD)-sanitized
SHARED    ?= ../shared
PREFIX    ?= /usr/local

.PHONY: all demo test sanitize tiny races conformance bench lint format fuzz install clean

all: $(BUILD)/build.ninja
	ninja -C $(BUILD)

$(BUILD)/build.ninja:
	tools/setup.sh build
	meson setup $(BUILD) --buildtype=release --prefix=$(PREFIX)

# The rule this project starts from, and a few more, over a small recording with an attack in it.
demo: all
	tools/demo.sh $(BUILD)/src/cli/shrike

# Unit, spec, twin, documentation and end-to-end tests, and all kept fuzz inputs.
test:
	tools/setup.sh test
	test -f $(BUILD)-test/build.ninja || meson setup $(BUILD)-test --buildtype=debugoptimized
	ninja -C $(BUILD)-test
	meson test -C $(BUILD)-test --print-errorlogs

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer.
sanitize:
	tools/setup.sh test
	test -f $(SANITIZED)/build.ninja || meson setup $(SANITIZED) --buildtype=debugoptimized \
	    -Db_sanitize=address,undefined -Db_lundef=false
	ninja -C $(SANITIZED)
	meson test -C $(SANITIZED) --print-errorlogs --timeout-multiplier 4

# The same tests with batches of 3 rows, arena blocks of 64 bytes and tiny buffers, under the sanitizers.
tiny:
	tools/setup.sh test
	test -f $(BUILD)-tiny/build.ninja || meson setup $(BUILD)-tiny --buildtype=debugoptimized -Dtiny=true \
	    -Db_sanitize=address,undefined -Db_lundef=false
	ninja -C $(BUILD)-tiny
	meson test -C $(BUILD)-tiny --print-errorlogs --timeout-multiplier 8

# What runs in several threads, under ThreadSanitizer.
races:
	tools/setup.sh test
	test -f $(BUILD)-races/build.ninja || meson setup $(BUILD)-races --buildtype=debugoptimized -Db_sanitize=thread \
	    -Db_lundef=false
	ninja -C $(BUILD)-races
	meson test -C $(BUILD)-races --print-errorlogs --timeout-multiplier 8 --suite e2e
	meson test -C $(BUILD)-races --print-errorlogs base/test_threads base/test_log

# Public cases, recordings and rules where they are; says what it skipped.
conformance: all
	tools/setup.sh test
	SHRIKE_SHARED=$(SHARED) python3 tests/conformance/run.py $(BUILD)/src/cli/shrike

bench: all
	tools/setup.sh bench
	SHRIKE_SHARED=$(SHARED) python3 tests/bench/run.py $(BUILD)
	python3 tests/bench/hostile.py $(BUILD)/src/cli/shrike

lint:
	tools/setup.sh lint
	tools/lint.sh

format:
	tools/setup.sh lint
	git ls-files 'src/*.[ch]' 'src/*.cc' 'tests/*.[ch]' 'tests/*.cc' | xargs clang-format -i

# Each fuzzer for FUZZ_SECONDS (default 60), then FUZZ_PAIRS (default 1,000,000) random queries about random events,
# and FUZZ_DOCUMENTS (default 1,000,000) documents that the reader must take or refuse as simdjson does.
fuzz:
	tools/setup.sh fuzz
	tools/fuzz.sh

install: all
	meson install -C $(BUILD)

clean:
	rm -rf $(BUILD) $(BUILD)-test $(BUILD)-tiny $(BUILD)-races $(BUILD)-fuzz $(BUILD)-lint $(SANITIZED)
