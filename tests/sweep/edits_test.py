"""What a sweep keeps of the moment it began, what may be added later, and where it may lie."""

import json
import unittest

import sweeps

THREE = 'parameters."run.epochs".value = 3\n'


class SweepOf(sweeps.SweepTest):
    def points(self, name="s"):
        return [" ".join(word for word in trial["set"] if not word.startswith("run.epochs"))
                for trial in self.trials(name)]

    def extend(self, before, after, **keys):
        """Runs it, edits it, runs it again: what was there stays as it was. The new points."""
        self.write(THREE + before)
        self.sweep("s.toml")
        old, results = self.points(), self.results()
        self.write(THREE + after)
        self.sweep("s.toml", **keys)
        if "code" in keys:
            return None
        self.assertEqual(self.points()[:len(old)], old)
        self.assertEqual(self.states(), ["finished"] * len(self.points()))
        now = self.results()
        self.assertEqual({key: now[key] for key in results}, results)
        for trial in self.trials():
            starts = (self.run_folder(trial) / "starts.txt").read_text()
            self.assertEqual(starts, "begun at 0\n", "it was run twice")
        return self.points()[len(old):]


class Environment(SweepOf):
    def test_is_that_of_the_beginning(self):
        text = 'parameters.note.values = ["${NOTE} per 256", "b", "${UNSET:-none}"]\n' + THREE
        self.environment["NOTE"] = "one"
        self.write(text)
        self.sweep("s.toml")
        before = self.results()
        self.assertEqual(self.points(), ['note="one per 256"', 'note="b"', 'note="none"'])
        self.environment.update(NOTE="two", UNSET="set")
        self.assertIn("3 of 3 trials finished", self.sweep("s.toml"))
        del self.environment["NOTE"]
        self.assertIn("3 of 3 trials finished", self.sweep("s.toml"))
        self.assertEqual(self.results(), before)
        # A value that is new comes from the moment it was written.
        self.write(text.replace('"b",', '"b",').replace('none}"]', 'none}", "${NEW}"]'))
        out = self.sweep("s.toml", code=2)
        self.assertIn("the environment variable NEW is not set", out)
        self.environment["NEW"] = "three"
        self.sweep("s.toml")
        self.assertEqual(self.points()[3:], ['note="three"'])
        kept = json.loads((self.folder / "runs/s/environment.json").read_text())
        self.assertEqual(kept, {"NOTE": "one", "UNSET": None, "NEW": "three"})

    @unittest.skipUnless(sweeps.SHIM, "R50_KILL_SHIM is not set")
    def test_is_kept_before_the_sweep_has_begun(self):
        self.environment["NOTE"] = "one"
        self.write('parameters.note.values = ["${NOTE}", "b"]\n' + THREE)
        self.sweep("s.toml", code=-9, kill_at="rename:sweep.toml:1")
        self.assertFalse((self.folder / "runs/s/sweep.toml").exists())
        self.environment["NOTE"] = "two"
        self.sweep("s.toml")
        self.assertEqual(self.points(), ['note="one"', 'note="b"'])

    def test_that_is_damaged_is_refused(self):
        self.environment["NOTE"] = "one"
        self.write('parameters.note.values = ["${NOTE}", "b"]\n' + THREE)
        self.sweep("s.toml")
        (self.folder / "runs/s/environment.json").write_text("{")
        self.assertIn("environment.json", self.sweep("s.toml", code=2))


