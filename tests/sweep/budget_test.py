"""What a sweep may spend: what it runs, what it leaves out, and that it continues with more."""

import os
import re
import subprocess
import time
import unittest

import sweeps

# Trials of 0.3 s, nearly all of which they sleep: they take alike, however busy the machine is.
GRID = """
seeds = 2
parameters.x.values = [0, 1, 2, 3, 4, 5, 6, 7, 8]
parameters.ms.value = 300
parameters."run.epochs".value = 1
"""


class Priced(sweeps.SweepTest):
    """A second of a trial costs a dollar."""

    def write(self, text, name="s.toml", slots=2):
        super().write(text, name, slots)
        path = self.folder / name
        path.write_text(path.read_text() + "price_per_hour = 3600.0\n")

    def finished(self):
        return [trial for trial in self.trials() if trial["state"] == "finished"]

    def assert_nothing_twice(self):
        for trial in self.finished():
            self.assertEqual((self.run_folder(trial) / "starts.txt").read_text(), "begun at 0\n")


class Budget(Priced):
    def begin(self):
        """Four of the trials; returns what they cost, and one of them."""
        self.write(GRID.replace("[0, 1, 2, 3, 4, 5, 6, 7, 8]", "[0, 1]"))
        self.sweep("s.toml")
        spent = sum(trial["seconds"] for trial in self.trials())
        return spent, spent / 4

    def test_a_sweep_ends_by_its_budget_and_goes_on_with_a_larger_one(self):
        spent, one = self.begin()
        self.write(GRID)
        budget = f"${spent + 5 * one:.3f}"
        out = self.sweep("s.toml", "--budget", budget)
        done = self.finished()
        self.assertGreater(len(done), 4)
        self.assertLess(len(done), 18)
        left = re.search(r"left out by the budget \(used \$[\d.]+ of \$[\d.]+\): (\d+) trials", out)
        self.assertEqual(int(left.group(1)), 18 - len(done))
        self.assertIn("with a larger budget the same command runs them", out)
        seconds = [trial for trial in done if trial["replicate"] == 1 and trial["number"] > 3]
        self.assertEqual(seconds, [], "first seeds of other points are still to come")

        before = self.results()
        self.assertIn("left out by the budget", self.sweep("s.toml", "--budget", f"${spent}"))
        self.assertEqual(self.results(), before, "that money is spent")
        self.assertNotIn("left out", self.sweep("s.toml", "--budget", "$5000"))
        self.assertEqual(self.states(), ["finished"] * 18)
        self.assert_nothing_twice()

    def test_the_budget_of_the_file_may_be_raised(self):
        spent, one = self.begin()
        self.write(f'budget = "${spent + 5 * one:.3f}"\n' + GRID)
        self.assertIn("left out by the budget", self.sweep("s.toml"))
        self.assertLess(len(self.finished()), 18)
        self.write('budget = "10h"\n' + GRID)
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 18)
        self.assert_nothing_twice()

    def test_what_a_killed_controller_spent_is_spent(self):
        if not sweeps.SHIM:
            self.skipTest("R50_KILL_SHIM is not set")
        self.write(GRID)
        for _ in range(3):  # in each life one trial more is begun
            self.sweep("s.toml", "--budget", "$4000", code=-9, kill_at="rename:lease:2")
        self.addCleanup(sweeps.end_trials, self.folder)
        for lease in self.folder.glob("runs/s/*/lease"):  # they end, and nobody looks on
            self.wait_for_end(int(lease.read_text().split()[2]))
        ran = [path.parent for path in self.folder.glob("runs/s/*/starts.txt")]
        self.assertGreaterEqual(len(ran), 2)
        self.assertIn("left out by the budget", self.sweep("s.toml", "--budget", "$0.6"))
        self.assertEqual(len(list(self.folder.glob("runs/s/*/starts.txt"))), len(ran),
                         "the money was spent: nothing more was begun")
        for trial in self.trials():
            if self.run_folder(trial) in ran:
                self.assertEqual(trial["state"], "finished")
                self.assertGreater(trial["seconds"], 0.29, trial)

    def wait_for_end(self, pid):
        for _ in range(1200):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)
        self.fail(f"process {pid} never ended")

    def test_what_makes_no_sense_is_refused(self):
        self.write('budget = "a lot"\n' + GRID)
        out = self.sweep("s.toml", code=2)
        self.assertIn("s.toml:2:10: the budget 'a lot' is neither time nor money", out)
        self.assertFalse((self.folder / "runs").exists())
        sweeps.SweepTest.write(self, GRID)
        out = self.sweep("s.toml", "--budget", "$25", code=2)
        self.assertIn("price_per_hour", out)
        self.assertFalse((self.folder / "runs").exists())


# Of nine points the best two again; with x = 1 the metric is best by far.
CONFIRM = GRID.replace("seeds = 2", "") + "[confirm]\ntop = 2\nseeds = 2\n"


