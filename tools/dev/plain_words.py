#!/usr/bin/env python3
"""Refuses words that a reader with little English does not know, long sentences and long lines.

usage: tools/dev/plain_words.py [--root DIR] [FILE or FOLDER]...

Reads .md files, and the comments and messages of .cc, .h, .c, .py, .toml, CMake and shell files.
Without arguments it reads the whole tree.
A literal without a space is a key or a name, and is not read; nor is `code` in a comment.
"""

import argparse
import bisect
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from include_rules import MAX_COLUMNS, tracked_files

MOST_WORDS = 30
OWN_TEST = Path("tests/tools/plain_words_test.py")  # holds every refused word, to see it refused
REPORTS = Path("experiments/results")  # their long lines are written by r50sweep
READ = (".md", ".cc", ".h", ".c", ".py", ".sh", ".toml", ".cmake")
# What is refused, and what may stand in its place.
RULES = [(re.compile(rf"(?<![\w/])(?:{pattern})(?![\w(])", re.I), advice) for pattern, advice in (
    (r"foretell(?:s|ing)?|foretold", "estimate, predict"),
    (r"told|tells", "say, report, show, print, distinguish"),
    (r"anew", "again, from the start"),
    (r"besides", "also, in addition"),
    (r"whoever", "a user who, a process that"),
    (r"somebody", "a user, a process, another object"),
    (r"(?:go|goes|going|gone|went)\s+on", "resume, continue"),
    (r"so\s+many", "the number, this many"),
    (r"(?:is|are|was|were|nearly)\s+through", "has ended, is complete"),
    (r"by\s+now", "already, at this time"),
)]

# A block is a text that one reader reads in one go: (line number, text of that line) each.
Block = list[tuple[int, str]]

CXX_TOKEN = re.compile(
    r'(?P<raw>R"(?P<mark>[^()\\ ]{0,16})\(.*?\)(?P=mark)")'
    r'|(?P<literal>"(?:\\.|[^"\\\n])*")'
    r"|(?P<character>(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')"
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)", re.S)
CODE = re.compile(r"`[^`\n]*`")


def as_block(line: int, text: str) -> Block:
    return list(enumerate(text.split("\n"), line))


def cxx_blocks(text: str) -> Iterator[Block]:
    """Neighbouring comments are one text, and so are neighbouring literals."""
    block: Block = []
    kind, end, line = "", 0, 1
    for found in CXX_TOKEN.finditer(text):
        gap = text[end:found.start()]
        line += gap.count("\n")
        end = found.end()
        now = "comment" if found["comment"] else "message"
        if block and (gap.strip() or now != kind):
            yield block
            block = []
        kind = now
        if found["comment"]:
            block += as_block(line, CODE.sub("", found[0].strip("/*")))
        elif not found["character"]:
            block += as_block(line, found[0].strip('"').replace("\\n", " "))
        line += found[0].count("\n")
    if block:
        yield block


def python_blocks(source: str) -> Iterator[Block]:
    block: Block = []
    texts = {"COMMENT", "STRING", "FSTRING_MIDDLE"}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        if kind not in texts:
            if kind not in ("NL", "NEWLINE", "FSTRING_START", "FSTRING_END", "INDENT") and block:
                yield block
                block = []
            continue
        if kind == "COMMENT":
            block += as_block(token.start[0], CODE.sub("", token.string.strip("# ")))
        else:
            text = re.sub(r"\{[^{}\n]*\}", "", token.string)  # an f-string's values are code
            block += as_block(token.start[0], text.strip("\"'frb"))
    if block:
        yield block


def whole_file(text: str) -> Iterator[Block]:
    """Scripts and TOML: what is no text there has none of the words either."""
    yield [(number, re.sub(r"^\s*#+", "", CODE.sub("", line)))
           for number, line in enumerate(text.split("\n"), 1)]


