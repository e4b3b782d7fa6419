"""tools/dev/include_rules.py on small trees that break one rule each."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RULES = Path(__file__).resolve().parents[2] / "tools/dev/include_rules.py"


class IncludeRulesTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("plugins/CMakeLists.txt",
                   "r50_add_plugin(scheduler cosine scheduler/cosine.cc)\n"
                   "r50_add_plugin(scheduler sequence scheduler/sequence.cc)\n"
                   "r50_add_plugin(dataset shapes dataset/shapes.cc\n"
                   "  dataset/shapes_drawing/scene.cc dataset/outline.cc)\n")

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self) -> tuple[int, str]:
        done = subprocess.run([sys.executable, str(RULES), "--root", str(self.root)],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout

    def assert_refused(self, path: str, text: str, line: int, says: str) -> None:
        self.write(path, text)
        status, output = self.check()
        self.assertEqual(status, 1, output)
        first, last = output.splitlines()[0], output.splitlines()[-1]
        self.assertTrue(first.startswith(f"{path}:{line}: "), output)
        self.assertIn(says, first)
        self.assertTrue(last.startswith("1 problems"), output)

    def assert_allowed(self, path: str, text: str) -> None:
        self.write(path, text)
        self.assertEqual(self.check(), (0, ""))

    def test_an_innocent_tree_passes(self) -> None:
        self.write("core/src/data/ring.h", "#pragma once\n#include <vector>\n")
        self.write("core/src/data/ring.cc", '#include "data/ring.h"\n#include "base/files.h"\n')
        self.write("core/src/run/run.cc", '#include "data/ring.h"\n#include "train/step.h"\n')
        self.write("plugins/scheduler/cosine.cc", '#include "r50/scheduler.h"\n#include <cmath>\n')
        self.write("plugins/model/resnet.cc", "#include <ATen/ops/conv2d.h>\n")
        self.assertEqual(self.check(), (0, ""))

    def test_torch_umbrella_headers(self) -> None:
        for header in ("torch/torch.h", "torch/all.h", "torch/nn.h", "ATen/ATen.h"):
            self.assert_refused("core/src/train/step.cc", f"// one\n#include <{header}>\n", 2,
                                "is forbidden")
            self.assert_refused("core/src/train/step.cc", f'\n  # include "{header}"\n', 2,
                                "is forbidden")

    def test_plugin_includes_another(self) -> None:
        self.write("plugins/scheduler/cosine.h", "#pragma once\n")
        self.assert_refused("plugins/scheduler/sequence.cc", '#include "cosine.h"\n', 1,
                            "plugins never include each other")

    def test_plugin_includes_another_through_its_folder(self) -> None:
        self.write("plugins/scheduler/cosine.h", "#pragma once\n")
        self.assert_refused("plugins/dataset/shapes_drawing/scene.cc",
                            '#include "../../scheduler/cosine.h"\n', 1,
                            "plugins never include each other")

    def test_plugin_includes_the_core(self) -> None:
        self.assert_refused("plugins/scheduler/cosine.cc", '#include "config/experiment.h"\n', 1,
                            "may not include the room config")

    def test_plugin_has_headers_of_its_own(self) -> None:
        self.write("plugins/dataset/shapes_drawing/scene.h", "#pragma once\n")
        self.write("plugins/dataset/shapes_drawing/canvas.h", "#pragma once\n")
        self.write("plugins/dataset/shapes_drawing/scene.cc",
                   '#include "scene.h"\n#include "canvas.h"\n#include "../outline.h"\n')
        self.write("plugins/dataset/outline.h", "#pragma once\n")
        self.assert_allowed("plugins/dataset/shapes.cc", '#include "shapes_drawing/scene.h"\n')

    def test_plugin_may_use_operators_of_tensors(self) -> None:
        self.assert_allowed("plugins/scheduler/cosine.cc", "#include <ATen/TensorOperators.h>\n")

    def test_rooms_keep_apart(self) -> None:
        self.assert_refused("core/src/train/step.cc", '#include "run/log.h"\n', 1,
                            "core/src/train may not include the room run")

    def test_data_does_not_know_the_trainer(self) -> None:
        self.assert_refused("core/src/data/plan.cc", '#include "train/world.h"\n', 1,
                            "may not include the room train")

    def test_base_knows_nothing(self) -> None:
        self.assert_refused("core/src/base/files.cc", '#include "r50/error.h"\n', 1,
                            "standard library only")

    def test_config_is_free_of_torch(self) -> None:
        self.assert_refused("core/src/config/explain.cc", '#include "r50/batch.h"\n', 1,
                            "free of torch")

    def test_torch_free_public_header(self) -> None:
        self.assert_refused("core/include/r50/scheduler.h", "#include <ATen/core/Tensor.h>\n", 1,
                            "scheduler.h is free of torch")

    def test_public_header_takes_tensors_only(self) -> None:
        self.write("core/include/r50/batch.h", "#include <ATen/core/Tensor.h>\n")
        self.assert_refused("core/include/r50/model.h", "#include <ATen/ops/add.h>\n", 1,
                            "may not include")

    def test_no_abseil_in_public_headers(self) -> None:
        self.assert_refused("core/include/r50/model.h", '#include "absl/strings/str_cat.h"\n', 1,
                            "may not include <absl/strings/str_cat.h>")

    def test_boost_stays_with_the_plugin_host(self) -> None:
        self.assert_allowed("core/src/plugin/host.cc", "#include <boost/dll.hpp>\n")
        self.assert_refused("core/src/run/run.cc", "#include <boost/dll.hpp>\n", 1,
                            "may not include <boost/dll.hpp>")

    def test_toml_is_compiled_into_one_file(self) -> None:
        self.write("core/src/config/a.cc", "#include <toml++/toml.h>\n")
        self.assert_refused("core/src/config/b.cc", "#include <toml++/toml.h>\n", 1,
                            "one file only: core/src/config/a.cc")

    def test_sweeps_never_see_torch(self) -> None:
        self.assert_refused("tools/sweep/grid.cc", "#include <ATen/core/Tensor.h>\n", 1,
                            "tools/sweep may not include")

    def test_folders_of_tools(self) -> None:
        self.write("tools/contract/report.h", "#pragma once\n")
        self.write("tools/contract/contract.cc", '#include "contract/report.h"\n')
        self.assert_allowed("tools/verbs/plugins.cc", '#include "contract/report.h"\n')
        self.assert_refused("tools/sweep/grid.cc", '#include "contract/report.h"\n', 1,
                            "tools/sweep may not include")

    def test_core_names_no_plugin(self) -> None:
        self.assert_refused("core/src/run/run.cc", 'auto f() { return "cosine"; }\n', 1,
                            "the core never names a plugin")

    def test_a_comment_may_name_a_plugin(self) -> None:
        self.assert_allowed("core/src/run/run.cc", 'int x;  // as "cosine" does\n')

    def test_long_file(self) -> None:
        self.assert_allowed("core/src/run/run.cc", "\n" * 500)
        self.assert_refused("core/src/run/run.cc", "\n" * 501, 501, "501 lines")

    def test_long_line(self) -> None:
        self.assert_allowed("tools/dev/x.py", "#" * 100 + "\n")
        self.assert_refused("tools/dev/x.py", "\n" + "#" * 101 + "\n", 2, "101 columns")

    def test_columns_are_letters_not_bytes(self) -> None:
        self.assert_allowed("tools/dev/x.py", "#" + "é" * 99 + "\n")

    def test_file_outside_every_room(self) -> None:
        self.assert_refused("core/extra/x.cc", "int x;\n", 1, "belongs to no room")


if __name__ == "__main__":
    unittest.main()
