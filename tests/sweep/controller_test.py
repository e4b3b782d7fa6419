"""Whole sweeps over a trial program that trains nothing: what is run, what is not run again."""

import os
import random
import signal
import subprocess
import time
import unittest

import sweeps

GRID = """
parameters.x.values = [0, 1, 2]
parameters.y.values = [-1, 0]
parameters."run.epochs".value = 3
"""


class Grid(sweeps.SweepTest):
    def test_runs_every_combination_once_and_knows_it_later(self):
        self.write(GRID)
        out = self.sweep("s.toml")
        self.assertIn("6 of 6 trials finished", out)
        self.assertIn("best top1", out)
        self.assertEqual(self.states(), ["finished"] * 6)
        best = max(self.trials(), key=lambda trial: trial["value"])
        self.assertEqual(best["set"], ["run.epochs=3", "x=1", "y=-1"])
        before = self.results()
        self.assertEqual(len(before), 6)
        self.assertIn("6 of 6 trials finished", self.sweep("s.toml"))
        self.assertEqual(self.results(), before)
        for trial in self.trials():
            starts = (self.run_folder(trial) / "starts.txt").read_text()
            self.assertEqual(starts, "begun at 0\n")

    def test_seeds_are_replicates_of_a_point(self):
        self.write("seeds = 3\n" + GRID)
        self.sweep("s.toml")
        trials = self.trials()
        self.assertEqual(len(trials), 18)
        self.assertEqual([trial["point"] for trial in trials[:6]], [0, 0, 0, 1, 1, 1])
        self.assertEqual([trial["set"][-1] for trial in trials[:3]],
                         ["run.seed=1", "run.seed=2", "run.seed=3"])

    def test_the_report_says_what_is_better(self):
        self.write("seeds = 5\n" + GRID)
        self.sweep("s.toml")
        out = self.sweep("report", "s.toml")
        self.assertIn("x 1, y -1 wins", out)
        self.assertRegex(out, r"separable with 5 seeds \(p < 0\.001\)")
        rows = self.sweep("report", "--csv", "s.toml").splitlines()
        self.assertEqual(rows[0],
                         "trial,id,stage,state,epochs,top1,seconds,run.epochs,x,y,run.seed")
        self.assertEqual(len(rows), 1 + 30)
        self.assertIn("it was run with: run.epochs=3 x=1 y=-1".lower(),
                      self.sweep("best", "s.toml", code=1).lower())

    def test_plan_shows_all_and_writes_nothing(self):
        self.write(GRID)
        out = self.sweep("plan", "s.toml")
        self.assertIn("6 trials", out)
        self.assertIn("x=2 y=0\nall set run.epochs=3\n", out)
        self.assertFalse((self.folder / "runs").exists())


class Edits(sweeps.SweepTest):
    def test_more_values_and_seeds_extend_it(self):
        self.write(GRID)
        self.sweep("s.toml")
        before = self.results()
        self.write("seeds = 2\n" + GRID.replace("[-1, 0]", "[-1, 0, 3]"))
        self.sweep("s.toml")
        trials = self.trials()
        self.assertEqual(self.states(), ["finished"] * len(trials))
        self.assertEqual(len(trials), 3 * 3 * 2, "a point's first seed was run twice")
        after = self.results()
        self.assertEqual({key: after[key] for key in before}, before)

    def test_others_are_refused_with_the_difference(self):
        self.write(GRID)
        self.sweep("s.toml")
        self.write(GRID.replace("value = 3", "value = 4"))
        out = self.sweep("s.toml", code=2)
        self.assertIn("'parameters.run.epochs.value' was 3 when the sweep began, and is 4 now", out)
        self.write(GRID.replace("[-1, 0]", "[0, -1]"))
        self.assertIn("was [-1, 0] when the sweep began", self.sweep("s.toml", code=2))


