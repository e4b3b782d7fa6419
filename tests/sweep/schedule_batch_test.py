"""`r50run schedule --batch`: up to which epoch two variants train the same bytes."""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import sweeps

SOURCE = pathlib.Path(__file__).resolve().parents[2]

BASE = sweeps.small_shapes(8) + sweeps.cooldown_after(6) + """
[[averaging]]
use = "ema"
decay = 0.9
[[averaging]]
use = "swa"
start = "6 epochs"
"""
ONE_CYCLE = BASE.split("[scheduler]", maxsplit=1)[0] + """
[scheduler]
use = "one_cycle"
max_lr = 0.1
"""


class ScheduleBatch(unittest.TestCase):
    base = BASE

    def answers(self, *variants, base=None):
        with tempfile.TemporaryDirectory(prefix="r50_schedule_") as folder:
            file = pathlib.Path(folder) / "base.toml"
            file.write_text(base or BASE)
            lines = [json.dumps({"number": i, "set": [{"word": word} for word in words]})
                     for i, words in enumerate(variants)]
            done = subprocess.run([sweeps.R50RUN, "schedule", "--batch", str(file)],
                                  input="\n".join(lines) + "\n", text=True, capture_output=True,
                                  check=True, timeout=sweeps.LIMIT)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([one["number"] for one in found], list(range(len(variants))))
        for one in found:
            self.assertNotIn("problems", one)
        return found

    def common(self, *variants, base=None):
        """How many epochs each further variant has in common with the first."""
        first, *others = self.answers(*variants, base=base)
        counts = []
        for other in others:
            count = 0
            for mine, theirs in zip(first["epochs"], other["epochs"]):
                if first["rest"] != other["rest"] or mine != theirs:
                    break
                count += 1
            counts.append(count)
        return counts

    def test_cooldowns_share_what_comes_before_them(self):
        self.assertEqual(self.common([], ['scheduler.milestones=["4 epochs"]'],
                                     ['scheduler.milestones=["17 steps"]'],
                                     ['scheduler.milestones=["75%"]'],
                                     ["scheduler.parts.1.eta_min=0.001"],
                                     ["scheduler.parts.0.lr=0.03"]),
                         [4, 4, 8, 6, 0])

    def test_one_cycle_differs_from_its_first_step(self):
        self.assertEqual(self.common([], ["scheduler.pct_start=0.4"], ["scheduler.max_lr=0.2"],
                                     ["scheduler.pct_start=0.3"], base=ONE_CYCLE), [0, 0, 8])

    def test_averages_share_until_they_begin(self):
        self.assertEqual(self.common([], ['averaging.1.start="5 epochs"'],
                                     ['averaging.1.start="7 epochs"'],
                                     ['averaging.0.start="1 epochs"'],
                                     ['averaging.1.every="2 epochs"'], ["averaging.0.decay=0.99"],
                                     ['averaging.1.name="other"']),
                         [5, 6, 0, 0, 0, 0])

    def test_augmentations_share_while_the_same_ones_work(self):
        self.assertEqual(self.common([], ['augmentation.1.until="6 epochs"'],
                                     ['augmentation.1.from="2 steps"'],
                                     ["augmentation.0.scale=[0.5, 1.0]"]), [6, 0, 0])

    # The average's statistics come from images that count as the run's first 4 steps, whichever
    # epoch it is: there are 2 of them with the flip, or 4.
    def test_windows_within_the_estimation_of_norms_count_from_the_first_epoch(self):
        late = ['augmentation.1.until="2 steps"', 'augmentation.1.until="3 steps"']
        first, second = self.answers([late[0]], [late[1]])
        self.assertNotEqual(first["rest"], second["rest"])

    def test_length_counts_only_by_what_it_does(self):
        self.assertEqual(self.common([], ["run.epochs=12"], ["run.epochs=7"]), [6, 6])
        cosine = BASE.replace('milestones = ["6 epochs"]', 'milestones = ["1 epochs"]')
        self.assertEqual(self.common([], ["run.epochs=12"], base=cosine), [1])
        constant = BASE.replace('use = "cosine"', 'use = "constant"')
        self.assertEqual(self.common([], ["run.epochs=12"], base=constant), [8])
        # The last epoch is always evaluated, the seventh of twelve is not.
        rarely = constant + '[evaluate]\nevery = "2 epochs"\n'
        self.assertEqual(self.common(["run.epochs=12"], ["run.epochs=7"], base=rarely), [6])
        # A length of time elsewhere that is a share of the run.
        self.assertEqual(self.common([], ['checkpoint.keep_every="50%"'], base=constant), [0])
        share = constant + '[checkpoint]\nkeep_every = "50%"\n'
        self.assertEqual(self.common([], ["run.epochs=12"], ["run.name=\"x\""], base=share),
                         [0, 8])

    def test_anything_else_is_another_training(self):
        self.assertEqual(self.common([], ["run.batch=32"], ["run.seed=2"],
                                     ["optimizer.weight_decay=0.1"], ["optimizer.momentum=0.8"],
                                     ["data.image_size=32"], ["model.depth=34"],
                                     ["run.accumulate=2"], ["loss.label_smoothing=0.1"],
                                     ['run.precision="fp32"'], ["run.log_every=5"],
                                     ['checkpoint.metric="loss"'], ["run.threads=1"]), [0] * 12)

    def test_rates_that_depend_on_results_share_nothing(self):
        culprit = os.environ.get("R50_UNPREDICTABLE", "")
        if not os.path.exists(culprit):
            self.skipTest("R50_UNPREDICTABLE names no plugin")
        base = ONE_CYCLE.split("[scheduler]", maxsplit=1)[0] + f'[scheduler]\nuse = "{culprit}"\n'
        one, = self.answers([], base=base)
        self.assertEqual((one["predictable"], one["alone"], one["epochs"]),
                         (False, "its rates depend on results", []))

    def test_what_is_wrong_with_a_variant_is_told(self):
        with tempfile.TemporaryDirectory(prefix="r50_schedule_") as folder:
            file = pathlib.Path(folder) / "base.toml"
            file.write_text(BASE)
            done = subprocess.run([sweeps.R50RUN, "schedule", "--batch", str(file)],
                                  input='{"number": 4, "set": [{"word": "run.epoch=3"}]}\n',
                                  text=True, capture_output=True, check=True,
                                  timeout=sweeps.LIMIT)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["number"], 4)
        self.assertIn("did you mean 'epochs'?", answer["problems"][0]["hint"])


class OwnPlugins(unittest.TestCase):
    def test_none_but_schedulers_and_averages_read_how_long_the_run_is(self):
        """run/shared_past.cc relies on it for every plugin that carries r50's mark."""
        for kind in ("augmentation", "model", "optimizer", "loss"):
            for file in sorted((SOURCE / "plugins" / kind).rglob("*.[ch]*")):
                text = re.sub(r"//[^\n]*", "", file.read_text())
                found = re.findall(r"\blength\s*\.|\bRunLength\b|\bWhen\b|\btotal_steps\b", text)
                self.assertEqual(found, [], f"{file} would make branches wrong: tell "
                                 "run/shared_past.cc of it first")


if __name__ == "__main__":
    unittest.main(verbosity=2)
