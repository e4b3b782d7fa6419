"""What the benchmarks share: running a child, its peak memory, medians and spreads."""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
R50RUN = os.environ.get("R50_RUN", str(ROOT / "build/release/bin/r50run"))
PYTHON = str(ROOT / ".venv/bin/python")


def child(command, environment=None, cwd=None):
    """(seconds, peak resident MB, output) of a process that must end well."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, **(environment or {})}, cwd=cwd)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 75):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    return seconds, usage.ru_maxrss / 1024, output


def rows(run_folder, kind):
    lines = (pathlib.Path(run_folder) / "metrics.jsonl").read_text().splitlines()
    return [row for row in map(json.loads, lines) if row["kind"] == kind]


def spread(values):
    return f"{statistics.median(values):.4g} ({min(values):.4g} to {max(values):.4g})"


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), platform.processor())
    load = os.getloadavg()[0]
    return f"{model}, {len(os.sched_getaffinity(0))} cores, load {load:.1f} at the start"


READY = """
[dataset]
use = "synthetic"
train_images = {images}
evaluate_images = {evaluate_images}
classes = 1000
"""

JPEGS = """
[dataset]
use = "image_folder"
path = "{image_folder}"
[[augmentation]]
use = "random_resized_crop"
[[augmentation]]
use = "flip"
[[augmentation]]
use = "center_crop"
when = "evaluate"
"""


def experiment(folder, **changes):
    """A ResNet-50 over ready batches; `changes` go into it as they are."""
    settings = {"size": 224, "batch": 32, "precision": "bf16", "steps": 6, "extra": "", "log": 1,
                "epochs": 1, "step": "auto", "image_folder": None, "evaluate_batches": 1,
                **changes}
    settings["dataset"] = JPEGS if settings["image_folder"] else READY
    settings["dataset"] = settings["dataset"].format(
        images=settings["batch"] * (1 if settings["evaluate_batches"] > 1 else settings["steps"]),
        evaluate_images=settings["evaluate_batches"] * settings["batch"], **settings)
    file = pathlib.Path(folder) / "bench.toml"
    file.write_text("""
[run]
epochs = {epochs}
batch = {batch}
precision = "{precision}"
threads = 2
step = "{step}"
log_every = {log}
[data]
image_size = {size}
{dataset}
[[augmentation]]
use = "normalize"
when = "both"
[model]
use = "resnet"
depth = 50
[optimizer]
use = "sgd"
momentum = 0.9
weight_decay = 1e-4
[scheduler]
use = "constant"
lr = 0.1
[loss]
use = "cross_entropy"
[checkpoint]
every = "never"
{extra}
""".format(**settings))
    return str(file)


if __name__ == "__main__":
    sys.exit("a part of the benchmarks; run step.py, start.py and the others")
