#!/usr/bin/env python3
"""Records what scipy says of Student's t and paired t-tests.

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 numpy==2.4.6
    venv/bin/python record_student_t.py > student_t.json
"""

import json

import numpy
from scipy import stats


def two_sided():
    grid = [(t, freedom) for freedom in (0.5, 1, 2, 2.8, 4, 11.2, 30, 1000, 1e6)
            for t in (0, 1e-3, 0.1, 1, 2.2, 4.5, 12, 1e4)]
    return [[t, freedom, float(2 * stats.t.sf(t, freedom))] for t, freedom in grid]


def critical():
    grid = [(p, freedom) for freedom in (1, 2, 2.8, 4, 11.2, 30, 1000)
            for p in (0.9, 0.5, 0.05, 0.01, 1e-6, 1e-12)]
    return [[p, freedom, float(stats.t.isf(p / 2, freedom))] for p, freedom in grid]


def paired():
    generator = numpy.random.default_rng(5)
    tests = []
    for n in (2, 3, 5, 10, 24):
        first = numpy.round(generator.normal(71, 0.5, n), 3)
        second = numpy.round(generator.normal(70, 0.5, n), 3)
        result = stats.ttest_rel(first, second)
        interval = result.confidence_interval(0.95)
        tests.append({"first": first.tolist(), "second": second.tolist(), "p": result.pvalue,
                      "low": interval.low, "high": interval.high})
    return tests


def lines(rows):
    return "[\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "]"


print('{"two_sided_p": ' + lines(two_sided()) + ',\n "critical_t": ' + lines(critical())
      + ',\n "paired": ' + lines(paired()) + "}")
