#!/bin/sh
# Formatting, static analysis, floors and house rules. Prints what is wrong; exits with 1 if anything is.
set -u
failed=0
build=${BUILD:-build}-lint

sources=$(git ls-files 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' 'src/*.cc' 'tests/*.cc')
clang-format --dry-run -Werror $sources || failed=1
python3 tools/check_layers.py || failed=1
python3 tools/check_style.py || failed=1

if [ ! -f "$build/build.ninja" ]; then
    meson setup "$build" --buildtype=debugoptimized --werror >/dev/null || exit 1
fi
ninja -C "$build" || failed=1

# clang-tidy reads the compiler's flags from the build; gcc's own flags mean nothing to it.
git ls-files 'src/*.c' 'src/*.cc' | xargs -P "$(nproc)" -n 4 \
    clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>/dev/null || failed=1
exit $failed
