"""5,000 trials on a cluster that answers at once: SLURM's commands over a folder, not a daemon.

Time passes with each question for the queue: what waited runs, what ran has ended. A sample has 500
trials, and a queue and arrays that are shorter in proportion.
"""

import json
import os
import tempfile
import time
import unittest

import sweeps
from sample import number

TRIALS = number(5000, of_sample=500)
QUEUE, ARRAY = TRIALS * 3 // 10, TRIALS // 5 + 1

PROGRAM = """#!/usr/bin/env python3
import fcntl, json, os, pathlib, sys
state = pathlib.Path(os.environ["FAKE"]) / "cluster.json"
lock = open(state.with_suffix(".lock"), "w")  # one command at a time, as a real cluster answers
fcntl.flock(lock, fcntl.LOCK_EX)
kept = json.loads(state.read_text()) if state.exists() else {"arrays": [], "submitted": []}
arrays, submitted = kept["arrays"], kept["submitted"]
"""
COMMANDS = {
    "sbatch": """
words = dict(word.lstrip("-").split("=", 1) for word in sys.argv[1:] if "=" in word)
if "--test-only" in sys.argv:
    sys.exit(0)
size = int(words["array"].split("-")[1]) + 1
pending = sum(one["size"] for one in arrays)
folders = pathlib.Path(sys.argv[-1]).with_suffix(".list").read_text().splitlines()
assert size == len(folders)
arrays.append({"id": 1000 + len(folders) + len(arrays) + pending, "name": words["job-name"],
               "size": size, "state": "PENDING", "folders": folders})
submitted.append([size, pending + size])
print(arrays[-1]["id"])
""",
    "squeue": """
for one in arrays:
    if one["state"] == "RUNNING":
        for index, folder in enumerate(one["folders"]):
            folder = pathlib.Path(folder)
            handle = (folder / "lease").read_text()
            assert handle.split()[1:3] == [one["name"], str(index)], handle
            number = json.loads((folder / "trial.json").read_text())["number"]
            with open(folder / "starts.txt", "a") as log:
                log.write("begun\\n")
            (folder / "begun").write_text(handle)
            (folder / "result.json").write_text(json.dumps({"top1": number}))
            (folder / "exit").write_text("0\\n")
        one["state"] = "COMPLETED"
    elif one["state"] == "PENDING":
        one["state"] = "RUNNING"
arrays = [one for one in arrays if one["state"] != "COMPLETED"]
for one in arrays:
    for index in range(one["size"]):
        print(one["id"], index, one["state"], "None|" + one["name"])
""",
    "scontrol": f'print("MaxArraySize            = {ARRAY}")\n',
    "scancel": "",
}
SAVE = """
state.with_suffix(".new").write_text(json.dumps({"arrays": arrays, "submitted": submitted}))
state.with_suffix(".new").rename(state)
"""


class Many(sweeps.SweepTest):
    def setUp(self):
        # Five thousand folders: in memory, where there is a place for that.
        before = tempfile.tempdir
        tempfile.tempdir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else before
        super().setUp()
        tempfile.tempdir = before
        commands = self.folder / "commands"
        commands.mkdir()
        for name, text in COMMANDS.items():
            (commands / name).write_text(PROGRAM + text + SAVE)
            (commands / name).chmod(0o755)
        self.environment.update(PATH=f"{commands}:{self.environment['PATH']}",
                                FAKE=str(self.folder))

    def submitted(self):
        """The size of each array that the cluster has taken, and of the queue then. It is kept in
        one file with the queue: an sbatch ends with its controller, at any moment."""
        state = self.folder / "cluster.json"
        return json.loads(state.read_text())["submitted"] if state.exists() else []

    def test_all_are_run_once_though_the_controller_is_killed_halfway(self):
        (self.folder / "s.toml").write_text(
            'base = "base.toml"\nparameters."run.epochs".value = 1\n'
            f"parameters.x.values = {list(range(TRIALS))}\n[launcher]\nkind = \"slurm\"\n"
            f'program = ["{sweeps.TASK}"]\nqueue_max = {QUEUE}\npoll_seconds = 0.2\n'
            "late_seconds = 5\n")
        child = self.start("s.toml")
        for _ in range(1200):
            if len(self.submitted()) >= 2:
                break
            self.assertIsNone(child.poll(), "the sweep ended too soon")
            time.sleep(0.05)
        child.kill()
        child.wait()
        out = self.sweep("s.toml")
        self.assertIn(f"{TRIALS} of {TRIALS} trials finished; best top1 {TRIALS - 1}", out)
        sizes, queued = zip(*self.submitted())
        self.assertLessEqual(max(sizes), ARRAY)
        self.assertLessEqual(max(queued), QUEUE)
        self.assertEqual(sum(sizes), TRIALS, f"some were submitted twice: {sizes}")
        for trial in self.trials():
            folder = self.run_folder(trial)
            self.assertEqual((folder / "starts.txt").read_text(), "begun\n")
            self.assertEqual(json.loads((folder / "result.json").read_text())["top1"],
                             trial["value"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
