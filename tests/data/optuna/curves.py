"""Makes curves.csv: learning curves of 200 configurations over 27 epochs, from a formula.

    python3 curves.py > curves.csv          (made with Python 3.11, numpy 2.4.6)

A configuration is three numbers of [0, 1]: where it lies in the ranges of rate, decay and
smoothing. Its error after epoch t is

    floor + (0.98 - floor) * exp(-(t / tau) ** 0.7) + noise

floor: what it would end at; a bowl around (0.62, 0.4, 0.3) with a ridge between rate and decay.
tau = 3 + 5 * rate ** 2 + 2 * smoothing: a low rate is fast at first and ends badly, so that
curves cross.
noise: normal, of deviation 0.008.
"""

import sys

import numpy as np

CONFIGURATIONS = 200
EPOCHS = 27


def curve(place: np.ndarray, noise: np.ndarray) -> np.ndarray:
    rate, decay, smoothing = place
    floor = (0.2 + 0.9 * (rate - 0.62) ** 2 + 0.25 * (decay - 0.4) ** 2
             + 0.3 * (rate - 0.62) * (decay - 0.4) + 0.08 * (smoothing - 0.3) ** 2)
    tau = 3 + 5 * rate ** 2 + 2 * smoothing
    epochs = np.arange(1, EPOCHS + 1)
    return floor + (0.98 - floor) * np.exp(-((epochs / tau) ** 0.7)) + 0.008 * noise


def main() -> None:
    random = np.random.default_rng(5)
    columns = ["rate", "decay", "smoothing"] + [f"epoch_{t}" for t in range(1, EPOCHS + 1)]
    sys.stdout.write(",".join(columns) + "\n")
    for _ in range(CONFIGURATIONS):
        place = random.random(3).round(4)
        values = curve(place, random.standard_normal(EPOCHS))
        sys.stdout.write(",".join(f"{x:.4f}" for x in [*place, *values]) + "\n")


if __name__ == "__main__":
    main()
