"""tools/test with played cmake, ninja and ctest: what it builds, what it runs, what it says."""

import fnmatch
import re
import subprocess
import unittest

from sandbox import SOURCE, Sandbox

FAKE_CMAKE = r"""
for word; do preset=$word; [ "$last" = --preset ] && break; last=$word; done
mkdir -p "$2/build/$preset" && touch "$2/build/$preset/build.ninja"
"""
FAKE_NINJA = r"""
case "$*" in *"-t targets all")
  printf '%s: phony\n' unit_data unit_run unit_train needs_unit_data needs_kill_points \
    experiment_fuzz ;;
esac
"""
# Two tests; one of them fails where a file says so.
FAKE_CTEST = r"""
case " $* " in *" -N "*)
  printf '%s\n' "  Test  #1: unit_data" "  Test #12: kill_points" "Total Tests: 2"; exit ;;
esac
echo "ran with ${R50_TEST_LONG:-short} ${R50_TEST_SAMPLE} ${GTEST_FILTER:-}" >>"$CALLS"
status=run; [ -e "$CALLS.fails" ] && status=fail
while [ $# -gt 0 ]; do
  [ "$1" = --output-junit ] && printf '%s' '<testsuite><testcase name="kill_points"' \
    " status=\"$status\"><system-out>2 of 9 cases; to repeat: " \
    "R50_TEST_SAMPLE=5 tools/test kill_points</system-out></testcase></testsuite>" >"$2"
  shift
done
echo "12: its output"
exit 8
"""


class TestScript(Sandbox):
    def setUp(self) -> None:
        super().setUp()
        (self.project / "tools/setup").write_text("#!/bin/bash\n")
        for name, script in (("cmake", FAKE_CMAKE), ("ninja", FAKE_NINJA), ("ctest", FAKE_CTEST)):
            self.fake(name, script)

    def built(self) -> list[str]:
        """What ninja was asked for, each time: preset and targets."""
        calls = [call.split() for call in self.noted_calls() if call.startswith("ninja")]
        return [" ".join([call[2].rsplit("/", 1)[1], *call[5:]]) for call in calls
                if "-t" not in call]

    def ran(self) -> list[str]:
        """The variables that reached ctest, each time."""
        return [call.removeprefix("ran with ").strip() for call in self.noted_calls()
                if call.startswith("ran with")]

    def test_one_test_builds_what_it_needs_and_shows_its_output(self) -> None:
        done = self.call("tools/test", "kill_points")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.built(), ["test needs_kill_points"])
        self.assertEqual(self.ran(), ["short 0"])
        call, = [call for call in self.noted_calls() if "--output-junit" in call]
        self.assertIn("--tests-regex ^kill_points$", call)
        self.assertTrue(done.stdout.startswith("its output\n"), done.stdout)
        self.assertEqual(done.stdout.splitlines()[-1], "1 passed, 0 failed, 0 skipped")

    def test_cases_and_parts_can_be_chosen(self) -> None:
        done = self.call("tools/test", "--only", "asan", "unit_data", "Loader*")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.built(), ["asan needs_unit_data"])
        self.assertEqual(self.ran(), ["short 0 Loader*"])

    def test_a_part_is_built_and_run_whole(self) -> None:
        done = self.call("tools/test", "--only", "tsan", "--only=asan")
        self.assertEqual(done.returncode, 0, done.stderr)
        tsan, asan = self.built()
        self.assertTrue(tsan.startswith("tsan unit_"), tsan)
        self.assertEqual(asan, "asan unit_data unit_run", "without unit_train")
        called = [call for call in self.noted_calls() if "--output-junit" in call]
        self.assertIn("--tests-regex ^(unit_data|unit_run)$ ", called[1])
        filtered, unfiltered = self.ran()
        self.assertIn("Loader", filtered)
        self.assertNotIn("Loader", unfiltered)

    def test_each_suite_that_tsan_runs_exists(self) -> None:
        """A suite that is renamed would otherwise no longer be run, and nothing would say so."""
        wanted = re.search(r"local shared='(.+)'", (SOURCE / "tools/test").read_text())[1]
        suites = {suite for file in (SOURCE / "tests/unit").rglob("*_test.cc")
                  for suite in re.findall(r"^TEST(?:_F|_P)?\((\w+),", file.read_text(), re.M)}
        for pattern in wanted.split(":"):
            self.assertTrue(fnmatch.filter(suites, pattern), f"no suite is called {pattern}")

    def test_long_reaches_the_tests(self) -> None:
        self.call("tools/test", "--long", "kill_points")
        self.assertEqual(self.ran(), ["1 0"])

    def test_each_commit_draws_a_sample_of_its_own_that_can_be_repeated(self) -> None:
        for words in (("init", "-q"), ("add", "-A"), ("-c", "user.name=a", "-c", "user.email=b",
                                                      "commit", "-qm", "tests: one")):
            subprocess.run(["git", "-C", self.project, *words], check=True, timeout=60)
        commit = subprocess.run(["git", "-C", self.project, "rev-parse", "HEAD"], text=True,
                                capture_output=True, check=True, timeout=60).stdout
        self.call("tools/test", "kill_points")
        self.environment["R50_TEST_SAMPLE"] = "77"
        self.call("tools/test", "kill_points")
        self.assertEqual(self.ran(), [f"short {int(commit[:7], 16)}", "short 77"])

    def test_a_failure_prints_the_command_that_repeats_it(self) -> None:
        self.calls.with_name("calls.fails").touch()
        done = self.call("tools/test", "kill_points")
        self.assertEqual(done.returncode, 1)
        self.assertIn("  to repeat: R50_TEST_SAMPLE=5 tools/test kill_points", done.stdout)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed, 0 skipped")

    def test_names_are_listed_and_a_wrong_one_is_refused(self) -> None:
        self.assertEqual(self.call("tools/test", "list").stdout, "unit_data\nkill_points\n")
        done = self.call("tools/test", "kill_point")
        self.assertEqual(done.returncode, 1)
        self.assertIn("part release has no test 'kill_point'. Near it: kill_points", done.stderr)
        self.assertEqual(self.built(), [])

    def test_help_and_wrong_words_start_nothing(self) -> None:
        done = self.call("tools/test", "--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("usage: tools/test [--only PART]... [--long]", done.stdout)
        for words, said in ((("--lang",), "unknown option '--lang'"),
                            (("--only", "msan"), "there is no part 'msan'"),
                            (("--only", "asan", "--only", "tsan", "unit_data"), "one part"),
                            (("a", "b", "c"), "one NAME at a time")):
            done = self.call("tools/test", *words)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(said, done.stderr)
        self.assertEqual(self.noted_calls(), [])


if __name__ == "__main__":
    unittest.main()
