"""Real runs whose trials share what they have in common, against the same trials each by itself."""

import json
import signal
import subprocess
import unittest

import sweeps

# Checkpoints are what takes long here: one where a run pauses or ends, and few besides.
BASE = sweeps.small_shapes(4, "log_every = 3", steps=2) + """
[checkpoint]
every = "3 epochs"
""" + sweeps.cooldown_after(3) + """
[[averaging]]
use = "ema"
decay = 0.9
"""
# One thread: two wait for each other in steps as small as these, longer the more runs beside them.
THREADS = """
[parameters]
"run.threads" = {value = 1}
"data.threads" = {value = 1}
"""
# A trunk of 4 epochs that two cooldowns leave, one of them longer, and one that is another's start.
SWEEP = """
name = "NAME"
base = "base.toml"
method = "list"
""" + THREADS + """
[[trial]]
"scheduler.milestones" = ["3 epochs"]
[[trial]]
"scheduler.milestones" = ["2 epochs"]
[[trial]]
"scheduler.milestones" = ["1 epochs"]
"run.epochs" = 3
[[trial]]
"scheduler.milestones" = ["3 epochs"]
"optimizer.weight_decay" = 0.1
[keep]
best = 9
"""
ASHA = """
[early_terminate]
type = "asha"
min_iter = 1
eta = 2
"""


