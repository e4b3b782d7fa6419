"""How long a step is held up by a checkpoint of ResNet-50 with momentum, EMA and SWA (0.4 GB).

checkpoint.py [--steps 24]
"""

import argparse
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


def steps(count, every):
    with tempfile.TemporaryDirectory() as folder:
        file = measure.experiment(folder, size=64, batch=32, steps=count,
                                  extra=AVERAGES)
        measure.child([measure.R50RUN, file, f"checkpoint.every={every}", "--run-dir",
                       folder + "/run", "--quiet", "--until", f"{count - 1} steps"])
        return [row["wall"]["seconds"] for row in measure.rows(folder + "/run", "step")]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=24)
    wanted = parser.parse_args()
    print(measure.machine())
    without = steps(wanted.steps, '"never"')[4:]
    every = 6
    saved = steps(wanted.steps, f'"{every} steps"')
    # The row of step n is written before the checkpoint of step n: its cost falls on step n + 1.
    after = [s for n, s in enumerate(saved, 1) if n % every == 1 and n > every]
    others = [s for n, s in enumerate(saved, 1) if n % every not in (1, 2) and n > 4]
    print(f"a step without any checkpoint {measure.spread(without)} s, "
          f"the step after one {measure.spread(after)} s, others {measure.spread(others)} s; "
          f"held up by {statistics.median(after) - statistics.median(without):.3f} s")


if __name__ == "__main__":
    main()
