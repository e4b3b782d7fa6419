"""tools/setup on played systems: what it installs, what it refuses, what it says."""

import os
import unittest

from sandbox import Sandbox

# pip as far as set-up is concerned: it leaves a RECORD for each package asked for.
FAKE_PYTHON = r"""
case "$*" in
  *"import sys, venv"*) exit 0 ;;
  "-m venv "*) mkdir -p "$3/bin"; ln -sf "$0" "$3/bin/python" ;;
  *"pip install"*)
    [ -e "$CALLS.pip_fails" ] && { echo "ERROR: No matching distribution found"; exit 1; }
    for word in "$@"; do
      name=${word%%[=<]*}; version=${word##*==}
      [ "$version" = "$word" ] && version=12.0
      case $name in torch | numpy | pillow | optuna | jsonschema | jsonref | sweeps)
        mkdir -p .venv/lib/python3.11/site-packages/$name-$version.dist-info
        touch .venv/lib/python3.11/site-packages/$name-$version.dist-info/RECORD ;;
      esac
    done ;;
esac
"""
# A system whose installed packages are the lines of a file.
FAKE_DPKG_QUERY = r"""
for package in "${@:4}"; do
  grep -qx "$package" "$CALLS.installed" && printf 'installed:%s ' "$package"
done
true
"""
FAKE_APT = r"""
case "$*" in
  *install*)
    [ -e "$CALLS.apt_fails" ] && { echo "E: Unable to fetch some archives"; exit 100; }
    for word in "$@"; do echo "$word" >>"$CALLS.installed"; done ;;
esac
"""


