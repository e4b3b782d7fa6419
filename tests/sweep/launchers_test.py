"""Sweeps by other launchers than the local one, over engines as small as they can be."""

import json
import os
import shutil
import signal
import stat
import subprocess
import time
import unittest

import sweeps

# An engine of one line: a session of its own, known by its process id.
COMMAND = """
kind = "command"
slots = 2
poll_seconds = 0.05
late_seconds = 1
submit = "setsid sh {script} >/dev/null 2>&1 & echo started $!"
id_pattern = "started ([0-9]+)"
poll = "grep -qs '^State:[[:space:]]*[^ZX]' /proc/{id}/status || exit 1"
cancel = "kill -TERM {id}"
"""

GRID = """
parameters.x.values = [0, 1, 2]
parameters.y.values = [-1, 0]
parameters."run.epochs".value = 3
"""

SLOW = ('parameters.x.values = [0, 1, 2, 3]\nparameters.ms.value = 100\n'
        'parameters."run.epochs".value = 30\n')

# Counts the SIGTERMs it gets while it saves for a moment, as a program that a second one would end.
COUNTS = """#!/usr/bin/env python3
import pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("--run-dir") + 1])
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
(folder / "metrics.jsonl").touch()
while not asked:
    time.sleep(0.02)
for _ in range(100):
    time.sleep(0.02)
(folder / "asked").write_text(str(len(asked)))
sys.exit(75)
"""


