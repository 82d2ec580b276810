"""Real recordings in ECS: counts of 15 queries and all sequences of each, as an independent program counted them; and
synthetic sets with the truth about what was planted."""
import csv
import io
import json

SEQUENCE = """sequence by process.entity_id
  [process where process.name : "{name}" and event.type == "start"]
  [network where process.name : "{name}" and destination.ip != null and
    not cidrmatch(destination.ip, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]"""


def rule(name, query):
    return json.dumps({"rule_id": name, "name": name, "description": name, "type": "eql", "language": "eql",
                       "risk_score": 1, "severity": "low", "query": query})


def count_alerts(suite, rules, recording, *options):
    done = suite.run("detect", "--rules", rules, "--quiet", "--output", "csv", *options, recording)
    counts, starts = {}, []
    if done.returncode != 0:
        return None, done.stderr
    for row in csv.DictReader(io.StringIO(done.stdout)):
        if row["kind"] == "sequence event":
            continue
        counts[row["rule"]] = counts.get(row["rule"], 0) + 1
        starts.append(row)
    return counts, done.stderr


def run_recordings(suite):
    expected = json.loads((suite.shared / "data/expected.json").read_text())
    names = sorted(expected["total_sequences_by_name"])
    queries = {title.split(" ", 1)[0]: title.split(" ", 1)[1] for title in expected["total_queries"]}
    lines = [rule(number, query) for number, query in queries.items()]
    lines += [rule(f"sequence {name}", SEQUENCE.format(name=name)) for name in names]
    rules = suite.file("recordings.ndjson", "\n".join(lines) + "\n")
    for entry in expected["files"]:
        counts, said = count_alerts(suite, rules, suite.shared / "data" / entry["file"])
        if counts is None:
            suite.check(entry["file"], False, said)
            continue
        for title in expected["total_queries"]:
            number = title.split(" ", 1)[0]
            want = entry["queries"].get(title, 0)
            suite.check(f"{entry['file']} {number}", counts.get(number, 0) == want,
                        f"{title}: expected {want}, found {counts.get(number, 0)}")
        for name in names:
            want = sum(1 for found in entry.get("sequences", []) if found["name"] == name)
            found = counts.get(f"sequence {name}", 0)
            suite.check(f"{entry['file']} sequence {name}", found == want, f"expected {want}, found {found}")


def run_synthetic(suite):
    seed = suite.shared / "rules/seed/network_connection_via_certutil.toml"
    for style in ("winlogbeat", "endpoint"):
        truth = json.loads((suite.shared / f"data/synthetic/{style}-20k.ndjson.truth.json").read_text())
        recording = suite.shared / f"data/synthetic/{style}-20k.ndjson.zst"
        counts, said = count_alerts(suite, seed, recording, "--eval", "both")
        found = sum(counts.values()) if counts is not None else said
        suite.check(f"synthetic {style}", found == truth["expected_lenient"],
                    f"expected {truth['expected_lenient']} sequences, found {found}")


def run_seed(suite):
    """The rule page this project starts from, on a recording of it."""
    folder = suite.shared / "data/ecs-mapped/hayabusa/EVTX-ATTACK-SAMPLES/AutomatedTestingTools"
    recording = folder / "panache_sysmon_vs_EDRTestingScript.ndjson.zst"
    done = suite.run("detect", "--quiet", "--output", "ndjson", "--rules", suite.shared / "rules/seed",
                     "--rule", "3838e0e3-1850-4850-a411-2e8c5ba40ba8", recording)
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    blocks = [a for a in alerts if a.get("kibana.alert.building_block_type") == "default"]
    shells = [a for a in alerts if a not in blocks]
    suite.check("seed: one shell and two building blocks", (len(shells), len(blocks)) == (1, 2),
                f"{len(shells)} and {len(blocks)}; {done.stderr}")
    entity = "{747F3D96-665C-5D3F-0000-0010E37B8D00}"
    suite.check("seed: the entity", all(a["process"]["entity_id"] == entity for a in alerts), done.stdout[:400])
    groups = {a.get("kibana.alert.group.id") for a in alerts}
    suite.check("seed: one group", len(groups) == 1 and None not in groups, str(groups))


def run_jobs(suite):
    """The largest recordings, as many jobs as there are: not a byte may differ."""
    expected = json.loads((suite.shared / "data/expected.json").read_text())
    largest = sorted(expected["files"], key=lambda entry: entry["bytes"])[-2:]
    paths = [suite.shared / "data" / entry["file"] for entry in largest]
    outputs = [suite.run("detect", "--quiet", "--now", "2024-01-01", "--output", "ndjson", "--jobs", jobs,
                         "--rules", suite.shared / "rules/elastic", *paths).stdout for jobs in (1, 2, 5)]
    suite.check("jobs: the same output with 1, 2 and 5", len(set(outputs)) == 1 and len(outputs[0]) > 10_000,
                str([len(output) for output in outputs]))


def run_both(suite):
    """Every rule that runs over every recording, by columns and by rows: not a match may differ."""
    done = suite.run("detect", "--quiet", "--now", "2024-01-01", "--output", "csv", "--eval", "both",
                     "--rules", suite.shared / "rules/elastic",
                     *(suite.shared / "data" / part for part in ("ecs-mapped", "golden", "synthetic")))
    suite.check("both evaluators agree on all rules and all recordings", done.returncode == 0, done.stderr[-400:])
    print(f"both evaluators: {done.stdout.count(chr(10)) - 1} alert documents")


def run(suite):
    run_seed(suite)
    run_both(suite)
    run_jobs(suite)
    run_synthetic(suite)
    run_recordings(suite)
