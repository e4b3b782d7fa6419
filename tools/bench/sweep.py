"""What r50sweep costs beside its trials: a task of 10 ms, 500 times on 2 slots; and how long it
takes to see that many trials are finished.

sweep.py [--trials 500] [--rounds 3] [--finished 10000]    needs preset dev's r50sweep, sweep_task
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import measure

BIN = pathlib.Path(os.environ.get("R50_BIN", measure.ROOT / "build/dev/bin"))


def write_sweep(folder, trials, milliseconds=10):
    (folder / "base.toml").write_text("#\n")
    values = ", ".join(str(i) for i in range(trials))
    (folder / "s.toml").write_text(
        f'base = "base.toml"\nparameters.x.values = [{values}]\n'
        f"parameters.ms.value = {milliseconds}\n"
        f'[launcher]\nprogram = ["{BIN / "sweep_task"}"]\nslots = 2\n')


def timed(words, folder):
    begin = time.perf_counter()
    _, peak, _ = measure.child(words, {}, cwd=folder)
    return time.perf_counter() - begin, peak


def tasks_alone(folder, trials):
    """The same trials, two at a time, by nothing but xargs."""
    runs = folder / "alone"
    runs.mkdir()
    for number in range(trials):
        (runs / str(number)).mkdir()
    task = BIN / "sweep_task"
    lines = "\n".join(f"{task} base.toml x={number} ms=10 --run-dir {runs / str(number)}"
                      for number in range(trials))
    begin = time.perf_counter()
    subprocess.run(["xargs", "-P2", "-L1", "env"], input=lines, text=True, check=True, cwd=folder)
    return time.perf_counter() - begin


def trials_in(folder):
    return len(json.loads((folder / "runs/s/status.json").read_text())["trials"])


def finished_again(trials, rounds):
    """A sweep whose trials have all ended, begun again: seconds, the most memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_sweep(folder, trials, milliseconds=0)
        timed([str(BIN / "r50sweep"), "s.toml"], folder)
        return [timed([str(BIN / "r50sweep"), "s.toml"], folder) for _ in range(rounds)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--finished", type=int, default=10000)
    wanted = parser.parse_args()
    print(measure.machine())
    extra = []
    for _ in range(wanted.rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_sweep(folder, wanted.trials)
            alone = tasks_alone(folder, wanted.trials)
            sweep, peak = timed([str(BIN / "r50sweep"), "s.toml"], folder)
            assert trials_in(folder) == wanted.trials
            extra.append(1000 * (sweep - alone) / wanted.trials)
            print(f"{wanted.trials} trials: {alone:.2f} s by xargs, {sweep:.2f} s by r50sweep, "
                  f"{extra[-1]:.1f} ms a trial more; its peak {peak:.0f} MB", flush=True)
    print(f"median {statistics.median(extra):.1f} ms a trial")
    seconds, peaks = zip(*finished_again(wanted.finished, wanted.rounds))
    print(f"{wanted.finished} finished trials: a second start ends after "
          f"{statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
          f"peak {max(peaks):.0f} MB")


if __name__ == "__main__":
    main()
