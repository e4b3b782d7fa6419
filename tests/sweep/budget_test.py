"""What a sweep may spend: what it runs, what it leaves out, and that it goes on with more."""

import os
import re
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


class Budget(sweeps.SweepTest):
    def write(self, text, name="s.toml"):
        super().write(text, name)
        path = self.folder / name
        path.write_text(path.read_text() + "price_per_hour = 3600.0\n")

    def finished(self):
        return [trial for trial in self.trials() if trial["state"] == "finished"]

    def assert_nothing_twice(self):
        for trial in self.finished():
            self.assertEqual((self.run_folder(trial) / "starts.txt").read_text(), "begun at 0\n")

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
        self.assertIn("with a larger budget the same command goes on with them", out)
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


class Plan(sweeps.SweepTest):
    def test_it_says_what_it_does_not_know_and_later_knows_it(self):
        self.write(GRID)
        out = self.sweep("plan", "s.toml")
        self.assertIn("18 trials, 18 epochs; how long they take is unknown", out)
        self.assertIn("It is known once the first trial is through", out)
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
