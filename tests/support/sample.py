"""Which cases of a long matrix a test runs: all of them, or another sample for each commit.

    R50_TEST_LONG=1     all cases (`tools/test --long`)
    R50_TEST_SAMPLE=N   draws the sample; tools/test takes N from the commit's hash (default: 0)
    R50_TEST_NAME       the name of the running test in CTest, set by CMake

C++ tests read the same variables.
"""

import os
import random

LONG = os.environ.get("R50_TEST_LONG") == "1"
NUMBER = int(os.environ.get("R50_TEST_SAMPLE", "0"))
NAME = os.environ.get("R50_TEST_NAME", "NAME")


def repeat():
    """The command that runs the same cases again. tools/test prints it if the test fails."""
    return f"tools/test --long {NAME}" if LONG else f"R50_TEST_SAMPLE={NUMBER} tools/test {NAME}"


def sample(cases, count, kinds=lambda case: ()):
    """`count` of the cases, or a few more: at least one of each kind. All of a long run.

    `kinds(case)` gives the kinds that a case belongs to, for instance the operation and the file.
    """
    cases = list(cases)
    if LONG or count >= len(cases):
        return cases
    order = list(range(len(cases)))
    random.Random(f"{NUMBER} {NAME}").shuffle(order)
    seen, chosen = set(), []
    for index in order:
        if not seen.issuperset(kinds(cases[index])):
            seen.update(kinds(cases[index]))
            chosen.append(index)
    rest = [index for index in order if index not in chosen]
    chosen += rest[:max(0, count - len(chosen))]
    print(f"{len(chosen)} of {len(cases)} cases; to repeat: {repeat()}", flush=True)
    return [cases[index] for index in sorted(chosen)]


def number(of_long, of_sample):
    """How long a case is: the size that only a long run has, or a smaller one."""
    if not LONG:
        print(f"{of_sample} instead of {of_long}; all: tools/test --long {NAME}", flush=True)
    return of_long if LONG else of_sample