class Faults(sweeps.SweepTest):
    def test_a_killed_controller_is_followed_by_one_that_goes_on(self):
        text = ('parameters.x.values = [0, 1, 2, 3, 4]\nparameters.y.values = [0, 1, 2]\n'
                'parameters.ms.value = 8\nparameters."run.epochs".value = 3\nseeds = 2\n')
        self.write(text, "straight.toml")
        self.sweep("straight.toml")
        wanted = self.results("straight")
        self.assertEqual(len(wanted), 30)
        self.write(text)
        if not sweeps.SHIM:
            self.skipTest("R50_KILL_SHIM is not set")
        numbers = random.Random(5)
        for _ in range(20):  # each life ends before the n-th trial begins, is known, or is over
            point = f"rename:{numbers.choice(['trial.json', 'lease'])}:{numbers.randint(1, 3)}"
            self.sweep("s.toml", code=-signal.SIGKILL, kill_at=point)
        self.sweep("s.toml")
        self.assertEqual(self.results(), wanted)
        for trial in self.trials():
            self.assert_trained_once(trial)

    def test_a_trial_that_is_killed_or_finds_the_disk_full_goes_on(self):
        self.write('method = "list"\n[[trial]]\nx = 1\nkill_at = 2\n"run.epochs" = 4\n'
                   '[[trial]]\nx = 2\nfull_at = 3\n"run.epochs" = 4\n')
        out = self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 2)
        self.assertIn("it will resume from its checkpoint", out)
        self.assertIn("No space left on device", out)
        for trial in self.trials():
            self.assertEqual(trial["faults"], 1)
            self.assert_trained_once(trial)

    def test_a_program_that_crashes_is_not_run_again(self):
        for signal_name, state, faults in (("SEGV", "failed", 0), ("ABRT", "failed", 0),
                                           ("KILL", "failed", 2), ("BUS", "failed", 2)):
            program = self.folder / f"crashes_{signal_name}"
            program.write_text(f"#!/bin/sh\necho the last word\nkill -{signal_name} $$\n")
            program.chmod(0o755)
            name = signal_name.lower()
            self.write('method = "list"\n[[trial]]\nx = 1\n[retry]\ntimes = 1\n', f"{name}.toml")
            path = self.folder / f"{name}.toml"
            path.write_text(path.read_text().replace(sweeps.TASK, str(program)))
            out = self.sweep(f"{name}.toml", code=1)
            trial = self.trials(name)[0]
            self.assertEqual((trial["state"], trial["faults"]), (state, faults), out)
            self.assertIn(f"SIG{signal_name}", out)
            if faults == 0:
                self.assertEqual(trial["message"], f"it crashed: SIG{signal_name}")
                self.assertIn("the last word", self.sweep("logs", f"{name}.toml", "0"))

    def test_a_trial_that_fails_is_not_run_again_until_asked(self):
        self.write('parameters.fail.values = ["this key is wrong"]\n'
                   'parameters.x.values = [1, 2]\n')
        out = self.sweep("s.toml", code=1)
        self.assertIn("2 failed", out)
        self.assertIn("task: this key is wrong", self.sweep("logs", "s.toml", "0"))
        self.assertEqual({trial["message"] for trial in self.trials()},
                         {"task: this key is wrong"})
        self.sweep("s.toml", code=1)
        self.assertIn("2 failed trials will be run again", self.sweep("retry", "s.toml"))

    def test_trials_that_all_fail_alike_end_the_sweep(self):
        values = ", ".join(str(i) for i in range(40))
        self.write(f'parameters.fail.value = "no such data"\nparameters.x.values = [{values}]\n')
        out = self.sweep("s.toml", code=1)
        self.assertIn("trials all failed alike: task: no such data", out)
        self.assertGreater(self.states().count("waiting"), 30)

    def test_a_result_without_the_metric_fails_its_trial(self):
        self.write("parameters.nothing.value = 1\nparameters.x.values = [1, 2]\n"
                   "[retry]\nalike = 0\n")
        self.sweep("s.toml", code=1)
        self.assertIn("its result has no 'top1'", self.trials()[0]["message"])

    def test_a_trial_that_diverges_is_a_result(self):
        self.write("parameters.diverge_at.values = [2, 99]\nparameters.\"run.epochs\".value = 3\n")
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 2)
        self.assertEqual(self.trials()[0]["value"], "nan")

    def test_a_damaged_ledger_is_made_again_from_the_folders(self):
        self.write(GRID)
        self.sweep("s.toml")
        before = self.results()
        ledger = self.folder / "runs/s/ledger.db"
        ledger.write_bytes(b"not a ledger " * 400)
        out = self.sweep("s.toml")
        self.assertIn("the ledger is damaged", out)
        self.assertIn("made again from 6 trials' folders", out)
        self.assertEqual(self.results(), before)
        ledger.unlink()
        self.assertIn("made again from 6 trials' folders", self.sweep("s.toml"))
        for trial in self.trials():
            self.assertEqual((self.run_folder(trial) / "starts.txt").read_text(), "begun at 0\n")


