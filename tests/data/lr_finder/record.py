"""Records curves of learning-rate sweeps and what fastai itself suggests for each of them.

    python3 -m venv fastai
    fastai/bin/pip install torch==2.13.0 numpy==2.4.6
    fastai/bin/pip install --no-deps fastai==2.8.12 fastcore==2.2.39 fastprogress==1.0.3 \
        fasttransform==0.0.5 fastdownload==0.0.7 plum-dispatch==2.10.1 beartype rich cloudpickle \
        markdown-it-py mdurl pygments pandas scipy scikit-learn joblib threadpoolctl narwhals \
        matplotlib pyparsing cycler kiwisolver contourpy fonttools python-dateutil pytz tzdata \
        six pyyaml requests packaging certifi urllib3 idna charset_normalizer
    fastai/bin/python tests/data/lr_finder/record.py      # writes curves.json beside itself

No rule is written down here: each suggestion comes out of fastai's own Learner.lr_find, which cuts
the curve and calls valley, steep, minimum or slide. Where fastai raises, null is recorded. Drawn
curves are put into its recorder; the trained ones are real sweeps of a small network, with their
raw losses. Numbers are rounded to 32 bits first, as fastai's tensors are.
"""

import contextlib
import json
import math
import pathlib
import tempfile
import types

import numpy as np
import torch
from fastai.basics import DataLoaders, Learner, SGD
from fastai.callback.core import Callback
from fastai.callback.schedule import minimum, slide, steep, valley

RULES = {"valley": valley, "steep": steep, "minimum": minimum, "slide": slide}
LOW, HIGH = 1e-7, 10.0


def rounded(values):
    return [float(np.float32(value)) for value in values]


def rates(points, planned):
    return rounded(LOW * (HIGH / LOW) ** (i / planned) for i in range(points))


def suggested(lrs, losses, planned):
    """What Learner.lr_find returns if its training has left these in the recorder."""
    found = {}
    for name, rule in RULES.items():
        learner = types.SimpleNamespace(
            recorder=types.SimpleNamespace(lrs=lrs, losses=losses),
            dls=types.SimpleNamespace(train=[None]),
            no_logging=contextlib.nullcontext, fit=lambda *_, **__: None)
        try:
            answer = Learner.lr_find(learner, num_it=planned, show_plot=False,
                                     suggest_funcs=(rule,))
            found[name] = float(answer[0])
        except (IndexError, ValueError, RuntimeError):
            found[name] = None
    return found


def smoothed(losses, keep=0.98):
    average, out = 0.0, []
    for count, loss in enumerate(losses, 1):
        average = keep * average + (1 - keep) * loss
        out.append(average / (1 - keep ** count))
    return out


def drawn(points, dice, noise=0.05, floor=1.2, best=-1.5, width=1.2, blow=3.0, until=None):
    """The usual shape over log10 of the rate: flat, a descent around best - width, then up."""
    out = []
    for lr in rates(points, points):
        x = math.log10(lr)
        fall = 1 / (1 + math.exp((x - best + width) * 2.5))
        rise = math.exp(blow * (x - best)) * 0.05
        loss = floor + (2.3 - floor) * fall + rise + dice.normal(0, noise)
        out.append(min(loss, 1e4))
    return out[:until]


def with_tail(curve, start, value):
    return curve[:start] + [value] * (len(curve) - start)


