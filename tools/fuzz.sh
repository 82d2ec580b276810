#!/bin/sh
# Builds the fuzzers and runs each for FUZZ_SECONDS (default 60), then holds the engine's ways against each
# other over FUZZ_PAIRS (default 1,000,000) random queries about made-up events, and a fifth as many about the
# recordings of SHRIKE_SHARED (default ../shared) where they are, and the event reader against simdjson over
# FUZZ_DOCUMENTS (default 1,000,000) documents a few edits away from good ones. Or only those named as arguments;
# these are "differential" and "mutations".
# What they find is left in build-fuzz/findings; inputs that reach new code go to build-fuzz/corpus.
set -eu
build=${BUILD:-build}-fuzz
seconds=${FUZZ_SECONDS:-60}
pairs=${FUZZ_PAIRS:-1000000}
documents=${FUZZ_DOCUMENTS:-1000000}
recordings=${SHRIKE_SHARED:-../shared}/data/ecs-mapped

if [ ! -f "$build/build.ninja" ]; then
    CC=clang CXX=clang++ meson setup "$build" --buildtype=debugoptimized -Dfuzzers=true \
        -Db_sanitize=address,undefined -Db_lundef=false >/dev/null
fi
ninja -C "$build" >/dev/null
mkdir -p "$build/findings"

fuzz() {
    echo "== $1, $seconds s"
    mkdir -p "$build/corpus/$1"
    seeds=tests/fuzz/corpus/$1
    [ -d "$seeds" ] || seeds=
    # shellcheck disable=SC2086
    "$build/tests/fuzz/fuzz_$1" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 \
        -artifact_prefix="$build/findings/$1-" -print_final_stats=1 -verbosity=0 \
        "$build/corpus/$1" $seeds
}

# Other seeds each time; they are printed. A difference is printed as a spec file.
differ() {
    name=$1
    shift
    echo "== differential, $name events"
    if ! "$build/tests/fuzz/engine_differential" --seed "$(date +%s)000000" "$@" >"$build/findings/differential-$name"; then
        cat "$build/findings/differential-$name"
        exit 1
    fi
    cat "$build/findings/differential-$name"
    rm "$build/findings/differential-$name"
}

differential() {
    for language in kql lucene; do
        "$build/tests/fuzz/${language}_differential" --seed "$(date +%s)000000" --rounds "$((pairs / 5))"
    done
    differ made-up --pairs "$pairs"
    if [ -d "$recordings" ]; then
        differ recorded --pairs $((pairs / 5)) --events "$recordings"
    else
        echo "skipped recorded events: $recordings is not there"
    fi
}

mutations() {
    echo "== mutations, $documents documents"
    "$build/tests/fuzz/document_mutations" --seed "$(date +%s)000000" --count "$documents" tests/fuzz/corpus/event_reader
}

[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//') differential mutations
for name in "$@"; do
    case $name in
    differential | mutations) "$name" ;;
    *) fuzz "$name" ;;
    esac
done
