"""How long training stands still for a checkpoint of ResNet-50 with momentum, EMA and SWA (0.4 GB).

checkpoint.py [--steps 60]

Two figures: how long the loop waited, as the run itself writes into log.txt; and what a checkpoint
costs in all, the work of the writing thread included, which shares the cores with the training.
"""

import argparse
import pathlib
import re
import statistics
import tempfile

import measure

AVERAGES = """
[[averaging]]
use = "ema"
decay = 0.99
[[averaging]]
use = "swa"
start = "0 steps"
every = "1 steps"
"""
SKIPPED = 4  # steps that warm up


def steps(count, every):
    with tempfile.TemporaryDirectory() as folder:
        file = measure.experiment(folder, size=64, batch=32, steps=count,
                                  extra=AVERAGES)
        measure.child([measure.R50RUN, file, f"checkpoint.every={every}", "--run-dir",
                       folder + "/run", "--quiet", "--until", f"{count - 1} steps"])
        log = pathlib.Path(folder, "run/log.txt").read_text()
        held = re.search(r"(\d+) checkpoints held training up by (\S+) s in all, (\S+) s", log)
        return ([row["wall"]["seconds"] for row in measure.rows(folder + "/run", "step")],
                [float(text) for text in held.groups()])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=60)
    wanted = parser.parse_args()
    print(measure.machine())
    every = 10
    without, saved = [], []
    for _ in range(3):  # alternating
        without += steps(wanted.steps, '"never"')[0][SKIPPED:]
        times, (count, total, longest) = steps(wanted.steps, f'"{every} steps"')
        saved.append((times[SKIPPED:], total / count, longest))
    plain = statistics.mean(without)
    extra = [every * (statistics.mean(times) - plain) for times, _, _ in saved]
    print(f"held up by {measure.spread([mean for _, mean, _ in saved])} s a checkpoint, "
          f"{max(longest for _, _, longest in saved):.3f} s at most; with the writing thread's "
          f"work {measure.spread(extra)} s a checkpoint; a step takes {plain:.3f} s")


if __name__ == "__main__":
    main()
