#!/usr/bin/env python3
"""Records what Optuna and scikit-learn say of parameters' importance on made-up sweeps.

    python3 -m venv venv && venv/bin/pip install optuna==5.0.0 scikit-learn==1.9.1 numpy==2.4.6
    venv/bin/python record_importances.py > importances.json

"fanova" is Optuna's FanovaImportanceEvaluator, whose shares sum up to 1. "permutation" is
scikit-learn's permutation importance over its random forest, likewise. Of the sweep with a
parameter that only some trials have, Optuna judges the others; "fanova_some" is its word on the
trials that have it, alone. There the noise is large, since that parameter's doing counts as noise,
and "least_squares" is what the function's own form gives when fitted: Optuna, whose trees learn
the noise by heart, is far from it.
"""

import json

import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance

optuna.logging.set_verbosity(optuna.logging.ERROR)


def fanova(distributions, rows):
    study = optuna.create_study(direction="maximize")
    for params, value in rows:
        own = {name: distributions[name] for name in params}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=own, value=value))
    shares = [optuna.importance.get_param_importances(
        study, evaluator=FanovaImportanceEvaluator(seed=seed)) for seed in range(5)]
    return {name: float(numpy.mean([share[name] for share in shares])) for name in shares[0]}


def encoded(distribution, values):
    if isinstance(distribution, CategoricalDistribution):
        if isinstance(distribution.choices[0], str):
            places = [distribution.choices.index(value) for value in values]
            return numpy.eye(len(distribution.choices))[places]
        return numpy.log(numpy.array(values, float))[:, None]
    values = numpy.array(values, float)
    return (numpy.log(values) if distribution.log else values)[:, None]


def permutation(distributions, rows):
    names = list(distributions)
    blocks = [encoded(distributions[name], [params[name] for params, _ in rows]) for name in names]
    target = numpy.array([value for _, value in rows])
    forest = RandomForestRegressor(200, random_state=0).fit(numpy.hstack(blocks), target)
    found = permutation_importance(forest, numpy.hstack(blocks), target, n_repeats=20,
                                   random_state=0)
    sums, at = [], 0
    for block in blocks:
        sums.append(max(0.0, float(found.importances_mean[at:at + block.shape[1]].sum())))
        at += block.shape[1]
    return {name: value / sum(sums) for name, value in zip(names, sums)}


def sampled(generator, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[generator.integers(len(distribution.choices))]
    low, high = distribution.low, distribution.high
    if distribution.log:
        return float(f"{numpy.exp(generator.uniform(numpy.log(low), numpy.log(high))):.5g}")
    return round(float(generator.uniform(low, high)), 4)


def random_search(distributions, function, count, seed):
    generator = numpy.random.default_rng(seed)
    rows = []
    for _ in range(count):
        params = {name: sampled(generator, d) for name, d in distributions.items()}
        rows.append((params, round(function(params, generator), 4)))
    return rows


def rates(p, generator):
    optimizer = {"sgd": 0.0, "lamb": -3.0, "adamw": 1.5}[p["optimizer.use"]]
    return (72 - 9 * (numpy.log10(p["scheduler.max_lr"]) + 0.8) ** 2 + optimizer
            - 12 * (p["optimizer.momentum"] - 0.9) + generator.normal(0, 0.3))


def product(p, generator):
    return 10 * p["x"] * p["y"] + 1.5 * p["z"] + generator.normal(0, 0.05)


def grid():
    generator = numpy.random.default_rng(3)
    distributions = {"decay": CategoricalDistribution([1e-5, 3e-5, 1e-4, 3e-4, 1e-3]),
                     "augmentation": CategoricalDistribution(["none", "crop", "trivial", "rand"]),
                     "batch": CategoricalDistribution([64, 128, 256])}
    levels = {"none": -4.0, "crop": 0.0, "trivial": 1.0, "rand": 0.8}
    rows = []
    for decay in distributions["decay"].choices:
        for augmentation in distributions["augmentation"].choices:
            for batch in distributions["batch"].choices:
                value = (70 + levels[augmentation] - 1.2 * (numpy.log10(decay) + 4) ** 2
                         - 0.3 * numpy.log2(batch / 64) + generator.normal(0, 0.1))
                rows.append(({"decay": decay, "augmentation": augmentation, "batch": batch},
                             round(value, 4)))
    return distributions, rows


def conditional():
    generator = numpy.random.default_rng(4)
    distributions = {"lr": FloatDistribution(1e-3, 1, log=True),
                     "optimizer": CategoricalDistribution(["sgd", "sam"]),
                     "rho": FloatDistribution(0.01, 0.5)}
    rows = []
    for _ in range(160):
        params = {"lr": sampled(generator, distributions["lr"]),
                  "optimizer": sampled(generator, distributions["optimizer"])}
        value = 70 - 2 * (numpy.log10(params["lr"]) + 1.5) ** 2 + generator.normal(0, 0.1)
        if params["optimizer"] == "sam":
            params["rho"] = sampled(generator, distributions["rho"])
            value += 4 - 60 * (params["rho"] - 0.15) ** 2
        rows.append((params, round(value, 4)))
    return distributions, rows


def least_squares(rows):
    rate = numpy.log10([params["lr"] for params, _ in rows])
    sam = numpy.array([params["optimizer"] == "sam" for params, _ in rows], float)
    columns = numpy.stack([numpy.ones_like(rate), rate, rate ** 2, sam], 1)
    fit = numpy.linalg.lstsq(columns, numpy.array([value for _, value in rows]), rcond=None)[0]
    even = numpy.linspace(-3, 0, 1001)
    variances = {"lr": float(numpy.var(fit[1] * even + fit[2] * even ** 2)),
                 "optimizer": float(fit[3] ** 2 / 4)}
    return {name: variance / sum(variances.values()) for name, variance in variances.items()}


def record(name, distributions, rows, **more):
    sweep = {"name": name, "fanova": fanova(distributions, rows), **more}
    if all(len(params) == len(distributions) for params, _ in rows):
        sweep["permutation"] = permutation(distributions, rows)
    text = json.dumps(sweep)[:-1] + ',\n "rows": [\n'
    return text + ",\n".join("  " + json.dumps([params, value]) for params, value in rows) + "]}"


def main():
    rate_space = {"scheduler.max_lr": FloatDistribution(1e-3, 3, log=True),
                  "optimizer.momentum": FloatDistribution(0.8, 0.98),
                  "optimizer.use": CategoricalDistribution(["sgd", "lamb", "adamw"])}
    unit = {name: FloatDistribution(0, 1) for name in "xyz"}
    some, some_rows = conditional()
    sam = [row for row in some_rows if "rho" in row[0]]
    sweeps = [record("rates", rate_space, random_search(rate_space, rates, 120, 1)),
              record("product", unit, random_search(unit, product, 150, 2)),
              record("grid", *grid()),
              record("conditional", some, some_rows, fanova_some=fanova(some, sam),
                     least_squares=least_squares(some_rows))]
    print("[\n" + ",\n".join(sweeps) + "\n]")


main()
