"""Sweeps in other programs' words: Optuna itself opens the journal, PyYAML reads W&B's file, and
W&B's own check of sweeps looks at it."""

import importlib
import importlib.metadata
import math
import subprocess
import sys
import types
import unittest

import sweeps

try:
    import optuna
    import yaml
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend
    from optuna.trial import TrialState
except ImportError:
    optuna = None

needs_optuna = unittest.skipUnless(optuna, "needs optuna (tools/setup --tests installs it)")


def load_wandb():
    """The parts of W&B's package `sweeps` that check a sweep and draw from a distribution. They
    need SciPy, of which a function of one line is enough here."""
    try:
        where = importlib.metadata.distribution("sweeps").locate_file("sweeps")
    except importlib.metadata.PackageNotFoundError:
        return None
    package = types.ModuleType("wandb_sweeps")  # this folder has a sweeps.py of its own
    package.__path__ = [str(where)]
    run = types.ModuleType("wandb_sweeps.run")
    run.SweepRun = object
    scipy = types.ModuleType("scipy")
    scipy.stats = types.ModuleType("scipy.stats")
    scipy.stats.uniform = types.SimpleNamespace(ppf=lambda x, low, size: low + x * size)
    sys.modules.update({"wandb_sweeps": package, "wandb_sweeps.run": run})
    for name, module in (("scipy", scipy), ("scipy.stats", scipy.stats)):
        sys.modules.setdefault(name, module)
    return types.SimpleNamespace(config=importlib.import_module("wandb_sweeps.config.cfg"),
                                 params=importlib.import_module("wandb_sweeps.params"))


wandb = load_wandb() if optuna else None
needs_wandb = unittest.skipUnless(wandb, "needs W&B's sweeps (tools/setup --tests installs it)")


@needs_optuna
class ToOptuna(sweeps.SweepTest):
    STATES = {"finished": "COMPLETE", "stopped": "PRUNED", "failed": "FAIL"} if optuna else {}

    def study(self, name="s", sweep="s"):
        self.sweep("export", f"{sweep}.toml", "--optuna-journal", "journal.log")
        storage = JournalStorage(JournalFileBackend(str(self.folder / "journal.log")))
        return optuna.load_study(study_name=name, storage=storage)

    @staticmethod
    def of(trial):
        return dict(word.split("=", 1) for word in trial["set"])

    def test_a_study_has_the_trials_with_their_values(self):
        self.write("parameters.x.values = [0.5, 1, 2]\nparameters.use.values = [\"a b\", \"c\"]\n"
                   "parameters.\"run.epochs\".value = 3\nseeds = 2\n")
        self.sweep("s.toml")
        study, ours = self.study(), self.trials()
        self.assertEqual(study.directions, [optuna.study.StudyDirection.MAXIMIZE])
        self.assertEqual(study.metric_names, ["top1"])
        self.assertEqual(len(study.trials), 12)
        best = max(ours, key=lambda trial: trial["value"])
        self.assertEqual(study.best_trial.user_attrs["id"], best["id"])
        self.assertEqual(study.best_value, best["value"])
        for there, here in zip(study.trials, ours):
            there._validate()  # as Optuna checks what it makes itself
            self.assertEqual((there.state, there.value), (TrialState.COMPLETE, here["value"]))
            set_here = self.of(here)
            self.assertEqual(there.params, {"x": float(set_here["x"]),
                                            "use": set_here["use"].strip('"')})
            self.assertEqual(there.distributions["use"].choices, ("a b", "c"))
            self.assertEqual(there.user_attrs["run.seed"], int(set_here["run.seed"]))
            self.assertEqual(there.user_attrs["run.epochs"], 3)
            self.assertEqual(sorted(there.intermediate_values), [1, 2, 3])
            self.assertAlmostEqual(there.duration.total_seconds(), here["seconds"], places=3)

    def test_ranges_stopped_trials_and_the_second_stage(self):
        self.write('method = "random"\nrun_cap = 9\n[parameters]\nx = {min = 0.0, max = 2.0}\n'
                   'y = {min = 0.01, max = 1.0, distribution = "log_uniform"}\n'
                   'q = {min = 0.1, max = 0.7, q = 0.1, distribution = "q_uniform"}\n'
                   'n = {min = 1, max = 7}\nz = {mu = 0.0, sigma = 1.0}\n"run.epochs".value = 9\n'
                   '[early_terminate]\ntype = "asha"\n[confirm]\ntop = 1\nseeds = 2\n')
        self.sweep("s.toml")
        study = self.study()
        first = [trial for trial in self.trials() if not trial["stage"]]
        self.assertEqual([trial.state.name for trial in study.trials],
                         [self.STATES[trial["state"]] for trial in first])
        self.assertIn("PRUNED", [trial.state.name for trial in study.trials])
        for there, here in zip(study.trials, first):
            there._validate()
            self.assertEqual(there.params, {key: float(value) for key, value in
                                            self.of(here).items() if key != "run.epochs"})
            self.assertEqual(there.last_step, here["done"])
            self.assertAlmostEqual(there.value, there.intermediate_values[here["done"]], places=4)
        self.assertTrue(study.trials[0].distributions["y"].log)
        self.assertEqual(study.trials[0].distributions["q"].step, 0.1)
        copy = optuna.create_study(direction="maximize")
        copy.add_trials(study.trials)  # all distributions of a parameter go together
        self.assertEqual(copy.best_value, study.best_value)
        second = optuna.load_study(study_name="s-confirm", storage=study._storage)
        self.assertEqual([trial.user_attrs["run.seed"] for trial in second.trials], [2, 3])

    def test_failures_and_values_that_are_no_numbers(self):
        self.write('method = "list"\n[[trial]]\nx = 1\n[[trial]]\nx = 2\ndiverge_at = 2\n'
                   '"run.epochs" = 2\n[[trial]]\nx = 3\nfail = "out of luck"\n')
        self.sweep("s.toml")
        study = self.study()
        self.assertEqual([trial.state.name for trial in study.trials], ["COMPLETE", "FAIL", "FAIL"])
        self.assertTrue(math.isnan(study.trials[1].intermediate_values[2]))
        self.assertEqual(study.trials[2].user_attrs["message"], "task: out of luck")
        self.assertEqual(study.best_params, {"x": 1})

    def test_nothing_is_overwritten_and_nothing_is_made_of_nothing(self):
        self.write("parameters.x.values = [1, 2]\n")
        self.assertIn("has not begun",
                      self.sweep("export", "s.toml", "--optuna-journal", "j", code=2))
        self.assertIn("--wandb-yaml, or --optuna-journal", self.sweep("export", "s.toml", code=2))
        self.sweep("s.toml")
        (self.folder / "j").write_text("mine")
        self.assertIn("'j' is there already",
                      self.sweep("export", "s.toml", "--optuna-journal", "j", code=2))
        self.assertEqual((self.folder / "j").read_text(), "mine")


