"""What plugins/README.md says about a project of one's own, by its words, from a fresh clone.

usage: out_of_tree.py SOURCE_FOLDER BUILD_FOLDER WORK_FOLDER LIBTORCH CXX

In a copy of the tree, tools/run trains one step and `cmake --install build/release` installs what
that has built. A project of its own finds the installed r50, builds a scheduler and trains with it.
The object files of BUILD_FOLDER are taken where they fit (copy_object.py), so that nothing is
compiled twice; configuring, linking and installing are done in the clone.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE, BUILD, WORK, LIBTORCH = (pathlib.Path(os.path.abspath(word)) for word in sys.argv[1:5])
CXX = sys.argv[5]
CLONE = WORK / "clone"
PREFIX = WORK / "prefix"
R50RUN = PREFIX / "bin" / "r50run"


def run(*command, code=0, **options):
    words = [str(word) for word in command]
    print("+", " ".join(words), flush=True)
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=600, **options)
    print(done.stdout, flush=True)
    if done.returncode != code:
        sys.exit(f"FAILED with exit code {done.returncode}: {' '.join(words)}")
    return done.stdout


def expect(true, text):
    if not true:
        sys.exit(f"FAILED: {text}")


def clone():
    """The files that a commit of the tree as it is would hold."""
    shutil.rmtree(WORK, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
                            cwd=SOURCE, text=True, capture_output=True)
    if listed.returncode != 0:  # an unpacked archive
        shutil.copytree(SOURCE, CLONE, ignore=shutil.ignore_patterns("build", "runs", ".venv"))
        return
    for name in filter(None, listed.stdout.split("\0")):
        if (SOURCE / name).is_file():
            (CLONE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, CLONE / name)


def train_in_clone():
    environment = {**os.environ, "HOME": str(WORK / "home"), "CXX": CXX,
                   "CMAKE_CXX_COMPILER_LAUNCHER": str(HERE / "copy_object.py"),
                   "COPY_FROM": str(BUILD), "COPY_FROM_SOURCE": str(SOURCE),
                   "COPY_TO_SOURCE": str(CLONE)}
    environment.pop("R50_LIBTORCH", None)
    if LIBTORCH.is_relative_to(SOURCE / ".venv"):
        (CLONE / ".venv").symlink_to(SOURCE / ".venv")
    else:
        environment["R50_LIBTORCH"] = str(LIBTORCH)
    run("tools/run", "experiments/quickstart.toml", "--until", "1 steps", code=75, cwd=CLONE,
        env=environment)


def install():
    expect(not (CLONE / "build/release/bin/r50sweep").exists(), "tools/run has built r50sweep, "
           "so that this test does not see what happens without it")
    said = run("cmake", "--install", "build/release", "--prefix", PREFIX, cwd=CLONE)
    expect("r50sweep is not built" in said, "it is not said that r50sweep is missing")
    # Else the test would prove nothing: the build's own libraries would be used.
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
    # r50run names the real file, wherever a symbolic link on the way to this checkout leads.
    expect(f"{PREFIX.resolve()}/lib/r50/plugins/r50_scheduler_polynomial.so" in described,
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
clone()
train_in_clone()
install()
use_plugin(build_project())
train()
print("all well")
