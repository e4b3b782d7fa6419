"""The learning-rate finder as users meet it, and the runs that take up what it found."""

import csv
import json
import math
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

import runs

SWEEP = "\n[find_lr]\niterations = 40\nseeds = 2\nstart = 1e-5\n"


def tiny(**parts):
    """A sweep of 40 steps takes about a second."""
    return runs.small(**parts).replace("image_size = 32", "image_size = 16")


class Finder(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="r50_find_lr_")
        self.folder = pathlib.Path(self.place.name).resolve()
        self.file = self.write(tiny() + SWEEP)

    def tearDown(self):
        self.place.cleanup()

    def write(self, text, name="small.toml"):
        file = self.folder / name
        file.write_text(text)
        return file

    def find(self, *arguments, file=None, **keys):
        return runs.r50run("find-lr", file or self.file, *arguments, cwd=self.folder, **keys)

    def folders(self, name="small"):
        return sorted((self.folder / "runs" / name).glob("find-lr-*"))

    def suggestion(self, folder=None):
        return json.loads(((folder or self.folders()[0]) / "lr_suggestion.json").read_text())

    def rows(self, folder=None):
        with ((folder or self.folders()[0]) / "lr_find.csv").open() as file:
            return list(csv.DictReader(file))

    def assert_says(self, done, *parts):
        for part in parts:
            self.assertIn(part, done.stdout + done.stderr)


