"""The schedulers against torch.optim.lr_scheduler: every step within 1e-12."""

import oracle
import torch
from torch.optim import lr_scheduler as torch_schedulers

TOLERANCE = 1e-12


def steps_of(make, total, lr, momentum=None, per=1):
    """(lr, momentum) of each step; the scheduler is stepped every `per` steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    scheduler = make(optimizer)
    rates = []
    for step in range(total):
        group = optimizer.param_groups[0]
        rates.append((group["lr"], group["momentum"] if momentum else -1))
        optimizer.step()
        if (step + 1) % per == 0 and step + 1 < total:
            scheduler.step()
    return rates


def warm(optimizer, start_factor, warmup, after):
    linear = torch_schedulers.LinearLR(optimizer, start_factor, total_iters=warmup)
    return torch_schedulers.SequentialLR(optimizer, [linear, after(optimizer)], [warmup])


def cosine(t_max, eta_min=0.0):
    return lambda o: torch_schedulers.CosineAnnealingLR(o, t_max, eta_min)


def constant(optimizer):
    return torch_schedulers.ConstantLR(optimizer, factor=1, total_iters=0)


def one_cycle(total, max_lr, **options):
    return lambda o: torch_schedulers.OneCycleLR(o, max_lr, total_steps=total, **options)


# name: (epochs, steps per epoch, table, torch's rates)
CASES = {
    "constant": (
        3, 7, "use = 'constant'\nlr = 0.2",
        lambda: steps_of(constant, 21, 0.2),
    ),
    "constant_warm": (
        4, 25, "use = 'constant'\nlr = '0.1 per 128'\nwarmup = '1 epochs'\nstart_factor = 0.05",
        lambda: steps_of(lambda o: warm(o, 0.05, 25, constant), 100, 0.2),
    ),
    "cosine": (
        10, 30, "use = 'cosine'\nlr = 0.1\neta_min = 1e-5",
        lambda: steps_of(cosine(300, 1e-5), 300, 0.1),
    ),
    "cosine_warm": (
        20, 50, "use = 'cosine'\nlr = 0.4\nwarmup = '5 epochs'\nstart_factor = 0.01",
        lambda: steps_of(lambda o: warm(o, 0.01, 250, cosine(750)), 1000, 0.4),
    ),
    "cosine_fraction": (
        5, 11, "use = 'cosine'\nlr = 0.5\nfinal_fraction = 0.1\nwarmup = '20%'\nstart_factor = 0.1",
        lambda: steps_of(lambda o: warm(o, 0.1, 11, cosine(44, 0.05)), 55, 0.5),
    ),
    # torchvision's long recipe: both phases change the rate once an epoch
    "cosine_by_epoch": (
        600, 3,
        "use = 'cosine'\nlr = 0.5\nwarmup = '5 epochs'\nstart_factor = 0.01\nstep = 'epoch'",
        lambda: steps_of(lambda o: warm(o, 0.01, 5, cosine(595)), 1800, 0.5, per=3),
    ),
    "one_cycle": (
        5, 10, "use = 'one_cycle'\nmax_lr = 0.1",
        lambda: steps_of(one_cycle(50, 0.1), 50, 0.1, momentum=True),
    ),
    "one_cycle_linear": (
        7, 143,
        "use = 'one_cycle'\nmax_lr = 0.4\npct_start = 0.1\ndiv_factor = 10\n"
        "final_div_factor = 100\nanneal_strategy = 'linear'\nbase_momentum = 0.8\n"
        "max_momentum = 0.9",
        lambda: steps_of(
            one_cycle(1001, 0.4, pct_start=0.1, div_factor=10, final_div_factor=100,
                      anneal_strategy="linear", base_momentum=0.8, max_momentum=0.9),
            1001, 0.4, momentum=True),
    ),
    "one_cycle_lr_alone": (
        3, 33, "use = 'one_cycle'\nmax_lr = 0.125\ncycle_momentum = false",
        lambda: steps_of(one_cycle(99, 0.125, cycle_momentum=False), 99, 0.1),
    ),
    "one_cycle_long": (
        50, 400, "use = 'one_cycle'\nmax_lr = 0.1",
        lambda: steps_of(one_cycle(20_000, 0.1), 20_000, 0.1, momentum=True),
    ),
    # A cosine, and then a rate of its own for the averaging of the last steps.
    "sequence": (
        12, 25,
        "use = 'sequence'\nmilestones = ['7.4 epochs', '80%']\n"
        "[[parts]]\nuse = 'cosine'\nlr = 0.3\n"
        "[[parts]]\nuse = 'constant'\nlr = 0.3\nwarmup = '10 steps'\nstart_factor = 0.5\n"
        "[[parts]]\nuse = 'cosine'\nlr = 0.3\neta_min = 0.1\nwarmup = '50%'\nstart_factor = 0.2\n",
        lambda: steps_of(
            lambda o: torch_schedulers.SequentialLR(
                o,
                [
                    cosine(185)(o),
                    torch_schedulers.LinearLR(o, 0.5, total_iters=10),
                    torch_schedulers.LinearLR(o, 0.2, total_iters=30),
                    cosine(30, 0.1)(o),
                ],
                [185, 240, 270],
            ),
            300, 0.3),
    ),
}


class SchedulerTest(oracle.OracleTest):
    def test_every_step(self):
        cases = [
            dict(name=name, kind="scheduler", epochs=epochs, steps_per_epoch=steps, table=table)
            for name, (epochs, steps, table, _) in CASES.items()
        ]
        root = self.dump(cases)
        for name, (epochs, steps, _, torch_rates) in CASES.items():
            with self.subTest(name):
                lines = (root / name / "rates.csv").read_text().splitlines()
                ours = [tuple(float(x) for x in line.split(",")) for line in lines]
                theirs = torch_rates()
                self.assertEqual(len(ours), epochs * steps)
                self.assertEqual(len(theirs), epochs * steps)
                for step, (mine, other) in enumerate(zip(ours, theirs)):
                    for what, a, b in zip(("lr", "momentum"), mine, other):
                        self.assertLessEqual(abs(a - b), TOLERANCE, f"{what} of step {step}")


if __name__ == "__main__":
    oracle.main()
