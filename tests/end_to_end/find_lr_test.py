"""The learning-rate finder as users meet it, and the runs that take up what it found."""

import csv
import json
import math
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import runs

POINTS = 20
SWEEP = f"\n[find_lr]\niterations = {POINTS}\nseeds = 2\nstart = 1e-5\n"


class Finder(runs.InFolder):
    swept = None  # where the sweep of `file` has been done, once for all tests

    def text(self):
        return runs.small() + SWEEP

    def find(self, *arguments, file=None, **keys):
        return runs.r50run("find-lr", file or self.file, *arguments, cwd=self.folder, **keys)

    def find_once(self):
        """What find-lr says and leaves for `file`, without sweeping for each test."""
        if not Finder.swept:
            Finder.swept = tempfile.TemporaryDirectory(prefix="r50_find_lr_once_")
            (pathlib.Path(Finder.swept.name) / "small.toml").write_text(self.file.read_text())
            Finder.said = runs.r50run("find-lr", "small.toml", cwd=Finder.swept.name, check=0)
        shutil.copytree(pathlib.Path(Finder.swept.name) / "runs", self.folder / "runs")
        return Finder.said

    def folders(self, name="small"):
        return sorted((self.folder / "runs" / name).glob("find-lr-*"))

    def suggestion(self, folder=None):
        return json.loads(((folder or self.folders()[0]) / "lr_suggestion.json").read_text())

    def rows(self, folder=None):
        with ((folder or self.folders()[0]) / "lr_find.csv").open() as file:
            return list(csv.DictReader(file))


