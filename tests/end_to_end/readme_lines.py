"""Finds the command lines of a README: of r50run, r50sweep and the scripts of tools/."""

import re
import shlex

PROGRAM = re.compile(r"(?:r50run|r50sweep|tools/[\w./-]+)$")
ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


def code_of(text):
    """(line number, code) of each indented or fenced line, and of each `span`."""
    # A line that ends in \ continues; the blanks keep the numbers of the lines after it.
    text = re.sub(r"\\\n\s*(.*)", r" \1\n", text)
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            yield number, line.strip()
        else:
            yield from ((number, span) for span in re.findall(r"`([^`]+)`", line))


def command_of(code):
    """(environment, words), without the explanation beside them; None if it is no command."""
    try:
        words = shlex.split(re.split(r"\s+#\s|\s{3,}|\s+>\s", code)[0])
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
    if not words or not PROGRAM.match(words[0]):
        return None
    return environment, words


def commands_of(text):
    for number, code in code_of(text):
        if found := command_of(code):
            yield number, *found
