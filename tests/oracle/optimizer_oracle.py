"""The sgd plugin against torch.optim.SGD: the same bits after every step."""

import oracle
import torch

RATES = [(0.1, None), (0.2, None), (0.15, None), (0.05, None), (0.01, None), (0.3, None)]
CYCLED = [(0.1, 0.95), (0.2, 0.9), (0.3, 0.85), (0.2, 0.9), (0.1, 0.95)]

# table, what torch's SGD is given, rates, and which parameters torch's decay
CASES = {
    "plain": ("momentum = 0\nweight_decay = 0", dict(), RATES, "all"),
    "momentum": ("momentum = 0.9\nweight_decay = 0", dict(momentum=0.9), RATES, "all"),
    "decay": (
        "momentum = 0.9\nweight_decay = 1e-2",
        dict(momentum=0.9, weight_decay=1e-2),
        RATES,
        "all",
    ),
    "dampening": (
        "momentum = 0.9\ndampening = 0.3\nweight_decay = 1e-2",
        dict(momentum=0.9, dampening=0.3, weight_decay=1e-2),
        RATES,
        "all",
    ),
    "nesterov": (
        "nesterov = true\nweight_decay = 1e-2\ndecay = 'no_norm'",
        dict(momentum=0.9, nesterov=True, weight_decay=1e-2),
        RATES,
        "no_norm",
    ),
    "cycled": (
        "weight_decay = 1e-2\ndecay = 'no_norm_bias'",
        dict(momentum=0.9, weight_decay=1e-2),
        CYCLED,
        "no_norm_bias",
    ),
}

# By hand, since this is what the rule has to find by itself.
NORMS = {"bn1", "layer1.0.downsample.1"}


def decays(name, rule):
    layer = name.rpartition(".")[0]
    if rule == "all":
        return True
    return layer not in NORMS and (rule == "no_norm" or not name.endswith(".bias"))


class OptimizerTest(oracle.OracleTest):
    def compare_all(self, **implementation):
        cases = [
            dict(
                name=name,
                kind="optimizer",
                table="use = 'sgd'\n" + keys,
                rates=rates,
                continue_after=3,
            )
            for name, (keys, _, rates, _) in CASES.items()
        ]
        root = self.dump(cases)
        for name in CASES:
            with self.subTest(name):
                self.compare(oracle.read_tensors(root / name), name, implementation)

    def compare(self, ours, name, implementation):
        _, options, rates, rule = CASES[name]
        parameters = {
            k: v.clone(memory_format=torch.preserve_format).requires_grad_()
            for k, v in oracle.under(ours, "start.").items()
        }
        spared = dict(params=[p for n, p in parameters.items() if not decays(n, rule)])
        groups = [
            dict(params=[p for n, p in parameters.items() if decays(n, rule)]),
            dict(spared, weight_decay=0.0),
        ]
        groups = [group for group in groups if group["params"]]
        theirs = torch.optim.SGD(groups, lr=1, **options, **implementation)
        for step, (lr, momentum) in enumerate(rates):
            for group in theirs.param_groups:
                group["lr"] = lr
                if momentum is not None:
                    group["momentum"] = momentum
            for n, p in parameters.items():
                p.grad = ours[f"step{step}.gradient.{n}"].clone()
            theirs.step()
            for n, p in parameters.items():
                mine = ours[f"step{step}.parameter.{n}"]
                self.assert_same(implementation, mine, p, f"{n} after step {step}")
        momenta = oracle.under(ours, "momentum.")
        self.assertEqual(bool(momenta), "momentum" in options)
        for n, tensor in momenta.items():
            buffer = theirs.state[parameters[n]]["momentum_buffer"]
            self.assert_same(implementation, tensor, buffer, f"momentum of {n}")

    def assert_same(self, implementation, ours, theirs, what):
        if "fused" in implementation:
            self.assert_same_bits(ours, theirs.detach(), what)
        else:
            torch.testing.assert_close(ours, theirs.detach(), rtol=1e-6, atol=1e-6, msg=what)

    def test_same_bits_as_fused(self):
        self.compare_all(fused=True)

    def test_same_values_as_foreach(self):
        self.compare_all(foreach=True)


if __name__ == "__main__":
    oracle.main()
