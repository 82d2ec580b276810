#!/bin/sh
# Installs the Debian packages that a step needs: tools/setup.sh build|test|lint|fuzz|bench
# As root or through sudo; otherwise it prints the one line to run.
set -eu

build="gcc g++ meson ninja-build pkg-config libxxhash-dev libsodium-dev libutf8proc-dev libzstd-dev zlib1g-dev \
libtomlplusplus-dev libsqlite3-dev libcmark-dev libjemalloc-dev"
test="$build libcmocka-dev libsimdjson-dev libhyperscan-dev python3 zstd"
lint="$test clang clang-format clang-tidy"
fuzz="$test clang libclang-rt-14-dev"
case "${1:-build}" in
build) wanted=$build ;;
test | bench) wanted=$test ;;
lint) wanted=$lint ;;
fuzz) wanted=$fuzz ;;
*) echo "usage: $0 build|test|lint|fuzz|bench" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    # Vectorscan offers the same libhs and excludes Hyperscan: either will do.
    if [ "$package" = libhyperscan-dev ] && dpkg -s libvectorscan-dev >/dev/null 2>&1; then
        continue
    fi
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root=sudo
else
    echo "Packages are missing. Run this as root, then try again:" >&2
    echo "  apt-get update && $install" >&2
    exit 1
fi
echo "Installing:$missing"
$as_root apt-get update -q >/dev/null
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive $as_root $install -q >/dev/null