class Launchers(sweeps.SweepTest):
    def write(self, text, name="s.toml", launcher=COMMAND, program=sweeps.TASK):
        (self.folder / name).write_text(f'base = "base.toml"\n{text}\n[launcher]\n'
                                        f'program = ["{program}"]\n{launcher}')

    def until(self, what, child):
        for _ in range(1200):
            if what():
                return
            self.assertIsNone(child.poll(), "the sweep ended too soon")
            time.sleep(0.05)
        self.fail("it did not come about")

    def begun(self, child, count=2):
        self.until(lambda: len(list(self.folder.glob("runs/s/*/metrics.jsonl"))) >= count, child)

    def end_jobs(self):
        for path in self.folder.glob("runs/*/*/engine_id"):
            try:
                os.killpg(int(path.read_text().split()[1]), signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass


class Command(Launchers):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_jobs)

    def test_runs_every_trial_once(self):
        self.write(GRID)
        self.assertIn("6 of 6 trials finished", self.sweep("s.toml"))
        before = self.results()
        self.assertEqual(len(before), 6)
        for trial in self.trials():
            starts = (self.run_folder(trial) / "starts.txt").read_text()
            self.assertEqual(starts, "begun at 0\n")
            self.assertEqual((self.run_folder(trial) / "exit").read_text(), "0\n")
        self.sweep("s.toml")
        self.assertEqual(self.results(), before)

    def test_a_killed_trial_goes_on_and_a_failing_one_does_not(self):
        self.write('method = "list"\n[[trial]]\nx = 1\nkill_at = 2\n"run.epochs" = 4\n'
                   '[[trial]]\nfail = "this key is wrong"\n')
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished", "failed"])
        self.assertEqual([trial["faults"] for trial in self.trials()], [1, 0])
        self.assert_trained_once(self.trials()[0])

    def test_trials_outlive_their_controller_and_are_taken_up_again(self):
        self.write(SLOW)
        self.outlives_its_controller()

    def test_a_sweep_that_is_told_to_stop_saves_and_goes_on_later(self):
        self.write(SLOW)
        child = self.start("s.toml")
        self.begun(child)
        self.sweep("stop", "s.toml")
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 75)
        self.assertEqual(self.states(), ["waiting"] * 4)
        self.sweep("s.toml")
        self.assertEqual(self.states(), ["finished"] * 4)
        for trial in self.trials():
            self.assertEqual(trial["faults"], 0)
            self.assert_trained_once(trial)

    def test_a_trial_is_told_once_whomever_the_engine_signals(self):
        program = self.folder / "counts"
        program.write_text(COUNTS)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        for name, cancel in (("one", "kill -TERM {id}"), ("all", "kill -TERM -{id}")):
            launcher = COMMAND.replace("kill -TERM {id}", cancel)
            self.write('method = "list"\n[[trial]]\nx = 1\n', f"{name}.toml", launcher, program)
            child = self.start(f"{name}.toml")
            self.until(lambda name=name: list(self.folder.glob(f"runs/{name}/*/metrics.jsonl")),
                       child)
            self.sweep("stop", f"{name}.toml")
            self.assertEqual(child.wait(timeout=sweeps.LIMIT), 75)
            asked = self.run_folder(self.trials(name)[0], name) / "asked"
            self.assertEqual(asked.read_text(), "1", cancel)

    def test_a_job_that_comes_after_its_trial_was_given_away_does_nothing(self):
        self.write('method = "list"\n[[trial]]\nx = 1\n')
        self.sweep("s.toml")
        folder = self.run_folder(self.trials()[0])
        (folder / "lease").write_text("command 01234567 another\n")
        done = subprocess.run(["sh", folder / "run.sh"], capture_output=True, text=True,
                              timeout=sweeps.LIMIT, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("was given to another start", done.stderr)
        self.assertEqual((folder / "starts.txt").read_text(), "begun at 0\n")

    def test_awkward_words_reach_the_program_as_they_are(self):
        text = "it's \\\"$HOME\\\" `date` {id} \\\\n *"
        self.write(f'method = "list"\n[[trial]]\nfail = "{text}"\n')
        self.sweep("s.toml", code=1)
        trial = self.trials()[0]
        self.assertEqual("fail=" + trial["message"].replace("task: ", '"', 1) + '"',
                         trial["set"][0])
        self.assertIn("$HOME", trial["message"])

    def test_lines_that_cannot_work_are_refused_before_anything_begins(self):
        for line, word in (('submit = "nosuchengine {script}"', "There is no 'nosuchengine' here"),
                           ('submit = "sh {scrpt}"', "did you mean 'script'?"),
                           ('poll = "true"', "poll: it holds neither {id} nor {name}")):
            key = line.split()[0]
            lines = [one for one in COMMAND.splitlines() if not one.startswith(key)]
            self.write(GRID, launcher="\n".join([*lines, line, ""]))
            self.assertIn(word, self.sweep("s.toml", code=2))
            self.assertFalse((self.folder / "runs").exists())


# Grid Engine's commands, over processes of this machine. qstat hangs as long as the trial has
# written few rows, then qmaster is down for a while, then it says the truth.
GRID_ENGINE = {
    "qsub": '''
for script; do :; done
setsid sh "$script" >/dev/null 2>&1 &
echo "Your job $! (\\"$2\\") has been submitted"
''',
    "qstat": '''
rows=$(cat "$FAKE"/runs/s/*/metrics.jsonl 2>/dev/null | wc -l)
if [ "$rows" -lt "$HANGS" ]; then touch "$FAKE/hangs"; exec sleep 100000; fi
if [ "$rows" -lt "$DOWN" ]; then
  echo "error: commlib error: got select error (Connection refused)" >&2
  echo 'ERROR: unable to send message to qmaster using port 6444 on host "m": got send error' >&2
  exit 1
fi
touch "$FAKE/answered"
if grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$2/status"; then
  echo "job_number:                 $2"
else
  printf 'Following jobs do not exist: \\n%s\\n' "$2" >&2
  exit 1
fi
''',
    "qdel": 'kill -TERM "$1"\n',
    # Nobody waits two minutes here: what hangs is ended as soon as it has said so.
    "timeout": '''
case "$*" in *qstat*) ;; *) shift 3; exec "$@" ;; esac
[ "$1 $2 $3" = "-k 5 120" ] || exit 99
shift 3
setsid "$@" &
while kill -0 $! 2>/dev/null && [ ! -e "$FAKE/hangs" ]; do sleep 0.02; done
if [ ! -e "$FAKE/hangs" ]; then wait $!; exit $?; fi
kill -KILL -$!
rm "$FAKE/hangs"
touch "$FAKE/hung"
exit 124
''',
}


class GridEngine(Launchers):
    """The lines that tools/sweep/README.md has for it, as they stand there."""

    ONE = 'method = "list"\n[[trial]]\nx = 1\nms = 100\n"run.epochs" = 30\n'

    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_jobs)
        commands = self.folder / "commands"
        commands.mkdir()
        for name, text in GRID_ENGINE.items():
            (commands / name).write_text("#!/bin/sh\n" + text)
            (commands / name).chmod(0o755)
        self.environment.update(PATH=f"{commands}:{os.environ['PATH']}", FAKE=str(self.folder),
                                HANGS="0", DOWN="0")
        readme = (sweeps.SOURCE / "tools/sweep/README.md").read_text()
        lines = readme.split('    kind = "command"', 1)[1].split("\n\n", 1)[0]
        self.launcher = (f'kind = "command"{lines}\nslots = 1\npoll_seconds = 0.05\n'
                         'late_seconds = 1\n')
        self.assertIn("poll = '''", self.launcher)

    def test_an_engine_that_does_not_answer_is_not_taken_for_a_job_that_is_gone(self):
        self.environment.update(HANGS="3", DOWN="25")  # of 30 rows, 100 ms each
        self.write(self.ONE, launcher=self.launcher)
        out = self.sweep("s.toml")
        self.assertIn("1 of 1 trial finished", out)
        self.assertEqual((self.run_folder(self.trials()[0]) / "starts.txt").read_text(),
                         "begun at 0\n", "it was started twice")
        self.assertEqual(self.trials()[0]["faults"], 0)
        self.assertIn("poll is not understood: no answer within two minutes", out)
        self.assertIn("poll is not understood: error: commlib error", out)
        for seen in ("hung", "answered"):
            self.assertTrue((self.folder / seen).exists(), seen)

    def test_a_job_that_is_gone_is_started_again(self):
        self.write(self.ONE, launcher=self.launcher)
        child = self.start("s.toml")
        self.begun(child, 1)
        self.end_jobs()  # as a node that fails: nobody writes down how it ended
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 0)
        self.assertEqual(self.trials()[0]["state"], "finished")
        self.assertEqual(self.trials()[0]["faults"], 1)
        self.assert_trained_once(self.trials()[0])


