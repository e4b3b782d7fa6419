"""Sweeps on a real SLURM: what the cluster does to jobs, trials survive.

Needs root, slurm-wlm and munge, and up to three minutes, in which it runs alone: SLURM's shortest
time limit is a minute.
"""

import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

import mini_slurm
import sweeps

SLOW = 170  # seconds for all of it

LAUNCHER = """
kind = "slurm"
poll_seconds = 0.5
late_seconds = 2
cores = 2  # a node
signal_seconds = 15
time = "1"
"""


class Slurm(sweeps.SweepTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder_of_slurm = tempfile.mkdtemp(prefix="r50_slurm_")
        cls.addClassCleanup(shutil.rmtree, cls.folder_of_slurm, ignore_errors=True)
        cls.slurm = mini_slurm.MiniSlurm(cls.folder_of_slurm)
        cls.addClassCleanup(cls.slurm.stop)
        cls.slurm.start()

    def setUp(self):
        super().setUp()
        self.environment = self.slurm.environment
        self.addCleanup(self.slurm.run, "scancel", "--me", check=False)

    def write(self, text, name="s.toml", launcher=LAUNCHER):
        (self.folder / name).write_text(f'base = "base.toml"\n{text}\n[launcher]\n'
                                        f'program = ["{sweeps.TASK}"]\n{launcher}')

    def job_of(self, number):
        """Of a trial: its job's id as scancel takes it, state and node; None if it has none."""
        lease = self.run_folder(self.trials()[number]) / "lease"
        if not lease.exists():
            return None
        _, name, index, _ = lease.read_text().split()
        for words in self.slurm.queue("%j %K %F_%K %T %N"):
            if words[:2] == [name, index]:
                return words[2:] + [""]
        return None

    def until(self, what, reason, child):
        for _ in range(SLOW * 5):
            if what():
                return
            self.assertIsNone(child.poll(), f"the sweep ended before {reason}")
            self.release()
            time.sleep(0.2)
        self.fail(reason + " did not come about:\n" + self.slurm.run("squeue", "-r"))

    def release(self):
        """A job that is queued again waits two minutes, which an operator may shorten."""
        for words in self.slurm.queue("%F_%K %T %r"):
            if words[1:] == ["PENDING", "BeginTime"]:
                self.slurm.run("scontrol", "update", f"JobId={words[0]}", "StartTime=now",
                               check=False)

    def rows(self, number):
        path = self.run_folder(self.trials()[number]) / "metrics.jsonl"
        return len(path.read_text().splitlines()) if path.exists() else 0

    def starts(self, number):
        return (self.run_folder(self.trials()[number]) / "starts.txt").read_text().splitlines()

    def completed(self):
        """The states that jobs ended in, by SLURM's own record."""
        text = (self.slurm.folder / "completed.txt").read_text()
        return sorted({word.split("=")[1] for word in text.split() if word.startswith("JobState=")})

    def test_preempted_timed_out_failed_and_cancelled_jobs_end_right(self):
        self.write('method = "list"\n'
                   '[[trial]]\nx = 0\nms = 600\n"run.epochs" = 100\n'   # longer than its time
                   '[[trial]]\nfail = "this key is wrong"\n'
                   '[[trial]]\nx = 1\nms = 300\n"run.epochs" = 40\n'    # cancelled
                   '[[trial]]\nx = 2\nms = 300\n"run.epochs" = 40\n')   # preempted
        child = self.start("s.toml")
        self.until(lambda: (self.folder / "runs/s/status.json").exists(), "a status", child)
        self.until(lambda: self.rows(2) > 2, "the third trial's beginning", child)
        self.slurm.run("scancel", self.job_of(2)[0])
        self.until(lambda: self.rows(3) > 2, "the fourth trial's beginning", child)
        node = self.job_of(3)[2]
        self.slurm.run("sbatch", "--partition=prio", "--cpus-per-task=2", f"--nodelist={node}",
                       "--output=/dev/null", "--wrap=sleep 1")
        self.until(lambda: len(self.starts(0)) > 1, "the first trial's second start", child)
        while child.poll() is None:
            self.release()
            time.sleep(0.2)
        out = child.stdout.read()
        self.assertEqual(child.returncode, 0, out)
        self.assertEqual(self.states(), ["finished", "failed", "finished", "finished"], out)
        for number in (0, 2, 3):
            self.assert_trained_once(self.trials()[number])
        self.assertEqual(self.trials()[1]["message"], "task: this key is wrong")
        self.assertEqual(len((self.run_folder(self.trials()[1]) / "output.txt").read_text()
                             .splitlines()), 1, "it was not run again")
        self.assertEqual(self.trials()[0]["faults"], 0, "it queued itself again, of its own")
        self.assertEqual(self.trials()[3]["faults"], 0, "SLURM queued it again")
        self.assertEqual([len(self.starts(number)) for number in (2, 3)], [2, 2])
        self.assertIn("it was interrupted; it will resume from its checkpoint", out)
        self.assertIn("CANCELLED", self.completed())
        self.assertIn("PREEMPTED", self.completed())
        print(f"\nSLURM's states: {self.completed()}; starts of the first trial: {self.starts(0)}")

    def test_jobs_go_on_without_a_controller_and_are_found_again(self):
        self.write('parameters.x.values = [0, 1, 2]\nparameters.ms.value = 100\n'
                   'parameters."run.epochs".value = 25\n')
        child = self.start("s.toml")
        self.until(lambda: list(self.folder.glob("runs/s/*/metrics.jsonl")), "a row", child)
        child.kill()
        child.wait()
        before = len(self.slurm.queue())
        out = self.sweep("s.toml")
        self.assertGreater(before, 0)
        self.assertIn("3 of 3 trials finished", out)
        for number in range(3):
            self.assertEqual(self.starts(number), ["begun at 0"])
            self.assertEqual(self.trials()[number]["faults"], 0)

    @unittest.skipUnless(sweeps.SHIM, "R50_KILL_SHIM is not set")
    def test_a_controller_killed_around_sbatch_neither_loses_nor_doubles_a_trial(self):
        self.write('parameters.x.values = [0, 1, 2]\nparameters.ms.value = 50\n'
                   'parameters."run.epochs".value = 10\n')
        # Some handles are written and none is submitted; then the cluster has taken the array, and
        # nobody has written down that it did.
        for point in ("rename:lease:2", "rename:.job:1"):
            self.sweep("s.toml", code=-signal.SIGKILL, kill_at=point)
        out = self.sweep("s.toml")
        self.assertIn("3 of 3 trials finished", out)
        for number in range(3):
            self.assertEqual(self.starts(number), ["begun at 0"])
            self.assertEqual(self.trials()[number]["faults"], 0)

    def test_a_sweep_that_is_told_to_stop_leaves_no_job(self):
        self.write('parameters.x.values = [0, 1, 2, 3]\nparameters.ms.value = 100\n'
                   'parameters."run.epochs".value = 60\n')
        child = self.start("s.toml")
        self.until(lambda: list(self.folder.glob("runs/s/*/metrics.jsonl")), "a row", child)
        self.sweep("stop", "s.toml")
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 75)
        self.assertEqual(self.states(), ["waiting"] * 4)
        self.assertEqual(self.slurm.queue(), [], "they do not queue themselves again")
        for trial in self.trials():
            self.assertEqual(trial["faults"], 0)

    def test_a_partition_that_is_not_there_is_refused_before_anything_begins(self):
        self.write("parameters.x.values = [0, 1]\n",
                   launcher=LAUNCHER + 'partition = "nosuch"\n')
        out = self.sweep("s.toml", code=2)
        self.assertIn("SLURM refuses such jobs: sbatch: error: invalid partition", out)
        self.assertIn("--partition=nosuch", out)
        self.assertFalse((self.folder / "runs").exists())


if __name__ == "__main__":
    if mini_slurm.missing():
        print("skipped: " + mini_slurm.missing())
        sys.exit(77)
    if not pathlib.Path(sweeps.SWEEP).exists():
        print("skipped: there is no " + sweeps.SWEEP)
        sys.exit(77)
    unittest.main(verbosity=2)
