#!/usr/bin/env python3
"""Who may include whom in r50, as data, and the size of a file. Prints path:line: what is wrong.

Run by tools/dev/check and as a test. core/README.md draws the same map in words.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from include_graph import CXX, INCLUDE, print_graph
from one_name import name_problems

MAX_LINES = 400
MAX_COLUMNS = 100

TORCH_FREE_HEADERS = frozenset(
    "abi dataset error events field_info image logger plugin progress random scheduler schema "
    "schema_reader suggest table_logger units value".split())
# Headers of the C++ and C libraries and of the system have no folder, or one of these.
SYSTEM_FOLDERS = ("sys/", "linux/", "net/", "netinet/", "arpa/", "bits/")
LIBRARY_HEADERS = frozenset("jpeglib.h jerror.h png.h xxhash.h zlib.h cairo.h".split())
TENSOR = ("ATen/core/", "ATen/ops/", "ATen/", "c10/")
AUTOGRAD = ("torch/csrc/autograd/", "torch/headeronly/")

PICKLES = ("torch/csrc/jit/serialization/", "caffe2/serialize/")  # what torch.load reads

# One torch.h costs 15 s a file, ATen's own umbrella about 10; ATen/ops/NAME.h has what they have.
FORBIDDEN_EVERYWHERE = ("torch/torch.h", "torch/all.h", "torch/nn.h", "torch/nn/", "torch/script.h",
                        "torch/extension.h", "ATen/ATen.h", "ATen/Functions.h", "bits/stdc++.h")


@dataclass(frozen=True)
class Room:
    """The files under `folder`, and what they may include beside the standard library."""
    folder: str
    rooms: tuple[str, ...] = ()         # folders of core/src, its own always
    public: str = "all"                 # of core/include/r50: "all", "torch-free", "none"
    libraries: tuple[str, ...] = ()     # headers or folders of other libraries
    beside: tuple[str, ...] = ()        # folders of tools, its own always
    private: bool = False               # a plugin: own headers begin with the plugin's name
    implements: tuple[str, ...] = ()    # public headers whose functions stand in this room


# The folders of tools/sweep, each with those that it may include: earlier ones, so no circle.
SWEEP_FOLDERS = {
    "search": (),
    "stop": (),
    "judge": (),
    "file": ("search",),
    "trial": ("search", "stop", "file"),
    "ask": ("file",),
    "launch": ("file",),
    "export": ("search", "stop", "file", "trial"),
    "roster": ("search", "file", "trial", "ask", "launch"),
    "forecast": ("stop", "file", "trial", "ask", "launch", "roster"),
    "budget": ("search", "file", "trial", "roster", "forecast"),
    "control": ("stop", "file", "trial", "launch", "roster", "budget"),
    "show": ("judge", "file", "trial", "roster"),
    "page": ("stop", "judge", "file", "trial", "roster", "show"),
    "verbs": ("search", "file", "trial", "launch", "export", "roster", "forecast", "budget",
              "control", "show", "page"),
}


def sweep_rooms() -> list[Room]:
    rooms = []
    for folder, beside in SWEEP_FOLDERS.items():
        later = set(beside) - {room.folder.rpartition("/")[2] for room in rooms}
        if later:
            raise ValueError(f"SWEEP_FOLDERS: {folder} may not include {later}: not earlier")
        rooms.append(Room(f"tools/sweep/{folder}", ("base", "config", "report"), "torch-free",
                          ("line/", "nlohmann/", "absl/", "boost/math/", "openssl/", "sqlite3.h"),
                          tuple(f"sweep/{name}" for name in beside)))
    return rooms


# base < config < {plugin, report, data} < {train, nn, record, terminal} < {checkpoint, machine}
#      < assemble < {run, probe}: a room sees those before it, or fewer; no include runs back up.
ALL_ROOMS = ("base", "config", "plugin", "report", "data", "train", "nn", "record", "terminal",
             "checkpoint", "machine", "assemble", "run", "probe")
BASIC = ("base", "config", "plugin", "report", "data")
BEFORE_CHECKPOINT = (*BASIC, "train", "nn", "record", "terminal")
BEFORE_ASSEMBLE = (*BEFORE_CHECKPOINT, "checkpoint", "machine")
BEFORE_RUN = (*BEFORE_ASSEMBLE, "assemble")
# The first folder that matches counts.
ROOMS = (
    Room("core/include/r50", libraries=("ATen/core/Tensor.h",)),
    Room("core/src/base", public="none", implements=("random",),
         libraries=("xxhash.h", "sanitizer/")),
    Room("core/src/config", ("base",), "torch-free", ("toml++/", "nlohmann/", "absl/", "xxhash.h")),
    Room("core/src/plugin", ("base", "config"), libraries=("boost/", "absl/", "ATen/core/")),
    Room("core/src/data", ("base",), libraries=(*TENSOR, "absl/", "jpeglib.h", "jerror.h", "png.h",
                                               "hwy/")),
    Room("core/src/nn", ("base",), libraries=(*TENSOR, *AUTOGRAD, "absl/", "hwy/")),
    Room("core/src/train", ("base",), libraries=(*TENSOR, *AUTOGRAD, "absl/")),
    Room("core/src/report", ("base",), "torch-free", ("cairo", "nlohmann/", "absl/")),
    Room("core/src/record", BASIC, libraries=("absl/", "nlohmann/")),
    Room("core/src/terminal", BASIC, libraries=("absl/",)),
    Room("core/src/checkpoint", BEFORE_CHECKPOINT, libraries=(*TENSOR, *PICKLES, "absl/",
                                                              "zlib.h")),
    Room("core/src/machine", BEFORE_CHECKPOINT, libraries=(*TENSOR, *AUTOGRAD, "absl/")),
    Room("core/src/assemble", BEFORE_ASSEMBLE, libraries=(*TENSOR, *AUTOGRAD, "absl/", "nlohmann/",
                                                         "xxhash.h")),
    Room("core/src/run", BEFORE_RUN, libraries=(*TENSOR, *AUTOGRAD, "absl/", "nlohmann/")),
    Room("core/src/probe", BEFORE_RUN, libraries=(*TENSOR, *AUTOGRAD, "absl/", "nlohmann/",
                                                  "xxhash.h")),
    Room("plugins", libraries=(*TENSOR, "jpeglib.h", "jerror.h", "png.h", "hwy/"), private=True),
    Room("tools/line", public="torch-free", libraries=("CLI/", "absl/")),
    *sweep_rooms(),
    Room("tools/sweep", ("base",), "torch-free", ("line/",), ("sweep/verbs",)),
    Room("tools/bench", ALL_ROOMS, libraries=(*TENSOR, *AUTOGRAD, "benchmark/", "absl/",
                                              "nlohmann/")),
    Room("tools/contract", (*BEFORE_RUN, "run"), libraries=(*TENSOR, "absl/")),
    Room("tools", ALL_ROOMS, libraries=("ATen/core/Tensor.h", "CLI/", "nlohmann/", "absl/")),
    Room("tests", ALL_ROOMS, libraries=("",)),
)
# Included by one file only, so that its cost (6 s a file, nlohmann's 3 s) is paid once.
ONE_FILE_ONLY = {"toml++/": "core/src/config", "nlohmann/": "core/src/config"}
# A literal of the core that equals a plugin's name but means something else: (file, name): reason.
NOT_THE_PLUGIN: dict[tuple[str, str], str] = {}

PLUGIN_LINE = re.compile(r"^\s*r50_add_plugin\(\s*(\w+)\s+(\w+)([^)]*)\)", re.M)
COMMENT = re.compile(r"//.*$")
MEASURED = (".cc", ".h", ".py", ".sh", ".cmake", ".toml")


@dataclass
class Report:
    problems: list[str] = field(default_factory=list)

    def add(self, path: Path, line: int, message: str) -> None:
        self.problems.append(f"{path}:{line}: {message}")


def tracked_files(root: Path) -> list[Path]:
    """New files count before they are added, ignored ones never."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        names = [Path(name) for name in listing.stdout.split("\0") if name]
    else:  # an unpacked archive
        names = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
        names = [path for path in names if path.parts[0] not in ("build", ".venv", "runs", ".git")]
    return sorted(path for path in names if (root / path).is_file())


