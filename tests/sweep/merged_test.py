"""Real runs of trials that differ in their averages only: trained together, and each by itself."""

import json
import signal
import unittest

import sweeps

# Checkpoints are what takes long here: one where a run ends, and few others.
BASE = sweeps.small_shapes(3, "log_every = 3", steps=2) + """
[checkpoint]
every = "3 epochs"
""" + sweeps.cooldown_after(2) + """
[[averaging]]
use = "ema"
decay = 0.9
[[averaging]]
use = "swa"
[evaluate]
bn_samples = 32
"""
# One thread: two wait for each other in steps as small as these, longer the more runs beside them.
SWEEP = """
name = "NAME"
base = "base.toml"
[parameters]
"run.threads" = {value = 1}
"data.threads" = {value = 1}
"scheduler.milestones".values = [["2 epochs"], ["1 epochs"]]
[[zip]]
"averaging.0.decay" = [0.5, 0.8]
"averaging.1.start" = ["1 epochs", "2 epochs"]
[metric]
name = "best.top1"
[keep]
best = 1
"""
# It ends none of so few trials, but where it judges no trials are trained together.
ALONE = """
[early_terminate]
type = "median"
min_trials = 99
"""


def exact(path):
    """A record without what differs from run to run."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row.pop("wall", None)
    return rows


class Merged(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.toml").write_text(BASE)
        for name, more in (("merged", ""), ("alone", ALONE)):
            (self.folder / f"{name}.toml").write_text(SWEEP.replace("NAME", name) + more)

    def compare(self, trial, alone):
        folder, straight = self.run_folder(trial, "merged"), self.run_folder(alone, "alone")
        self.assertEqual(trial["value"], alone["value"])
        self.assertEqual(exact(folder / "metrics.jsonl"), exact(straight / "metrics.jsonl"))
        results = [json.loads((one / "result.json").read_text()) for one in (folder, straight)]
        for result in results:
            del result["wall"]
        self.assertEqual(*results)
        own, other = [[line.split("#")[0].rstrip() for line in
                       (one / "resolved.toml").read_text().split("\n# Plugins")[0].splitlines()]
                      for one in (folder, straight)]
        self.assertEqual(own, other)

    def test_merged_averages_come_to_what_each_has_by_itself(self):
        plan = self.sweep("plan", "merged.toml")
        self.assertRegex(plan, r"Trials 0, 1 differ only in their averages: run [45] trains them "
                               r"together\.\n")
        self.assertIn("4 trials in 2 runs, 6 epochs", plan)
        self.sweep("alone.toml", "--slots", "1")
        self.assertEqual([trial["leader"] for trial in self.trials("alone")], [""] * 4)
        if sweeps.SHIM:  # between one trial that was trained in the merged run and the next
            self.sweep("merged.toml", "--slots", "1", code=-signal.SIGKILL,
                       kill_at="rename:trial.json:4")
        out = self.sweep("merged.toml", "--slots", "1", "--budget", "10h")
        self.assertIn("4 of 4 trials finished", out)
        merged = {" ".join(trial["set"]): trial for trial in self.trials("merged")
                  if trial["stage"] != "merged"}
        alone = {" ".join(trial["set"]): trial for trial in self.trials("alone")}
        self.assertEqual(merged.keys(), alone.keys())
        for words, trial in merged.items():
            self.compare(trial, alone[words])
        runs = [trial for trial in self.trials("merged") if trial["stage"] == "merged"]
        self.assertEqual([run["state"] for run in runs], ["finished"] * 2)
        leader = max(merged.values(), key=lambda trial: trial["value"])["leader"]
        kept = [run["id"] for run in runs
                if list(self.run_folder(run, "merged").glob("checkpoints/*.pt"))]
        self.assertEqual(kept, [leader])
        self.assertIn("decay = ", self.sweep("best", "merged.toml"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
