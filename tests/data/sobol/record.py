"""Records the raw Sobol sequence as scipy has it, for tests/unit/sweep/search/sobol_test.cc.

    python3 record.py                       (made with scipy 1.17.1)

first.csv: the first 256 points in 24 dimensions, times 256.
far.csv: an index and its point in 64 dimensions, times 2^32, so that every bit up to 26 counts.
"""

import pathlib

from scipy.stats import qmc

HERE = pathlib.Path(__file__).parent


def line(numbers: list[int]) -> str:
    return ",".join(str(x) for x in numbers) + "\n"


def main() -> None:
    points = qmc.Sobol(24, scramble=False, bits=32).random(256)
    (HERE / "first.csv").write_text("".join(line([int(x * 256) for x in p]) for p in points))
    far = ""
    engine = qmc.Sobol(64, scramble=False, bits=32)
    for index in [2 ** k + k for k in range(8, 27)]:
        engine.fast_forward(index - engine.num_generated)
        far += line([index, *(int(x * 2 ** 32) for x in engine.random(1)[0])])
    (HERE / "far.csv").write_text(far)


if __name__ == "__main__":
    main()
