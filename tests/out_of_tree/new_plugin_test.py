"""What tools/dev/new_plugin writes compiles, passes its tests and keeps its promises.

usage: new_plugin_test.py SOURCE_FOLDER BUILD_FOLDER WORK_FOLDER [KIND ...]

In a copy of the tree, a plugin of each kind is made and looked at by the compiler. Two of them, or
those named, are built, tested and checked with the libraries of the build.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from copied_flags import CopiedFlags

SOURCE, BUILD, WORK = (pathlib.Path(os.path.abspath(word)) for word in sys.argv[1:4])
TREE = WORK / "tree"
# A template for each kind, so that this list does not come from where new_plugin has its own.
KINDS = sorted(file.name.removesuffix(".cc.in")
               for file in (SOURCE / "tools/dev/plugin_templates").glob("*.cc.in")
               if not file.name.endswith("_test.cc.in"))
BUILT = sys.argv[4:] or ["scheduler", "loss"]
NAME = "night_owl"


def run(words, fine=0, **options):
    done = subprocess.run([str(word) for word in words], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600, **options)
    if done.returncode != fine:
        sys.exit(f"FAILED ({done.returncode}): {' '.join(map(str, words))}\n{done.stdout}")
    return done.stdout


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
    said = run([TREE / "tools/dev/new_plugin", *words], fine=1)
    if text not in said:
        sys.exit(f"FAILED: new_plugin {' '.join(words)} says: {said}")


def sources(kind):
    return [TREE / "plugins" / kind / f"{NAME}.cc",
            TREE / "tests/unit/plugins" / f"{kind}_{NAME}_test.cc"]


def compiles(flags, text):
    """What plugins/README.md says of tensors and numbers, word by word."""
    file = WORK / "said.cc"
    file.write_text(text)
    run([*flags, "-fsyntax-only", file])


def check_remedies(flags):
    said = (SOURCE / "plugins/README.md").read_text()
    for include, words in (("", "x.mul(2.0)"), ("<ATen/TensorOperators.h>", "tensor * 2.0")):
        if include not in said or words not in said:
            sys.exit(f"FAILED: plugins/README.md does not say {include} {words}")
        name = re.match(r"\w+", words)[0]
        compiles(flags, "#include <r50/loss.h>\n" + (include and f"#include {include}\n") +
                 f"at::Tensor twice(const at::Tensor& {name}) {{ return {words}; }}\n")
        print("compiles:", include, words, flush=True)


def build_and_test(flags, torch):
    plugins = WORK / "build/lib/r50/plugins"
    plugins.mkdir(parents=True)
    libraries = [BUILD / "lib/libr50.so", BUILD / "lib/libr50_config.so", f"-Wl,-rpath,{BUILD}/lib"]
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
copied = CopiedFlags(SOURCE, BUILD, TREE, WORK / "build")
flags = copied.compile_flags()
check_remedies(flags)
for kind in KINDS:
    for source in sources(kind) if kind not in BUILT else []:
        run([*flags, "-fsyntax-only", source])
        print("compiles:", source.relative_to(TREE), flush=True)
build_and_test(flags, copied.libtorch())
print("all well")
