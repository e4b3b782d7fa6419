#!/usr/bin/env python3
"""A compiler launcher: takes an object file from another build instead of compiling it again.

copy_object.py COMPILER ARGUMENT...

COPY_FROM names the other build folder, COPY_FROM_SOURCE its source folder, COPY_TO_SOURCE ours. An
object is taken only where both builds compile the file by the same command, except for their own
paths and the treatment of warnings. Everything else is compiled.
"""

import json
import os
import pathlib
import shlex
import shutil
import sys


def normal(words, source, build):
    """A command without what two builds of one source always differ in."""
    kept, skip = [], False
    for word in words:
        if skip or word in ("-Werror", "-c", "-MD"):
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        else:
            for name, folder in (("BUILD", build), ("SOURCE", source)):
                for known in {os.path.abspath(folder), os.path.realpath(folder)}:
                    word = word.replace(known + "/", name + "/")
            kept.append(word)
    return kept


def same_object(words):
    """The other build's object of this command; None if it has none, or compiles it differently."""
    if "-c" not in words or "-o" not in words:
        return None
    output = words[words.index("-o") + 1]
    there = pathlib.Path(os.environ["COPY_FROM"])
    if not (there / output).exists():
        return None
    for command in json.loads((there / "compile_commands.json").read_text()):
        theirs = shlex.split(command["command"])
        if theirs[theirs.index("-o") + 1] == output:
            while os.path.basename(theirs[0]) != os.path.basename(words[0]):
                theirs.pop(0)  # a launcher
            same = (normal(theirs, os.environ["COPY_FROM_SOURCE"], there)
                    == normal(words, os.environ["COPY_TO_SOURCE"], os.getcwd()))
            return there / output if same else None
    return None


def main(words):
    taken = same_object(words)
    if taken is None:
        os.execvp(words[0], words)
    output = words[words.index("-o") + 1]
    shutil.copyfile(taken, output)
    if "-MF" in words:  # what ninja would rebuild it for: nothing changes here
        pathlib.Path(words[words.index("-MF") + 1]).write_text(f"{output}:\n")


main(sys.argv[1:])
