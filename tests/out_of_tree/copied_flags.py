"""The flags that a build compiles plugin tests with, for a copy of the source tree."""

import json
import os
import pathlib
import re
import shlex


def names(folder):
    """How paths may begin that lie in this folder. CMake writes the name by which the shell came
    there, which may be a symbolic link; other programs resolve it."""
    return {os.path.abspath(folder), os.path.realpath(folder)}


class CopiedFlags:
    def __init__(self, source, build, tree, built):
        """`tree` is the copy of `source`, `built` takes what `build` would."""
        self.moved = {name: str(tree) for name in names(source)}
        self.moved.update((name, str(built)) for name in names(build))
        self.commands = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())

    def compile_flags(self):
        """As the build compiles a plugin's test: -I, -D, -std, sanitizers."""
        # Its sources are compiled several at a time, so none of them is named.
        support = next(c for c in self.commands if "/unit_plugins.dir/" in c["command"])
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
                kept.append(self.in_copy(word))
        return kept

    def in_copy(self, word):
        """The copy's path in place of ours; libtorch, which may lie in our tree, stays."""
        if "/.venv/" in word:
            return word
        # In one go, and the longest first: one folder may lie in the other.
        places = "|".join(re.escape(old) for old in sorted(self.moved, key=len, reverse=True))
        return re.sub(rf"(?:{places})(?![\w.-])", lambda found: self.moved[found[0]], word)

    def libtorch(self):
        """The folder of libtorch's libraries."""
        include = next(word for c in self.commands for word in shlex.split(c["command"])
                       if word.endswith("/torch/include"))
        return pathlib.Path(include.removeprefix("-I").removeprefix("-isystem")).parent / "lib"
