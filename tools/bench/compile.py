"""What one more plugin costs to compile: each plugin's own file, one after another, on one core.

compile.py [--build build/release] [--rounds 3]
"""

import argparse
import json
import pathlib
import shlex
import statistics
import subprocess
import time

import measure


def compile_once(entry):
    words = shlex.split(entry["command"])
    if pathlib.Path(words[0]).name == "ccache":
        words = words[1:]
    words[words.index("-o") + 1] = "/dev/null"
    begin = time.perf_counter()
    subprocess.run(words, cwd=entry["directory"], check=True)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=str(measure.ROOT / "build/release"))
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    commands = json.loads(pathlib.Path(wanted.build, "compile_commands.json").read_text())
    plugins = [entry for entry in commands
               if pathlib.Path(entry["file"]).parent.parent == measure.ROOT / "plugins"]
    print(measure.machine())
    seconds = {entry["file"]: [] for entry in plugins}
    for _ in range(wanted.rounds):
        for entry in plugins:
            seconds[entry["file"]].append(compile_once(entry))
    for file, times in sorted(seconds.items(), key=lambda item: -statistics.median(item[1])):
        print(f"{measure.spread(times)} s  {pathlib.Path(file).relative_to(measure.ROOT)}")


if __name__ == "__main__":
    main()
