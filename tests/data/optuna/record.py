"""Records what Optuna finds, for tests/unit/sweep/export/optuna_test.cc: results.csv.

    python3 -m venv v && v/bin/pip install optuna==5.0.0 numpy==2.4.6
    v/bin/python record.py > results.csv    (some minutes)

tpe_*: the best of 100 evaluations by TPESampler as it comes (multivariate, constant liar), 4 points
always under way, the oldest of which is done next.
asha_curves: SuccessiveHalvingPruner (rungs 1, 3, 9, factor 3) over random points; 4 workers take
turns, an epoch each, until 600 epochs are spent; the best last value of a whole trial.
The C++ test does the same with r50's own methods.
"""

import csv
import math
import pathlib
import sys
from collections import deque
from collections.abc import Callable

import optuna

SEEDS = 50
EVALUATIONS = 100
WORKERS = 4
BUDGET = 600
Point = list[float]


def branin(x: Point) -> float:
    a, b = x
    bowl = b - 5.1 / (4 * math.pi ** 2) * a * a + 5 / math.pi * a - 6
    return bowl * bowl + 10 * (1 - 1 / (8 * math.pi)) * math.cos(a) + 10


ALPHA = [1.0, 1.2, 3.0, 3.2]
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14],
     [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
     [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]


def hartmann6(x: Point) -> float:
    total = 0.0
    for alpha, a, p in zip(ALPHA, A, P):
        total += alpha * math.exp(-sum(w * (v - q * 1e-4) ** 2 for w, v, q in zip(a, x, p)))
    return -total


def read_curves() -> list[list[float]]:
    with pathlib.Path(__file__).with_name("curves.csv").open() as file:
        return [[float(x) for x in row] for row in list(csv.reader(file))[1:]]


CURVES = read_curves()


def nearest_curve(x: Point) -> list[float]:
    return min(CURVES, key=lambda row: sum((a - b) ** 2 for a, b in zip(x, row[:3])))[3:]


UNIT = (0.0, 1.0)
OBJECTIVES: dict[str, tuple[Callable[[Point], float], list[tuple[float, float]]]] = {
    "branin": (branin, [(-5.0, 10.0), (0.0, 15.0)]),
    "hartmann6": (hartmann6, [UNIT] * 6),
    "curves": (lambda x: nearest_curve(x)[-1], [UNIT] * 3),
}


def point(trial: optuna.Trial, ranges: list[tuple[float, float]]) -> Point:
    return [trial.suggest_float(f"x{i}", low, high) for i, (low, high) in enumerate(ranges)]


def tpe(name: str, seed: int) -> float:
    objective, ranges = OBJECTIVES[name]
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(
        seed=seed, multivariate=True, constant_liar=True))
    under_way: deque[tuple[optuna.Trial, Point]] = deque()
    for _ in range(EVALUATIONS):
        if len(under_way) == WORKERS:
            trial, x = under_way.popleft()
            study.tell(trial, objective(x))
        trial = study.ask()
        under_way.append((trial, point(trial, ranges)))
    for trial, x in under_way:
        study.tell(trial, objective(x))
    return study.best_value


def asha(seed: int) -> float:
    study = optuna.create_study(
        sampler=optuna.samplers.RandomSampler(seed=seed),
        pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3))
    slots: list[tuple[optuna.Trial, list[float], int] | None] = [None] * WORKERS
    best = math.inf
    for spent in range(BUDGET):
        slot = spent % WORKERS
        held = slots[slot]
        if held is None:
            trial = study.ask()
            held = (trial, nearest_curve(point(trial, [UNIT] * 3)), 0)
        trial, curve, epoch = held
        epoch += 1
        trial.report(curve[epoch - 1], epoch)
        slots[slot] = (trial, curve, epoch)
        if epoch == len(curve):
            study.tell(trial, curve[-1])
            best = min(best, curve[-1])
            slots[slot] = None
        elif trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            slots[slot] = None
    return best


def main() -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sys.stdout.write("seed,tpe_branin,tpe_hartmann6,tpe_curves,asha_curves\n")
    for seed in range(SEEDS):
        values = [*(tpe(name, seed) for name in OBJECTIVES), asha(seed)]
        sys.stdout.write(",".join([str(seed), *(f"{x:.9g}" for x in values)]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
