"""Finds the command lines of a README: of r50run, r50sweep and the scripts of tools/."""

import re
import shlex

PROGRAM = re.compile(r"r50run|r50sweep|tools/[\w./-]+")
# A line of a block with such a word is a command.
NAMED = re.compile(r"(\S*/)?(r50run|r50sweep)|(\./)?(tools|\.ci)/\S+|\S+\.(py|sh)")
ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")
EXPLANATION = re.compile(r"\s+#\s|\s{3,}|\s+>\s")  # begins the text beside a command


def whole_lines(text):
    """(line number, line), each with the lines that continue it after a \\."""
    whole, first = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if whole:
            line = f"{whole} {line.strip()}"
        else:
            first = number
        whole = line[:-1].rstrip() if line.endswith("\\") else ""
        if not whole:
            yield first, line


def code_of(text):
    """(line number, code, is a line of a block) of each indented or fenced line and `span`."""
    fenced = False
    for number, line in whole_lines(text):
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield number, line.strip(), True
        else:
            yield from ((number, span, False) for span in re.findall(r"`([^`]+)`", line))


def command_of(code):
    """(environment, words), without the explanation beside them; None if it is no command."""
    try:
        words = shlex.split(EXPLANATION.split(code)[0])
    except ValueError:  # a quote that is not closed: prose or another language
        return None
    if words and words[0] == "time":
        words = words[1:]
    environment = {}
    while words and (found := ASSIGNMENT.fullmatch(words[0])):
        environment[found[1]] = found[2]
        words = words[1:]
    if words and words[0] == "python3":
        words = words[1:]
    if not words or not PROGRAM.fullmatch(words[0]):
        return None
    return environment, words


def commands_of(text):
    for number, code, _ in code_of(text):
        if found := command_of(code):
            yield number, *found


def unread_of(text):
    """(line number, code) of each line of a block that names a program and is not read."""
    for number, code, in_block in code_of(text):
        words = EXPLANATION.split(code)[0].split()
        if in_block and any(map(NAMED.fullmatch, words)) and not command_of(code):
            yield number, code