class Kubernetes(Launchers):
    LAUNCHER = 'kind = "kubernetes"\nimage = "r50:1"\nclaim = "sweeps"\nlate_seconds = 1\n'

    def pod(self, index):
        """Runs what a pod of the manifest would."""
        for line in (self.folder / "runs/s/job.yaml").read_text().splitlines():
            if line.strip().startswith("command: "):
                words = json.loads(line.split(": ", 1)[1])
                break
        return subprocess.run(words, env=dict(os.environ, JOB_COMPLETION_INDEX=str(index)),
                              timeout=sweeps.LIMIT, check=False).returncode

    def test_a_manifest_is_written_and_its_pods_trials_are_settled_later(self):
        self.write(GRID, launcher=self.LAUNCHER)
        out = self.sweep("s.toml")
        self.assertIn("6 trials are in", out)
        self.assertIn("kubectl apply -f", out)
        self.assertIn("0 of 6 trials finished, 6 running", out)
        self.assertEqual([self.pod(index) for index in range(4)], [0] * 4)
        self.assertIn("4 of 6 trials finished, 2 running", self.sweep("s.toml"))
        self.assertEqual([self.pod(index) for index in (4, 5)], [0, 0])
        self.assertIn("6 of 6 trials finished", self.sweep("s.toml"))
        for trial in self.trials():
            self.assert_trained_once(trial)

    def test_a_killed_trial_is_in_the_next_manifest(self):
        self.write('method = "list"\n[[trial]]\nx = 1\n[[trial]]\nx = 1\nkill_at = 2\n'
                   '"run.epochs" = 4\n', launcher=self.LAUNCHER)
        self.sweep("s.toml")
        self.assertEqual([self.pod(index) for index in (0, 1)], [0, 128 + signal.SIGKILL])
        out = self.sweep("s.toml")
        self.assertIn("1 trial is in", out)
        self.assertIn("1 of 2 trials finished, 1 running", out)
        self.assertEqual(self.pod(0), 0)
        self.assertIn("2 of 2 trials finished", self.sweep("s.toml"))
        self.assert_trained_once(self.trials()[1])

    def test_without_an_image_nothing_is_written(self):
        self.write(GRID, launcher='kind = "kubernetes"\nclaim = "c"\n')
        self.assertIn("needs [launcher] image", self.sweep("s.toml", code=2))
        self.assertFalse((self.folder / "runs").exists())


class Choice(Launchers):
    def test_where_there_is_no_slurm_it_says_so_and_writes_nothing(self):
        bare = self.folder / "bin"
        bare.mkdir()
        for name in ("timeout", "sh"):
            os.symlink(shutil.which(name), bare / name)
        self.environment["PATH"] = str(bare)
        self.write(GRID, launcher="")
        out = self.sweep("s.toml", "--launcher", "slurm", code=2)
        self.assertIn("There is no sbatch here", out)
        self.assertIn("--launcher local", out)
        self.assertFalse((self.folder / "runs").exists())

    def test_a_launcher_is_chosen_by_name(self):
        self.write(GRID, launcher="")
        self.assertIn("did you mean 'slurm'?", self.sweep("s.toml", "--launcher", "slrum", code=2))
        self.write(GRID)
        self.assertIn("6 of 6 trials finished", self.sweep("s.toml", "--launcher", "local"))
        self.assertEqual(list(self.folder.glob("runs/s/*/run.sh")), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
