"""A run that is resumed on another machine.

The other machine is this one, with libtorch told to use no vector instructions.
"""

import json
import pathlib
import tempfile
import unittest

import runs

PLAIN = {"ATEN_CPU_CAPABILITY": "default"}


class AnotherMachine(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="r50_machine_")
        self.addCleanup(place.cleanup)
        self.folder = pathlib.Path(place.name).resolve()
        self.file = self.folder / "small.toml"
        self.file.write_text(runs.small().replace("epochs = 3", "epochs = 2"))

    def run_there(self, *arguments, **keys):
        return runs.r50run(self.file, "--run-dir", self.folder / "run", *arguments, **keys)

    def provenance(self):
        return json.loads((self.folder / "run/run.json").read_text())

    def test_what_has_changed_is_said_and_kept(self):
        self.run_there("--until", "1 epochs", check=75)
        begun = self.provenance()
        if begun["instructions"].startswith("DEFAULT"):
            self.skipTest("this machine has no vector instructions to do without")
        # A version that trained the first epochs of several runs once left these.
        older = {**begun, "past": {"of": "x", "epochs": 1}, "past_left": "why", "begun_anew": 1}
        (self.folder / "run/run.json").write_text(json.dumps(older))
        done = self.run_there("--until", "6 steps", check=75, extra=PLAIN)
        said = done.stdout + done.stderr
        self.assertIn("not bit-exact from here, because the instruction set was", said)
        self.assertIn("step 4 of 8", said)
        [moved] = self.provenance()["went_on"]
        self.assertEqual(moved["step"], 4)
        self.assertIn("the instruction set was", moved["machine"])
        self.assertNotIn("build", moved)
        self.assertFalse({"past", "past_left", "begun_anew"} & self.provenance().keys())
        # A user who goes back to a checkpoint resumes the same run.
        checkpoint = self.folder / "run/checkpoints/last.pt"
        self.run_there("--from", checkpoint, check=0)
        self.assertEqual([one["step"] for one in self.provenance()["went_on"]], [4, 6])


if __name__ == "__main__":
    unittest.main(verbosity=2)
