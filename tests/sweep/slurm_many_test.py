"""5,000 trials on a cluster that answers at once: SLURM's commands over a folder, not a daemon.

Each time somebody asks for the queue, time passes: what waited runs, what ran has ended.
"""

import json
import os
import tempfile
import time
import unittest

import sweeps

TRIALS, QUEUE, ARRAY = 5000, 1500, 1001

PROGRAM = """#!/usr/bin/env python3
import json, os, pathlib, sys
state = pathlib.Path(os.environ["FAKE"]) / "arrays.json"
arrays = json.loads(state.read_text()) if state.exists() else []
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
with open(state.with_name("submitted.txt"), "a") as log:
    log.write(f"{size} {pending + size}\\n")
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
state.with_suffix(".new").write_text(json.dumps(arrays))
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

    def test_all_are_run_once_though_the_controller_is_killed_halfway(self):
        (self.folder / "s.toml").write_text(
            'base = "base.toml"\nparameters."run.epochs".value = 1\n'
            f"parameters.x.values = {list(range(TRIALS))}\n[launcher]\nkind = \"slurm\"\n"
            f'program = ["{sweeps.TASK}"]\nqueue_max = {QUEUE}\npoll_seconds = 0.2\n'
            "late_seconds = 5\n")
        child = self.start("s.toml")
        log = self.folder / "submitted.txt"
        for _ in range(1200):
            if log.exists() and len(log.read_text().splitlines()) >= 2:
                break
            self.assertIsNone(child.poll(), "the sweep ended too soon")
            time.sleep(0.05)
        child.kill()
        child.wait()
        out = self.sweep("s.toml")
        self.assertIn(f"{TRIALS} of {TRIALS} trials finished; best top1 {TRIALS - 1}", out)
        sizes, queued = zip(*(map(int, line.split()) for line in log.read_text().splitlines()))
        self.assertLessEqual(max(sizes), ARRAY)
        self.assertLessEqual(max(queued), QUEUE)
        self.assertEqual(sum(sizes), TRIALS, "some were submitted twice")
        for trial in self.trials():
            folder = self.run_folder(trial)
            self.assertEqual((folder / "starts.txt").read_text(), "begun\n")
            self.assertEqual(json.loads((folder / "result.json").read_text())["top1"],
                             trial["value"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
