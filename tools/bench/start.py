"""From the command to the start of the first step, model initialisation aside: r50run and Python.

start.py [--rounds 10]
"""

import argparse
import pathlib
import re
import tempfile
import time

import measure


# What a typical experiment has in addition.
MORE = """
[[averaging]]
use = "ema"
[[averaging]]
use = "swa"
start = "50%"
[[logger]]
use = "csv"
[[logger]]
use = "markdown"
"""


def r50():
    with tempfile.TemporaryDirectory() as folder:
        file = measure.experiment(folder, size=64, batch=8, steps=2, extra=MORE)
        begin = time.time()
        measure.child([measure.R50RUN, file, "--run-dir", folder + "/run", "--until", "1 steps"])
        log = (pathlib.Path(folder) / "run/log.txt").read_text()
    start, model, plugins = map(float, re.search(
        r"first step begins at (\S+); the model took (\S+) s, the other plugins (\S+) s",
        log).groups())
    return start - begin - model, model, plugins


def eager():
    begin = time.time()
    script = ("import time, torch; import eager; t = time.time(); eager.resnet50(); "
              "print(time.time() - t)")
    _, _, output = measure.child([measure.PYTHON, "-c", script],
                                 {"PYTHONPATH": str(measure.ROOT / "tools/bench")})
    model = float(output)
    return time.time() - begin - model, model


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    wanted = parser.parse_args()
    print(measure.machine())
    pairs = [(r50(), eager()) for _ in range(wanted.rounds)]
    print(f"r50run: {measure.spread([o[0] for o, _ in pairs])} s to the first step, and "
          f"{measure.spread([o[1] for o, _ in pairs])} s for the model; of the first, loading and "
          f"building the other plugins {measure.spread([o[2] for o, _ in pairs])} s")
    print(f"Python: {measure.spread([t[0] for _, t in pairs])} s to import torch, and "
          f"{measure.spread([t[1] for _, t in pairs])} s for the model (optimizer, data and end of "
          "the process not counted or counted against it: see the script)")


if __name__ == "__main__":
    main()
