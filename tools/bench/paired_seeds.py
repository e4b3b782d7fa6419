"""Whether two ways to train differ: the same seeds by both, and the interval of the difference.

paired_seeds.py FILE.toml OUT --first 'run.step="auto"' --second 'run.step="aten"'
                [--seeds 1,2,3,4,5] [--together] [key=value ...]

Runs lie in OUT/SEED-first and OUT/SEED-second; the same command resumes them after a stop. In the
end OUT has results.csv (a row a run) and curves.csv (a row an epoch); the interval is printed.
--together trains both of a pair at once, each on half of the cores: fewer threads wait for each
other. paired_chart.py draws curves.csv.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

import measure

# Student's t, two-sided 95 %, for 1, 2, ... degrees of freedom.
T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
       2.145, 2.131, 2.120, 2.110, 2.101, 2.093]


def start(wanted, seed, name):
    folder = wanted.out / f"{seed}-{name}"
    if (folder / "result.json").exists():
        return folder, None
    half = max(1, os.cpu_count() // 2)
    threads = [f"run.threads={half}", f"data.threads={half}"] if wanted.together else []
    words = [measure.R50RUN, str(wanted.file), *wanted.changes, *threads, f"run.seed={seed}",
             getattr(wanted, name), "--run-dir", str(folder), "--quiet"]
    return folder, subprocess.Popen(words)


def finish(child):
    if child and child.wait() != 0:
        sys.exit(f"{' '.join(child.args)} ended with {child.returncode}")


def run_pair(wanted, seed, order):
    """The folders of both."""
    folders, children = {}, []
    for name in order:
        folders[name], child = start(wanted, seed, name)
        children.append(child)
        if not wanted.together:
            finish(child)
    for child in children:
        finish(child)
    return folders


def result(folder):
    last = json.loads((folder / "result.json").read_text())
    plain = next(entry for entry in last["last"] if entry["set"] == "plain")
    return plain["top1"]


def curve(folder):
    return [(row["epoch"], row["top1"], row["loss"])
            for row in measure.rows(folder, "evaluation") if row["set"] == "plain"]


def interval(differences):
    mean = statistics.mean(differences)
    if len(differences) < 2:
        return mean, math.inf
    return mean, (T95[len(differences) - 2] * statistics.stdev(differences)
                  / math.sqrt(len(differences)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("changes", nargs="*")
    parser.add_argument("--first", required=True)
    parser.add_argument("--second", required=True)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--together", action="store_true")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    print(measure.machine(), flush=True)
    runs, curves, differences = [], [], []
    for number, seed in enumerate(wanted.seeds.split(",")):
        order = ("first", "second") if number % 2 == 0 else ("second", "first")
        folders = run_pair(wanted, seed, order)
        top1 = {}
        for name in ("first", "second"):
            top1[name] = result(folders[name])
            runs.append((seed, getattr(wanted, name), top1[name]))
            curves += [(seed, getattr(wanted, name), *row) for row in curve(folders[name])]
        differences.append(top1["first"] - top1["second"])
        mean, half = interval(differences)
        print(f"seed {seed}: {top1['first']:.2f} and {top1['second']:.2f} %; after "
              f"{len(differences)} pairs the difference is {mean:+.2f} +- {half:.2f} points (95 %)",
              flush=True)
    for name, head, rows in (("results", ("seed", "way", "top1"), runs),
                             ("curves", ("seed", "way", "epoch", "top1", "loss"), curves)):
        with open(wanted.out / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *rows])


if __name__ == "__main__":
    main()
