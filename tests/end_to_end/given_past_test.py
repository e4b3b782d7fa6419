"""A run that goes on from what another has trained for it, on that one's machine and on others.

The other machine is this one, whose libtorch is told not to use its vector instructions.
"""

import json
import pathlib
import shutil
import signal
import tempfile
import unittest

import runs

PLAIN = {"ATEN_CPU_CAPABILITY": "default"}


class GivenPast(unittest.TestCase):
    def run_in(self, name, *arguments, **keys):
        return runs.r50run(self.file, "--run-dir", self.folder / name, *arguments, **keys)

    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory(prefix="r50_past_")
        cls.addClassCleanup(place.cleanup)
        cls.folder = pathlib.Path(place.name).resolve()
        cls.file = cls.folder / "small.toml"
        cls.file.write_text(runs.small().replace("epochs = 3", "epochs = 2"))
        cls.run_in(cls, "here", check=0)
        cls.run_in(cls, "elsewhere", check=0, extra=PLAIN)
        cls.here, cls.elsewhere = (runs.kept(cls.folder / name) for name in ("here", "elsewhere"))
        if cls.identity(cls, "here")["instructions"].startswith("DEFAULT"):
            raise unittest.SkipTest("this machine has no vector instructions to do without")
        if cls.here["last.pt"] == cls.elsewhere["last.pt"]:
            raise AssertionError("the instructions make no difference: this would test nothing")
        cls.run_in(cls, "parent", "--until", "1 epochs", check=75)

    def assert_says(self, done, *parts):
        for part in parts:
            self.assertIn(part, done.stdout + done.stderr)

    def identity(self, name):
        return json.loads((self.folder / name / "run.json").read_text())

    def give(self, name, parent="parent", **changes):
        """A folder as r50sweep lays it down."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(self.folder / parent, self.folder / name)
        said = {**self.identity(parent), "past": {"of": "the parent", "epochs": 1}, **changes}
        (self.folder / name / "run.json").write_text(json.dumps(said))

    def test_on_the_same_machine_it_goes_on(self):
        self.give("child")
        done = self.run_in("child", check=0)
        self.assert_says(done, "continuing from")
        runs.assert_same(self.here, runs.kept(self.folder / "child"), "given a past")
        self.assertEqual(self.identity("child")["past"],
                         {"of": "the parent", "epochs": 1, "step": 4})
        self.assertNotIn("went_on", self.identity("child"))

    def test_on_another_machine_it_begins_anew(self):
        self.give("child")
        done = self.run_in("child", check=0, extra=PLAIN)
        self.assert_says(done, "begins anew, without the epochs that the run the parent has",
                         "the instruction set was")
        runs.assert_same(self.elsewhere, runs.kept(self.folder / "child"), "elsewhere")
        said = self.identity("child")
        self.assertIn("is DEFAULT", said["past_left"])
        self.assertEqual(said["begun_anew"], 1)
        self.assertFalse({"past", "went_on"} & said.keys())
        # What it says of its past it says for good.
        self.run_in("child", check=0, extra=PLAIN)
        self.assertEqual(self.identity("child"), said)

    def test_with_other_threads_it_begins_anew(self):
        self.give("child", compute_threads=3)
        self.assert_says(self.run_in("child", check=0), "the number of compute threads was 3")
        runs.assert_same(self.here, runs.kept(self.folder / "child"), "other threads")

    def test_the_precision_is_the_machines_own_again(self):
        file = self.folder / "auto.toml"
        file.write_text(self.file.read_text().replace('precision = "fp32"', 'precision = "auto"'))

        def run(name, *arguments, **keys):
            runs.r50run(file, "--run-dir", self.folder / name, *arguments, **keys)
        run("auto", check=0, extra=PLAIN)
        run("auto_parent", "--until", "1 epochs", check=75)
        own = self.identity("auto_parent")["precision"]
        self.give("child", "auto_parent", precision="fp32" if own == "bf16" else "bf16")
        run("child", check=0, extra=PLAIN)
        self.assertEqual(self.identity("child")["precision"], own)
        runs.assert_same(runs.kept(self.folder / "auto"), runs.kept(self.folder / "child"), "auto")

    def test_what_it_has_trained_itself_is_kept_wherever_it_goes_on(self):
        self.give("child")
        self.run_in("child", "--until", "6 steps", check=75)
        done = self.run_in("child", check=0, extra=PLAIN)
        self.assert_says(done, "continuing from", "step 6 of 8", "not bit-exact from here")
        self.assertEqual(runs.rows(self.folder / "child")[:6], self.here["rows"][:6])
        [moved] = self.identity("child")["went_on"]
        self.assertEqual(moved["step"], 6)
        self.assertIn("the instruction set was", moved["machine"])
        self.assertNotIn("build", moved)

    def test_begun_here_and_killed_before_it_saved_it_begins_anew_elsewhere(self):
        self.give("child")
        self.run_in("child", kill_at="write:metrics.jsonl:1", root=self.folder,
                    check=-signal.SIGKILL)
        self.assertEqual(self.identity("child")["past"]["step"], 4)
        self.run_in("child", check=0, extra=PLAIN)
        runs.assert_same(self.elsewhere, runs.kept(self.folder / "child"), "killed")

    def test_killed_while_it_leaves_its_past(self):
        """Before that is written down it may still take it, where it is from."""
        here, elsewhere = ({}, self.here), (PLAIN, self.elsewhere)
        for kill_at, (extra, expected), takes in (
                ("rename:run.json:1", here, True), ("rename:run.json:1", elsewhere, False),
                ("unlink:best.pt:1", here, False), ("fsync:checkpoints:1", elsewhere, False),
                ("rename:metrics.jsonl:1", here, False), ("rename:run.json:2", elsewhere, False)):
            self.give("child")
            self.run_in("child", kill_at=kill_at, root=self.folder, extra=PLAIN,
                        check=-signal.SIGKILL)
            self.run_in("child", check=0, extra=extra)
            runs.assert_same(expected, runs.kept(self.folder / "child"), kill_at)
            said = self.identity("child")
            self.assertEqual(("past" in said, "past_left" in said), (takes, not takes), kill_at)
            self.assertNotIn("went_on", said, kill_at)

    def test_its_own_epochs_are_a_past_where_it_has_paused_for_others(self):
        self.give("child")
        said = self.identity("child")
        said["past"]["of"] = said["id"]
        (self.folder / "child/run.json").write_text(json.dumps(said))
        done = self.run_in("child", check=0, extra=PLAIN)
        self.assert_says(done, "without what it has trained before it paused for others")
        runs.assert_same(self.elsewhere, runs.kept(self.folder / "child"), "paused for others")

    def test_where_it_cannot_start_nothing_is_left(self):
        self.give("child", precision="fp16", data_fingerprint="another")
        before = {path.name for path in (self.folder / "child/checkpoints").iterdir()}
        refused = self.run_in("child", "--device", "cuda:7", check=2)
        self.assert_says(refused, "cuda")
        self.assertEqual({path.name for path in (self.folder / "child/checkpoints").iterdir()},
                         before)
        # Of another machine's images it wants nothing: it begins anew on these.
        self.run_in("child", check=0)
        runs.assert_same(self.here, runs.kept(self.folder / "child"), "other images")

    def test_what_the_user_goes_on_from_is_the_runs_own(self):
        self.give("child")
        checkpoint = self.folder / "child/checkpoints/last.pt"
        self.run_in("child", "--from", checkpoint, "--until", "5 steps", check=75, extra=PLAIN)
        self.assertNotIn("past", self.identity("child"))
        self.run_in("child", check=0)
        self.assertNotIn("begun_anew", self.identity("child"))
        self.assertEqual([moved["step"] for moved in self.identity("child")["went_on"]], [4, 5])

    def test_a_damaged_checkpoint_of_its_own_is_not_thrown_away(self):
        self.give("child")
        self.run_in("child", "--until", "6 steps", check=75)
        for name in ("last.pt", "step_00000006.pt"):
            path = self.folder / "child/checkpoints" / name
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content[:1000])
        done = self.run_in("child", "--until", "7 steps", check=75, extra=PLAIN)
        self.assert_says(done, "is damaged", "not bit-exact")
        self.assertNotIn("begun_anew", self.identity("child"))

    def test_a_run_that_no_other_has_trained_for_goes_on_anywhere(self):
        shutil.copytree(self.folder / "parent", self.folder / "moves")
        self.run_in("moves", check=0, extra=PLAIN)
        [moved] = self.identity("moves")["went_on"]
        self.assertEqual(moved["step"], 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
