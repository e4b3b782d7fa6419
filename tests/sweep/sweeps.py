"""What the tests of r50sweep share: a folder with a sweep in it, and ways to run and read it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

BUILD = pathlib.Path(__file__).resolve().parents[2] / "build/dev/bin"
SWEEP = os.environ.get("R50_SWEEP", str(BUILD / "r50sweep"))
TASK = os.environ.get("R50_TASK", str(BUILD / "sweep_task"))
SHIM = os.environ.get("R50_KILL_SHIM", "")
R50RUN = os.environ.get("R50_RUN", str(BUILD / "r50run"))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 300  # seconds that any one command may take: far more than it does


def small_shapes(epochs, run="", steps=4):
    """An experiment of this many steps an epoch, begun; more tables may follow."""
    return f"""
extends = ["{SOURCE}/experiments/quickstart.toml"]
[run]
epochs = {epochs}
batch = 16
{run}
[model]
depth = 18
width = 32
[data]
image_size = 16
[dataset]
train_images = {16 * steps}
evaluate_images = 32
"""


def cooldown_after(epochs):
    """A rate that stays for so long, and then falls."""
    return f"""
[scheduler]
use = "sequence"
milestones = ["{epochs} epochs"]
[[scheduler.parts]]
use = "constant"
lr = 0.02
[[scheduler.parts]]
use = "cosine"
lr = 0.02
"""


class SweepTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="r50_sweep_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        (self.folder / "base.toml").write_text("# the task reads no file\n")
        self.environment = dict(os.environ)  # of the programs

    def write(self, text, name="s.toml", slots=2):
        (self.folder / name).write_text(f'base = "base.toml"\n{text}\n[launcher]\n'
                                        f'program = ["{TASK}"]\nslots = {slots}\n')

    def start(self, *words):
        child = subprocess.Popen([SWEEP, *words], cwd=self.folder, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                 env=self.environment)
        self.addCleanup(self.end, child)
        return child

    @staticmethod
    def end(child):
        if child.poll() is None:
            child.kill()
        child.wait()
        child.stdout.close()

    def sweep(self, *words, code=0, kill_at=None, fail=None):
        """Runs it to its end. `kill_at`, `fail`: as tests/end_to_end/kill_shim.c has them, of the
        controller alone. `code`: one, or several that are all right."""
        environment = dict(self.environment)
        if kill_at or fail:
            environment.update(LD_PRELOAD=SHIM, R50_KILL_ROOT=str(self.folder),
                               R50_KILL_PROGRAM=pathlib.Path(SWEEP).name)
        if kill_at:
            environment["R50_KILL_AT"] = kill_at
        if fail:
            environment["R50_FAIL"] = fail
        # A trial that outlives its controller would hold a pipe open: so it goes to a file.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run([SWEEP, *words], cwd=self.folder, stdout=output,
                                  stderr=subprocess.STDOUT, timeout=LIMIT, check=False,
                                  env=environment)
            output.seek(0)
            done.stdout = output.read()
        codes = code if isinstance(code, tuple) else (code,)
        self.assertIn(done.returncode, codes, done.stdout)
        self.returncode = done.returncode
        return done.stdout

    def trials(self, name="s"):
        return json.loads((self.folder / "runs" / name / "status.json").read_text())["trials"]

    def states(self, name="s"):
        return [trial["state"] for trial in self.trials(name)]

    def run_folder(self, trial, name="s"):
        return self.folder / "runs" / name / trial["id"]

    def assert_trained_once(self, trial, name="s"):
        """Every epoch of the trial was reported exactly once."""
        rows = [json.loads(line) for line in
                (self.run_folder(trial, name) / "metrics.jsonl").read_text().splitlines()]
        self.assertEqual([row["epoch"] for row in rows], list(range(1, len(rows) + 1)), trial["id"])

    def results(self, name="s"):
        """What every finished trial says, by its id: bytes."""
        return {trial["id"]: (self.run_folder(trial, name) / "result.json").read_bytes()
                + (self.run_folder(trial, name) / "metrics.jsonl").read_bytes()
                for trial in self.trials(name) if trial["state"] == "finished"}

    def outlives_its_controller(self):
        """Of s.toml: its controller is killed, and the trials do not notice."""
        child = self.start("s.toml")
        self.begun(child)
        child.kill()
        child.wait()
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 4)
        for trial in self.trials():
            starts = (self.run_folder(trial) / "starts.txt").read_text()
            self.assertEqual(starts, "begun at 0\n", "it was started a second time")


def end_trials(folder):
    """Ends what a killed controller has left running, by what its leases say."""
    for lease in folder.glob("runs/*/*/lease"):
        words = lease.read_text().split()
        try:
            os.killpg(int(words[2]), signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