class Signals(sweeps.SweepTest):
    SLOW = ('parameters.x.values = [0, 1, 2, 3]\nparameters.ms.value = 100\n'
            'parameters."run.epochs".value = 30\n')

    def begun(self, child):
        """Waits until two trials have reported an epoch."""
        for _ in range(600):
            if len(list(self.folder.glob("runs/s/*/metrics.jsonl"))) >= 2:
                return
            self.assertIsNone(child.poll(), "the sweep ended before it was to")
            time.sleep(0.05)
        self.fail("no trial has begun")

    def goes_on(self):
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 4)
        for trial in self.trials():
            self.assertEqual(trial["faults"], 0)
            self.assert_trained_once(trial)

    def test_a_sweep_that_is_told_to_stop_saves_and_goes_on_later(self):
        self.write(self.SLOW)
        child = self.start("s.toml")
        self.begun(child)
        self.assertIn("is stopping", self.sweep("stop", "s.toml"))
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 75)
        self.assertIn("trials finish their step, save and leave", child.stdout.read())
        self.assertEqual(self.states(), ["waiting"] * 4)
        self.assertIn("No controller works on this sweep", self.sweep("stop", "s.toml"))
        self.goes_on()

    def test_trials_whose_controller_is_gone_are_stopped_all_the_same(self):
        self.write(self.SLOW)
        child = self.start("s.toml")
        self.begun(child)
        child.kill()
        child.wait()
        out = self.sweep("stop", "s.toml")
        self.assertIn("The sweep's controller is gone, and 2 of its trials may run", out)
        self.assertEqual(self.states(), ["waiting"] * 4)
        self.assertEqual([len(list(self.folder.glob("runs/s/*/exit")))], [2])
        self.assertIn("No controller works on this sweep", self.sweep("stop", "s.toml"))
        self.goes_on()

    def test_a_second_controller_is_refused(self):
        self.write(self.SLOW)
        child = self.start("s.toml")
        self.begun(child)
        out = self.sweep("s.toml", code=2)
        self.assertIn(f"Another r50sweep works on this sweep: process {child.pid}", out)
        os.kill(child.pid, signal.SIGTERM)
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 75)

    def test_a_sweep_goes_on_when_nobody_reads_along_or_the_terminal_is_gone(self):
        self.write(self.SLOW)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # as after nohup
            child = subprocess.Popen(
                [sweeps.SWEEP, "s.toml"], cwd=self.folder, stdout=subprocess.PIPE, stderr=nowhere,
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.addCleanup(self.end, child)
        self.begun(child)
        child.stdout.close()
        child.send_signal(signal.SIGHUP)
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 0)
        self.assertEqual(self.states(), ["finished"] * 4)

    def test_trials_outlive_their_controller_and_are_taken_up_again(self):
        self.write(self.SLOW)
        self.addCleanup(sweeps.end_trials, self.folder)
        self.outlives_its_controller()


if __name__ == "__main__":
    unittest.main(verbosity=2)
