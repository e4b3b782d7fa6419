"""A project of its own finds an installed r50, builds a scheduler and trains with it.

usage: out_of_tree.py BUILD_FOLDER WORK_FOLDER CXX
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD, WORK = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
CXX = sys.argv[3]
PREFIX = WORK / "prefix"
R50RUN = PREFIX / "bin" / "r50run"


def run(*command, **options):
    words = [str(word) for word in command]
    print("+", " ".join(words), flush=True)
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=600, **options)
    print(done.stdout, flush=True)
    if done.returncode != 0:
        sys.exit(f"FAILED with exit code {done.returncode}: {' '.join(words)}")
    return done.stdout


def expect(true, text):
    if not true:
        sys.exit(f"FAILED: {text}")


def install():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    run("cmake", "--install", BUILD, "--prefix", PREFIX)
    # Else the test would prove nothing: the build's own libraries would answer.
    loaded = subprocess.run(["ldd", R50RUN], text=True, capture_output=True).stdout
    expect(f"{PREFIX}/lib/libr50.so" in loaded.replace(f"{PREFIX}/bin/../lib", f"{PREFIX}/lib"),
           "the installed r50run does not load the installed libr50.so")
    expect("not found" not in loaded, "a library of the installed r50run is missing")


def build_project():
    # Found twice in one project, as happens when a plugin is part of something larger.
    twice = WORK / "twice.cmake"
    twice.write_text("find_package(r50 REQUIRED)\n")
    run("cmake", "-G", "Ninja", "-S", HERE / "polynomial", "-B", WORK / "build",
        f"-DCMAKE_PREFIX_PATH={PREFIX}", "-DCMAKE_BUILD_TYPE=Release",
        f"-DCMAKE_CXX_COMPILER={CXX}",
        f"-DCMAKE_PROJECT_polynomial_INCLUDE={twice}")
    run("cmake", "--build", WORK / "build")
    return WORK / "build" / "r50_scheduler_polynomial.so"


def use_plugin(plugin):
    checked = run(R50RUN, "plugins", "--check", plugin)
    expect(" 0 broken" in checked, "the plugin breaks a promise")
    run("cmake", "--install", WORK / "build", "--prefix", PREFIX)
    described = run(R50RUN, "plugins", "polynomial")
    expect(f"{PREFIX}/lib/r50/plugins/r50_scheduler_polynomial.so" in described,
           "the installed plugin is not found by its name")


def train():
    experiment = WORK / "train.toml"
    shutil.copy(HERE / "train.toml", experiment)
    run(R50RUN, experiment, "--run-dir", WORK / "run", cwd=WORK)
    rows = [json.loads(line) for line in (WORK / "run" / "metrics.jsonl").read_text().splitlines()]
    rates = {row["step"]: row["lr"] for row in rows if row["kind"] == "step"}
    expect(sorted(rates) == [1, 2, 3, 4], f"the steps logged are {sorted(rates)}")
    for step, rate in rates.items():
        wanted = 0.01 * (1 - (step - 1) / 4) ** 3
        expect(abs(rate - wanted) <= 1e-15, f"the rate of step {step} is {rate}, not {wanted}")


os.environ.pop("R50_PLUGIN_PATH", None)
install()
use_plugin(build_project())
train()
print("all well")
