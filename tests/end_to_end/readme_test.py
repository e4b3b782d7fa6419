"""Every r50run, r50sweep and tools/ line of every README works, tried in a form that ends quickly.

Lines that train the quickstart do train, on a few drawn images; other experiments are explained,
other sweeps planned; scripts of tools/ are asked for their --help. What stands for a file of the
reader's is in VALUES; a line with any other word that is no verb, file or option fails. So does a
line of a code block that names a program and that readme_lines.py cannot read.
"""

import concurrent.futures
import itertools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

import runs
from readme_lines import command_of, commands_of, unread_of

SOURCE = pathlib.Path(os.environ["R50_SOURCE_DIR"])
R50RUN = pathlib.Path(runs.R50RUN)
R50SWEEP = R50RUN.parent / "r50sweep"
PLUGIN = R50RUN.parent.parent / "lib/r50/plugins/r50_scheduler_cosine.so"
RUN = "runs/quickstart/tried"  # a run of three epochs that is made before the lines are tried

VALUES = {
    "r50run": {
        "FILE.toml": "experiments/quickstart.toml",
        "changed.toml": "changed.toml",
        "runs/NAME/ID": RUN,
        "runs/NAME/ID/checkpoints/epoch_0040.pt": f"{RUN}/checkpoints/epoch_0001.pt",
        "FILE.so": str(PLUGIN),
        "decay": "cosine",
        "OUT.toml": "tune.toml",
    },
    "r50sweep": {
        "FILE.toml": "sweeps/shapes_smoke.toml",
        "sweeps/FILE.toml": "sweeps/shapes_smoke.toml",
    },
}
TINY = {"experiments/quickstart.toml", "changed.toml", "sweeps/shapes_smoke.toml"}
DATA = ("IMAGENET", "IMAGENETTE", "TINY_IMAGENET", "KAGGLE_SUBSET")
# These take minutes, or need data: their file and its changed keys are explained.
EXPLAINED = ("train", "explain", "check", "find-lr", "verify-resume", "profile")


def readmes():
    outside = {"build", ".venv", "runs", "shared"}
    return [path for path in sorted(SOURCE.glob("**/README.md"))
            if path.relative_to(SOURCE).parts[0] not in outside]


class Wrong(Exception):
    pass