class Sweeping(Finder):
    def test_it_leaves_curves_a_picture_and_a_suggestion_and_no_run(self):
        done = self.find_once()
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
            if rule == "slide":  # 20 points are too few for it
                self.assertEqual((of["seeds"], of["median"]), ([None, None], None))
            else:
                self.assertAlmostEqual(of["median"], sum(of["seeds"]) / 2)
        rate = found["suggestions"]["valley"]["median"]
        if found["divergence"]["smallest"] is not None:
            rate = min(rate, found["divergence"]["smallest"] / 2)
        self.assertAlmostEqual(found["suggested_max_lr"] / rate, 1, delta=0.0051)
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
                self.assertAlmostEqual(math.log10(float(row["lr"])), -5 + 6 * i / (POINTS - 1),
                                       places=9)
                average = 0.98 * average + 0.02 * float(row["loss"])
                self.assertAlmostEqual(float(row["smoothed"]), average / (1 - 0.98 ** (i + 1)),
                                       places=9)

    def test_its_first_step_is_the_first_step_of_a_run_with_that_seed(self):
        keys = ("run.accumulate=2", "run.seed=11")
        self.find(*keys, "find_lr.seeds=1", check=0)
        runs.r50run(self.file, *keys, "--until", "1 steps", "--run-dir", self.folder / "run",
                    cwd=self.folder, check=75)
        step = next(row for row in runs.rows(self.folder / "run") if row["kind"] == "step")
        self.assertEqual(float(self.rows()[0]["loss"]), step["loss"])

    def test_its_advice_is_for_the_file_that_names_the_scheduler(self):
        cycle = self.write('[scheduler]\nuse = "one_cycle"\nmax_lr = 0.1\n', "cycle.toml")
        done = self.find(cycle, "find_lr.seeds=1", check=0)
        self.assert_says(done, f"in the scheduler's table of {cycle} write", "max_lr = ")

    def test_the_same_command_again_shows_the_result(self):
        first = self.find_once()
        files = {path: path.read_bytes() for path in self.folders()[0].iterdir()}
        again = self.find(check=0)
        self.assert_says(again, "finished", "--fresh")
        result = lambda done: re.search(r"  rule.*suggested[^\n]*", done.stdout, re.S).group()
        self.assertEqual(result(first), result(again))
        self.assertEqual(files, {path: path.read_bytes() for path in self.folders()[0].iterdir()})
        self.find("--fresh", "--quiet", check=0)
        one, two = self.folders()
        self.assertEqual(two.name, one.name + "-2")
        for name in ("lr_find.csv", "lr_find.png", "lr_suggestion.json"):
            self.assertEqual((one / name).read_bytes(), (two / name).read_bytes(), name)

    def test_a_folder_of_ones_own_belongs_to_one_experiment(self):
        keys = ("find_lr.seeds=1", "--run-dir", self.folder / "mine")
        self.find(*keys, "run.seed=12", check=0)
        self.assertEqual(self.folders(), [])
        self.assertEqual({path.name for path in (self.folder / "mine").iterdir()},
                         {"lr_find.csv", "lr_find.png", "lr_suggestion.json", "lock", "find_lr_id"})
        self.assert_says(self.find(*keys, "run.seed=12", check=0), "finished")
        self.assert_says(self.find(*keys, "run.seed=13", check=2), "another experiment")
        self.assert_says(self.find(*keys, "run.seed=12", "--fresh", check=2), "another folder")

    def test_json_and_quiet_say_little(self):
        keys = ("run.seed=12", "find_lr.seeds=1")
        said = [json.loads(line)
                for line in self.find("--json", *keys, check=0).stdout.splitlines()]
        self.assertEqual([line["kind"] for line in said], ["sweep", "suggestion"])
        self.assertEqual(said[-1]["suggested_max_lr"], self.suggestion()["suggested_max_lr"])
        quiet = self.find("--quiet", *keys, check=0).stdout
        self.assertRegex(quiet, r"^suggested  [-0-9.e]+ for a batch of 8.*\n$")

    def test_one_epoch_without_iterations_and_it_says_so(self):
        refused = self.find("find_lr.iterations=0", check=2)
        self.assert_says(refused, "only 4 steps", "find_lr.iterations")
        self.assertEqual(self.folders(), [])
        done = self.find("find_lr.iterations=0", "find_lr.seeds=1", "dataset.train_images=168",
                         check=0)
        self.assert_says(done, "21 iterations: one epoch")
        self.assertLessEqual(len(self.rows()), 21)

    def test_it_stops_where_the_loss_runs_away(self):
        done = self.find("find_lr.end=1e6", "find_lr.seeds=1", check=0)
        self.assert_says(done, "diverged at")
        rows = self.rows()
        self.assertLess(len(rows), POINTS)
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
        arguments = [runs.R50RUN, "find-lr", self.file, "find_lr.seeds=3", "run.seed=21"]
        kept = b""
        for done, number in ((1, signal.SIGTERM), (2, signal.SIGINT)):
            process = subprocess.Popen(arguments, cwd=self.folder, text=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            for line in process.stdout:  # until this many seeds are done
                if line.startswith(f"seed {20 + done}"):
                    break
            process.send_signal(number)
            said = process.communicate(timeout=60)[0]
            self.assertEqual(process.returncode, 75, said)
            self.assertIn(f"{done} of 3 seeds are done", said)
            folder, = self.folders()
            self.assertTrue((folder / "lr_find.csv").read_bytes().startswith(kept))
            kept = (folder / "lr_find.csv").read_bytes()
            self.assertFalse((folder / "lr_suggestion.json").exists())
        last = self.find(*arguments[3:], check=0)
        self.assertEqual(last.stdout.count("(done before)"), 2)
        self.assertTrue((folder / "lr_find.csv").read_bytes().startswith(kept))
        self.assertEqual(self.suggestion()["seeds"], [21, 22, 23])

    def test_a_torn_record_is_swept_anew(self):
        self.find_once()
        folder, = self.folders()
        whole = (folder / "lr_find.csv").read_bytes()
        (folder / "lr_suggestion.json").unlink()
        (folder / "lr_find.csv").write_bytes(whole[:-30])
        self.assert_says(self.find(check=0), "the search begins again")
        self.assertEqual((folder / "lr_find.csv").read_bytes(), whole)


class TakingUp(Finder):
    def test_a_run_takes_up_the_rate_and_is_the_run_with_the_number_written(self):
        # The file that find-lr reads is the file that names its result.
        self.find_once()
        source = f"from:runs/small/{self.folders()[0].name}/lr_suggestion.json"
        number = self.suggestion()["suggested_max_lr"]
        text = (runs.small() + SWEEP).replace("lr = 0.05", f'lr = "{source}"')
        taking = self.write(text, "taking.toml")
        explained = runs.r50run("explain", taking, cwd=self.folder, check=0).stdout
        self.assertRegex(explained,
                         rf"lr = {number}\s.*taking.toml:\d+:\d+, by valley from .*json\)")
        self.find("run.name=small", file=taking, check=0)
        self.assertEqual(len(self.folders()), 1, "the finder's ID has no scheduler in it")

        number_written = self.write(runs.small().replace("lr = 0.05", f"lr = {number}"),
                                    "written.toml")
        short = ("run.name=short", "--until", "2 steps")
        runs.r50run(taking, *short, cwd=self.folder, check=75)
        runs.r50run(number_written, *short, "--fresh", cwd=self.folder, check=75)
        one, two = sorted((self.folder / "runs/short").iterdir())
        self.assertEqual(two.name, one.name + "-2", "one ID")
        self.assertEqual(runs.rows(one), runs.rows(two))

    def test_another_batch_is_refused_and_so_is_a_file_that_is_not_there(self):
        self.find_once()
        source = f"scheduler.lr=from:{self.folders()[0]}/lr_suggestion.json"
        done = runs.r50run(self.file, source, "run.batch=16", cwd=self.folder, check=2)
        self.assert_says(done, "batch of 8", "batch of 16", "'lr'")
        done = runs.r50run(self.file, "scheduler.lr=from:gone.json", cwd=self.folder, check=2)
        self.assert_says(done, "gone.json", "does not exist", "find-lr")
        self.find("scheduler.lr=from:gone.json", check=0)

    def test_a_run_is_the_same_with_the_table_without_it_and_after_a_sweep(self):
        plain = self.write(runs.small(), "plain.toml")
        run = lambda file, name: runs.r50run(file, "run.name=run", "run.epochs=1", "--run-dir",
                                             self.folder / name, cwd=self.folder, check=0)
        run(plain, "before")
        run(self.file, "with_table")
        self.find("run.name=run", "run.epochs=1", "find_lr.seeds=1", check=0)
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
