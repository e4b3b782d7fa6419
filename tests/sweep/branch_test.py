"""A sweep with `branch`: each trial is the run that `r50run --branch` makes of that checkpoint."""

import hashlib
import json
import subprocess
import unittest

import sweeps

# One thread, as the runs by hand have: on some processors another number gives other bits.
BASE = sweeps.small_shapes(6, "log_every = 1\nthreads = 1", steps=2) + """
[checkpoint]
every = "3 epochs"
""" + sweeps.cooldown_after(3)
SWEEP = """
name = "s"
base = "base.toml"
branch = "runs/parent/checkpoints/last.pt"
[parameters]
"run.epochs".values = LENGTHS
"run.threads" = {value = 1}
"data.threads" = {value = 1}
"""


def exact(path):
    """A record without what differs from run to run."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row.pop("wall", None)
    return rows


class Branch(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.toml").write_text(BASE)
        self.write_sweep("[4, 6]")
        self.parent = self.folder / "runs/parent/checkpoints/last.pt"

    def write_sweep(self, lengths):
        (self.folder / "s.toml").write_text(SWEEP.replace("LENGTHS", lengths))

    def train(self, *words, code=0):
        done = subprocess.run([sweeps.R50RUN, "base.toml", *words, "--quiet"], cwd=self.folder,
                              capture_output=True, text=True, timeout=sweeps.LIMIT, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)

    def train_parent(self, until="3 epochs"):
        self.train("data.threads=1", "--run-dir", "runs/parent", "--until", until, code=75)

    def test_trials_are_the_runs_that_branch_makes_by_hand(self):
        self.train_parent()
        plan = self.sweep("plan", "s.toml")
        self.assertIn(f"Each trial begins at step 6, where {self.parent} stands. 3 epochs are the "
                      "parent's", plan)
        self.assertIn("2 trials, 4 epochs", plan)
        self.sweep("s.toml", "--slots", "1")

        kept = json.loads((self.folder / "runs/s/branch.json").read_text())
        self.assertEqual(kept["sha256"], hashlib.sha256(self.parent.read_bytes()).hexdigest())
        for trial, epochs in zip(self.trials(), (4, 6)):
            # Only the trial's own epochs are counted.
            self.assertEqual((trial["state"], trial["begin"], trial["epochs"], trial["done"]),
                             ("finished", 3, epochs - 3, epochs - 3))
            self.train(f"run.epochs={epochs}", "data.threads=1", "--branch", str(self.parent))
            by_hand = self.folder / "runs/base" / trial["id"]
            folder = self.run_folder(trial)
            self.assertEqual((folder / "checkpoints/last.pt").read_bytes(),
                             (by_hand / "checkpoints/last.pt").read_bytes())
            self.assertEqual(exact(folder / "metrics.jsonl"), exact(by_hand / "metrics.jsonl"))

    def test_rungs_are_counted_from_the_branch(self):
        self.train_parent()
        self.write_sweep("[6]")
        with open(self.folder / "s.toml", "a", encoding="utf-8") as file:
            file.write('"optimizer.weight_decay".values = [1e-5, 1e-4]\n'
                       '[early_terminate]\ntype = "asha"\nmin_iter = 1\neta = 2\n')
        self.sweep("s.toml", "--slots", "1")
        done = sorted(trial["done"] for trial in self.trials())
        self.assertEqual(done[-1], 3)
        self.assertIn(done[0], (1, 2))

    def test_another_checkpoint_is_refused(self):
        self.train_parent()
        self.sweep("s.toml", "--slots", "1")
        self.write_sweep("[4, 6, 5]")
        self.train_parent("4 epochs")  # the parent goes further, so last.pt is another file
        said = self.sweep("s.toml", code=2)
        self.assertIn("is not the checkpoint that this sweep was begun with", said)
        self.assertEqual(len(self.trials()), 2)

    def test_trials_that_end_before_they_begin_are_refused(self):
        self.train_parent("4 epochs")
        for verb in (("plan", "s.toml"), ("s.toml",)):
            said = self.sweep(*verb, code=2)
            self.assertIn("a trial ends after epoch 4 (step 8), but its branch begins at step 8",
                          said)
        self.assertFalse((self.folder / "runs/s").exists())

    def test_a_checkpoint_that_is_missing_or_damaged_is_refused(self):
        self.assertIn("which is no file", self.sweep("plan", "s.toml", code=2))
        self.parent.parent.mkdir(parents=True)
        self.parent.write_bytes(b"PK\x03\x04 and nothing more")
        self.assertIn("is no checkpoint to branch from", self.sweep("s.toml", code=2))
        self.assertFalse((self.folder / "runs/s").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