def exact(path):
    """A record without what differs from run to run."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row.pop("wall", None)
    return rows


class Sharing(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.toml").write_text(BASE)
        for name in ("shared", "alone", "asha"):
            text = SWEEP.replace("NAME", name) + (ASHA if name == "asha" else "")
            (self.folder / f"{name}.toml").write_text(text)

    def folders(self, name):
        return {" ".join(trial["set"]): self.run_folder(trial, name) for trial in self.trials(name)}

    def compare(self):
        self.assertEqual(self.states("shared"), ["finished"] * 4)
        shared, alone = self.folders("shared"), self.folders("alone")
        given = {trial["id"]: trial["given"] for trial in self.trials("shared")}
        self.assertEqual(shared.keys(), alone.keys())
        for words, folder in shared.items():
            straight = alone[words]
            self.assertEqual(exact(folder / "metrics.jsonl"), exact(straight / "metrics.jsonl"))
            results = [json.loads((one / "result.json").read_text()) for one in (folder, straight)]
            for result in results:
                del result["wall"]
            self.assertEqual(*results)
            said = json.loads((folder / "run.json").read_text())
            past = said.pop("past", {"of": folder.name, "epochs": 0})
            if past["of"] != folder.name:  # else it has paused for others
                self.assertEqual(past["epochs"], given[folder.name])
            self.assertEqual(said, json.loads((straight / "run.json").read_text()))
            self.assertEqual({path.name for path in straight.iterdir()} - {path.name for path in
                                                                          folder.iterdir()}, set())
            # One in between is left out where the disk is still busy with the one before.
            both = [{path.name for path in (one / "checkpoints").iterdir()}
                    for one in (folder, straight)]
            for names in both:
                self.assertLessEqual({"best.pt", "last.pt"}, names)
            for name in both[0] & both[1]:
                self.assertEqual((folder / "checkpoints" / name).read_bytes(),
                                 (straight / "checkpoints" / name).read_bytes(), (words, name))

    def dies(self, name, *points):
        """The controller does, at each of these points."""
        for point in points if sweeps.SHIM else ():
            self.sweep(name, "--slots", "1", code=-signal.SIGKILL, kill_at=point)

    def test_shared_trials_are_the_unshared_ones_byte_for_byte(self):
        self.sweep("alone.toml", "--slots", "1", "--no-sharing")
        self.assertEqual([trial["parent"] for trial in self.trials("alone")], [""] * 4)
        self.without_a_stopper()
        self.with_asha()

    def without_a_stopper(self):
        plan = self.sweep("plan", "shared.toml")
        self.assertIn("trained once: 12 epochs of 15\n", plan)
        self.assertIn("after epoch 2: trial 1 trains 3 to 4", plan)
        # Where a past is given, and where the trunk is to go on.
        self.dies("shared.toml", "rename:log.txt:1", "rename:trial.json:3")
        self.sweep("shared.toml", "--slots", "1")
        self.compare()
        given = [(trial["branch"], trial["given"]) for trial in self.trials("shared")]
        self.assertEqual(given, [(0, 0), (2, 2), (1, 1), (0, 0)])
        out = self.sweep("shared.toml", "--no-sharing", code=2)
        self.assertIn("--no-sharing is for a sweep that has not begun", out)

    def with_asha(self):
        """Rungs after 1 and 2 epochs of 4, to which one trial comes for others too."""
        self.assertIn("trained once: 12 epochs of 15 at most", self.sweep("plan", "asha.toml"))
        self.dies("asha.toml", "rename:log.txt:1", "rename:trial.json:3")
        self.sweep("asha.toml", "--slots", "1")
        self.assertEqual(sorted(self.states("asha")), ["finished"] + ["stopped"] * 3)
        trunk, second, third, _ = self.trials("asha")
        self.assertGreaterEqual(trunk["done"], 2)
        for follower in (second, third):
            self.assertGreaterEqual(follower["given"], 1)
            self.assertEqual(follower["given"], follower["done"], "it has trained nothing itself")
        alone = self.folders("alone")
        for words, folder in self.folders("asha").items():
            rows, whole = exact(folder / "metrics.jsonl"), exact(alone[words] / "metrics.jsonl")
            self.assertEqual(rows, whole[:len(rows)], words)
            if not (folder / "result.json").exists():
                self.assertEqual(list(folder.glob("checkpoints/*.pt")), [])
                continue
            self.assertEqual(rows, whole)
            for name in ("best.pt", "last.pt"):
                self.assertEqual((folder / "checkpoints" / name).read_bytes(),
                                 (alone[words] / "checkpoints" / name).read_bytes(), name)

    def test_a_run_that_stands_where_it_is_to_pause_takes_no_step_more(self):
        folder = self.folder / "run"

        def pause_at(when):
            done = subprocess.run([sweeps.R50RUN, "base.toml", "run.threads=1", "--until", when,
                                   "--quiet", "--run-dir", str(folder)], cwd=self.folder,
                                  check=False, timeout=sweeps.LIMIT)
            self.assertEqual(done.returncode, 75)
            return (folder / "checkpoints/last.pt").read_bytes(), exact(folder / "metrics.jsonl")
        stands = pause_at("2 epochs")
        self.assertEqual(stands[1][-1]["epoch"], 2)
        self.assertEqual(pause_at("2 epochs"), stands)  # it was killed when it had saved this
        self.assertEqual(pause_at("3 steps"), stands)
        self.assertEqual(pause_at("6 steps")[1][-1]["step"], 6)

    def test_merged_averages_come_to_what_each_has_by_itself(self):
        text = ("base = \"base.toml\"\n"
                + THREADS + "\"scheduler.milestones\".values = [[\"2 epochs\"], [\"1 epochs\"]]\n"
                "\"run.epochs\".value = 3\n"
                "[[zip]]\n\"averaging.0.decay\" = [0.5, 0.8]\n"
                "\"averaging.1.start\" = [\"1 epochs\", \"2 epochs\"]\n"
                "[metric]\nname = \"best.top1\"\n[keep]\nbest = 1\n")
        with (self.folder / "base.toml").open("a") as file:
            file.write("[[averaging]]\nuse = \"swa\"\n[evaluate]\nbn_samples = 32\n")
        for name in ("shared", "alone"):
            (self.folder / f"{name}.toml").write_text(f'name = "{name}"\n' + text)
        plan = self.sweep("plan", "shared.toml")
        self.assertIn("2 trials, 1 run", plan)
        self.assertIn("trained once: 5 epochs of 12", plan)
        self.sweep("alone.toml", "--slots", "1", "--no-sharing")
        if sweeps.SHIM:  # between one trial that was trained in the merged run and the next
            self.sweep("shared.toml", "--slots", "1", code=-signal.SIGKILL,
                       kill_at="rename:trial.json:6")
        out = self.sweep("shared.toml", "--slots", "1", "--budget", "10h")
        self.assertIn("4 of 4 trials finished", out)
        shared = {" ".join(trial["set"]): trial for trial in self.trials("shared")
                  if trial["stage"] != "merged"}
        alone = {" ".join(trial["set"]): trial for trial in self.trials("alone")}
        self.assertEqual(shared.keys(), alone.keys())
        for words, trial in shared.items():
            folder, straight = self.run_folder(trial, "shared"), self.run_folder(alone[words],
                                                                                 "alone")
            self.assertEqual(trial["value"], alone[words]["value"])
            self.assertEqual(exact(folder / "metrics.jsonl"), exact(straight / "metrics.jsonl"))
            results = [json.loads((one / "result.json").read_text()) for one in (folder, straight)]
            for result in results:
                del result["wall"]
            self.assertEqual(*results)
            own, other = [[line.split("#")[0].rstrip() for line in
                           (one / "resolved.toml").read_text().split("\n# Plugins")[0].splitlines()]
                          for one in (folder, straight)]
            self.assertEqual(own, other)
        runs = [trial for trial in self.trials("shared") if trial["stage"] == "merged"]
        self.assertEqual([(run["state"], run["branch"]) for run in runs],
                         [("finished", 0), ("finished", 1)])
        leader = max(shared.values(), key=lambda trial: trial["value"])["leader"]
        kept = [run["id"] for run in runs
                if list(self.run_folder(run, "shared").glob("checkpoints/*.pt"))]
        self.assertEqual(kept, [leader])
        self.assertIn("decay = ", self.sweep("best", "shared.toml"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