def room_of(path: Path) -> Room | None:
    return next((room for room in ROOMS if path.is_relative_to(room.folder)), None)


def is_standard(name: str) -> bool:
    if name in LIBRARY_HEADERS:
        return False
    return "/" not in name or name.startswith(SYSTEM_FOLDERS)


def matches(name: str, prefixes: tuple[str, ...]) -> bool:
    return name.startswith(prefixes) if prefixes else False


def public_problem(room: Room, path: Path, header: str) -> str | None:
    name = header.removeprefix("r50/").removesuffix(".h")
    if name in room.implements:
        return None
    if room.public == "none":
        return f"{room.folder} includes the standard library only, not <{header}>"
    torch_free_here = room.public == "torch-free" or (
        room.folder == "core/include/r50" and path.stem in TORCH_FREE_HEADERS)
    if torch_free_here and name not in TORCH_FREE_HEADERS:
        return f"{path.name if room.public == 'all' else room.folder} is free of torch; " \
               f"<{header}> needs tensors"
    return None


def read_plugins(root: Path) -> dict[str, str]:
    """Which plugin a file belongs to: its path without suffix, to "kind name"."""
    listing = root / "plugins/CMakeLists.txt"
    owners = {}
    if listing.exists():
        for kind, name, words in PLUGIN_LINE.findall(listing.read_text(encoding="utf-8")):
            for source in words.split():
                owners[str(Path("plugins", source).with_suffix(""))] = f"{kind} {name}"
    return owners


