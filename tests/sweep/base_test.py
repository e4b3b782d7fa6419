"""What a sweep is based on: a list of files, and data that lie elsewhere on another machine."""

import shutil
import subprocess
import unittest

import sweeps

SWEEP = """
base = ["base.toml", "second.toml"]
method = "list"
[[trial]]
"run.epochs" = 1
"optimizer.weight_decay" = 1e-3
"""
WORDS = ("run.epochs=1", "optimizer.weight_decay=1e-3")
SECOND = '[run]\nbatch = 2\n[scheduler]\nwarmup = "1 steps"\n[optimizer]\nmomentum = 0.8\n'
IMAGES = """
[dataset]
use = "image_folder"
path = "${IMAGES:-images}"
"""


class Base(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "second.toml").write_text(SECOND)

    def id_by_hand(self):
        """The ID of the same run by r50run, in the first line of `explain`."""
        done = subprocess.run([sweeps.R50RUN, "explain", "base.toml", "second.toml", *WORDS],
                              cwd=self.folder, capture_output=True, text=True, env=self.environment,
                              timeout=sweeps.LIMIT, check=True)
        return done.stdout.splitlines()[0].split()[-1]

    def trial_of(self, name):
        """The one trial of a new sweep, which `plan` named before."""
        (self.folder / f"{name}.toml").write_text(SWEEP)
        plan = self.sweep("plan", f"{name}.toml")
        self.sweep(f"{name}.toml", "--slots", "1")
        trial, = self.trials(name)
        self.assertEqual(trial["state"], "finished")
        self.assertIn(trial["id"], plan)
        return trial

    def test_the_second_file_is_put_over_the_first(self):
        (self.folder / "base.toml").write_text(sweeps.small_shapes(3, steps=1))
        trial = self.trial_of("s")
        frozen = (self.folder / "runs/s/experiment.toml").read_text()
        self.assertRegex(frozen, r"(?m)^batch = 2\b")
        self.assertRegex(frozen, r"(?m)^momentum = 0\.8\b")
        self.assertEqual(trial["id"], self.id_by_hand())

    def test_the_folder_of_the_data_does_not_count(self):
        (self.folder / "base.toml").write_text(
            sweeps.small_shapes(3).partition("[dataset]")[0] + IMAGES)
        drawing = sweeps.SOURCE / "tests/unit/data/images/drawing.png"
        ids = set()
        for name in ("here", "there"):
            for image in ("train/a/0", "train/a/1", "train/b/0", "train/b/1", "val/a/0", "val/b/0"):
                path = self.folder / name / f"{image}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(drawing, path)
            self.environment["IMAGES"] = str(self.folder / name)
            ids |= {self.trial_of(name)["id"], self.id_by_hand()}
        self.assertEqual(len(ids), 1, ids)


if __name__ == "__main__":
    unittest.main()
