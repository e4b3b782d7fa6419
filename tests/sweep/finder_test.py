"""A sweep of learning-rate finders: each trial is r50run find-lr, in the trial's own folder."""

import json
import os
import re
import unittest
import xml.etree.ElementTree as tree

import sweeps
from shapes_test import BASE

SWEEP = ('base = "base.toml"\nmethod = "lr_find"\nparameters."run.batch".values = [8, 16]\n'
         'parameters."find_lr.iterations".value = 20\nparameters."find_lr.seeds".value = 2\n'
         'parameters."find_lr.start".value = 1e-5\n')


class Finders(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.toml").write_text(BASE)
        (self.folder / "s.toml").write_text(SWEEP)

    def suggestion(self, trial):
        return json.loads((self.run_folder(trial) / "lr_suggestion.json").read_text())

    def test_each_point_gets_its_suggestion_and_none_is_the_best(self):
        out = self.sweep("s.toml", "--slots", "2")
        self.assertIn("2 of 2 trials finished", out)
        self.assertNotIn("best", out)
        for trial, batch in zip(self.trials(), (8, 16)):
            found = self.suggestion(trial)
            self.assertEqual((found["batch"], len(found["seeds"])), (batch, 2))
            self.assertEqual(trial["id"], found["id"])
            self.assertEqual(trial["value"], found["suggested_max_lr"])
            names = {path.name for path in self.run_folder(trial).iterdir()}
            self.assertLessEqual({"lr_find.csv", "lr_find.png", "lr_suggestion.json"}, names)
            self.assertNotIn("checkpoints", names)

        self.check_page(out)
        report = self.sweep("report", "s.toml")
        for trial, batch in zip(self.trials(), (8, 16)):
            self.assertRegex(report, rf"{trial['value']:.4g} .* {batch}  batch {batch}\n")
        chart = (self.folder / "runs/s/lr_find.png").read_bytes()
        self.assertEqual(chart[:4], b"\x89PNG")
        self.assertIn("suggested_max_lr", self.sweep("report", "--csv", "s.toml"))
        self.assertIn("none is the best", self.sweep("best", "s.toml", code=2))
        self.assertIn("learning-rate finders",
                      self.sweep("export", "s.toml", "--optuna-journal", "j", code=2))

        before = {path: path.stat().st_mtime_ns for path in self.folder.glob("runs/s/*/lr_*")}
        self.sweep("s.toml", "--slots", "2")
        self.assertEqual(before, {path: path.stat().st_mtime_ns for path in before},
                         "what is found is not looked for again")

    def check_page(self, said):
        """report.html, which the sweep has left, and what `report` makes of it."""
        page = self.folder / "runs/s/report.html"
        self.assertIn(f"The report, for a browser: {page}", said)
        source = page.read_text(encoding="utf-8")
        root = tree.fromstring(source)
        self.assertNotRegex(source, r"https?:|\bsrc=|\bhref=")
        text = "".join(root.itertext())
        self.assertIn("2 of 2 finders have finished. By the rule valley", text)
        rows = root.findall(".//table[@class='sortable rates']/tbody/tr")
        charts = {one.find("h3").text: one for one in root.iter("figure")}
        self.assertEqual(list(charts), ["Loss over the learning rate", "Suggested rate and batch"])
        for chart, kind in ((charts["Loss over the learning rate"], "curve"),
                            *((one, "mark") for one in charts.values())):
            drawn = [one for one in chart.iter("g") if kind in one.get("class", "").split()]
            self.assertEqual([one.get("data-p") for one in drawn].count("p0"), 1)
            self.assertEqual(len(drawn), 2, f"a {kind} a point")
        for trial, row, batch in zip(self.trials(), rows, (8, 16), strict=True):
            self.assertEqual(row.find("th").text, f"batch {batch}")
            self.assertEqual(float(row.findall("td")[1].get("data-v")), trial["value"])
            words = f"batch {batch}: suggests {trial['value']:.4g}"
            self.assertIn(words, text, "who points at its line sees it")

        # It is made again from the folders, and nothing of it is in what is to be pasted.
        page.unlink()
        self.assertIn(f"The report, for a browser: {page}", self.sweep("report", "s.toml"))
        self.assertEqual(page.read_text(encoding="utf-8"), source)
        first = self.run_folder(self.trials()[0]) / "lr_suggestion.json"
        before = first.read_text()
        first.write_text(re.sub(r'("suggested_max_lr": )[^,]+', r"\g<1>0.0321", before))
        markdown = self.sweep("report", "--markdown", "s.toml")
        self.assertIn("batch 8: suggests 0.0321", page.read_text(encoding="utf-8"))
        first.write_text(before)
        self.assertTrue(markdown.startswith("## Sweep s\n\n**2 of 2 finders have"), markdown)
        self.assertRegex(markdown, r"\| +batch 8 \| +0\.0321 \|.*\| +8 \|\n\| +batch 16 \|")
        self.assertNotIn("for a browser", markdown)

    def test_a_finder_that_is_cut_off_goes_on_with_the_seeds_it_has(self):
        self.sweep("s.toml", "--slots", "2")
        folder = self.run_folder(self.trials()[0])
        whole = {name: (folder / name).read_bytes()
                 for name in ("lr_find.csv", "lr_suggestion.json")}
        csv = whole["lr_find.csv"].splitlines(keepends=True)
        first_seed = csv[1].split(b",")[0]
        (folder / "lr_find.csv").write_bytes(
            b"".join(line for line in csv if line.split(b",")[0] in (b"seed", first_seed)))
        (folder / "lr_suggestion.json").unlink()
        threads = (self.folder / "runs/s/threads").read_text().strip()
        trial = self.trials()[0]
        argv = [sweeps.R50RUN, "find-lr", "runs/s/experiment.toml", *trial["set"],
                f"run.threads={threads}", f"data.threads={threads}", "--run-dir", str(folder)]
        done = sweeps.subprocess.run(argv, cwd=self.folder, text=True, capture_output=True,
                                     check=True, timeout=sweeps.LIMIT, env=os.environ)
        self.assertIn("(done before)", done.stdout)
        for name, content in whole.items():
            self.assertEqual((folder / name).read_bytes(), content, name)

    def test_what_cannot_be_swept_is_told_before_anything_is_written(self):
        (self.folder / "s.toml").write_text(SWEEP.replace("[8, 16]", "[8, 100000]"))
        self.sweep("s.toml", code=2)
        (self.folder / "s.toml").write_text(
            SWEEP.replace('parameters."find_lr.iterations".value = 20\n', ""))
        self.assertIn("find_lr.iterations", self.sweep("s.toml", code=2))
        (self.folder / "s.toml").write_text(SWEEP + '[metric]\nname = "top1"\n')
        self.assertIn("take [metric] away", self.sweep("s.toml", code=2))
        self.assertFalse((self.folder / "runs").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
