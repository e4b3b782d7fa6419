"""What tools/run builds, the target r50_runtime, is the program and every plugin of this tree.

Other tests build everything, so they would not miss a plugin that a fresh clone's run misses.
"""

import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class RuntimeTarget(unittest.TestCase):
    def test_holds_the_program_and_every_plugin(self):
        lines = (ROOT / "plugins/CMakeLists.txt").read_text()
        plugins = re.findall(r"^r50_add_plugin\((\w+) (\w+)", lines, re.M)
        self.assertGreater(len(plugins), 10)
        built = subprocess.run(["ninja", "-C", os.environ["R50_BUILD"], "-t", "inputs",
                                "r50_runtime"], check=True, capture_output=True,
                               text=True).stdout.split()
        # ninja lists what goes into the target's files: of a plugin, its objects.
        folders = {path.split(".dir/")[0] for path in built if path.endswith(".o")}
        for kind, name in plugins:
            self.assertIn(f"plugins/CMakeFiles/r50_{kind}_{name}", folders)
        self.assertIn("tools/CMakeFiles/r50run", folders)


if __name__ == "__main__":
    unittest.main()
