"""What the end-to-end tests share: running r50run, and comparing what two runs left behind."""

import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

R50RUN = os.environ["R50_RUN"]
SHIM = os.environ.get("R50_KILL_SHIM", "")
LIMIT = 300  # seconds; no run here takes a tenth of it

# About 1.5 s on one compute thread. Half the width: checkpoints of a whole one cost the most.
SMALL = """
[run]
epochs = 3
batch = 8
seed = 7
threads = 1
log_every = 1
precision = "fp32"

[data]
image_size = {size}
threads = {loaders}

[dataset]
{dataset}

[[augmentation]]
use = "random_resized_crop"
[[augmentation]]
use = "flip"
[[augmentation]]
use = "center_crop"
when = "evaluate"
[[augmentation]]
use = "normalize"
when = "both"
{augmentation}

[model]
use = "resnet"
depth = 18
stem = "small"
width = 32

[optimizer]
use = "sgd"
momentum = 0.9

[loss]
use = "cross_entropy"

[scheduler]
use = "cosine"
lr = 0.05

{averaging}

[evaluate]
batch = 8
bn_samples = 16

[checkpoint]
every = "2 steps"
keep = 2
"""

SHAPES = 'use = "shapes"\ntrain_images = 32\nevaluate_images = 16'
EMA_SWA = """
[[averaging]]
use = "ema"
decay = 0.9
[[averaging]]
use = "swa"
start = "1 epochs"
every = "2 steps"
"""


def small(**parts):
    parts = {"dataset": SHAPES, "augmentation": "", "averaging": "", "loaders": 2, "size": 16,
             **parts}
    return SMALL.format(**parts)


class InFolder(unittest.TestCase):
    """A test with a folder of its own, in which `file` is the experiment that `text` gives."""

    def text(self):
        return small()

    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="r50_runs_")
        self.addCleanup(self.place.cleanup)
        self.folder = pathlib.Path(self.place.name).resolve()
        self.file = self.write(self.text())

    def write(self, text, name="small.toml"):
        file = self.folder / name
        file.write_text(text)
        return file

    def assert_says(self, done, *parts):
        for part in parts:
            self.assertIn(part, done.stdout + done.stderr)


def r50run(*arguments, kill_at=None, trace=None, root=None, cwd=None, check=None, extra=None):
    """Runs it to its end. `check` is the exit code that is right; None takes any."""
    environment = dict(os.environ)
    environment.pop("R50_KILL_AT", None)
    if kill_at or trace:
        environment["LD_PRELOAD"] = SHIM
        environment["R50_KILL_ROOT"] = str(root)
    if kill_at:
        environment["R50_KILL_AT"] = kill_at
    if trace:
        environment["R50_KILL_TRACE"] = str(trace)
    environment.update(extra or {})
    done = subprocess.run([R50RUN, *map(str, arguments)], cwd=cwd, env=environment, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
    if check is not None and done.returncode != check:
        raise AssertionError(f"r50run {' '.join(map(str, arguments))}: exit code "
                             f"{done.returncode}, not {check}\n{done.stdout}\n{done.stderr}")
    return done


def has_kernels(precision):
    """Whether r50 has kernels for this processor, by the processor's own word."""
    flags = pathlib.Path("/proc/cpuinfo").read_text().split()
    needed = ["avx512f", "avx512bw", "avx512vl", "avx512dq"]
    if precision == "bf16":
        needed.append("avx512_bf16")
    return all(flag in flags for flag in needed)


def assert_kernels_ran(folder, precision, units):
    log = (pathlib.Path(folder) / "log.txt").read_text()
    fast = units if has_kernels(precision) else 0
    if f"fast step  {fast} of {units} units" not in log:
        raise AssertionError(f"not {fast} of {units} units by r50's kernels:\n{log}")


def rows(folder):
    """metrics.jsonl without what differs between two runs of the same experiment."""
    result = []
    for line in (pathlib.Path(folder) / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        row.pop("wall", None)
        result.append(row)
    return result


def kept(folder):
    """What must be equal between an uninterrupted run and any other way to the same end."""
    folder = pathlib.Path(folder)
    result = {"rows": rows(folder)}
    for name in ("last.pt", "best.pt"):
        result[name] = (folder / "checkpoints" / name).read_bytes()
    end = json.loads((folder / "result.json").read_text())
    end.pop("wall", None)
    result["result"] = end
    return result


def assert_same(expected, got, story):
    for key, value in expected.items():
        if got[key] == value:
            continue
        if key == "rows":
            for number, (left, right) in enumerate(zip(value, got[key])):
                if left != right:
                    raise AssertionError(f"{story}: row {number} differs:\n{left}\n{right}")
            raise AssertionError(f"{story}: {len(value)} rows against {len(got[key])}")
        raise AssertionError(f"{story}: {key} differs")


def write_png(path, height, width, pixel):
    """A real PNG without any imaging package: pixel(y, x) gives three bytes."""
    raw = b"".join(b"\0" + b"".join(bytes(pixel(y, x)) for x in range(width))
                   for y in range(height))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    path.write_bytes(b"\x89PNG\r\n\x1a\n"
                     + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def skip(reason):
    print("SKIPPED:", reason)
    sys.exit(77)
