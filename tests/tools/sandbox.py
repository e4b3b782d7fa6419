"""A copy of tools/ in a folder of its own, with programs of our own in place of the system's."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
# The scripts' own needs; whatever else they call is a fake or missing.
REAL_PROGRAMS = (
    "bash env cat grep sed tail head mkdir basename dirname readlink touch ln rm flock awk sort "
    "sleep python3 nproc comm git xargs true chmod").split()


class Sandbox(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        self.project = self.folder / "project"
        self.project.mkdir()
        shutil.copytree(SOURCE / "tools", self.project / "tools")
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in REAL_PROGRAMS:
            if found := shutil.which(name):
                (self.bin / name).symlink_to(found)
        self.home = self.folder / "home"
        self.home.mkdir()
        self.calls = self.folder / "calls"
        self.environment = {
            "PATH": str(self.bin), "HOME": str(self.home), "CALLS": str(self.calls), "LC_ALL": "C"}
        self.play_system("debian", "12", "Debian GNU/Linux 12 (bookworm)")

    def play_system(self, name: str, version: str, pretty: str) -> None:
        file = self.folder / "os-release"
        file.write_text(f'ID={name}\nVERSION_ID="{version}"\nPRETTY_NAME="{pretty}"\n')
        self.environment["R50_OS_RELEASE"] = str(file)

    def fake(self, name: str, script: str = "") -> None:
        """A program that notes how it was called, then does `script`."""
        file = self.bin / name
        file.unlink(missing_ok=True)
        file.write_text(f'#!/bin/bash\necho "{name} $*" >>"$CALLS"\n{script}\n')
        file.chmod(0o755)

    def noted_calls(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def call(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
        return subprocess.run([str(self.project / words[0]), *words[1:]], env=self.environment,
                              cwd=cwd or self.project, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60, check=False)
