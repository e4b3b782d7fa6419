"""Which room includes which, for include_rules.py --graph."""

import re
from pathlib import Path

# Rooms of core/src from the lowest on. An arrow (A includes B) runs down, or within a layer.
LAYERS = (("base",), ("config",), ("plugin", "report", "data"),
          ("train", "nn", "record", "terminal"), ("checkpoint", "machine"), ("assemble",),
          ("run", "probe"))
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
CXX = (".cc", ".h")


def node_of(path: Path) -> str | None:
    """A room of core/src, or a folder of tools/sweep, as their includes name them."""
    parts = path.parts
    if parts[:2] == ("core", "src") and len(parts) > 3:
        return parts[2]
    if parts[:2] == ("tools", "sweep") and len(parts) > 3:
        return f"sweep/{parts[2]}"
    return None


def include_graph(root: Path, files: list[Path]) -> dict[str, dict[str, str]]:
    """Who includes whom, each arrow with the first place that makes it."""
    files = [path for path in files if path.suffix in CXX and node_of(path)]
    graph: dict[str, dict[str, str]] = {node_of(path): {} for path in files}
    for path in files:
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), 1):
            found = INCLUDE.match(line)
            if not found or found[1] != '"':
                continue
            parts = found[2].split("/")
            to = "/".join(parts[:2]) if parts[0] == "sweep" else parts[0]
            if to in graph and to != node_of(path):
                graph[node_of(path)].setdefault(to, f"{path}:{number}")
    return graph


def circles(graph: dict[str, dict[str, str]]) -> list[list[str]]:
    """The shortest circle through each room; none through a room that has been in one."""
    def way(start: str, end: str) -> list[str] | None:
        ways, seen = [[start]], {start}
        for so_far in ways:  # grows: the shortest way comes first
            for to in sorted(graph[so_far[-1]]):
                if to == end:
                    return [*so_far, to]
                if to not in seen:
                    seen.add(to)
                    ways.append([*so_far, to])
        return None

    found: list[list[str]] = []
    for room in sorted(graph):
        if any(room in circle for circle in found):
            continue
        if circle := way(room, room):
            found.append(circle)
    return found


def print_graph(root: Path, files: list[Path]) -> int:
    """0 if nothing is wrong with it."""
    graph = include_graph(root, files)
    layer = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}
    in_order = sorted(graph, key=lambda room: (layer.get(room, len(LAYERS)), room))
    for room in in_order:
        print(f"{room:16} -> {' '.join(to for to in in_order if to in graph[room])}".rstrip(" ->"))
    wrong = 0
    for circle in circles(graph):
        wrong += 1
        print(f"circle: {' -> '.join(circle)}")
        for start, to in zip(circle, circle[1:]):
            print(f"  {graph[start][to]} includes {to}")
    for room in in_order:
        for to, place in graph[room].items():
            if layer.get(to, -1) > layer.get(room, len(LAYERS)):
                wrong += 1
                print(f"back-arrow: {room} -> {to}, {place}")
    print(f"{len(graph)} rooms, {sum(map(len, graph.values()))} arrows; " +
          (f"{wrong} wrong" if wrong else "no circle, no back-arrow"))
    return 1 if wrong else 0
