"""What tools/dev/new_plugin writes compiles, passes its tests and keeps its promises.

usage: new_plugin_test.py SOURCE_FOLDER BUILD_FOLDER WORK_FOLDER [KIND ...]

In a copy of the tree, a plugin of each kind is made and looked at by the compiler. Two of them, or
those named, are built, tested and checked with the libraries of the build.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

SOURCE, BUILD, WORK = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
TREE = WORK / "tree"
KINDS = ["dataset", "augmentation", "model", "optimizer", "scheduler", "averaging", "loss",
         "logger"]
BUILT = sys.argv[4:] or ["scheduler", "loss"]
NAME = "night_owl"


def run(words, fine=0, **options):
    done = subprocess.run([str(word) for word in words], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600, **options)
    if done.returncode != fine:
        sys.exit(f"FAILED ({done.returncode}): {' '.join(map(str, words))}\n{done.stdout}")
    return done.stdout


def compile_flags():
    """As the build compiles a plugin's test: -I, -D, -std, sanitizers."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    support = next(c for c in commands if c["file"].endswith("plugin_under_test.cc"))
    words = shlex.split(support["command"])
    while os.path.basename(words[0]) in ("ccache", "sccache"):
        words.pop(0)
    kept, skip = [], False
    for word in words:
        if skip or word in ("-c", "-MD", support["file"]):
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        else:
            kept.append(in_copy(word))
    return kept


def in_copy(word):
    """The copied tree's path in place of ours; libtorch, which may lie in our tree, stays."""
    if "/.venv/" in word:
        return word
    moved = {str(BUILD): str(WORK / "build"), str(SOURCE): str(TREE)}
    places = "|".join(re.escape(old) for old in moved)  # in one go: one may lie in the other
    return re.sub(places, lambda found: moved[found[0]], word)


def copy_tree():
    shutil.rmtree(WORK, ignore_errors=True)
    for folder in ("core", "plugins", "tests/support", "tests/unit/plugins", "tools/dev"):
        shutil.copytree(SOURCE / folder, TREE / folder)


def make_plugins():
    before = (TREE / "plugins/CMakeLists.txt").read_text().splitlines()
    for kind in KINDS:
        print(run([TREE / "tools/dev/new_plugin", kind, NAME]).splitlines()[0], flush=True)
    after = (TREE / "plugins/CMakeLists.txt").read_text().splitlines()
    added = [f"r50_add_plugin({kind} {NAME} {kind}/{NAME}.cc)" for kind in KINDS]
    if [line for line in after if line not in added] != before:
        sys.exit("FAILED: other lines of plugins/CMakeLists.txt have changed")
    if sorted(line for line in after if line in added) != sorted(added):
        sys.exit("FAILED: plugins/CMakeLists.txt lacks a line")


def refuses(words, text):
    told = run([TREE / "tools/dev/new_plugin", *words], fine=1)
    if text not in told:
        sys.exit(f"FAILED: new_plugin {' '.join(words)} says: {told}")


def sources(kind):
    return [TREE / "plugins" / kind / f"{NAME}.cc",
            TREE / "tests/unit/plugins" / f"{kind}_{NAME}_test.cc"]


def build_and_test(flags):
    plugins = WORK / "build/lib/r50/plugins"
    plugins.mkdir(parents=True)
    libraries = [BUILD / "lib/libr50.so", BUILD / "lib/libr50_config.so", f"-Wl,-rpath,{BUILD}/lib"]
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    torch = next(word for c in commands for word in shlex.split(c["command"])
                 if word.endswith("/torch/include"))
    torch = pathlib.Path(torch.removeprefix("-I").removeprefix("-isystem")).parent / "lib"
    libraries += [torch / "libtorch_cpu.so", torch / "libc10.so",
                  f"-Wl,-rpath,{torch}", f"-Wl,-rpath-link,{torch}"]
    for kind in BUILT:
        plugin = plugins / f"r50_{kind}_{NAME}.so"
        run([*flags, "-fPIC", "-fvisibility=hidden", "-shared", sources(kind)[0], "-o", plugin,
             "-Wl,--no-undefined", *libraries])
        print(run([BUILD / "bin/r50run", "plugins", "--check", plugin]), flush=True)
    tests = [sources(kind)[1] for kind in BUILT]
    run([*flags, TREE / "tests/support/plugins/plugin_under_test.cc", *tests, "-o", WORK / "unit",
         "-lgmock", "-lgtest", "-lgtest_main", *libraries])
    print(run([WORK / "unit"]), flush=True)


copy_tree()
make_plugins()
refuses(["schedule", "x"], "did you mean 'scheduler'?")
refuses(["scheduler", "Night-Owl"], "is no name")
refuses(["scheduler", NAME], "exists already")
flags = compile_flags()
for kind in KINDS:
    for source in sources(kind) if kind not in BUILT else []:
        run([*flags, "-fsyntax-only", source])
        print("compiles:", source.relative_to(TREE), flush=True)
build_and_test(flags)
print("all well")
