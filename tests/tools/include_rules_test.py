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

    def check(self, *words: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, str(RULES), "--root", str(self.root), *words],
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

    def test_sweeps_take_their_distributions_from_boost(self) -> None:
        self.assert_allowed("tools/sweep/judge/t.cc",
                            "#include <boost/math/distributions/students_t.hpp>\n")
        self.assert_refused("tools/sweep/judge/t.cc", "#include <boost/dll.hpp>\n", 1,
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

    def test_folders_of_sweeps(self) -> None:
        self.write("tools/sweep/search/space.h", "#pragma once\n")
        self.write("tools/sweep/control/controller.h", "#pragma once\n")
        self.assert_allowed("tools/sweep/file/limit.cc", '#include "sweep/search/space.h"\n')
        self.assert_refused("tools/sweep/file/limit.cc", '#include "sweep/control/controller.h"\n',
                            1, "tools/sweep/file may not include <sweep/control/controller.h>")

    def test_core_names_no_plugin(self) -> None:
        self.assert_refused("core/src/run/run.cc", 'auto f() { return "cosine"; }\n', 1,
                            "the core never names a plugin")

    def test_a_comment_may_name_a_plugin(self) -> None:
        self.assert_allowed("core/src/run/run.cc", 'int x;  // as "cosine" does\n')

    def test_long_file(self) -> None:
        self.assert_allowed("core/src/run/run.cc", "\n" * 400)
        self.assert_refused("core/src/run/run.cc", "\n" * 401, 401, "401 lines")

    def test_long_line(self) -> None:
        self.assert_allowed("tools/dev/x.py", "#" * 100 + "\n")
        self.assert_refused("tools/dev/x.py", "\n" + "#" * 101 + "\n", 2, "101 columns")

    def test_columns_are_letters_not_bytes(self) -> None:
        self.assert_allowed("tools/dev/x.py", "#" + "é" * 99 + "\n")

    def test_file_outside_every_room(self) -> None:
        self.assert_refused("core/extra/x.cc", "int x;\n", 1, "belongs to no room")

    def names(self, **headers: str) -> list[str]:
        for name, text in headers.items():
            self.write(f"{name.replace('__', '/')}.h", text)
        status, output = self.check("--names")
        lines = output.splitlines()
        self.assertEqual(status, 1 if lines else 0, output)
        return lines[:-1]

    def test_one_type_name_is_one_type(self) -> None:
        found = self.names(
            core__src__train__step="namespace r50::train {\nstruct Use {\n  int a;\n};\n}\n",
            core__src__data__use="namespace r50 {\n\nenum class Use { one };\n}\n",
            tools__sweep__trial__trial="using Use = int;\nclass X final : public r50::Y {};\n",
            tools__bench__x="template <class T>\nclass X {};\n")
        self.assertEqual([line.split(";")[0] for line in found], [
            "core/src/train/step.h:2: the type Use is also in core/src/data/use.h",
            "tools/sweep/trial/trial.h:1: the type Use is also in core/src/data/use.h",
            "tools/sweep/trial/trial.h:2: the type X is also in tools/bench/x.h"])

    def test_nested_types_and_declarations_may_share_a_name(self) -> None:
        self.assertEqual(self.names(
            core__src__data__ring="class Ring {\n public:\n  enum class State { full };\n};\n",
            core__src__train__step='class Ring;\nstruct Step {\n  struct State {};\n};\n'
                                   '// struct Ring {\nconst char* a = "struct Ring {";\n'
                                   "struct Step::Impl {};\nstruct Other::Impl {};\n"
                                   "inline void f() { struct Ring {}; }\n"), [])

    def test_one_header_name_is_one_header(self) -> None:
        found = self.names(core__include__r50__merge="int a;\n",
                           tools__sweep__share__merge="int b;\n", plugins__loss__merge="int c;\n")
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("tools/sweep/share/merge.h:1: the header merge.h is "
                                            "also in core/include/r50/merge.h"), found)

    def test_the_graph_of_a_house_in_order(self) -> None:
        self.write("core/src/base/files.h", "#pragma once\n")
        self.write("core/src/data/ring.cc", '#include "base/files.h"\n#include "data/ring.h"\n')
        self.write("tools/sweep/trial/trial.cc", '#include "base/files.h"\n')
        self.write("tools/sweep/page/page.cc", '#include "sweep/trial/trial.h"\n')
        status, output = self.check("--graph")
        self.assertEqual(output.splitlines(), [
            "base", "data             -> base", "sweep/page       -> sweep/trial",
            "sweep/trial      -> base", "4 rooms, 3 arrows; no circle, no back-arrow"])
        self.assertEqual(status, 0)

    def test_the_graph_names_a_circle(self) -> None:
        self.write("tools/sweep/a/x.cc", '\n#include "sweep/b/y.h"\n')
        self.write("tools/sweep/b/y.h", '#include "sweep/c/z.h"\n')
        self.write("tools/sweep/c/z.h", '#include "sweep/a/x.h"\n')
        status, output = self.check("--graph")
        self.assertEqual(status, 1, output)
        self.assertIn("circle: sweep/a -> sweep/b -> sweep/c -> sweep/a\n"
                      "  tools/sweep/a/x.cc:2 includes sweep/b\n", output)
        self.assertIn("3 arrows; 1 wrong", output)

    def test_the_graph_names_an_arrow_that_runs_back_up(self) -> None:
        self.write("core/src/train/step.h", "#pragma once\n")
        self.write("core/src/data/plan.cc", '#include "train/step.h"\n')
        status, output = self.check("--graph")
        self.assertEqual(status, 1, output)
        self.assertIn("back-arrow: data -> train, core/src/data/plan.cc:1\n", output)


if __name__ == "__main__":
    unittest.main()
