"""core/cmake/FindLibtorch.cmake on made-up libtorch folders: which versions it accepts."""

import subprocess
import tempfile
import unittest
from pathlib import Path

MODULES = Path(__file__).resolve().parents[2] / "core/cmake"
PROJECT = f"""
cmake_minimum_required(VERSION 3.22)
project(finds_libtorch LANGUAGES NONE)
list(APPEND CMAKE_MODULE_PATH "{MODULES}")
find_package(Libtorch REQUIRED)
message(STATUS "minor ${{Libtorch_MINOR}}, CUDA ${{Libtorch_CUDA}}")
"""


class Libtorch(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        (self.folder / "CMakeLists.txt").write_text(PROJECT)
        self.libtorch = self.folder / "libtorch"

    def write(self, file: str, text: str = "") -> None:
        path = self.libtorch / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def play(self, version: str, header: str = "include/torch/headeronly/version.h") -> None:
        """A folder that looks like this libtorch, without a byte of its code."""
        parts = zip(("MAJOR", "MINOR", "PATCH"), version.split("."))
        self.write(header, "".join(f"#define TORCH_VERSION_{part} {number}\n"
                                   for part, number in parts))
        self.write("lib/libtorch_cpu.so")
        self.write("include/ATen/core/Tensor.h")

    def configure(self) -> tuple[int, str]:
        done = subprocess.run(
            ["cmake", "-G", "Ninja", "-S", self.folder, "-B", self.folder / "build",
             f"-DR50_LIBTORCH={self.libtorch}"],
            capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, " ".join((done.stdout + done.stderr).split())  # unfolded

    def test_what_was_tried_is_accepted_in_silence(self) -> None:
        for version in ("2.11.0", "2.13.1", "2.14.0"):
            with self.subTest(version):
                self.play(version)
                code, said = self.configure()
                self.assertEqual(code, 0, said)
                self.assertIn(f"minor {version[:4]}, CUDA FALSE", said)
                self.assertNotIn("Warning", said)

    def test_a_newer_one_is_a_warning_that_says_what_was_tried(self) -> None:
        for version in ("2.15.0", "2.100.0", "3.0.0"):
            with self.subTest(version):
                self.play(version)
                code, said = self.configure()
                self.assertEqual(code, 0, said)
                self.assertIn(f"CMake Warning at {MODULES}/FindLibtorch.cmake", said)
                self.assertIn(f"libtorch {version} in {self.libtorch} is newer", said)
                self.assertIn("2.11 to 2.14", said)

    def test_an_older_one_is_an_error(self) -> None:
        self.play("2.10.2", header="include/torch/csrc/api/include/torch/version.h")
        code, said = self.configure()
        self.assertNotEqual(code, 0)
        self.assertIn(f"libtorch 2.10.2 in {self.libtorch} is too old", said)

    def test_a_cuda_build_is_seen(self) -> None:
        self.play("2.14.0")
        self.write("lib/libtorch_cuda.so")
        self.assertIn("minor 2.14, CUDA TRUE", self.configure()[1])

    def test_a_folder_without_libtorch_is_an_error(self) -> None:
        self.libtorch.mkdir()
        code, said = self.configure()
        self.assertNotEqual(code, 0)
        self.assertIn(f"libtorch was not found. Looked in: {self.libtorch}", said)


if __name__ == "__main__":
    unittest.main()