class SecondStage(Priced):
    def of_stage(self, stage, state="finished"):
        return [trial for trial in self.trials()
                if trial["stage"] == stage and trial["state"] == state]

    def seconds_of_one(self):
        self.write(GRID.replace("[0, 1, 2, 3, 4, 5, 6, 7, 8]", "[0, 1]"), "measure.toml")
        self.sweep("measure.toml")
        return sum(trial["seconds"] for trial in self.trials("measure")) / 4

    def assert_the_best_are_in_it(self):
        value = {}
        for trial in self.of_stage(""):
            value[tuple(trial["at"])] = trial["value"]
        best = sorted(value, key=value.get)[-2:]
        self.assertLessEqual(set(best), {tuple(trial["at"]) for trial in self.trials()
                                         if trial["stage"] == "confirm"})

    def test_it_is_paid_for_though_points_are_left_out_and_grows_with_the_budget(self):
        one = self.seconds_of_one()
        self.write(CONFIRM)
        budget = f"${(4 + 3.5) * one:.3f}"  # far from all, and far from too little
        out = self.sweep("s.toml", "--budget", budget)
        self.assertIn("second stage: 4 trials of the best points, of those done", out)
        done = len(self.of_stage(""))
        self.assertLess(done, 9)
        # A busy machine may leave the last one out, but not all of them.
        self.assertGreaterEqual(len(self.of_stage("confirm")), 3)
        self.assert_the_best_are_in_it()
        told = rf"The second stage chose among what was done, {done} of 9 points: {9 - done} trial"
        self.assertRegex(out, told)
        self.assertRegex(self.sweep("report", "s.toml", "--markdown"), told)
        begun = len(list(self.folder.glob("runs/s/*/starts.txt")))
        self.sweep("s.toml", "--budget", budget)
        self.assertLessEqual(len(list(self.folder.glob("runs/s/*/starts.txt"))), begun + 1)

        self.assertNotIn("left out", self.sweep("s.toml", "--budget", "$5000"))
        self.assertEqual(set(self.states()), {"finished"})
        self.assertEqual(len(self.of_stage("")), 9)
        self.assert_the_best_are_in_it()
        self.assert_nothing_twice()
        self.assertNotIn("chose among", self.sweep("report", "s.toml"))

    @unittest.skipUnless(sweeps.SHIM, "R50_KILL_SHIM is not set")
    def test_a_controller_killed_between_the_stages_loses_nothing(self):
        one = self.seconds_of_one()
        self.write(CONFIRM, slots=1)
        self.addCleanup(sweeps.end_trials, self.folder)
        budget = ("--budget", f"${(6 + 5) * one:.3f}")
        self.sweep("s.toml", *budget, code=-9, kill_at="rename:trial.json:8")
        killed = 0
        while killed < 12 and not self.returncode == 0:  # at every fifth dealing with a file
            self.sweep("s.toml", *budget, code=(0, -9), kill_at=f"any:/runs/s/:{5 * killed + 9}")
            killed += 1
        self.assertGreater(killed, 5)
        self.sweep("s.toml", *budget)
        self.assertEqual(len(self.of_stage("confirm")) + len(self.of_stage("confirm", "waiting")),
                         4)
        self.sweep("s.toml", "--budget", "$5000")
        self.assertEqual(set(self.states()), {"finished"})
        self.assert_the_best_are_in_it()
        for trial in self.trials():
            self.assert_trained_once(trial)
        self.assert_nothing_twice()

    def test_where_the_budget_is_too_small_for_it_nothing_is_begun(self):
        (self.folder / "base.toml").write_text(
            sweeps.small_shapes(2) + '[scheduler]\nwarmup = "2 steps"\n')
        subprocess.run([sweeps.R50RUN, "base.toml", "--quiet"], cwd=self.folder, check=True,
                       timeout=sweeps.LIMIT)  # shows how long such a run takes
        (self.folder / "s.toml").write_text(
            'base = "base.toml"\nparameters."scheduler.lr".values = [0.01, 0.02, 0.03]\n'
            '[confirm]\ntop = 2\nseeds = 3\n[launcher]\nprice_per_hour = 3600.0\n')
        for words in (("plan", "s.toml"), ("s.toml",)):
            out = self.sweep(*words, "--budget", "$0.01", code=2)
            self.assertRegex(out, r"The budget of \$0.01 does not pay for the second stage: "
                                  r"for 2 points with 3 seeds each, \$[\d.]+ is reserved, and a "
                                  r"point of the first stage takes \$[\d.]+\. Take a larger")
            self.assertFalse((self.folder / "runs/s").exists())
        out = self.sweep("plan", "s.toml", "--budget", "$5000")
        found = re.search(r"budget \$5000: \$([\d.]+) reserved for the second stage "
                          r"\(1.05 x 6 runs x 128 images x ([\d.e-]+) s\); 3 of the 3 trials fit, "
                          r"which is all", out)
        self.assertTrue(found, out)
        # The user can check it by hand: a second costs a dollar.
        self.assertAlmostEqual(float(found[1]), 1.05 * 6 * 128 * float(found[2]), delta=0.1)


class Plan(sweeps.SweepTest):
    def test_it_says_what_it_does_not_know_and_later_knows_it(self):
        self.write(GRID)
        out = self.sweep("plan", "s.toml")
        self.assertIn("18 trials, 18 epochs; how long they take is unknown", out)
        self.assertIn("It is known once the first trial has ended", out)
        self.assertFalse((self.folder / "runs").exists())
        self.sweep("s.toml")
        out = self.sweep("plan", "s.toml", "--budget", "1m")
        self.assertRegex(out, r"18 trials, 18 epochs: [\d.]+ s on 2 slots "
                              r"\(from this sweep's own trials\)")
        self.assertIn("budget 1m: 18 of the 18 trials fit, which is all", out)

    def test_a_search_shows_the_corners_of_its_space(self):
        self.write('method = "tpe"\nrun_cap = 20\nparameters.x = {min = 0.0, max = 4.0}\n'
                   'parameters.y.values = [1, 2, 3]\nparameters."run.epochs".value = 4\n')
        out = self.sweep("plan", "s.toml")
        self.assertIn("Checked: 6 of the 6 corners of their space", out)
        self.assertIn("x=4 y=3", out)
        self.assertIn("20 trials, 80 epochs at most; how long they take is unknown", out)

    def test_only_r50run_can_be_measured(self):
        self.write(GRID)
        self.assertIn("by r50run check", self.sweep("plan", "s.toml", "--calibrate", code=2))


if __name__ == "__main__":
    unittest.main(verbosity=2)
