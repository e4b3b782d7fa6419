"""How many threads, and how OpenMP's should wait, while loader and checkpoint writer work.

threads.py IMAGENETTE [--rounds 3] [--size 64]

Behind the defaults (one compute thread and one loader thread a core, libgomp's own wait policy).
"""

import argparse
import itertools
import pathlib
import statistics
import tempfile

import measure

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS, WARM = 24, 4
WAITS = {"libgomp's own": {}, "active": {"OMP_WAIT_POLICY": "active"},
         "passive": {"OMP_WAIT_POLICY": "passive"}}


def speed(images, size, compute, loading, environment):
    with tempfile.TemporaryDirectory() as folder:
        measure.child([measure.R50RUN, str(ROOT / "experiments/imagenette_15.toml"),
                       f"data.image_size={size}", f"run.threads={compute}",
                       f"data.threads={loading}", "run.log_every=1", "averaging=[{use='ema'}]",
                       "checkpoint.every='8 steps'", "--run-dir", folder + "/run", "--quiet",
                       "--until", f"{STEPS} steps"], {"IMAGENETTE": images, **environment})
        rows = measure.rows(folder + "/run", "step")[WARM:]
        return statistics.harmonic_mean([row["wall"]["images_per_second"] for row in rows])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("images")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=64)
    wanted = parser.parse_args()
    print(measure.machine())
    cases = [(2, loading, wait) for loading, wait in itertools.product((1, 2), WAITS)]
    cases += [(2, 3, "libgomp's own"), (1, 2, "libgomp's own")]
    found = {case: [] for case in cases}
    for _ in range(wanted.rounds):
        for case in cases:
            compute, loading, wait = case
            found[case].append(speed(wanted.images, wanted.size, compute, loading, WAITS[wait]))
    for (compute, loading, wait), speeds in sorted(found.items(),
                                                   key=lambda item: -statistics.median(item[1])):
        print(f"{compute} compute, {loading} loading, {wait}: {measure.spread(speeds)} img/s")


if __name__ == "__main__":
    main()