def private_problem(root: Path, path: Path, header: str, owners: dict[str, str]) -> str | None:
    """A plugin's own header stands beside a source of that plugin, or in a folder of such."""
    file = (root / path.parent / header).resolve()
    if file.is_relative_to(root.resolve()):
        own = owner(path, owners)
        if own is not None and own == owner(file.relative_to(root.resolve()), owners):
            return None
    return f"plugins never include each other or the core's insides, but '{header}' is not this " \
           f"plugin's own"


def owner(path: Path, owners: dict[str, str]) -> str | None:
    if str(path.with_suffix("")) in owners:
        return owners[str(path.with_suffix(""))]
    in_folder = {name for stem, name in owners.items() if Path(stem).parent == path.parent}
    return in_folder.pop() if len(path.parts) > 3 and len(in_folder) == 1 else None


def include_problem(root: Path, path: Path, quote: str, header: str,
                    owners: dict[str, str]) -> str | None:
    room = room_of(path)
    if room is None:
        return None
    if matches(header, FORBIDDEN_EVERYWHERE):
        return f"<{header}> is forbidden: it costs 10 to 15 s a file; include <ATen/ops/NAME.h>"
    if header.startswith("r50/"):
        return public_problem(room, path, header)
    first = header.split("/")[0]
    if quote == '"' and first in ALL_ROOMS and "/" in header:
        own = path.parts[2] if room.folder.startswith("core/src") else None
        if first == own or first in room.rooms:
            return None
        return f"{room.folder} may not include the room {first}"
    if quote == "<" and is_standard(header):
        return None
    if room.folder == "core/include/r50" and path.stem in TORCH_FREE_HEADERS:
        return f"{path.name} is free of torch and of every other library; <{header}> is not"
    if matches(header, room.libraries) or "" in room.libraries:
        return None
    if quote == '"':
        if room.private:
            return private_problem(root, path, header, owners)
        if (root / path.parent / header).exists():
            return None
        # tools/ is one include folder; its own folders keep apart, r50run may use each.
        other = Path("tools", header)
        if path.parts[0] == "tools" and (root / other).exists() and (
                room.folder == "tools" or other.is_relative_to(room.folder) or
                any(other.is_relative_to(f"tools/{folder}") for folder in room.beside)):
            return None
    return f"{room.folder} may not include <{header}>"


def check_includes(root: Path, path: Path, lines: list[str], owners: dict[str, str],
                   report: Report) -> None:
    if room_of(path) is None:
        report.add(path, 1, "belongs to no room that include_rules.py knows; add a line for it")
        return
    for number, line in enumerate(lines, 1):
        if found := INCLUDE.match(line):
            if problem := include_problem(root, path, found[1], found[2], owners):
                report.add(path, number, problem)


def check_size(path: Path, lines: list[str], report: Report) -> None:
    if len(lines) > MAX_LINES:
        report.add(path, len(lines), f"{len(lines)} lines; {MAX_LINES} is the most: it holds more "
                                     "than one idea")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            report.add(path, number, f"{len(line)} columns; {MAX_COLUMNS} is the most")


def check_plugin_names(path: Path, lines: list[str], names: set[str], report: Report) -> None:
    for number, line in enumerate(lines, 1):
        for literal in re.findall(r'"(\w+)"', COMMENT.sub("", line)):
            if literal in names and (str(path), literal) not in NOT_THE_PLUGIN:
                report.add(path, number, f"the core never names a plugin, but says \"{literal}\"")


def check(root: Path) -> list[str]:
    report = Report()
    owners = read_plugins(root)
    names = {plugin.split()[1] for plugin in owners.values()}
    one_file: dict[str, list[Path]] = {prefix: [] for prefix in ONE_FILE_ONLY}
    for path in tracked_files(root):
        is_script = path.suffix == "" and path.parts[0] in ("tools", ".ci")
        if path.suffix not in MEASURED and not is_script:
            continue
        lines = (root / path).read_text(encoding="utf-8", errors="replace").splitlines()
        check_size(path, lines, report)
        if path.suffix not in CXX:
            continue
        check_includes(root, path, lines, owners, report)
        if path.parts[0] == "core":
            check_plugin_names(path, lines, names, report)
        for prefix, folder in ONE_FILE_ONLY.items():
            if path.is_relative_to(folder) and any(
                    (found := INCLUDE.match(line)) and found[2].startswith(prefix)
                    for line in lines):
                one_file[prefix].append(path)
    for prefix, users in one_file.items():
        for extra in users[1:]:
            report.add(extra, 1, f"<{prefix}> is compiled into one file only: {users[0]}")
    return report.problems + name_problems(root, tracked_files(root))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--graph", action="store_true",
                        help="print which room includes which; 1 if one includes upwards or in a "
                             "circle")
    parser.add_argument("--names", action="store_true",
                        help="list types and headers of core and tools that share their name")
    words = parser.parse_args()
    if words.graph:
        return print_graph(words.root, tracked_files(words.root))
    problems = (name_problems(words.root, tracked_files(words.root)) if words.names
                else check(words.root))
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problems; the rules stand in tools/dev/include_rules.py")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
