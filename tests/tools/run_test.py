"""tools/run with played cmake, ninja and r50run: what it builds, links, says and starts."""

import os
import unittest
from pathlib import Path

from sandbox import Sandbox

FAKE_CMAKE = r"""
[ -e "$CALLS.cmake_fails" ] && { echo "CMake Error: Could not find JPEG"; exit 1; }
cd "$2"
mkdir -p build/release && touch build/release/build.ninja
"""
# Builds r50run, a program that prints its arguments and folder.
FAKE_NINJA = r"""
cd "$2/../.."
for target; do
  [ "$target" = r50sweep ] && mkdir -p build/release/bin &&
    printf '#!/bin/bash\necho "r50sweep in $PWD:" "$@"\n' >build/release/bin/r50sweep &&
    chmod +x build/release/bin/r50sweep
done
[ -e build/release/bin/r50run ] && { echo "ninja: no work to do."; exit 0; }
[ -e "$CALLS.ninja_fails" ] && {
  printf '%s\n' "[1/2] Building x.cc" "FAILED: x.o" "x.cc:7:1: error: expected ';'"; exit 1; }
mkdir -p build/release/bin
printf '#!/bin/bash\necho "r50run in $PWD:" "$@"\nexit 75\n' >build/release/bin/r50run
chmod +x build/release/bin/r50run
"""


class RunTest(Sandbox):
    def setUp(self) -> None:
        super().setUp()
        self.program("tools/setup", "exit 0")
        self.fake("cmake", FAKE_CMAKE)
        self.fake("ninja", FAKE_NINJA)
        (self.project / "experiments").mkdir()
        (self.project / "experiments/quickstart.toml").touch()
        self.link = self.home / ".local/bin/r50run"
        self.built = self.project.resolve() / "build/release/bin/r50run"

    def program(self, path: str, script: str) -> None:
        (self.project / path).write_text(f"#!/bin/bash\n{script}\n")

    def mark(self, name: str) -> None:
        self.calls.with_name(f"calls.{name}").touch()

    def run_quickstart(self):
        return self.call("tools/run", "experiments/quickstart.toml")

    def test_builds_and_becomes_the_program(self) -> None:
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "my.toml").touch()
        done = self.call("tools/run", "my.toml", "run.epochs=2", "--quiet", cwd=elsewhere)
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertEqual(done.stdout,
                         f"r50run in {elsewhere}: my.toml run.epochs=2 --quiet\n")

    def test_a_sweep_is_built_for_and_started(self) -> None:
        done = self.call("tools/run", "sweep", "plan", "experiments/quickstart.toml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout,
                         f"r50sweep in {self.project}: plan experiments/quickstart.toml\n")
        self.assertIn("r50sweep", os.listdir(self.link.parent))

    def test_second_call_is_silent_and_configures_nothing(self) -> None:
        self.run_quickstart()
        done = self.run_quickstart()
        self.assertEqual(done.returncode, 75)
        self.assertEqual(done.stderr, "")
        self.assertEqual(len([call for call in self.noted_calls() if "cmake" in call]), 1)

    def test_another_libtorch_is_configured_again(self) -> None:
        self.run_quickstart()
        self.environment["R50_LIBTORCH"] = "/somewhere/libtorch"
        self.run_quickstart()
        configures = [call for call in self.noted_calls() if call.startswith("cmake")]
        self.assertEqual(len(configures), 2)
        self.assertTrue(configures[0].endswith("-DR50_LIBTORCH="), configures)
        self.assertTrue(configures[1].endswith("-DR50_LIBTORCH=/somewhere/libtorch"), configures)

    def test_links_the_program_and_says_so(self) -> None:
        done = self.run_quickstart()
        self.assertEqual(Path(os.readlink(self.link)), self.built)
        self.assertIn(f"linked into {self.link.parent}: r50run", done.stderr)
        self.assertIn("not on your PATH", done.stderr)

    def test_another_clones_link_stays(self) -> None:
        other = self.folder / "other_r50run"
        other.touch(mode=0o755)
        self.link.parent.mkdir(parents=True)
        self.link.symlink_to(other)
        done = self.run_quickstart()
        self.assertEqual(Path(os.readlink(self.link)), other)
        self.assertIn(str(other), done.stderr)
        self.assertIn("stays", done.stderr)

    def test_link_to_a_removed_clone_is_renewed(self) -> None:
        self.link.parent.mkdir(parents=True)
        self.link.symlink_to(self.folder / "gone")
        self.run_quickstart()
        self.assertEqual(Path(os.readlink(self.link)), self.built)

    def test_a_typo_costs_no_build(self) -> None:
        done = self.call("tools/run", "experiments/quikstart.toml")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no file 'experiments/quikstart.toml'", done.stderr)
        self.assertIn("quickstart.toml", done.stderr.split("Experiment files here:")[1])
        self.assertEqual(self.noted_calls(), [])

    def test_failing_build_shows_its_error_and_log(self) -> None:
        self.mark("ninja_fails")
        done = self.run_quickstart()
        self.assertEqual(done.returncode, 1)
        self.assertIn("x.cc:7:1: error: expected ';'", done.stderr)
        self.assertIn("this step failed: Building", done.stderr)
        self.assertIn(str(self.project / "build/release.build.log"), done.stderr)
        self.assertIn("R50_JOBS=1", done.stderr)

    def test_failing_configure_is_tried_again(self) -> None:
        self.mark("cmake_fails")
        done = self.run_quickstart()
        self.assertEqual(done.returncode, 1)
        self.assertIn("Could not find JPEG", done.stderr)
        os.unlink(self.calls.with_name("calls.cmake_fails"))
        self.assertEqual(self.run_quickstart().returncode, 75)

    def test_failing_set_up_ends_it(self) -> None:
        self.program("tools/setup", "exit 1")
        done = self.run_quickstart()
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.noted_calls(), [])

    def test_without_arguments_it_prints_its_use(self) -> None:
        done = self.call("tools/run")
        self.assertEqual(done.returncode, 0)
        self.assertIn("tools/run experiments/quickstart.toml", done.stdout)


if __name__ == "__main__":
    unittest.main()
