"""One name, one thing: what include_rules.py asks of the names in core's and tools' headers."""

import re
from pathlib import Path

TEXTS = re.compile(r"""//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*\""""
                   r"""|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""", re.S)
# A namespace's brace, a type's with its name, an alias, and braces without either.
TYPE_TOKENS = re.compile(
    r"(?P<namespace>\bnamespace\b[\w:\s]*)(?P<open_namespace>\{)"
    r"|\b(?:struct|class|union|enum(?:\s+(?:class|struct))?)\s+(?:[A-Z][A-Z0-9_]*\s+)*"
    r"(?P<type>(?!final\b)\w+)\s*(?:final\s*)?(?::(?!:)[^;{}]*)?(?P<open_type>\{)"
    r"|\busing\s+(?P<alias>\w+)\s*="
    r"|(?P<open_other>\{)|(?P<close>\})")


def without_texts(source: str) -> str:
    """The source without comments and literals, lines kept."""
    def blank(found: re.Match[str]) -> str:
        kept = '""' if found[0][0] in "\"'" else " "
        return kept + "\n" * found[0].count("\n")
    return TEXTS.sub(blank, source)


def types_of(source: str) -> list[tuple[int, str]]:
    """Line and name of each type that a header defines in a namespace: no nested types."""
    types = []
    nesting: list[bool] = []  # whether each open brace is a namespace's
    source = without_texts(source)
    for found in TYPE_TOKENS.finditer(source):
        if found["close"] and nesting:
            nesting.pop()
        name = found["type"] or found["alias"]
        if name and all(nesting):
            types.append((source.count("\n", 0, found.end()) + 1, name))
        if found["open_namespace"] or found["open_type"] or found["open_other"]:
            nesting.append(found["namespace"] is not None)
    return types


def name_problems(root: Path, files: list[Path]) -> list[str]:
    """Types and headers of core and tools that share their name."""
    problems = []
    headers: dict[str, list[tuple[Path, int]]] = {}
    types: dict[str, list[tuple[Path, int]]] = {}
    for path in files:
        if path.suffix != ".h" or path.parts[0] not in ("core", "tools"):
            continue
        headers.setdefault(path.name, []).append((path, 1))
        for line, name in types_of((root / path).read_text(encoding="utf-8", errors="replace")):
            types.setdefault(name, []).append((path, line))
    for kind, names in (("header", headers), ("type", types)):
        for name, places in sorted(names.items()):
            for path, line in places[1:]:
                problems.append(f"{path}:{line}: the {kind} {name} is also in {places[0][0]}; one "
                                "name is one thing")
    return problems