class Additions(SweepOf):
    def test_a_second_value_of_a_key_that_had_one(self):
        new = self.extend("parameters.x.values = [1]\nparameters.y.values = [1, 2]\n",
                          "parameters.x.values = [1, 2]\nparameters.y.values = [1, 2]\n")
        self.assertEqual(new, ["x=2 y=1", "x=2 y=2"])

    def test_longer_lists_that_go_together(self):
        new = self.extend("[[zip]]\nx = [1, 2]\ny = [3, 4]\n",
                          "[[zip]]\nx = [1, 2, 5]\ny = [3, 4, 6]\n")
        self.assertEqual(new, ["x=5 y=6"])
        self.write(THREE + "[[zip]]\nx = [1, 2, 5]\ny = [4, 4, 6]\n")
        self.assertIn("'zip.y' was [3, 4]", self.sweep("s.toml", code=2))

    def test_another_trial_of_a_list(self):
        listed = 'method = "list"\n[[trial]]\nx = 1\n[[trial]]\nx = 2\n'
        self.assertEqual(self.extend(listed, listed + "[[trial]]\nx = 3\ny = 1\n"), ["x=3 y=1"])

    def test_a_value_that_is_there_only_then(self):
        text = ("parameters.x.values = [1, 2]\n[[when]]\nif = {x = 2}\n"
                "parameters.y.values = [1, 2]\n")
        self.assertEqual(self.extend(text, text.replace("[1, 2]\n", "[1, 2, 3]\n").replace(
            "x.values = [1, 2, 3]", "x.values = [1, 2]")), ["x=2 y=3"])

    def test_no_more_points_than_the_cap_says(self):
        for method in ("grid", "random", "sobol"):
            with self.subTest(method):
                name = f"{method}.toml"
                head = f'method = "{method}"\nrun_cap = 4\nparameters.y.values = [1, 2]\n'
                self.write(THREE + head + "parameters.x.values = [1, 2]\n", name)
                self.sweep(name)
                self.assertEqual(len(self.trials(method)), 4)
                longer = THREE + head + "parameters.x.values = [1, 2, 3, 4]\n"
                self.write(longer, name)
                self.sweep(name)
                self.assertEqual(len(self.trials(method)), 4)
                self.write(longer.replace("run_cap = 4", "run_cap = 7"), name)
                self.sweep(name)
                points = self.points(method)
                self.assertEqual((len(points), len(set(points))), (7, 7))


class Places(SweepOf):
    def test_a_folder_of_something_else_is_left_alone(self):
        other = self.folder / "runs/s/abc"
        (other / "checkpoints").mkdir(parents=True)
        (other / "checkpoints/last.pt").write_text("somebody's")
        self.write(THREE + "parameters.x.values = [1, 2]\n[keep]\nbest = 1\n")
        for words in (("s.toml",), ("plan", "s.toml")):
            out = self.sweep(*words, code=2)
            self.assertIn("runs/s' is no sweep's folder: it holds 'abc'", out)
        self.assertEqual([path.name for path in (self.folder / "runs/s").iterdir()], ["abc"])

    def test_a_name_that_leads_elsewhere_is_refused(self):
        for name in ("../evil", ".", "a/b", "-x"):
            self.write(f'name = "{name}"\n' + THREE + "parameters.x.values = [1, 2]\n")
            out = self.sweep("s.toml", code=2)
            self.assertIn("it becomes the name of a folder in runs/", out)
            self.assertEqual({path.name for path in self.folder.iterdir()}, {"base.toml", "s.toml"})

    def test_another_base_of_another_program_is_noticed(self):
        self.write(THREE + "parameters.x.values = [1, 2]\n")
        self.sweep("s.toml")
        (self.folder / "base.toml").write_text("# another\n")
        self.assertIn("2 of 2 trials finished", self.sweep("s.toml"))
        self.write(THREE + "parameters.x.values = [1, 2, 3]\n")
        self.assertIn("base.toml' was of content", self.sweep("s.toml", code=2))
        self.sweep("s.toml", "--mixed")
        self.assertIn("Not of one build: 1 of 3", self.sweep("report", "s.toml"))

    def test_more_slots_than_gpus_are_refused_unless_trials_share_one(self):
        self.environment["CUDA_VISIBLE_DEVICES"] = "GPU-a,GPU-b"
        self.write(THREE + "parameters.x.values = [1, 2]\n", slots=3)
        self.assertIn("3 slots are more than 2 GPUs", self.sweep("s.toml", code=2))
        self.assertFalse((self.folder / "runs").exists())
        with (self.folder / "s.toml").open("a") as file:
            file.write("trials_per_gpu = 2\n")
        self.sweep("s.toml")

    def test_a_grid_is_counted_with_its_seeds(self):
        self.write(f"seeds = 1000\nparameters.x.values = {list(range(5000))}\n" + THREE)
        out = self.sweep("plan", "s.toml", code=2)
        self.assertIn("the grid has 5000 points with 1000 seeds each", out)
        self.assertIn("run_cap", out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
