#!/usr/bin/env python3
"""Public cases where they are: run.py SHRIKE [SUITE...]; the folder is $SHRIKE_SHARED (default ../shared)."""
import os
import pathlib
import shutil
import sys

import check_schema
import differential
import eql_cases
import error_cases
import recordings
import rules
import versions
from suite import Suite

SUITES = {"eql_cases": eql_cases.run, "error_cases": error_cases.run, "rules": rules.run,
          "recordings": recordings.run, "differential": differential.run, "schema": check_schema.run,
          "versions": versions.run}


def main():
    shared = pathlib.Path(os.environ.get("SHRIKE_SHARED", "../shared"))
    if not (shared / "cases").is_dir():
        print(f"skipped everything: {shared} has no public cases")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    suite = Suite(sys.argv[1], shared)
    for name in sys.argv[2:] or SUITES:
        print(f"== {name}", flush=True)
        SUITES[name](suite)
    shutil.rmtree(suite.work)
    print(f"{suite.passed} passed, {suite.failed} failed, {suite.skipped} skipped")
    return 1 if suite.failed else 0


if __name__ == "__main__":
    sys.exit(main())
