"""Sweeps that meet a full disk, another build, a lost folder, a wrong file: what they say, and that
nothing is lost."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import unittest

import sweeps

GRID = """
parameters.x.values = [0, 1, 2]
parameters.y.values = [-1, 0]
parameters."run.epochs".value = 3
"""


class FullDisk(sweeps.SweepTest):
    def check(self, part, first):
        """Writes to files of that name fail from the first-th on; then there is room again."""
        self.write(GRID)
        out = self.sweep("s.toml", code=1, fail=f"{part}:{first}:999999")
        self.assertRegex(out, "No space left on device|disk is full|disk I/O error")
        self.assertIn("6 of 6 trials finished", self.sweep("s.toml"))
        for trial in self.trials():
            self.assert_trained_once(trial)
            self.assertLessEqual(trial["faults"], 1)

    @unittest.skipUnless(sweeps.SHIM, "R50_KILL_SHIM is not set")
    def test_ends_the_controller_with_a_message_and_loses_nothing(self):
        for part, first in (("ledger.db", 1), ("ledger.db", 9), ("ledger.db", 30),
                            ("trial.json", 1), ("trial.json", 4), ("lease", 1), ("lease", 3),
                            ("/runs/s/", 1), ("/runs/s/", 40)):
            with self.subTest(part=part, first=first):
                self.check(part, first)
            shutil.rmtree(self.folder / "runs")

    @unittest.skipUnless(sweeps.SHIM, "R50_KILL_SHIM is not set")
    def test_status_json_alone_ends_nothing(self):
        self.write(GRID)
        out = self.sweep("s.toml", fail="status.json:1:999999")
        self.assertIn("status.json is behind", out)
        self.assertIn("6 of 6 trials finished", out)


def calls_can_be_read():
    """Whether eu-stack or gdb is here, and may look at a process that is no child of its own."""
    sleeper = subprocess.Popen(["sleep", "1000"])
    try:
        for words in (["eu-stack", "-p"], ["gdb", "-nx", "-batch", "-ex", "bt", "-p"]):
            if not shutil.which(words[0]):
                continue
            done = subprocess.run([*words, str(sleeper.pid)], capture_output=True, text=True,
                                  timeout=sweeps.LIMIT, check=False)
            if "#0" in done.stdout:
                return True
        return False
    finally:
        sleeper.kill()
        sleeper.wait()


class Hanging(sweeps.SweepTest):
    def hide_readers_of_calls(self):
        """All programs but these, for what the sweep starts."""
        programs = self.folder / "programs"
        programs.mkdir()
        for folder in os.environ["PATH"].split(":"):
            for path in pathlib.Path(folder).glob("*"):
                link = programs / path.name
                if path.name not in ("eu-stack", "gdb") and not link.is_symlink():
                    link.symlink_to(path)
        self.environment["PATH"] = str(programs)

    def test_a_trial_that_hangs_leaves_its_stacks_and_goes_on(self):
        text = ('parameters.x.values = [1, 2]\nparameters.hang_at.value = 2\n'
                'parameters."run.epochs".value = 3\n[retry]\nhang_minutes = 0.1\n')
        self.write(text, "blind.toml")
        self.write(text)
        seeing = dict(self.environment)
        self.hide_readers_of_calls()
        blind = self.start("blind.toml")
        self.environment = seeing
        out = self.sweep("s.toml")
        self.assertEqual(blind.wait(timeout=sweeps.LIMIT), 0)
        told = (self.run_folder(self.trials("blind")[0], "blind") / "hang.txt").read_text()
        self.assertIn("Where it stood:\nprocess ", told)
        self.assertIn("its calls could not be read: that takes eu-stack or gdb", told)
        self.assertIn("has written nothing for", out)
        trial = self.trials()[0]
        self.assertEqual(trial["state"], "finished")
        self.assert_trained_once(trial)
        told = (self.run_folder(trial) / "hang.txt").read_text()
        name = pathlib.Path(sweeps.TASK).name
        self.assertRegex(told, rf"Where it stood:\nprocess \d+: \S*{name} .*\n"
                               rf"  thread \d+ {name}: ")
        self.assertEqual(told.count("\nprocess "), 1, "the shells that watch over it say nothing")
        if calls_can_be_read():  # tools/setup --tests brings elfutils, which has eu-stack
            self.assertRegex(told, r"\n#0 .*\n(#.*\n)*#\d+ .*\bmain\b")
        else:
            self.assertIn("its calls could not be read: that takes eu-stack or gdb", told)


class Builds(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        self.task = self.folder / "task"
        shutil.copy(sweeps.TASK, self.task)

    def write_mine(self, text):
        self.write(text)
        path = self.folder / "s.toml"
        path.write_text(path.read_text().replace(sweeps.TASK, str(self.task)))

    def rebuild(self):
        """Another build: the same program, and a byte more."""
        with open(self.task, "ab") as file:
            file.write(b"\n")

    def test_another_is_refused_unless_mixed_and_then_told(self):
        self.write_mine(GRID)
        self.sweep("s.toml")
        self.assertEqual({tuple(trial["builds"]) for trial in self.trials()}, {(0,)})
        self.assertNotIn("Not of one build", self.sweep("report", "s.toml"))
        self.rebuild()
        self.assertIn("6 of 6 trials finished", self.sweep("s.toml"))  # nothing is to be run
        self.write_mine(GRID.replace("[-1, 0]", "[-1, 0, 3]"))
        out = self.sweep("s.toml", code=2)
        self.assertRegex(out, r"task' was of content \w+ and is of content \w+ now")
        self.assertIn("--mixed", out)
        self.assertEqual(len(list(self.folder.glob("runs/s/*/trial.json"))), 6)
        self.sweep("s.toml", "--mixed")
        self.assertEqual([trial["builds"] for trial in self.trials()], [[0]] * 6 + [[1]] * 3)
        self.assertIn("Not of one build: 3 of 9 trials", self.sweep("report", "s.toml"))
        self.assertEqual(len(json.loads((self.folder / "runs/s/builds.json").read_text())), 2)

    def test_a_paused_trial_that_goes_on_with_another_has_both(self):
        self.write_mine('method = "list"\n[[trial]]\nx = 1\nfail_once = 2\n"run.epochs" = 4\n'
                        "[retry]\ntimes = 0\n")
        self.sweep("s.toml", code=1)
        self.rebuild()
        self.sweep("retry", "s.toml")
        self.assertIn("--mixed", self.sweep("s.toml", code=2))
        self.sweep("s.toml", "--mixed")
        self.assertEqual(self.trials()[0]["builds"], [0, 1])
        self.assertIn("Not of one build: 1 of 1", self.sweep("report", "s.toml"))

    def test_of_a_real_run_are_its_program_libtorch_and_plugins(self):
        if not os.access(sweeps.R50RUN, os.X_OK):
            self.skipTest("there is no r50run")
        (self.folder / "base.toml").write_text(
            f'extends = ["{sweeps.SOURCE}/experiments/quickstart.toml"]\n')
        asked = subprocess.run([sweeps.R50RUN, "check", "--batch", "base.toml"], cwd=self.folder,
                               input='{"number": 0, "set": []}\n', capture_output=True, text=True,
                               check=True, timeout=sweeps.LIMIT)
        build = json.loads(asked.stdout)["build"]
        self.assertLessEqual({"r50run", "libtorch", "model plugin resnet"}, set(build))


class Folders(sweeps.SweepTest):
    def test_a_lost_one_is_trained_anew_and_no_other(self):
        self.write(GRID)
        self.sweep("s.toml")
        before = self.results()
        lost = self.trials()[2]
        shutil.rmtree(self.run_folder(lost))
        (self.folder / "runs/s/ledger.db").unlink()
        out = self.sweep("s.toml")
        self.assertIn("made again from 5 trials' folders", out)
        self.assertEqual(self.results(), before)
        self.assertEqual(sorted(trial["number"] for trial in self.trials()), [0, 1, 3, 4, 5, 6])
        self.assertEqual(len({trial["point"] for trial in self.trials()}), 6)
        for trial in self.trials():
            starts = (self.run_folder(trial) / "starts.txt").read_text()
            self.assertEqual(starts, "begun at 0\n")

    def test_a_torn_trial_json_is_told_and_its_trial_goes_on(self):
        self.write(GRID)
        self.sweep("s.toml")
        before = self.results()
        (self.run_folder(self.trials()[1]) / "trial.json").write_text('{"number": ')
        (self.folder / "runs/s/ledger.db").write_bytes(b"")
        out = self.sweep("s.toml")
        self.assertIn("cannot be read and is left out", out)
        self.assertEqual(self.results(), before)

    def test_two_sweeps_of_one_name_are_refused(self):
        self.write('name = "one"\n' + GRID)
        self.sweep("s.toml")
        self.write('name = "one"\nparameters.x.values = [7, 8]\n', "other.toml")
        out = self.sweep("other.toml", code=2)
        self.assertIn("when the sweep began", out)
        self.assertIn("give the sweep another name", out)

    def test_a_ledger_of_a_newer_version_is_left_alone(self):
        self.write(GRID)
        self.sweep("s.toml")
        ledger = self.folder / "runs/s/ledger.db"
        with sqlite3.connect(ledger) as connection:
            connection.execute("PRAGMA user_version = 9")
        connection.close()
        before = ledger.read_bytes()
        self.assertIn("newer r50sweep (its version is 9", self.sweep("s.toml", code=2))
        self.assertEqual(ledger.read_bytes(), before)


class Diverged(sweeps.SweepTest):
    def test_by_exit_code_is_the_worst_result_and_not_tried_again(self):
        self.write('method = "tpe"\nrun_cap = 14\nparameters.x = {min = 0.0, max = 2.0}\n'
                   'parameters.stop_at.values = [2, 99]\nparameters."run.epochs".value = 3\n')
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 14)
        diverged = [trial for trial in self.trials() if trial["value"] == "nan"]
        self.assertGreaterEqual(len(diverged), 2)
        self.assertLess(len(diverged), 14)
        for trial in diverged:
            self.assertIn("stop_at=2", trial["set"])
            self.assertEqual(trial["message"], "task: the loss is nan")
            self.assertEqual(trial["faults"], 0)
            self.assertEqual((self.run_folder(trial) / "starts.txt").read_text(), "begun at 0\n")
        last = [trial["set"] for trial in self.trials()[10:]]
        self.assertTrue(any("stop_at=99" in words for words in last), "tpe has learnt nothing")
        self.assertIn("0 failed trials", self.sweep("retry", "s.toml"))

    def test_in_one_seed_takes_its_point_out_of_the_verdict(self):
        self.write('method = "list"\nseeds = 2\n[[trial]]\nx = 1\n[[trial]]\nx = 0\n'
                   '[[trial]]\nx = 2\nstop_at = 1\n')
        self.sweep("s.toml")
        out = self.sweep("report", "s.toml")
        self.assertIn("x 1", out)
        self.assertNotRegex(out, r"x 2[^\n]* wins")


class BadInput(sweeps.SweepTest):
    CASES = (
        ("parameters.x.values = []\n", "x"),
        ("", "nothing is varied: the grid is empty"),
        ("".join(f"parameters.k{i}.values = [{', '.join(map(str, range(10)))}]\n"
                 for i in range(6)), "the grid has 1e+06 points"),
        ('method = "random"\nrun_cap = 3\nparameters.x = {min = 2.0, max = 1.0}\n', "min"),
        ('method = "random"\nrun_cap = 3\n'
         'parameters.x = {min = 0.0, max = 1.0, distribution = "log_uniform"}\n', "exponent"),
        ("[[zip]]\nx = [1, 2]\ny = [1, 2, 3]\n", "y"),
        ("parameters.x.valeus = [1]\n", "did you mean 'values'?"),
        ("sedes = 3\nparameters.x.values = [1]\n", "did you mean 'seeds'?"),
        ('method = "gird"\nparameters.x.values = [1]\n', "did you mean 'grid'?"),
    )

    def test_is_told_and_nothing_is_started(self):
        for text, said in self.CASES:
            with self.subTest(text=text[:60]):
                self.write(text)
                out = self.sweep("s.toml", code=2)
                self.assertIn(said, out)
                self.assertFalse((self.folder / "runs").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
