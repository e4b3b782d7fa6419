"""A run that is resumed on another machine, or where it is to pause already.

The other machine is this one, with libtorch asked to use no vector instructions.
"""

import json
import unittest

import runs

PLAIN = {"ATEN_CPU_CAPABILITY": "default"}


class Resumed(runs.InFolder):
    def text(self):
        return runs.small().replace("epochs = 3", "epochs = 2")

    def run_there(self, *arguments, **keys):
        return runs.r50run(self.file, "--run-dir", self.folder / "run", *arguments, **keys)

    def provenance(self):
        return json.loads((self.folder / "run/run.json").read_text())

    def test_what_has_changed_on_another_machine_is_said_and_kept(self):
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

    def test_a_run_that_stands_where_it_is_to_pause_takes_no_step_more(self):
        def pause_at(when):
            self.run_there("--until", when, check=75)
            last = (self.folder / "run/checkpoints/last.pt").read_bytes()
            return last, runs.rows(self.folder / "run")
        stands = pause_at("1 epochs")
        self.assertEqual(stands[1][-1]["epoch"], 1)
        self.assertEqual(pause_at("1 epochs"), stands)  # it was killed when it had saved this
        self.assertEqual(pause_at("3 steps"), stands)
        self.assertEqual(pause_at("6 steps")[1][-1]["step"], 6)


if __name__ == "__main__":
    unittest.main(verbosity=2)
