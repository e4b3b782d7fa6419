"""The resnet plugin against PyTorch's own modules, in one thread: with [run] step = "aten" the same
bits, with "auto" the same numbers but for rounding."""

import oracle
import torch
from resnet_reference import ResNet

CASES = [
    dict(name="50", depth=50, classes=1000, seed=1, images=2, size=64),
    dict(name="18_small", depth=18, stem="small", classes=10, seed=2, images=4, size=32),
    dict(name="50_zero", depth=50, zero_init_residual=True, classes=7, seed=3, images=2, size=65),
    dict(name="18_narrow", depth=18, stem="small", width=32, classes=10, seed=5, images=4,
         size=32),
    dict(name="34", depth=34, classes=10, seed=4),  # initial weights alone
]


def table(case):
    lines = ["use = 'resnet'", f"depth = {case['depth']}"]
    if "stem" in case:
        lines.append(f"stem = '{case['stem']}'")
    if "width" in case:
        lines.append(f"width = {case['width']}")
    if "zero_init_residual" in case:
        lines.append("zero_init_residual = true")
    return "\n".join(lines)


# Networks that start as the identity, or are shallow: others amplify the last digit without end.
NEAR = [dict(case, step="auto") for case in CASES
        if case["name"] in ("18_small", "18_narrow", "50_zero")]


class ModelTest(oracle.OracleTest):
    def assert_near(self, ours, theirs, what):
        self.assertEqual(ours.shape, theirs.shape, what)
        error = (ours.double() - theirs.double()).norm().item()
        size = theirs.double().norm().item()
        self.assertLessEqual(error, 0.01 * size + 1e-12, what)

    def compare(self, case, same):
        root = self.dump([dict(case, kind="model", table=table(case))])
        ours = oracle.read_tensors(root / case["name"])
        options = {k: case[k] for k in ("stem", "width", "zero_init_residual") if k in case}
        torch.manual_seed(case["seed"])
        model = ResNet(case["depth"], case["classes"], **options)

        start = oracle.under(ours, "start.")
        theirs = model.state_dict()
        self.assertEqual(set(start), set(theirs))
        parameters = [name for name, _ in model.named_parameters()]
        self.assertEqual([name for name in start if name in set(parameters)], parameters)
        for name, tensor in theirs.items():
            self.assert_same_bits(start[name], tensor, f"initial {name}")
        if "size" not in case:
            return

        model = model.to(memory_format=torch.channels_last)
        model.load_state_dict(start, strict=True)
        images = ours["images"].contiguous(memory_format=torch.channels_last)
        model.train()
        logits = model(images)
        loss = torch.nn.functional.cross_entropy(logits, ours["targets"])
        loss.backward()
        same(ours["logits"], logits, "logits in training")
        same(ours["loss"], loss, "loss")
        for name, parameter in model.named_parameters():
            same(ours["gradient." + name], parameter.grad, f"gradient of {name}")
        for name, buffer in model.named_buffers():
            same(ours["after." + name], buffer, name)
        model.eval()
        with torch.no_grad():
            same(ours["evaluation"], model(images), "logits in evaluation")

    def test_same_network(self):
        for case in CASES:
            with self.subTest(case["name"]):
                self.compare(case, self.assert_same_bits)

    def test_same_network_by_the_fast_step(self):
        for case in NEAR:
            with self.subTest(case["name"]):
                self.compare(case, self.assert_near)


if __name__ == "__main__":
    oracle.main()