def curves():
    dice = np.random.default_rng(20260611)
    draw = lambda points, **keys: drawn(points, dice, **keys)
    yield "usual", 100, smoothed(draw(100))
    yield "usual_unsmoothed", 100, draw(100, noise=0.01)
    yield "noisy", 100, draw(100, noise=0.4)
    yield "very_noisy", 200, draw(200, noise=2.0)
    yield "noise_alone", 100, list(dice.normal(2.3, 0.3, 100))
    yield "noise_alone_smoothed", 150, smoothed(list(dice.normal(2.3, 0.3, 150)))
    yield "flat", 100, [2.302585] * 100
    yield "flat_then_up", 100, [2.302585] * 60 + [2.302585 + 0.1 * i * i for i in range(40)]
    yield "always_down", 100, [3 - 0.02 * i for i in range(100)]
    yield "always_up", 100, [1 + 0.02 * i for i in range(100)]
    yield "diverging_early", 100, smoothed(draw(100, best=-4.5))
    yield "diverging_late", 100, smoothed(draw(100, best=0.5))
    yield "stopped_at_60_of_100", 100, smoothed(draw(100, until=60))
    yield "stopped_at_16_of_100", 100, smoothed(draw(100, until=16))
    yield "stopped_at_10_of_100", 100, smoothed(draw(100, until=10))
    yield "nan_at_the_end", 100, with_tail(smoothed(draw(100)), 90, math.nan)
    yield "nan_in_the_middle", 100, with_tail(smoothed(draw(100)), 50, math.nan)
    yield "nan_at_the_start", 100, [math.nan] * 100
    yield "one_nan_then_numbers", 100, (lambda c: c[:70] + [math.nan] + c[71:])(draw(100))
    yield "infinite_at_the_end", 100, with_tail(smoothed(draw(100)), 88, math.inf)
    yield "twenty_points", 20, smoothed(draw(20))
    yield "twenty_points_noisy", 20, draw(20, noise=0.3)
    yield "thirty_points", 30, smoothed(draw(30))
    yield "a_thousand_points", 1000, smoothed(draw(1000))
    yield "a_thousand_noisy_points", 1000, draw(1000, noise=0.5)
    yield "two_valleys", 120, [a + b for a, b in zip(
        draw(120, best=-4.0, blow=0.0), draw(120, best=-0.5, noise=0.02))]
    yield "steps_of_equal_losses", 100, [round(loss, 1) for loss in draw(100, noise=0.02)]
    yield "huge_losses", 100, [1e30 * loss for loss in draw(100)]
    yield "tiny_losses", 100, [1e-30 * loss for loss in draw(100)]
    yield "down_once_at_the_start", 40, [9, 9, 9, 9, 2, 1] + [3 + i for i in range(34)]


class RawLosses(Callback):
    def before_fit(self):
        self.seen = []

    def after_loss(self):
        self.seen.append(self.learn.loss.item())


def trained(seed, planned, batch, high=HIGH):
    """A real sweep: two classes of points, one hidden layer, SGD with momentum."""
    torch.manual_seed(seed)
    points = torch.randn(4096, 8)
    labels = ((points[:, 0] * points[:, 1] + 0.5 * points[:, 2]) > 0).long()
    pairs = list(zip(points, labels))
    dls = DataLoaders.from_dsets(pairs, pairs[:8], bs=batch, device="cpu")
    net = torch.nn.Sequential(torch.nn.Linear(8, 32), torch.nn.ReLU(), torch.nn.Linear(32, 2))
    raw = RawLosses()
    learner = Learner(dls, net, loss_func=torch.nn.CrossEntropyLoss(), opt_func=SGD, lr=0.1,
                      cbs=raw, path=tempfile.gettempdir())
    learner.lr_find(start_lr=LOW, end_lr=high, num_it=planned, show_plot=False,
                    suggest_funcs=tuple(RULES.values()))
    return ([float(lr) for lr in learner.recorder.lrs], raw.seen,
            [float(loss) for loss in learner.recorder.losses])


def entry(name, planned, lrs, losses, raw=None):
    lrs, losses = rounded(lrs), rounded(losses)
    def text(values):  # JSON has no numbers that are none
        return [value if math.isfinite(value) else str(value) for value in values]

    made = {"name": name, "planned": planned, "rates": lrs, "losses": text(losses)}
    if raw is not None:
        made["raw"] = text(raw)
    made["fastai"] = suggested(lrs, losses, planned)
    return made


def main():
    torch.set_num_threads(1)
    all_curves = [entry(name, planned, rates(len(losses), planned), losses)
                  for name, planned, losses in curves()]
    for seed, planned, batch, high in ((1, 100, 64, HIGH), (2, 100, 16, HIGH), (3, 250, 32, HIGH),
                                       (4, 60, 256, HIGH), (5, 100, 64, 1e5)):
        lrs, raw, losses = trained(seed, planned, batch, high)
        all_curves.append(entry(f"trained_{seed}", planned, lrs, losses, raw))
    lines = ",\n".join(json.dumps(one) for one in all_curves)
    pathlib.Path(__file__).with_name("curves.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
