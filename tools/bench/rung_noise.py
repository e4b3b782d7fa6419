"""How far a search's points differ after an epoch, and how much of this is chance.

rung_noise.py CURVES.csv EPOCH IMAGES    trial,stage,epoch,top1; IMAGES: that judge the first stage
"""

import csv
import statistics
import sys


def main():
    path, epoch, images = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["epoch"] == epoch]
    points = [float(row["top1"]) for row in rows if not row["stage"]]
    seeds = [float(row["top1"]) for row in rows if row["stage"]]
    # The confirming runs are seeds of few points, three each, in the order of the points.
    spread = [statistics.variance(seeds[i:i + 3]) for i in range(0, len(seeds), 3)]
    mean = statistics.mean(points) / 100
    by_images = 100 * (mean * (1 - mean) / images) ** 0.5
    by_seed = statistics.mean(spread) ** 0.5
    print(f"{len(points)} points: {min(points):.1f} to {max(points):.1f}, deviation "
          f"{statistics.stdev(points):.1f}; {images} images make {by_images:.2f}, the seed "
          f"{by_seed:.2f}, both {(by_images ** 2 + by_seed ** 2) ** 0.5:.1f}")


if __name__ == "__main__":
    main()
