"""tests/support/sample.py: what a sample holds, and the words that repeat it."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

SUPPORT = Path(__file__).resolve().parents[1] / "support"
CASES = [f"{operation} {number}" for operation in ("write", "rename", "open")
         for number in range(40)] + ["fsync 0"]
PROGRAM = f"""
import sample
print(*sample.sample({CASES!r}, 6, lambda case: case.split()[:1]), sep=",")
print("long" if sample.number(50, 5) == 50 else "short")
"""


class Sample(unittest.TestCase):
    def draw(self, **variables: str) -> tuple[list[str], str]:
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("R50_TEST_")}
        done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=SUPPORT, text=True, check=True,
                              env={**environment, "R50_TEST_NAME": "kill_things", **variables},
                              capture_output=True, timeout=60)
        lines = done.stdout.splitlines()
        return next(line for line in lines if "," in line and "to repeat" not in line).split(","), \
            done.stdout

    def test_it_holds_each_kind_and_no_more_than_asked(self) -> None:
        for number in range(20):
            cases, said = self.draw(R50_TEST_SAMPLE=str(number))
            self.assertEqual(len(cases), 6)
            self.assertEqual({case.split()[0] for case in cases},
                             {"write", "rename", "open", "fsync"})
            self.assertEqual(cases, sorted(cases, key=CASES.index))
            self.assertIn("short", said)

    def test_the_same_number_repeats_it_and_another_does_not(self) -> None:
        first, said = self.draw(R50_TEST_SAMPLE="77")
        self.assertEqual(self.draw(R50_TEST_SAMPLE="77")[0], first)
        self.assertNotEqual(self.draw(R50_TEST_SAMPLE="78")[0], first)
        self.assertIn("6 of 121 cases; to repeat: R50_TEST_SAMPLE=77 tools/test kill_things", said)

    def test_other_tests_draw_other_cases(self) -> None:
        self.assertNotEqual(self.draw(R50_TEST_NAME="a")[0], self.draw(R50_TEST_NAME="b")[0])

    def test_a_long_run_has_all(self) -> None:
        cases, said = self.draw(R50_TEST_LONG="1")
        self.assertEqual(cases, CASES)
        self.assertIn("long", said)


if __name__ == "__main__":
    unittest.main()
