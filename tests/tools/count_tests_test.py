"""tools/dev/count_tests.py on results of every kind that ctest and GoogleTest can leave."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from xml.sax.saxutils import escape

COUNT = Path(__file__).resolve().parents[2] / "tools/dev/count_tests.py"

CASES = """[==========] Running 4 tests from 2 test suites.
[ RUN      ] Ring.wraps
noise without end of line[       OK ] Ring.wraps (0 ms)
[ RUN      ] Ring.leases
{bad}
[ RUN      ] Ring.needs_python
/a/b_test.cc:5: Skipped
no Python with torch

[  SKIPPED ] Ring.needs_python (0 ms)
[ RUN      ] Sizes/Ring.fits/1
[       OK ] Sizes/Ring.fits/1 (12 ms)
[==========] 4 tests from 2 test suites ran. (13 ms total)
"""
PASSING = CASES.format(bad="[       OK ] Ring.leases (1 ms)")
FAILING = CASES.format(bad="[  FAILED  ] Ring.leases (1 ms)") + "[  FAILED  ] Ring.leases\n"


def test(name: str, status: str, output: str, inner: str = "") -> str:
    return (f'<testcase name="{name}" status="{status}">{inner}'
            f"<system-out>{escape(output)}</system-out></testcase>")


class CountTest(unittest.TestCase):
    def count(self, *tests: str) -> tuple[int, list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "release.xml"
            file.write_text(f'<?xml version="1.0"?><testsuite>{"".join(tests)}</testsuite>')
            done = subprocess.run([sys.executable, str(COUNT), str(file)], capture_output=True,
                                  text=True, timeout=60, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, done.stdout.splitlines()

    def test_cases_are_counted_one_by_one(self) -> None:
        status, lines = self.count(test("unit_data", "run", PASSING))
        self.assertEqual((status, lines[-1]), (0, "3 passed, 0 failed, 1 skipped"))
        self.assertIn("  skipped unit_data: Ring.needs_python: no Python with torch", lines)

    def test_a_failed_case_fails_all(self) -> None:
        status, lines = self.count(test("unit_data", "fail", FAILING), test("x", "run", ""))
        self.assertEqual((status, lines[-1]), (1, "3 passed, 1 failed, 1 skipped"))
        self.assertIn("  FAILED unit_data: Ring.leases", lines)

    def test_a_failure_is_named_with_the_command_that_repeats_it(self) -> None:
        drawn = "4 of 25 cases; to repeat: R50_TEST_SAMPLE=77 tools/test kill\nwrong\n"
        _, lines = self.count(test("unit_data", "fail", FAILING), test("kill", "fail", drawn),
                              test("good", "run", drawn))
        self.assertEqual([line for line in lines if "to repeat" in line],
                         ["  to repeat: tools/test unit_data",
                          "  to repeat: R50_TEST_SAMPLE=77 tools/test kill"])

    def test_a_crash_after_good_cases_is_a_failure(self) -> None:
        status, lines = self.count(test("unit_data", "fail", PASSING))
        self.assertEqual((status, lines[-1]), (1, "3 passed, 1 failed, 1 skipped"))
        self.assertIn("  FAILED unit_data: the program failed outside its cases", lines)

    def test_other_programs_count_as_one(self) -> None:
        status, lines = self.count(test("a", "run", "words"), test("b", "fail", "words"))
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_a_skipped_program_gives_its_reason(self) -> None:
        skipped = '<skipped message="SKIP_RETURN_CODE=77"/>'
        status, lines = self.count(
            test("a", "run", ""), test("b", "notrun", "x\nSKIP: no JPEGs here\n", skipped))
        self.assertEqual((status, lines[-1]), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("  skipped b: SKIP: no JPEGs here", lines)

    def test_a_missing_program_is_a_failure(self) -> None:
        missing = '<skipped message="Unable to find executable"/>'
        status, lines = self.count(test("a", "run", ""), test("b", "notrun", "", missing))
        self.assertEqual((status, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))

    def test_no_test_at_all_is_a_failure(self) -> None:
        status, lines = self.count()
        self.assertEqual((status, lines[-1]), (1, "0 passed, 0 failed, 0 skipped"))


if __name__ == "__main__":
    unittest.main()
