"""Random queries about real events, the engine's ways against each other: fields and constants of the queries are
the events' own. `make fuzz` does the same for longer."""
import os
import pathlib
import subprocess

PAIRS = 20_000
RECORDINGS = ["hayabusa", "omerbenamram", "sigma", "splunk", "eqllib"]


def run(suite):
    program = pathlib.Path(suite.shrike).parents[1].parent / "tests/fuzz/engine_differential"
    if not program.exists():
        suite.skip("differential", f"{program} is not built")
        return
    folders = [suite.shared / "data/ecs-mapped" / name for name in RECORDINGS]
    done = subprocess.run([program, "--pairs", str(PAIRS), "--events", *folders], capture_output=True, text=True,
                          check=False, env=os.environ)
    print(done.stdout, end="")
    suite.check(f"{PAIRS:,} queries about recorded events", done.returncode == 0, done.stderr[-400:])