class Sweeping(Finder):
    def test_it_leaves_curves_a_picture_and_a_suggestion_and_no_run(self):
        done = self.find(check=0)
        self.assertEqual(len(list((self.folder / "runs/small").iterdir())), 1)
        folder, = self.folders()
        self.assertEqual({path.name for path in folder.iterdir()},
                         {"lr_find.csv", "lr_find.png", "lr_suggestion.json", "lock"})
        self.assertEqual((folder / "lr_find.png").read_bytes()[:4], b"\x89PNG")
        found = self.suggestion()
        self.assert_says(done, f"suggested  {found['suggested_max_lr']:.10g} for a batch of 8",
                         f'lr = "from:runs/small/{folder.name}/lr_suggestion.json"', "lr_find.png")
        self.assertEqual((found["batch"], found["image_size"], found["rule"], found["seeds"]),
                         (8, 16, "valley", [7, 8]))
        self.assertEqual(folder.name, "find-lr-" + found["id"])
        for rule in ("valley", "steep", "minimum", "slide"):
            of = found["suggestions"][rule]
            self.assertEqual(len(of["seeds"]), 2)
            self.assertAlmostEqual(of["median"], sum(of["seeds"]) / 2)
        rate = found["suggestions"]["valley"]["median"]
        if found["divergence"]["smallest"] is not None:
            rate = min(rate, found["divergence"]["smallest"] / 2)
        self.assertLessEqual(found["suggested_max_lr"], rate)
        self.assertGreater(found["suggested_max_lr"], 0.989 * rate)
        self.check_curves()

    def check_curves(self):
        """Exponential rates, and the running mean by its definition."""
        seeds = {}
        for row in self.rows():
            seeds.setdefault(int(row["seed"]), []).append(row)
        self.assertEqual(sorted(seeds), [7, 8])
        self.assertNotEqual(seeds[7][0]["loss"], seeds[8][0]["loss"])
        for rows in seeds.values():
            self.assertEqual(float(rows[0]["lr"]), 1e-5)
            average = 0
            for i, row in enumerate(rows):
                self.assertEqual(int(row["iteration"]), i)
                self.assertAlmostEqual(math.log10(float(row["lr"])), -5 + 6 * i / 39, places=9)
                average = 0.98 * average + 0.02 * float(row["loss"])
                self.assertAlmostEqual(float(row["smoothed"]), average / (1 - 0.98 ** (i + 1)),
                                       places=9)

    def test_its_first_step_is_the_first_step_of_a_run_with_that_seed(self):
        self.find("run.accumulate=2", check=0)
        runs.r50run(self.file, "run.accumulate=2", "run.seed=8", "--until", "1 steps", "--run-dir",
                    self.folder / "run", cwd=self.folder, check=75)
        step = next(row for row in runs.rows(self.folder / "run") if row["kind"] == "step")
        first = next(row for row in self.rows() if row["seed"] == "8")
        self.assertEqual(float(first["loss"]), step["loss"])

    def test_the_same_command_again_shows_the_result(self):
        first = self.find(check=0)
        files = {path: path.read_bytes() for path in self.folders()[0].iterdir()}
        again = self.find(check=0)
        self.assert_says(again, "finished", "--fresh")
        self.assertEqual(first.stdout[first.stdout.index("  rule"):],
                         again.stdout[again.stdout.index("  rule"):])
        self.assertEqual(files, {path: path.read_bytes() for path in self.folders()[0].iterdir()})
        self.find("--fresh", "--quiet", check=0)
        one, two = self.folders()
        self.assertEqual(two.name, one.name + "-2")
        for name in ("lr_find.csv", "lr_find.png", "lr_suggestion.json"):
            self.assertEqual((one / name).read_bytes(), (two / name).read_bytes(), name)

    def test_json_and_quiet_say_little(self):
        said = [json.loads(line) for line in self.find("--json", check=0).stdout.splitlines()]
        self.assertEqual([line["kind"] for line in said], ["sweep", "sweep", "suggestion"])
        self.assertEqual(said[-1]["suggested_max_lr"], self.suggestion()["suggested_max_lr"])
        quiet = self.find("--quiet", check=0).stdout
        self.assertRegex(quiet, r"^suggested  [-0-9.e]+ for a batch of 8.*\n$")

    def test_one_epoch_without_iterations_and_it_says_so(self):
        refused = self.find("find_lr.iterations=0", check=2)
        self.assert_says(refused, "only 4 steps", "find_lr.iterations")
        self.assertEqual(self.folders(), [])
        done = self.find("find_lr.iterations=0", "find_lr.seeds=1", "dataset.train_images=208",
                         check=0)
        self.assert_says(done, "26 iterations: one epoch")
        self.assertLessEqual(len(self.rows()), 26)

    def test_it_stops_where_the_loss_runs_away(self):
        done = self.find("find_lr.end=1e9", "find_lr.seeds=1", check=0)
        self.assert_says(done, "diverged at")
        rows = self.rows()
        self.assertLess(len(rows), 40)
        found = self.suggestion()
        self.assertEqual(found["divergence"]["smallest"], float(rows[-1]["lr"]))
        self.assertLessEqual(found["suggested_max_lr"], float(rows[-1]["lr"]) / 2)

    def test_curves_too_short_for_the_rule_fail_and_say_what_to_do(self):
        keys = ("find_lr.iterations=20", "find_lr.rule=slide", "find_lr.seeds=1")
        for _ in range(2):
            self.assert_says(self.find(*keys, check=1), "too short", "find_lr.iterations")
        taken = runs.r50run(self.file, f"scheduler.lr=from:{self.folders()[0]}", cwd=self.folder,
                            check=2)
        self.assert_says(taken, "suggests no rate")

    def test_interrupted_it_keeps_the_seeds_that_are_done(self):
        self.find("--quiet", check=0)
        straight = self.suggestion()
        keys = ("find_lr.iterations=400", "find_lr.seeds=2")
        for number in (signal.SIGTERM, signal.SIGINT):
            file = self.write(tiny() + SWEEP.replace("iterations = 40", "iterations = 400"),
                              f"long_{number}.toml")
            process = subprocess.Popen(
                [runs.R50RUN, "find-lr", file, *keys], cwd=self.folder, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for line in process.stdout:  # until the first seed is done
                if line.startswith("seed 7"):
                    break
            process.send_signal(number)
            said = process.communicate(timeout=60)[0]
            self.assertEqual(process.returncode, 75, said)
            self.assertIn("1 of 2 seeds are done", said)
            folder, = self.folders(file.stem)
            kept = (folder / "lr_find.csv").read_bytes()
            self.assertFalse((folder / "lr_suggestion.json").exists())
            done = self.find("--device", "cpu", *keys, file=file, check=0)
            self.assert_says(done, "(done before)")
            self.assertTrue((folder / "lr_find.csv").read_bytes().startswith(kept))
            self.assertEqual(self.suggestion(folder)["seeds"], straight["seeds"])

    def test_a_torn_record_is_swept_anew(self):
        self.find("--quiet", check=0)
        folder, = self.folders()
        whole = (folder / "lr_find.csv").read_bytes()
        (folder / "lr_suggestion.json").unlink()
        (folder / "lr_find.csv").write_bytes(whole[:-30])
        self.assert_says(self.find(check=0), "swept anew")
        self.assertEqual((folder / "lr_find.csv").read_bytes(), whole)


class TakingUp(Finder):
    def test_a_run_takes_up_the_rate_and_is_the_run_with_the_number_written(self):
        # The file that find-lr reads is the file that names its result.
        self.find("--quiet", check=0)
        source = f"from:runs/small/{self.folders()[0].name}/lr_suggestion.json"
        number = self.suggestion()["suggested_max_lr"]
        taking = self.write((tiny() + SWEEP).replace("lr = 0.05", f'lr = "{source}"'), "taking.toml")
        explained = runs.r50run("explain", taking, cwd=self.folder, check=0).stdout
        self.assertRegex(explained, rf"lr = {number}\s.*taking.toml:\d+:\d+, by valley from .*json\)")
        self.find("run.name=small", file=taking, check=0)
        self.assertEqual(len(self.folders()), 1, "the finder's ID has no scheduler in it")

        number_written = self.write(tiny().replace("lr = 0.05", f"lr = {number}"), "written.toml")
        short = ("run.name=short", "--until", "2 steps")
        runs.r50run(taking, *short, cwd=self.folder, check=75)
        runs.r50run(number_written, *short, "--fresh", cwd=self.folder, check=75)
        one, two = sorted((self.folder / "runs/short").iterdir())
        self.assertEqual(two.name, one.name + "-2", "one ID")
        self.assertEqual(runs.rows(one), runs.rows(two))

    def test_another_batch_is_refused_and_so_is_a_file_that_is_not_there(self):
        self.find("--quiet", check=0)
        source = f"scheduler.lr=from:{self.folders()[0]}/lr_suggestion.json"
        done = runs.r50run(self.file, source, "run.batch=16", cwd=self.folder, check=2)
        self.assert_says(done, "batch of 8", "batch of 16", "'lr'")
        done = runs.r50run(self.file, "scheduler.lr=from:gone.json", cwd=self.folder, check=2)
        self.assert_says(done, "gone.json", "does not exist", "find-lr")
        self.find("scheduler.lr=from:gone.json", check=0)

    def test_a_run_is_the_same_with_the_table_without_it_and_after_a_sweep(self):
        plain = self.write(tiny(), "plain.toml")
        run = lambda file, name: runs.r50run(file, "run.name=run", "run.epochs=1", "--run-dir",
                                             self.folder / name, cwd=self.folder, check=0)
        run(plain, "before")
        run(self.file, "with_table")
        self.find("run.name=run", "run.epochs=1", check=0)
        run(self.file, "after")
        expected = runs.kept(self.folder / "before")
        for name in ("with_table", "after"):
            runs.assert_same(expected, runs.kept(self.folder / name), name)
        resolved = []
        for name in ("before", "with_table", "after"):
            text = (self.folder / name / "resolved.toml").read_text()
            text = re.sub(r"\[find_lr\]\n(.+\n)*", "", text)
            resolved.append(re.sub(r"\(\S+:\d+:\d+\)", "", text))
        self.assertEqual(resolved[0], resolved[1])
        self.assertEqual(resolved[0], resolved[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
