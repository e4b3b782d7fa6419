"""A checkout that is reached through a symbolic link: its flags fit a copy of the tree, too."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "out_of_tree"))
from copied_flags import CopiedFlags  # noqa: E402


class LinkedCheckout(unittest.TestCase):
    def setUp(self) -> None:
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name).resolve()
        self.real = self.folder / "real"
        (self.real / "build/test").mkdir(parents=True)
        self.link = self.folder / "link"
        self.link.symlink_to(self.real)

    def flags(self, written: Path, given: Path) -> list[str]:
        """Of a build whose commands name the checkout as `written`, for a test called with
        `given`."""
        file = f"{written}/tests/support/plugins/plugin_under_test.cc"
        command = (f"/usr/bin/ccache /usr/bin/c++ -DR50_BINARY_DIR=\\\"{written}/build/test\\\" "
                   f"-I{written}/core/src -isystem {written}/.venv/lib/torch/include "
                   f"-I{written}_other -std=c++20 -MD -MT a.o -MF a.d "
                   f"-o tests/CMakeFiles/unit_plugins.dir/a.o -c {file}")
        (self.real / "build/test/compile_commands.json").write_text(
            json.dumps([{"file": file, "command": command}]))
        flags = CopiedFlags(given, given / "build/test", Path("/copy/tree"), Path("/copy/build"))
        self.assertEqual(flags.libtorch(), Path(f"{written}/.venv/lib/torch/lib"))
        return flags.compile_flags()

    def test_its_name_and_the_real_one_are_both_replaced(self) -> None:
        for written in (self.real, self.link):
            with self.subTest(written=written.name):
                self.assertEqual(self.flags(written, self.link), [
                    "/usr/bin/c++", '-DR50_BINARY_DIR="/copy/build"', "-I/copy/tree/core/src",
                    "-isystem", f"{written}/.venv/lib/torch/include", f"-I{written}_other",
                    "-std=c++20"])


if __name__ == "__main__":
    unittest.main()
