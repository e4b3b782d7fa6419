"""A run that is killed at any byte and started again gives the bytes of a run never killed.

kill_test.py shapes|images seeded|points|asked
"""

import pathlib
import random
import re
import shutil
import sys
import tempfile

import jpegs
import runs
from sample import number, sample


class Case:
    def __init__(self, name, folder):
        self.folder = folder
        self.name = name
        parts = {}
        if name == "images":
            jpegs.make_folder(folder / "images", classes=3, train=14, val=6)
            parts = {
                "dataset": f'use = "image_folder"\npath = "{folder}/images"',
                "augmentation": '[[augmentation]]\nuse = "mixup"\nalpha = 0.4',
                "averaging": runs.EMA_SWA,
                "loaders": 3,
            }
        self.file = folder / "small.toml"
        text = runs.small(**parts)
        # Where bf16 is emulated, these runs would take an hour.
        precision = "bf16" if name == "images" and runs.has_kernels("bf16") else "fp32"
        text = text.replace('"fp32"', f'"{precision}"', 1)
        if name == "images":
            text = text.replace("batch = 8\nseed", "batch = 8\naccumulate = 2\nseed", 1)
        self.file.write_text(text)
        # The run never killed; its trace lists the moments at which the others are killed.
        self.trace = folder / "trace"
        runs.r50run(self.file, "--run-dir", folder / "straight", trace=self.trace, root=folder,
                    check=0)
        runs.assert_kernels_ran(folder / "straight", precision, units=20)
        self.expected = runs.kept(folder / "straight")
        self.operations = [line.split(" ") for line in self.trace.read_text().splitlines()]

    def count(self, operation, part):
        return sum(1 for op, path, _ in self.operations if op == operation and part in path)

    def bytes_written(self):
        return sum(int(size) for op, _, size in self.operations if op == "write")

    def run(self, target, kill_at=None, may_end=False):
        """True if it was killed."""
        code = runs.r50run(self.file, "--run-dir", target, kill_at=kill_at, root=self.folder)
        wanted = [-9] if kill_at else [0]
        if may_end:
            wanted.append(0)
        if code.returncode not in wanted:
            raise AssertionError(f"{self.name}, {kill_at}: exit code {code.returncode}, not "
                                 f"{wanted}\n{code.stdout}\n{code.stderr}")
        return code.returncode == -9

    def killed_once(self, kill_at):
        """Where the disk is slow, a run takes fewer checkpoints, later, and may never reach the
        moment: then an earlier one of the same kind is taken. It is killed in any case."""
        begin, _, count = kill_at.rpartition(":")
        for moment in dict.fromkeys((int(count), int(count) // 2 or 1, 1)):
            target = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "killed"
            killed = self.run(target, f"{begin}:{moment}", may_end=True)
            self.run(target)
            runs.assert_same(self.expected, runs.kept(target), f"{self.name}, killed at {kill_at}")
            shutil.rmtree(target.parent)
            if killed:
                return
            print(f"{begin}:{moment} was never reached, since checkpoints came late", flush=True)
        raise AssertionError(f"{self.name}: {kill_at} could not be reached")

    def all_killed(self, points):
        for point in points:
            self.killed_once(point)

    def seeded_points(self, count, seed):
        """Moments, spread over the run by a fixed seed: rows, bytes and samples."""
        dice = random.Random(seed)
        kinds = [("write", "/metrics.jsonl"), ("bytes", "")]
        if self.name == "images":
            kinds += [("open", "/train/"), ("open", "/val/")]
        for i in range(count):
            op, part = kinds[i % len(kinds)]
            # A run beside another finds the disk busier, and writes a checkpoint or two less.
            most = self.bytes_written() * 4 // 5 if op == "bytes" else self.count(op, part)
            # The last few samples read ahead may never be opened by a run that is quicker.
            most = most if op != "open" else most - 8
            yield f"{op}:{dice.randint(1, most)}" if op == "bytes" else (
                f"{op}:{part}:{dice.randint(1, most)}")

    def named_points(self):
        """Every kind of write r50 does: operations on names that differ in digits are one."""
        seen = {}
        for op, path, _ in self.operations:
            if op == "open" or "/straight/" not in path:
                continue
            name = pathlib.Path(path).name
            seen.setdefault((op, re.sub(r"\d+", "#", name)), (op, name))
        return [f"{op}:/{name}:1" for op, name in seen.values()]


def kind_of(point):
    """What is done there: "bytes", or the operation and the files it is done to."""
    return [point.rpartition(":")[0]]


def seeded(case):
    points = sample(case.seeded_points(25, seed=20261121), 4, kind_of)
    case.all_killed(points)
    # One run that meets one accident after another, each counted from its latest start. A
    # checkpoint is taken every two steps, so only every fifth accident lets the run get on.
    target, accidents = case.folder / "often", number(25, of_sample=6)
    for i in range(accidents):
        case.run(target, f"write:/metrics.jsonl:{[1, 2, 1, 2, 3][i % 5]}")
    case.run(target)
    runs.assert_same(case.expected, runs.kept(target), f"{case.name}, killed {accidents} times")
    print(f"{case.name}: {len(points)} runs killed once, one run killed {accidents} times, "
          "all equal")


def points(case):
    named = case.named_points()
    assert len(named) >= 10, named
    # A sample has each operation at least once, and of the plain runs each file as well.
    chosen = sample(named, 6, lambda point: point.replace(".tmp", "").split(":")[
        :2 if case.name == "shapes" else 1])
    case.all_killed(chosen)
    print(f"{case.name}: killed at {len(chosen)} of {len(named)} write points, all equal:",
          " ".join(chosen))


def asked(case):
    """SIGTERM inside an evaluation or an estimation of norms: no step is lost, no bit differs."""
    dice = random.Random(9)
    total = {part: case.count("open", part) for part in ("/val/", "/train/")}
    moments = [f"open:/val/:{n}" for n in (2, 11, 25)]
    moments += [f"open:/train/:{dice.randint(1, total['/train/'] - 30)}" for _ in range(5)]
    moments = sample(moments, 3, kind_of)

    def one(moment):
        target = pathlib.Path(tempfile.mkdtemp(dir=case.folder)) / "asked"
        done = runs.r50run(case.file, "--run-dir", target, kill_at=moment, root=case.folder,
                           extra={"R50_KILL_SIGNAL": "15"}, check=75)
        steps = [row["step"] for row in runs.rows(target) if row["kind"] == "step"]
        saved = runs.r50run("inspect", target / "checkpoints/last.pt", check=0).stdout
        assert f"step: {steps[-1] if steps else 0}\n" in saved, (moment, steps, saved, done.stdout)
        case.run(target)
        runs.assert_same(case.expected, runs.kept(target), f"{case.name}, asked to end at {moment}")
        shutil.rmtree(target.parent)

    for moment in moments:
        one(moment)
    print(f"{case.name}: asked to end at {len(moments)} moments, no step lost, all equal")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="r50_kill_") as place:
        case = Case(sys.argv[1], pathlib.Path(place).resolve())
        {"seeded": seeded, "points": points, "asked": asked}[sys.argv[2]](case)