def blocks_of(path: Path, text: str) -> Iterator[Block]:
    if Path(path.name.removesuffix(".in")).suffix in (".cc", ".h", ".c"):
        return cxx_blocks(text)
    if path.suffix == ".py" or text.startswith("#!/usr/bin/env python3"):
        return python_blocks(text)
    return whole_file(text)


def is_read(path: Path) -> bool:
    if path == OWN_TEST or path.is_relative_to("tests/fuzz/corpus"):
        return False
    if Path(path.name.removesuffix(".in")).suffix in READ:
        return True
    is_script = path.suffix == "" and path.parts[0] in ("tools", ".ci")
    return is_script or path.name == "CMakeLists.txt"


def refused_words(block: Block) -> Iterator[tuple[int, str]]:
    starts, joined = [], ""
    for _, part in block:
        starts.append(len(joined))
        joined += part + " "
    if " " not in joined.strip():
        return  # a key or a name
    for pattern, advice in RULES:
        for found in pattern.finditer(joined):
            line = block[bisect.bisect_right(starts, found.start()) - 1][0]
            words = " ".join(found[0].split())
            yield line, f"'{words}' is not plain; depending on the meaning: {advice}"


def paragraphs(text: str) -> Iterator[Block]:
    """Prose of a Markdown file: paragraphs, list items and cells of tables, without code."""
    block: Block = []
    fenced = False
    after_gap = True
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        fence = bare.startswith("```")
        in_code = fenced or fence or (line.startswith("    ") and after_gap and not block)
        ends = in_code or not bare or re.match(r"\s*([-*]|\d+\.) |#|\|", line)
        if ends and block:
            yield block
            block = []
        fenced ^= fence
        if bare.startswith("|") and not fenced:
            yield from ([(number, cell)] for cell in bare.strip("|").split("|"))
        elif bare and not in_code:
            block.append((number, bare))
        after_gap = not bare or in_code
    if block:
        yield block


def long_sentences(text: str) -> Iterator[tuple[int, str]]:
    for block in paragraphs(text):
        words: list[tuple[int, str]] = []
        for number, line in block:
            plain = re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "CODE", line))
            for word in plain.split():
                if re.search(r"\w", word):
                    words.append((number, word))
                if re.search(r"[.!?][)\]*_\"]*$", word):
                    yield from too_long(words)
                    words = []
        yield from too_long(words)


def too_long(words: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    if len(words) > MOST_WORDS:
        start = " ".join(word for _, word in words[:4])
        yield words[0][0], f"a sentence of {len(words)} words ('{start} ...'); " \
                           f"{MOST_WORDS} are the most"


def long_lines(text: str) -> Iterator[tuple[int, str]]:
    """Of prose: tables and code keep their lines, and a link's target cannot be broken."""
    prose = {number for block in paragraphs(text) for number, _ in block}
    for number, line in enumerate(text.split("\n"), 1):
        columns = len(re.sub(r"\]\([^)]*\)", "]()", line))
        if number in prose and not line.lstrip().startswith("|") and columns > MAX_COLUMNS:
            yield number, f"{columns} columns; {MAX_COLUMNS} is the most"


def problems_of(root: Path, path: Path) -> list[tuple[int, str]]:
    text = (root / path).read_text(encoding="utf-8", errors="replace")
    found = [one for block in blocks_of(path, text) for one in refused_words(block)]
    if path.suffix == ".md":
        found += long_sentences(text)
        if not path.is_relative_to(REPORTS):
            found += long_lines(text)
    return sorted(set(found))


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0],
                                     description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("places", nargs="*", type=Path)
    arguments = parser.parse_args(words)
    root = arguments.root.resolve()
    places = [(Path.cwd() / place).resolve() for place in arguments.places]
    count = 0
    for path in tracked_files(root):
        if places and not any((root / path).is_relative_to(place) for place in places):
            continue
        if is_read(path):
            for line, message in problems_of(root, path):
                print(f"{path}:{line}: {message}")
                count += 1
    if count:
        print(f"{count} problems; the rules stand in tools/dev/plain_words.py")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
