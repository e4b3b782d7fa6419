"""A whole training step of r50run against PyTorch's: alternating processes, medians, peaks.

step.py [--rounds 10] [--steps 6] [--like amx|avx512|avx2] [--images FOLDER] [--evaluate]
        [--contenders r50,eager,...] [SIZE:BATCH:PRECISION ...]

Contenders: r50; aten (r50 with [run] step = "aten"); eager; jemalloc (eager with jemalloc that
keeps its memory, in huge pages); compiled (torch.compile). Ratios are to eager, pair by pair.
--like shows the machine to all of them as an older one. --images FOLDER: r50 reads JPEGs from it
(train/ and val/), the others still have ready batches. --evaluate: the forward pass of evaluation
over STEPS batches instead.
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile

import measure

EMA = """
[[averaging]]
use = "ema"
"""

MASKS = {
    "amx": {},
    "avx512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"},
    "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2",
             "MKL_ENABLE_INSTRUCTIONS": "AVX2"},
}

JEMALLOC = {"LD_PRELOAD": "libjemalloc.so.2",
            "MALLOC_CONF": "thp:always,dirty_decay_ms:-1,muzzy_decay_ms:-1"}


def r50(case, wanted, step="auto"):
    size, batch, precision = case
    with tempfile.TemporaryDirectory() as folder:
        file = measure.experiment(folder, size=size, batch=batch, precision=precision,
                                  steps=wanted.steps, extra=EMA, step=step,
                                  image_folder=wanted.images,
                                  evaluate_batches=wanted.steps if wanted.evaluate else 1)
        if wanted.evaluate:
            return evaluation(file, folder, wanted)
        _, peak, _ = measure.child([measure.R50RUN, file, "--run-dir", folder + "/run", "--quiet",
                                    "--until", f"{wanted.steps - 1} steps"], MASKS[wanted.like])
        speeds = [row["wall"]["images_per_second"] for row in measure.rows(folder + "/run", "step")]
    return statistics.median(speeds[1:]), peak


def evaluation(file, folder, wanted):
    """Of the second weight set: the first one's pass pays for what is set up once."""
    _, peak, _ = measure.child([measure.R50RUN, file, "--run-dir", folder + "/run", "--quiet"],
                               MASKS[wanted.like])
    row = measure.rows(folder + "/run", "evaluation")[-1]
    return row["images"] / row["wall"]["seconds"], peak


def aten(case, wanted):
    return r50(case, wanted, "aten")


def eager(case, wanted, environment=None, words=()):
    size, batch, precision = case
    _, peak, output = measure.child([measure.PYTHON, str(measure.ROOT / "tools/bench/eager.py"),
                                     str(size), str(batch), precision, str(wanted.steps - 1),
                                     *words, *(["evaluate"] if wanted.evaluate else [])],
                                    {**MASKS[wanted.like], **(environment or {})})
    speeds = [float(line) for line in output.splitlines() if line[0].isdigit()]
    return statistics.median(speeds[1:]), peak


def jemalloc(case, wanted):
    return eager(case, wanted, JEMALLOC)


def compiled(case, wanted):
    return eager(case, wanted, None, ["compile"])


CONTENDERS = {"r50": r50, "aten": aten, "eager": eager, "jemalloc": jemalloc, "compiled": compiled}


def measure_case(case, names, wanted):
    results = {name: [] for name in names}
    for number in range(wanted.rounds):
        order = names[number % len(names):] + names[:number % len(names)]
        for name in order:
            results[name].append(CONTENDERS[name](case, wanted))
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*",
                        default=["224:32:bf16", "224:32:fp32", "64:64:bf16", "64:64:fp32"])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--like", choices=MASKS, default="amx")
    parser.add_argument("--evaluate", action="store_true")
    parser.add_argument("--images", type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("--contenders", default="r50,eager")
    wanted = parser.parse_args()
    names = wanted.contenders.split(",")
    unknown = set(names) - set(CONTENDERS)
    if unknown or "eager" not in names:
        sys.exit(f"--contenders: eager and any of {', '.join(CONTENDERS)}")
    print(measure.machine() + (f", shown as {wanted.like}" if MASKS[wanted.like] else ""))
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    for text in wanted.cases:
        size, batch, precision = text.split(":")
        results = measure_case((int(size), int(batch), precision), names, wanted)
        print(f"{size} px x {batch}, {precision}:")
        for name, runs in results.items():
            ratio = statistics.median(a[0] / b[0] for a, b in zip(runs, results["eager"]))
            print(f"  {name:9s} {measure.spread([run[0] for run in runs])} img/s, "
                  f"{ratio:.3f} of eager; peak {measure.spread([run[1] for run in runs])} MB",
                  flush=True)


if __name__ == "__main__":
    main()
