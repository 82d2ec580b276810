#!/bin/sh
# Runs the demo: tools/demo.sh PATH-OF-SHRIKE
set -eu
shrike=$1
cd "$(dirname "$0")/.."
echo '$ shrike detect --rules demo/rules demo/recording.ndjson'
"$shrike" detect --rules demo/rules demo/recording.ndjson
echo
echo '$ shrike detect --rules demo/rules --rule "Certutil Reaches a Public Address" --output ndjson ...'
"$shrike" detect --rules demo/rules --rule "Certutil Reaches a Public Address" --quiet --output ndjson \
    --now 2024-05-06T09:15:00Z demo/recording.ndjson | cut -c 1-400 | sed 's/$/.../'
