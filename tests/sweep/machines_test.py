"""Trials that would share what they have in common, on a cluster whose nodes are not alike.

The engine has one node, whose libtorch is told for some jobs not to use its vector instructions.
"""

import hashlib
import json
import os
import subprocess
import unittest

import sweeps

BASE = sweeps.small_shapes(3, steps=2) + """
[scheduler]
use = "sequence"
milestones = ["2 epochs"]
[[scheduler.parts]]
use = "constant"
lr = 0.02
[[scheduler.parts]]
use = "cosine"
lr = 0.02
"""
SWEEP = """
name = "NAME"
base = "base.toml"
parameters."run.threads".value = 1
parameters."data.threads".value = 1
parameters."scheduler.parts.1.eta_min".values = [0.0, 0.001, 0.01]
"""
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
        (self.folder / "base.toml").write_text(BASE)
        (self.folder / "engine").write_text(ENGINE)
        for name, launcher in (("here", ""), ("elsewhere", ""), ("cluster", CLUSTER)):
            (self.folder / f"{name}.toml").write_text(SWEEP.replace("NAME", name) + launcher)

    def alone(self, name, **environment):
        self.environment = {**os.environ, **environment}
        self.sweep(f"{name}.toml", "--slots", "1", "--no-sharing")
        return [self.kept(name, number) for number in range(3)]

    def kept(self, name, number):
        folder = self.run_folder(self.trials(name)[number], name)
        rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        for row in rows:
            row.pop("wall", None)
        weights = (folder / "checkpoints/last.pt").read_bytes()
        return rows, hashlib.sha256(weights).hexdigest()

    def test_a_trial_that_comes_to_another_kind_of_node_trains_its_own(self):
        device = subprocess.run([sweeps.R50RUN, "env"], check=True, capture_output=True, text=True,
                                timeout=sweeps.LIMIT, env={**os.environ, "ATEN_CPU_CAPABILITY":
                                                           "default"}).stdout
        if device == subprocess.run([sweeps.R50RUN, "env"], check=True, capture_output=True,
                                    text=True, timeout=sweeps.LIMIT).stdout:
            self.skipTest("this machine has no vector instructions to do without")
        here = self.alone("here")
        elsewhere = self.alone("elsewhere", ATEN_CPU_CAPABILITY="default")
        for number in range(3):
            self.assertNotEqual(here[number], elsewhere[number])
        # The trunk of two epochs and its own end, then the second trial, then the third.
        self.environment = {**os.environ, "PLAIN": "3"}
        self.assertIn("a trial that comes to another kind", self.sweep("plan", "cluster.toml"))
        out = self.sweep("cluster.toml")
        _, second, third = self.trials("cluster")
        self.assertIn(f"trial {second['id']} begins anew, without what others have trained for it: "
                      "the instruction set was", out)
        self.assertEqual((second["given"], third["given"]), (0, 2))
        for number, expected in enumerate((here[0], elsewhere[1], here[2])):
            self.assertEqual(self.kept("cluster", number), expected, number)
        self.assertEqual(len((self.folder / "jobs").read_text().splitlines()), 4)
        self.assertNotIn("Not of one machine", self.sweep("report", "cluster.toml"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
