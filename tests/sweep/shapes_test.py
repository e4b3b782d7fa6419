"""A sweep of real runs: r50run on drawn shapes, paused at rungs and promoted by checkpoint."""

import json
import subprocess
import unittest

import sweeps

BASE = sweeps.small_shapes(9) + """
[scheduler]
warmup = "2 steps"
"""


class Shapes(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.toml").write_text(BASE)

    def write_sweep(self, text):
        (self.folder / "s.toml").write_text('base = "base.toml"\n' + text)

    @staticmethod
    def rows(path):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        for row in rows:
            row.pop("wall", None)
        return rows

    def test_asha_gives_the_bytes_of_straight_runs(self):
        self.write_sweep('parameters."scheduler.lr".values = [0.001, 0.1, 0.01, 0.03]\n'
                         "[early_terminate]\ntype = \"asha\"\nmin_iter = 1\neta = 3\n")
        self.sweep("s.toml", "--slots", "1")
        trials = self.trials()
        epochs = sorted(trial["done"] for trial in trials)
        self.assertTrue(set(epochs) <= {1, 3, 9}, epochs)
        self.assertLess(sum(epochs), 4 * 9, "nothing was stopped early")
        finished = [trial for trial in trials if trial["state"] == "finished"]
        self.assertGreaterEqual(len(finished), 1)
        folder = self.run_folder(finished[0])
        straight = self.folder / "straight"
        threads = (self.folder / "runs/s/threads").read_text().strip()
        frozen = str(self.folder / "runs/s/experiment.toml")
        subprocess.run([sweeps.R50RUN, frozen, *finished[0]["set"],
                        f"run.threads={threads}", f"data.threads={threads}", "--quiet",
                        "--run-dir", str(straight)], check=True, timeout=sweeps.LIMIT)
        self.assertEqual(self.rows(folder / "metrics.jsonl"), self.rows(straight / "metrics.jsonl"))
        for name in ("last.pt", "best.pt"):
            self.assertEqual((folder / "checkpoints" / name).read_bytes(),
                             (straight / "checkpoints" / name).read_bytes(), name)

    def test_the_sweep_that_newcomers_run_first(self):
        """As it stands in sweeps/."""
        out = self.sweep(str(sweeps.SOURCE / "sweeps/shapes_smoke.toml"), "--slots", "1")
        self.assertIn("4 of 4 trials finished; best top1", out)
        for trial in self.trials("shapes_smoke"):
            folder = self.run_folder(trial, "shapes_smoke")
            self.assertEqual(self.rows(folder / "metrics.jsonl")[-1]["epoch"], 3)

    def test_edits_of_the_experiment_do_not_reach_a_sweep_under_way(self):
        self.write_sweep('parameters."scheduler.lr".values = [0.01]\n'
                         'parameters."run.epochs".values = [1, 2]\n')
        self.sweep("s.toml", "--slots", "1")
        before = [trial["id"] for trial in self.trials()]
        (self.folder / "base.toml").write_text(BASE.replace("epochs = 9", "epochs = 9\nseed = 7"))
        out = self.sweep("s.toml", "--slots", "1")
        self.assertIn("2 of 2 trials finished", out)
        self.assertEqual([trial["id"] for trial in self.trials()], before)

    def test_everything_wrong_is_told_before_anything_is_written(self):
        self.write_sweep('parameters."scheduler.lrr".values = [0.01, 0.02]\n'
                         'parameters."run.batch".values = [16, 100000]\n')
        out = self.sweep("s.toml", code=2)
        self.assertIn("s.toml:2:", out)
        self.assertIn("did you mean 'lr'?", out)
        self.assertFalse((self.folder / "runs").exists())
        self.write_sweep('parameters."scheduler.lr".values = [0.01, 0.02]\n'
                         '[metric]\nname = "tpo1"\n')
        out = self.sweep("s.toml", code=2)
        self.assertIn("did you mean 'top1'?", out)
        self.assertFalse((self.folder / "runs").exists())

    def test_the_best_trials_experiment_can_be_run(self):
        self.write_sweep('parameters."scheduler.lr".values = [0.01, 0.03]\n'
                         'parameters."run.epochs".value = 1\n[keep]\nbest = 1\n')
        self.sweep("s.toml", "--slots", "1")
        best = max(self.trials(), key=lambda trial: trial["value"])
        kept = [trial["id"] for trial in self.trials()
                if list(self.run_folder(trial).glob("checkpoints/*.pt"))]
        self.assertEqual(kept, [best["id"]], "the other trial's checkpoints are of no more use")
        (self.folder / "mine.toml").write_text(self.sweep("best", "s.toml"))
        explained = subprocess.run([sweeps.R50RUN, "explain", "mine.toml"], cwd=self.folder,
                                   text=True, capture_output=True, check=True,
                                   timeout=sweeps.LIMIT).stdout
        lr = next(word for word in best["set"] if word.startswith("scheduler.lr")).split("=")[1]
        self.assertRegex(explained, rf"(?m)^lr = \"?{lr}\b")
        self.assertIn("Not judged", self.sweep("report", "s.toml"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
