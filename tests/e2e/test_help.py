"""Help, manual and completion say the same, and what is refused is refused with a reason."""
import re
import subprocess
import unittest

from program import ROOT, SHRIKE, ProgramTest

VERBS = ["detect", "search", "explain", "rules list", "rules show", "rules lint", "rules import", "rules export", "rules history",
         "rules diff", "rules rollback", "rules docs", "rules coverage", "help", "completion", "version"]


class Help(ProgramTest):
    def options(self, verb):
        return re.findall(r"--[a-z-]+", self.run_program("help", *verb.split()).stdout.split("Options:")[-1])

    def test_every_verb_is_listed_and_helps(self):
        overview = self.run_program("help").stdout
        for verb in VERBS:
            self.assertIn(f"  {verb} ", overview)
            text = self.run_program("help", *verb.split()).stdout
            self.assertIn(f"shrike {verb}", text)
            self.assertEqual(self.run_program(*verb.split(), "--help").stdout, text)

    def test_the_manual_knows_every_option(self):
        manual = (ROOT / "docs/shrike.1").read_text().replace("\\-", "-").replace('", "', " ")
        for verb in VERBS:
            for option in self.options(verb):
                self.assertRegex(manual, re.escape(option) + r"\b", verb)

    def test_bash_completes(self):
        script = self.run_program("completion", "bash").stdout
        path = self.write("completion.bash", script)

        def complete(*words):
            line = f"source {path}; COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _shrike; echo ${{COMPREPLY[@]}}"
            return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(complete("shrike", "de"), ["detect"])
        self.assertEqual(sorted(complete("shrike", "rules", "l")), ["lint", "list"])
        self.assertIn("--min-severity", complete("shrike", "detect", "--m"))
        self.assertEqual(complete("shrike", "detect", "--output", "nd"), ["ndjson"])

    def test_wrong_lines_are_refused(self):
        for words, said in ((["dtect"], "no such verb"), (["detect", "--nope"], "unknown option --nope"),
                            (["detect", "x"], "no rules given"), (["search"], "no query given"),
                            (["search", "--size"], "needs a value"), (["search", "--size", "-3", "any where true"], "--size"),
                            (["detect", "--output", "xml"], "must be one of"), (["explain"], "query"),
                            (["search", "--jobs", "0", "any where true", "x"], "--jobs"),
                            (["search", "--since", "yesterday", "any where true", "x"], "--since")):
            done = subprocess.run([SHRIKE, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
                                  env=self.environment)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn(said, done.stderr, words)

    def test_a_closed_pipe_ends_quietly(self):
        line = f"{SHRIKE} search -o ndjson 'any where true' {ROOT / 'demo/recording.ndjson'} | head -1"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False,
                              env=self.environment)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertNotIn("rror", done.stderr)


if __name__ == "__main__":
    unittest.main()