class ToWandb(sweeps.SweepTest):
    def export(self, name="s.toml"):
        return subprocess.run([sweeps.SWEEP, "export", name, "--wandb-yaml"], cwd=self.folder,
                              capture_output=True, text=True, check=False, timeout=sweeps.LIMIT)

    @needs_optuna
    def test_yaml_readers_find_what_was_meant(self):
        texts = ["no", "1e5", "0.1 per 256", "a: b", "é", "it's", "x #", "null", "-", "%a"]
        quoted = ", ".join(f'"{text}"' for text in texts)
        self.write('method = "random"\nrun_cap = 7\n[parameters]\n'
                   '"scheduler.max_lr" = {min = 1e-5, max = 1.0, distribution = "log_uniform"}\n'
                   f'"a.use".values = [{quoted}]\nb.values = [1e-7, 2.0, 3e300]\n'
                   'c.values = [true, [1, "x"]]\n')
        done = self.export()
        self.assertEqual(done.returncode, 0, done.stderr)
        read = yaml.safe_load(done.stdout)
        # What r50run would not take for a text as it stands is exported as it would be typed.
        words = [f'"{text}"' if text in ("1e5", "it's") else text for text in texts]
        self.assertEqual(read, {
            "name": "s", "program": sweeps.TASK,
            "command": [sweeps.TASK, "base.toml", "${args_no_hyphens}"], "method": "random",
            "metric": {"name": "top1", "goal": "maximize"}, "run_cap": 7,
            "parameters": {
                "scheduler.max_lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1.0},
                "a.use": {"values": words}, "b": {"values": [1e-7, 2.0, 3e300]},
                "c": {"values": ["true", '[1, "x"]']}}})
        self.assertTrue(all(line.startswith("# ") for line in done.stderr.splitlines()))
        self.assertIn("W&B draws points of its own", done.stderr)

    def checked(self, text):
        """What is exported, as W&B's own check has filled it in."""
        self.write(text)
        done = self.export()
        self.assertEqual(done.returncode, 0, done.stderr)
        read = yaml.safe_load(done.stdout)
        self.assertEqual(wandb.config.schema_violations_from_proposed_config(read), [], done.stdout)
        return wandb.config.SweepConfig(read)

    @needs_wandb
    def test_wandb_finds_nothing_wrong_with_any_kind_of_parameter(self):
        """And its check does find what is wrong."""
        read = self.checked(
            'seeds = 2\nmetric.name = "ema.loss"\n[parameters]\na.values = [1, 2.5, "x", true]\n'
            'b.values = [[1, 2], ["x"]]\nc.values = [1e-7, 3e300]\n"averaging.0.decay".values = '
            '[0.9]\ne.values = ["", "no", "é", "1e5"]\nf.value = "0.1 per 256"\ng.value = [1, 2]\n'
            'h.value = 3\ni = {values = [1, 2], probabilities = [1, 3]}\n')
        self.assertEqual({one["distribution"] for one in read["parameters"].values()},
                         {"categorical", "constant"})
        read = self.checked(
            'method = "random"\nrun_cap = 9\n[parameters]\na = {min = 0.0, max = 2.0}\n'
            'b = {min = 0, max = 2, distribution = "uniform"}\nc = {min = 1, max = 7}\n'
            'd = {min = 0.1, max = 0.7, q = 0.1, distribution = "q_uniform"}\n'
            'e = {min = 1e-5, max = 1e-3, distribution = "log_uniform"}\n'
            'f = {min = 1e-5, max = 1e-3, distribution = "inv_log_uniform"}\n'
            'g = {min = 2, max = 64, q = 2, distribution = "q_log_uniform"}\n'
            'h = {mu = 0.0, sigma = 1.0}\n'
            'i = {mu = 5, sigma = 2, q = 1, distribution = "q_normal"}\n'
            'j = {values = ["a", "b", "c"], probabilities = [1, 1, 1]}\nk.values = [1, "a"]\n'
            'l.value = 0.5\n')
        self.assertEqual(len(read["parameters"]), 12)
        read["parameters"]["d"]["q"] = 0
        self.assertNotEqual(wandb.config.schema_violations_from_proposed_config(dict(read)), [])

    @needs_wandb
    def test_wandb_draws_the_values_that_are_drawn_here(self):
        read = self.checked(
            'method = "random"\nrun_cap = 9\n[parameters]\n'
            'a = {min = 0.1, max = 0.7, q = 0.3, distribution = "q_uniform"}\n'
            'b = {min = 20, max = 100, q = 32, distribution = "q_uniform"}\n'
            'c = {min = 10, max = 100, q = 32, distribution = "q_log_uniform"}\n')
        for name, values in (("a", [0.3, 0.6]), ("b", [32, 64, 96]), ("c", [32, 64, 96])):
            drawn = wandb.params.HyperParameter(name, read["parameters"][name])
            found = [drawn.ppf((i + 0.5) / 600).item() for i in range(600)]
            for value, wanted in zip(sorted(set(found)), values, strict=True):
                self.assertAlmostEqual(value, wanted)
                self.assertIs(type(value), type(wanted))
                if name != "c":  # of equal shares
                    self.assertAlmostEqual(found.count(value), 600 / len(values), delta=2)

    @needs_wandb
    def test_wandb_finds_nothing_wrong_with_the_sweeps_of_this_repository(self):
        folder = sweeps.SOURCE / "sweeps"
        accepted = 0
        for path in sorted(folder.glob("*.toml")):
            # Another program than r50run: their data are not here, and do not matter.
            text = path.read_text().split("\n[launcher]")[0]
            line = next(one for one in text.splitlines() if one.startswith("base"))
            self.write(text.replace(line, ""), path.name)
            done = self.export(path.name)
            if done.returncode == 0:
                accepted += 1
                read = yaml.safe_load(done.stdout)
                self.assertEqual(wandb.config.schema_violations_from_proposed_config(read), [])
            else:
                self.assertRegex(done.stderr,
                                 "W&B|finders are r50run's own|cannot begin at a checkpoint")
        self.assertGreaterEqual(accepted, 3)

    def test_what_wandb_cannot_say_is_refused_before_anything_is_printed(self):
        self.write('parameters.x.values = [1, 2]\n[[zip]]\na = [1, 2]\nb = [3, 4]\n'
                   '[early_terminate]\ntype = "asha"\n')
        done = self.export()
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("[[zip]] 'a+b'", done.stderr)
        self.assertIn("[early_terminate]", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
