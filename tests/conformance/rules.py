"""Public rules: every rule in EQL and KQL must run, whatever its type; what of other kinds cannot run yet is
listed by its reason."""
import collections
import json
import time


def run(suite):
    folder = suite.shared / "rules/elastic"
    start = time.monotonic()
    done = suite.run("rules", "list", "--output", "ndjson", folder)
    seconds = time.monotonic() - start
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    files = sorted(folder.rglob("*.toml"))
    suite.check("rules: every file is listed", len(listed) == len(files),
                f"{len(files)} files, {len(listed)} rules; {done.stderr[:400]}")
    reasons = collections.Counter(rule["reason"] for rule in listed if not rule["runs"])
    print(f"rules: {len(listed)} loaded in {seconds:.2f} s of wall time (make bench measures it), {sum(r['runs'] for r in listed)} can run")
    for reason, count in reasons.most_common():
        print(f"  {count:5} {reason}")
    for rule in listed:
        if rule["type"] not in ("eql", "query", "threshold", "new_terms", "threat_match"):
            continue
        suite.check(f"rules: {rule['name']}", rule["runs"], rule.get("detail") or rule.get("reason"))