class ReadmeLines(unittest.TestCase):
    def test_continued_lines(self):
        text = "A\n\n    A=1 python3 tools/a.py x \\\n      --y \\\n      --z\n    r50run b.toml\n"
        self.assertEqual(list(commands_of(text)),
                         [(3, {"A": "1"}, ["tools/a.py", "x", "--y", "--z"]),
                          (6, {}, ["r50run", "b.toml"])])

    def test_lines_that_cannot_be_read(self):
        for line in ("nohup r50run a.toml", "cd b && tools/test", "python3 -u tests/a.py",
                     "r50run 'a.toml", "a=1 r50sweep b.toml", ".ci/run it's"):
            for text in (f"Text\n\n    {line}\n", f"Text\n```\n{line}\n```\n"):
                self.assertEqual([found for _, found in unread_of(text)], [line])
        self.assertEqual(list(unread_of("    r50run: 3 s\n    a = 1  # as r50run is\n")), [])


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.turn = threading.Lock()  # of what writes into the one run and the one sweep
        for name in ("experiments", "sweeps"):
            shutil.copytree(SOURCE / name, cls.folder / name,
                            ignore=shutil.ignore_patterns("results"))
        quickstart = cls.folder / "experiments/quickstart.toml"
        cls.change(quickstart, {r"^epochs = .*": "epochs = 5", r"^batch = .*":
                                'batch = 8\nthreads = 1\nprecision = "fp32"',
                                r"^warmup = .*": 'warmup = "1 steps"'})
        quickstart.write_text(quickstart.read_text() + """
[model]
depth = 18
width = 32
[data]
image_size = 16
[dataset]
train_images = 16
evaluate_images = 8
[checkpoint]
keep_every = "1 epoch"
""")
        (cls.folder / "changed.toml").write_text(
            'extends = ["experiments/quickstart.toml"]\n[optimizer]\nweight_decay = 1e-3\n')
        cls.change(cls.folder / "sweeps/shapes_smoke.toml", {
            r'^"run.epochs".*': '"run.epochs".value = 1\n"run.batch".value = 8',
            r'^"data.image_size".*': '"data.image_size".value = 16',
            r'^"scheduler.warmup".*': '"scheduler.warmup".value = "1 steps"',
            r'^"dataset.train_images".*': '"dataset.train_images".value = 16',
            r'^"dataset.evaluate_images".*': '"dataset.evaluate_images".value = 8'})
        for split, count in (("train", 70), ("val", 1)):
            for label in range(2):
                place = cls.folder / "images" / split / str(label)
                place.mkdir(parents=True)
                runs.write_png(place / "0.png", 8, 8, lambda y, x: (9 * x, 9 * y, 0))
                for number in range(1, count):
                    os.link(place / "0.png", place / f"{number}.png")
        cls.run_program(["r50run", "experiments/quickstart.toml", "--run-dir", RUN, "--until",
                         "3 epochs"], expected=75)
        cls.run_program(["r50sweep", "sweeps/shapes_smoke.toml"])
        parent = cls.folder / "runs/cooldown_parent/checkpoints"  # of sweeps/cooldown.toml
        parent.mkdir(parents=True)
        shutil.copy(cls.folder / RUN / "checkpoints/last.pt", parent / "epoch_0010.pt")

    @staticmethod
    def change(path, lines):
        text = path.read_text()
        for pattern, line in lines.items():
            text, count = re.subn(pattern, line, text, flags=re.MULTILINE)
            assert count == 1, f"{path.name} has {count} lines like {pattern}"
        path.write_text(text)

    @classmethod
    def run_program(cls, words, environment=None, expected=0):
        program = {"r50run": [R50RUN], "r50sweep": [R50SWEEP]}.get(words[0], [SOURCE / words[0]])
        if words[0].endswith(".py"):
            program.insert(0, sys.executable)
        done = subprocess.run(
            [*map(str, program), *words[1:]], cwd=cls.folder, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=runs.LIMIT, check=False,
            env={**os.environ, **{name: str(cls.folder / "images") for name in DATA},
                 **(environment or {})})
        if done.returncode != expected:
            raise Wrong(f"{shlex.join(map(str, words))} ended with {done.returncode}, not "
                        f"{expected}:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.stdout + done.stderr

    def refuse_unknown_options(self, words, help_text):
        for word in words:
            if word.startswith("--") and not re.search(rf"{re.escape(word.split('=')[0])}\b",
                                                       help_text):
                raise Wrong(f"{shlex.join(words)}: {word} is not in the --help")

    def with_values(self, program, words):
        known = VALUES[program]
        for word in words:
            unset = re.fullmatch(r"(.*/)?[A-Z_]+([./].*)?|.*\.\.\..*", word)
            if unset and word not in known:
                raise Wrong(f"'{word}' has no value in VALUES")
        return [known.get(word, word) for word in words]

    def try_r50run(self, words, environment):
        words = self.with_values("r50run", words)
        is_verb = words and "/" not in words[0] and not words[0].endswith(".toml")
        verb, words = (words[0], words[1:]) if is_verb else ("train", words)
        self.refuse_unknown_options(words, self.run_program(["r50run", verb, "--help"]))
        file = next((word for word in words if word.endswith(".toml")), None)
        if verb == "train" and file in TINY:
            with self.turn:
                self.train(words, environment)
        elif verb in EXPLAINED and file:
            plain = itertools.takewhile(lambda word: not word.startswith("--"), words)
            self.run_program(["r50run", "explain", *plain], environment)
        elif verb not in EXPLAINED:
            self.run_program(["r50run", verb, *words], environment)

    def train(self, words, environment):
        if "--until" not in words:
            words = [*words, "--until", "5 steps"]
        if not {"--from", "--branch", "--continue"} & set(words):
            words = [*words, "--run-dir", f"tried/{len(list(self.folder.glob('tried/*')))}"]
        if "--from" in words:
            words = [*words, "--run-dir", RUN]
        self.run_program(["r50run", *words], environment, expected=75)

    def try_r50sweep(self, words, environment):
        words = self.with_values("r50sweep", words)
        is_verb = words and "/" not in words[0]
        verb, words = (words[0], words[1:]) if is_verb else ("run", words)
        self.refuse_unknown_options(words, self.run_program(["r50sweep", verb, "--help"]))
        if words and words[0] not in TINY:
            self.run_program(["r50sweep", "plan", words[0]], environment)
            words = ["sweeps/shapes_smoke.toml", *words[1:]]
        if words:
            with self.turn:
                self.run_program(["r50sweep", verb, *words], environment)

    def try_tool(self, words):
        path = SOURCE / words[0]
        is_command = os.access(path, os.X_OK) or path.suffix == ".py"
        if len(words) == 1 and (path.is_dir() or path.exists() and not is_command):
            return  # the text names a folder or a file
        self.refuse_unknown_options(words, self.run_program([words[0], "--help"]))

    def attempt(self, environment, words):
        environment = {name: "images" if name in DATA else value
                       for name, value in environment.items()}
        if words[0] == "tools/run" and len(words) > 1:
            words = ["r50sweep", *words[2:]] if words[1] == "sweep" else ["r50run", *words[1:]]
        if words[0] == "r50run":
            self.try_r50run(words[1:], environment)
        elif words[0] == "r50sweep":
            self.try_r50sweep(words[1:], environment)
        else:
            self.try_tool(words)

    def problem_of(self, place, environment, words):
        try:
            self.attempt(environment, words)
        except (Wrong, OSError, subprocess.TimeoutExpired) as error:
            return f"{place}: {error}"
        return None

    def test_every_link(self):
        for path in readmes():
            for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
                with self.subTest(f"{path.relative_to(SOURCE)}: {target}"):
                    self.assertTrue((path.parent / target).exists())

    def test_every_line(self):
        lines, unread = {}, []
        for path in readmes():
            place, text = path.relative_to(SOURCE), path.read_text(encoding="utf-8")
            for number, environment, words in commands_of(text):
                lines.setdefault((*environment.items(), *words),
                                 (f"{place}:{number}", environment, words))
            unread += [f"{place}:{number}: names a program, but is not read as a command: {code}"
                       for number, code in unread_of(text)]
        self.assertGreater(len(lines), 50, "the READMEs have lost their commands")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda line: self.problem_of(*line), lines.values()))
        wrong = unread + [problem for problem in found if problem]
        self.assertEqual(wrong, [], "\n".join(["", *wrong]))

    def test_lines_that_do_not_work(self):
        for line, says in (
                ("r50run explian FILE.toml", "no verb 'explian'"),
                ("r50run FILE.toml --untill 3", "--untill is not in the --help"),
                ("r50run MY_FILE.toml", "'MY_FILE.toml' has no value"),
                ("r50run experiments/quickstart.toml run.epoch=5", "ended with 2"),
                ("r50run find-lr experiments/imagenette_15.toml find_lr.rules=3", "ended with 2"),
                ("tools/run experiments/ema_swa_120.toml scheduler.lr=0.2", "ended with 2"),
                ("r50sweep plann sweeps/shapes_smoke.toml", "no verb 'plann'"),
                ("r50sweep report sweeps/none.toml", "ended with 2"),
                ("tools/nothing --help", "No such file"),
                ("tools/test --olny release", "--olny is not in the --help")):
            with self.subTest(line):
                self.assertIn(says, self.problem_of("", *command_of(line)) or "it passed")


if __name__ == "__main__":
    unittest.main()
