#!/bin/sh
# Builds the fuzzers and runs each for FUZZ_SECONDS (default 60), or those named as arguments.
# What they find is left in build-fuzz/findings; inputs that reach new code go to build-fuzz/corpus.
set -eu
build=${BUILD:-build}-fuzz
seconds=${FUZZ_SECONDS:-60}

if [ ! -f "$build/build.ninja" ]; then
    CC=clang CXX=clang++ meson setup "$build" --buildtype=debugoptimized -Dfuzzers=true \
        -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
fi
ninja -C "$build" >/dev/null
mkdir -p "$build/findings"
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')
for name in "$@"; do
    echo "== $name, $seconds s"
    mkdir -p "$build/corpus/$name"
    seeds=tests/fuzz/corpus/$name
    [ -d "$seeds" ] || seeds=
    # shellcheck disable=SC2086
    "$build/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 \
        -artifact_prefix="$build/findings/$name-" -print_final_stats=1 -verbosity=0 \
        "$build/corpus/$name" $seeds
done
