"""Trials that would share what they have in common, on a cluster whose nodes are not alike.

The engine has one node, whose libtorch is told for some jobs not to use its vector instructions.
"""

import os
import unittest

import sweeps

# Jobs are counted; PLAIN names those that come to the other kind of node.
ENGINE = """#!/bin/sh
echo . >> jobs
case " $PLAIN " in *" $(wc -l < jobs) "*) export ATEN_CPU_CAPABILITY=default;; esac
setsid sh "$1" > /dev/null 2>&1 &
echo started $!
"""
CLUSTER = """
[launcher]
kind = "command"
slots = 1
cores = 1
poll_seconds = 0.1
late_seconds = 5
submit = "sh ./engine {script}"
id_pattern = "started ([0-9]+)"
poll = "grep -qs '^State:[[:space:]]*[^ZX]' /proc/{id}/status || exit 1"
cancel = "kill -TERM {id}"
"""


class UnlikeMachines(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        (self.folder / "base.toml").write_text(sweeps.TRUNK)
        (self.folder / "engine").write_text(ENGINE)
        for name, launcher in (("here", ""), ("elsewhere", ""), ("cluster", CLUSTER)):
            (self.folder / f"{name}.toml").write_text(sweeps.COOLDOWNS + launcher)

    def trained(self, name):
        return [sweeps.trained(self.run_folder(trial, name)) for trial in self.trials(name)]

    def alone(self, name, **environment):
        self.environment = {**os.environ, **environment}
        self.sweep(f"{name}.toml", "--slots", "1", "--no-sharing")
        return self.trained(name)

    def test_a_trial_that_comes_to_another_kind_of_node_trains_its_own(self):
        if sweeps.instructions() == sweeps.instructions(**sweeps.PLAIN):
            self.skipTest("this machine has no vector instructions to do without")
        here, elsewhere = self.alone("here"), self.alone("elsewhere", **sweeps.PLAIN)
        for one, other in zip(here, elsewhere):
            self.assertNotEqual(one, other)
        # The trunk of two epochs and its own end, then the second trial, then the third.
        self.environment = {**os.environ, "PLAIN": "3"}
        self.assertIn("a trial that comes to another kind", self.sweep("plan", "cluster.toml"))
        out = self.sweep("cluster.toml")
        _, second, third = self.trials("cluster")
        self.assertIn(f"trial {second['id']} begins anew, without what was trained for it "
                      "elsewhere: the instruction set was", out)
        self.assertEqual((second["given"], third["given"]), (0, 2))
        self.assertEqual(self.trained("cluster"), [here[0], elsewhere[1], here[2]])
        self.assertEqual(len((self.folder / "jobs").read_text().splitlines()), 4)
        self.assertNotIn("Not of one machine", self.sweep("report", "cluster.toml"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
