"""Sweeps whose controller is killed by SIGKILL at many points of its dealings with the disk."""

import random
import signal
import unittest

import sweeps
from sample import LONG, NUMBER, number

GRID = """
parameters.x.values = [0, 1, 2, 3, 4]
parameters.y.values = [0, 1, 2]
parameters.ms.value = 4
parameters."run.epochs".value = 3
seeds = 2
"""
SPACE = """
run_cap = 30
parameters.x = {min = -3.0, max = 3.0}
parameters.y = {min = -3.0, max = 3.0}
parameters.ms.value = 2
parameters."run.epochs".value = 9
"""
ASHA = '[early_terminate]\ntype = "asha"\n'
HYPERBAND = '[early_terminate]\ntype = "hyperband"\n'
MEDIAN = '[early_terminate]\ntype = "median"\nmin_iter = 2\nmin_trials = 3\n'


@unittest.skipUnless(sweeps.SHIM, "R50_KILL_SHIM is not set")
class Killed(sweeps.SweepTest):
    def kill_and_continue(self, seed, lives=20, most=90):
        """Ends each life before its n-th dealing with a file of the sweep, whatever that is; then
        lets one reach the end. A sample has a quarter of the lives, drawn by its number."""
        numbers = random.Random(seed if LONG else f"{seed} {NUMBER}")
        lives = number(lives, of_sample=lives // 4 + 1)
        killed = 0
        while killed < lives:
            point = f"any:/runs/s/:{numbers.randint(1, most)}"
            self.sweep("s.toml", code=(0, -signal.SIGKILL), kill_at=point)
            if self.returncode == 0:
                break
            killed += 1
        self.assertGreaterEqual(killed, lives, "the sweep was over before")
        self.addCleanup(sweeps.end_trials, self.folder)
        return self.sweep("s.toml")

    def outcome(self, name="s"):
        """What must not depend on kills: all but times, leases and where a fault was met."""
        trials = self.trials(name)
        for trial in trials:
            trial.pop("seconds")
            trial.pop("began")
        order = (self.folder / "runs" / name / "order.txt").read_text()
        return trials, order, self.bytes_of(name)

    def bytes_of(self, name):
        files = {}
        for trial in self.trials(name):
            for file in ("metrics.jsonl", "result.json", "starts.txt"):
                path = self.run_folder(trial, name) / file
                files[trial["id"], file] = path.read_bytes() if path.exists() else None
        return files

    def assert_nothing_lost_or_doubled(self, points):
        trials = self.trials()
        self.assertEqual(len({trial["id"] for trial in trials}), len(trials))
        self.assertEqual(len({tuple(trial["set"]) for trial in trials}), len(trials))
        self.assertEqual([trial["number"] for trial in trials], list(range(points)))
        self.assertLessEqual({trial["state"] for trial in trials}, {"finished", "stopped"})
        folders = [path.parent.name for path in self.folder.glob("runs/s/*/trial.json")]
        self.assertEqual(sorted(folders), sorted(trial["id"] for trial in trials))
        for trial in trials:
            self.assert_trained_once(trial)
            lines = (self.run_folder(trial) / "starts.txt").read_text().splitlines()
            begun = [int(line.split()[-1]) for line in lines]
            self.assertEqual(begun, sorted(set(begun)), "epochs were trained twice")

    def check_same(self, text, seed, slots, **kill):
        self.write(text, "straight.toml", slots)
        self.sweep("straight.toml")
        self.write(text, slots=slots)
        self.kill_and_continue(seed, **kill)
        return self.outcome("straight"), self.outcome()

    def test_grid(self):
        (_, _, wanted), (_, _, found) = self.check_same(GRID, 5, slots=2)
        self.assertEqual(found, wanted)
        self.assert_nothing_lost_or_doubled(30)

    def test_random(self):
        (_, _, wanted), (_, _, found) = self.check_same('method = "random"\n' + SPACE, 6, slots=2)
        self.assertEqual(found, wanted)
        self.assert_nothing_lost_or_doubled(30)

    def test_tpe_with_one_slot_is_the_same_sequence(self):
        wanted, found = self.check_same('method = "tpe"\n' + SPACE, 7, slots=1)
        self.assertEqual(found, wanted)

    def test_tpe_and_asha_with_one_slot_are_the_same_sequence(self):
        wanted, found = self.check_same('method = "tpe"\n' + SPACE + ASHA, 8, slots=1)
        self.assertEqual(found, wanted)

    def test_asha_and_a_second_stage_with_one_slot_are_the_same_sequence(self):
        text = 'method = "sobol"\n' + SPACE + ASHA + "[confirm]\ntop = 2\nseeds = 2\n"
        wanted, found = self.check_same(text, 9, slots=1)
        self.assertEqual(found, wanted)

    def test_tpe_and_asha_lose_and_double_nothing(self):
        self.write('method = "tpe"\n' + SPACE + ASHA)
        self.kill_and_continue(10)
        self.assert_nothing_lost_or_doubled(30)

    def test_hyperband(self):
        wanted, found = self.check_same('method = "random"\n' + SPACE + HYPERBAND, 11, slots=1,
                                        lives=6, most=250)
        self.assertEqual(found, wanted)

    def test_median(self):
        self.write('method = "random"\n' + SPACE + MEDIAN)
        self.kill_and_continue(12, lives=6, most=150)
        self.assert_nothing_lost_or_doubled(30)

    def test_trials_killed_at_random_resume_and_leave_the_sequence_as_it_is(self):
        numbers = random.Random(13)
        points = "".join(f'[[trial]]\nx = {i % 7 - 3}\ny = {i}\n"run.epochs" = 9\nms = 2\n'
                         f'KILL = {numbers.randint(1, 3)}\n' for i in range(20))
        for name, key in (("straight", "kill_no"), ("s", "kill_at")):
            self.write('method = "list"\n' + points.replace("KILL", key) + ASHA,
                       name + ".toml", slots=1)
            self.sweep(name + ".toml")
        trials, others = self.trials("straight"), self.trials()
        self.assertEqual([trial["done"] for trial in others], [trial["done"] for trial in trials])
        self.assertEqual([trial["value"] is None for trial in others], [False] * 20)
        for trial in others:
            self.assert_trained_once(trial)
        met = [trial for trial in others
               if int(trial["set"][-1].split("=")[1]) <= trial["done"]]
        self.assertGreater(len(met), 5)
        for trial in met:
            self.assertTrue((self.run_folder(trial) / "kill_at").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
