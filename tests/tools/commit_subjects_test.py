"""tools/dev/commit_subjects.py on a small history."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "tools/dev/commit_subjects.py"


class CommitSubjects(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.git("init", "-q")
        self.commit("A commit; before the rule, of any length that a user liked. " + "x" * 40)
        (self.root / "tools/dev").mkdir(parents=True)
        shutil.copy(RULES, self.root / "tools/dev")
        self.git("add", "-A")
        self.commit("The commit of the rule itself, which is not looked at")

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.root), "-c", "user.name=a", "-c", "user.email=b",
                        *words], check=True, capture_output=True, timeout=60)

    def commit(self, subject: str) -> None:
        self.git("commit", "-q", "--allow-empty", "-m", subject)

    def check(self) -> tuple[int, list[str]]:
        done = subprocess.run([sys.executable, str(self.root / "tools/dev/commit_subjects.py")],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def test_older_commits_and_good_ones_pass(self) -> None:
        for subject in ("data: retry EIO before calling a sample bad", "core/nn: one file less",
                        "sweep, tests: the shared pasts go", "ci: " + "x" * 68):
            self.commit(subject)
        self.assertEqual(self.check(), (0, []))

    def test_each_rule(self) -> None:
        for subject, says in (("ci: " + "x" * 69, "73 characters; 72 is the most"),
                              ("Retry EIO", "no area in front"),
                              ("Data: retry EIO", "no area in front"),
                              ("data:retry EIO", "no area in front"),
                              ("data: retry EIO; nn: faster", "a semicolon"),
                              ("data: retry EIO.", "a full stop")):
            with self.subTest(subject):
                self.commit(subject)
                code, lines = self.check()
                self.assertEqual(code, 1)
                self.assertIn(says, lines[0])
                self.assertTrue(lines[0].endswith(subject))
                self.git("reset", "-q", "--hard", "HEAD~1")


if __name__ == "__main__":
    unittest.main()
