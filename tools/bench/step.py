"""A whole training step of r50run against eager PyTorch: alternating processes, medians.

step.py [--rounds 10] [--steps 6] [SIZE:BATCH:PRECISION ...]
"""

import argparse
import statistics
import tempfile

import measure


def r50(size, batch, precision, steps):
    with tempfile.TemporaryDirectory() as folder:
        file = measure.experiment(folder, size=size, batch=batch, precision=precision, steps=steps)
        _, peak, _ = measure.child([measure.R50RUN, file, "--run-dir", folder + "/run", "--quiet",
                                    "--until", f"{steps - 1} steps"])
        speeds = [row["wall"]["images_per_second"] for row in measure.rows(folder + "/run", "step")]
    return statistics.median(speeds[1:]), peak


def eager(size, batch, precision, steps):
    _, peak, output = measure.child([measure.PYTHON, str(measure.ROOT / "tools/bench/eager.py"),
                                     str(size), str(batch), precision, str(steps - 1)])
    speeds = [float(line) for line in output.splitlines() if line[0].isdigit()]
    return statistics.median(speeds[1:]), peak


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*",
                        default=["224:32:bf16", "224:32:fp32", "64:64:bf16", "64:64:fp32"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=6)
    wanted = parser.parse_args()
    print(measure.machine())
    for case in wanted.cases:
        size, batch, precision = case.split(":")
        ours, theirs = [], []
        for number in range(wanted.rounds):
            pair = [r50, eager] if number % 2 == 0 else [eager, r50]
            for run in pair:
                (ours if run is r50 else theirs).append(
                    run(int(size), int(batch), precision, wanted.steps))
        ratio = statistics.median(o[0] / t[0] for o, t in zip(ours, theirs))
        print(f"{size} px x {batch}, {precision}: "
              f"r50 {measure.spread([o[0] for o in ours])} img/s, "
              f"eager {measure.spread([t[0] for t in theirs])}, ratio of pairs {ratio:.3f}; peak "
              f"{measure.spread([o[1] for o in ours])} MB against "
              f"{measure.spread([t[1] for t in theirs])}", flush=True)


if __name__ == "__main__":
    main()
