"""Draws what paired_seeds.py has written: every run's accuracy, by way, and their means.

paired_chart.py OUT/curves.csv CHART.svg
"""

import collections
import csv
import html
import statistics
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 56, 24, 48, 48
COLOURS = ("#0072b2", "#d55e00")  # distinct to colour-blind eyes; the second is dashed too
DASHES = ("", ' stroke-dasharray="7 4"')


def read(path):
    """ways: of each way, of each seed, its accuracy by epoch."""
    ways = collections.defaultdict(lambda: collections.defaultdict(dict))
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ways[row["way"]][row["seed"]][int(row["epoch"])] = float(row["top1"])
    return ways


def chart(ways):
    values = [value for seeds in ways.values() for run in seeds.values() for value in run.values()]
    epochs = sorted({epoch for seeds in ways.values() for run in seeds.values() for epoch in run})
    low, high = 10 * int(min(values) // 10), 10 * int(max(values) // 10 + 1)

    def at(epoch, value):
        x = LEFT + (WIDTH - LEFT - RIGHT) * (epoch - epochs[0]) / max(epochs[-1] - epochs[0], 1)
        return x, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / (high - low)

    def line(points, style):
        text = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in sorted(points)))
        return f'<polyline points="{text}" fill="none" {style}/>'

    parts = []
    for value in range(low, high + 1, 10):
        x, y = at(epochs[0], value)
        parts += [f'<path d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                  f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{value} %</text>']
    for epoch in epochs:
        x, y = at(epoch, low)
        parts.append(f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle">{epoch}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">epoch</text>')
    for number, (way, seeds) in enumerate(ways.items()):
        colour, dash = COLOURS[number], DASHES[number]
        parts += [line(run.items(), f'stroke="{colour}" stroke-opacity="0.35"{dash}')
                  for run in seeds.values()]
        mean = {epoch: statistics.mean(run[epoch] for run in seeds.values()) for epoch in epochs}
        parts.append(line(mean.items(), f'stroke="{colour}" stroke-width="3"{dash}'))
        x = LEFT + number * (WIDTH - LEFT - RIGHT) / 2
        parts += [f'<path d="M{x} 24h30" stroke="{colour}" stroke-width="3"{dash}/>',
                  f'<text x="{x + 36}" y="28">{html.escape(way)}: mean of {len(seeds)} runs '
                  f'{mean[epochs[-1]]:.2f} %</text>']
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="13">'
            f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(0 if "--help" in sys.argv else 2)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(chart(read(sys.argv[1])))


if __name__ == "__main__":
    main()