class SetupTest(Sandbox):
    def setUp(self) -> None:
        super().setUp()
        self.be_user(0)
        self.fake("dpkg-query", FAKE_DPKG_QUERY)
        self.fake("apt-get", FAKE_APT)
        self.fake("python3.11", FAKE_PYTHON)
        self.mark("installed")

    def be_user(self, uid: int) -> None:
        self.fake("id", f"echo {uid}")

    def mark(self, name: str) -> None:
        self.calls.with_name(f"calls.{name}").touch()

    def changing_calls(self) -> list[str]:
        return [call for call in self.noted_calls() if not call.startswith(("dpkg-query", "id "))]

    def apt_calls(self) -> list[str]:
        return [call for call in self.noted_calls() if "apt-get" in call and call.startswith("apt")]

    def test_bare_debian_gets_packages_and_torch(self) -> None:
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install = self.apt_calls()
        self.assertIn("update", update)
        for package in ("cmake", "ninja-build", "g++", "libjpeg62-turbo-dev", "python3-venv"):
            self.assertIn(f" {package}", install)
        self.assertNotIn("libgtest-dev", install)
        pip = [call for call in self.noted_calls() if "pip install" in call]
        self.assertEqual(len(pip), 1)
        self.assertTrue(pip[0].endswith("torch==2.13.0"), pip)

    def test_second_call_does_nothing(self) -> None:
        self.assertEqual(self.call("tools/setup").returncode, 0)
        before = self.changing_calls()
        again = self.call("tools/setup")
        self.assertEqual(again.returncode, 0)
        self.assertEqual(again.stderr, "")
        self.assertEqual(self.changing_calls(), before)

    def test_only_missing_packages_are_installed(self) -> None:
        self.calls.with_name("calls.installed").write_text("cmake\ng++\n")
        self.call("tools/setup")
        words = self.apt_calls()[1].split()
        self.assertNotIn("cmake", words)
        self.assertNotIn("g++", words)
        self.assertIn("ninja-build", words)

    def test_tests_need_more(self) -> None:
        self.call("tools/setup")
        self.assertEqual(self.call("tools/setup", "--tests").returncode, 0)
        words = self.apt_calls()[-1].split()
        self.assertIn("libgtest-dev", words)
        self.assertIn("clang-tidy-16", words)
        self.assertNotIn("cmake", words)
        pip, alone = [call for call in self.noted_calls() if "pip install" in call][-2:]
        self.assertTrue(pip.endswith("numpy pillow<13 optuna==5.0.0 jsonschema jsonref"), pip)
        self.assertTrue(alone.endswith("--no-deps sweeps==0.3.0"), alone)
        before = self.changing_calls()
        self.assertEqual(self.call("tools/setup", "--tests").returncode, 0)
        self.assertEqual(self.changing_calls(), before)

    def test_ubuntu_has_names_of_its_own(self) -> None:
        self.play_system("ubuntu", "24.04", "Ubuntu 24.04 LTS")
        self.assertEqual(self.call("tools/setup", "--tests").returncode, 0)
        words = self.apt_calls()[1].split()
        self.assertIn("libjpeg-turbo8-dev", words)
        self.assertIn("clang-18", words)
        self.assertNotIn("libjpeg62-turbo-dev", words)

    def test_other_systems_are_refused(self) -> None:
        self.play_system("fedora", "40", "Fedora Linux 40")
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 1)
        self.assertIn("this is Fedora Linux 40", done.stderr)
        self.assertIn("cmake --preset release", done.stderr)
        self.assertEqual(self.apt_calls(), [])

    def test_a_system_without_a_name_is_refused(self) -> None:
        self.environment["R50_OS_RELEASE"] = "/dev/null"
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the set-up knows Debian 12 and Ubuntu 24.04 only", done.stderr)

    def test_without_root_the_command_is_printed(self) -> None:
        self.be_user(1000)
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"sudo apt-get update && sudo apt-get install -y "
                                      r"--no-install-recommends cmake ninja-build .*libhwy-dev")
        self.assertEqual(self.apt_calls(), [])
        self.assertFalse((self.project / ".venv").exists())

    def test_sudo_is_used_where_it_asks_nothing(self) -> None:
        self.be_user(1000)
        self.fake("sudo", '[ "$1" = -n ] || exit 1; shift; exec "$@"')
        self.assertEqual(self.call("tools/setup").returncode, 0)
        self.assertEqual(len(self.apt_calls()), 2)
        self.assertTrue(any("sudo -n env" in call for call in self.noted_calls()))

    def test_failing_apt_is_explained(self) -> None:
        self.mark("apt_fails")
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 1)
        self.assertIn("E: Unable to fetch some archives", done.stderr)
        self.assertIn("this step failed: Installing", done.stderr)
        self.assertIn("exit code 100", done.stderr)
        self.assertIn("Is the network up", done.stderr)

    def test_failing_pip_is_explained_and_tried_again(self) -> None:
        self.mark("pip_fails")
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 1)
        self.assertIn("No matching distribution", done.stderr)
        self.assertIn("torch==2.13.0", done.stderr)
        self.assertIn("R50_LIBTORCH", done.stderr)
        os.unlink(self.calls.with_name("calls.pip_fails"))
        self.assertEqual(self.call("tools/setup").returncode, 0)

    def test_another_libtorch_needs_no_torch(self) -> None:
        libtorch = self.folder / "libtorch/lib"
        libtorch.mkdir(parents=True)
        (libtorch / "libtorch_cpu.so").touch()
        self.environment["R50_LIBTORCH"] = str(libtorch.parent)
        self.assertEqual(self.call("tools/setup").returncode, 0)
        self.assertFalse(any("pip" in call for call in self.noted_calls()))

    def test_wrong_libtorch_folder_is_refused(self) -> None:
        self.environment["R50_LIBTORCH"] = str(self.folder)
        done = self.call("tools/setup")
        self.assertEqual(done.returncode, 1)
        self.assertIn("lib/libtorch_cpu.so", done.stderr)

    def test_unknown_argument_is_refused(self) -> None:
        done = self.call("tools/setup", "--test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("unknown argument '--test'", done.stderr)


if __name__ == "__main__":
    unittest.main()
