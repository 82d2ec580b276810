"""The history of a rule of which there are five versions and a page that tells it."""
import re


def entries_of_page(text):
    """[(version, release, what changed)], newest first: "Formatting only", or the old query."""
    history = text[text.index("Rule version history"):]
    found = []
    for part in re.split(r"(?m)^(?:edit)?- (?=Version \d)", history)[1:]:
        head = re.match(r"Version (\d+) \((\S+) release\)", part)
        if "Formatting only" in part:
            what = "Formatting only"
        else:
            what = re.split(r"changed from:", part)[1].strip(" -\n")
        found.append((int(head[1]), head[2], what))
    return found


def run(suite):
    folder = suite.shared / "rules/seed"
    if not (folder / "versions.ndjson").is_file():
        suite.skip("versions", "no versions of the rule")
        return
    store = suite.work / "store.db"
    done = suite.run("rules", "import", "--store", store, folder / "versions.ndjson")
    suite.check("versions import", done.returncode == 0, done.stderr)
    rows, fault = suite.results("rules", "history", "3838e0e3-1850-4850-a411-2e8c5ba40ba8", "--store", store, "-o", "ndjson")
    suite.check("versions history", rows is not None, fault)
    told = []
    for row in rows[:-1] if rows else []:
        changes = row["changes"]
        other = changes["updated"] + changes["added"] + changes["removed"]
        what = changes.get("query_changed_from", "Formatting only" if changes["formatting"] and not other else other)
        told.append((row["version"], row["release"], what))
    expected = entries_of_page((folder / "page.txt").read_text())
    suite.check("versions page", len(expected) == 4 and told == expected, f"{told} instead of {expected}")
    suite.check("versions added", rows and (rows[-1]["version"], rows[-1]["release"]) == (1, "7.7.0"), rows)
