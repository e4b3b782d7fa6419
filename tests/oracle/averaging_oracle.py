"""The ema and swa plugins against torch.optim.swa_utils.AveragedModel: the same bits."""

import math

import oracle
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

EPOCHS, STEPS = 6, 5

# table, decay (None: SWA) as a function of the updates so far, and the steps after which one is due
CASES = {
    "ema": ("use = 'ema'\ndecay = 0.9", lambda k: 0.9, range(1, 31)),
    "ema_every": (
        "use = 'ema'\ndecay = 0.98\nevery = 4\nstart = '10 steps'",
        lambda k: 0.98,
        [14, 18, 22, 26, 30],
    ),
    "ema_horizon": (
        "use = 'ema'\nhorizon_epochs = 2\nevery = 2",
        lambda k: math.exp(-2 / (2 * STEPS)),
        range(2, 31, 2),
    ),
    "ema_warmup": (
        "use = 'ema'\ndecay = 0.9\nwarmup = true",
        lambda k: min(0.9, 1 - (1 + k / 1.0) ** -(2 / 3)),  # timm's ModelEmaV3
        range(1, 31),
    ),
    "swa": ("use = 'swa'\nstart = '3 epochs'", None, [20, 25, 30]),
    "swa_early": (
        "use = 'swa'\nstart = '10%'\nevery = '2 steps'",
        None,
        range(5, 31, 2),
    ),
}


class Model(torch.nn.Module):
    def __init__(self, tensors):
        super().__init__()
        for name, tensor in tensors.items():
            flat = name.replace(".", "_")
            if "running" in name or "num" in name:
                self.register_buffer(flat, tensor.clone())
            else:
                self.register_parameter(flat, torch.nn.Parameter(tensor.clone()))

    def take(self, tensors):
        with torch.no_grad():
            for name, tensor in tensors.items():
                getattr(self, name.replace(".", "_")).copy_(tensor)


class AveragingTest(oracle.OracleTest):
    def compare(self, ours, name):
        _, decay, due = CASES[name]
        exact = name not in ("ema_horizon", "ema_warmup")
        average, updates = None, 0
        for step in range(1, EPOCHS * STEPS + 1):
            tensors = oracle.under(ours, f"step{step}.model.")
            if average is None:
                model = Model(tensors)
                average = AveragedModel(model, use_buffers=decay is not None)
            if step in due:
                model.take(tensors)
                if decay is not None:
                    average.multi_avg_fn = get_ema_multi_avg_fn(decay(updates))
                average.update_parameters(model)
                updates += 1
            found = oracle.under(ours, f"step{step}.average.")
            self.assertEqual(bool(found), updates > 0, f"step {step}")
            for n, tensor in found.items():
                theirs = getattr(average.module, n.replace(".", "_")).detach()
                if exact or not tensor.is_floating_point():
                    self.assert_same_bits(tensor, theirs, f"{n} after step {step}")
                else:  # r50's exp and pow are its own: the decay may differ in its last bit
                    torch.testing.assert_close(tensor, theirs, rtol=1e-6, atol=1e-7)

    def test_same_averages(self):
        run = dict(kind="averaging", epochs=EPOCHS, steps_per_epoch=STEPS)
        root = self.dump([dict(run, name=name, table=CASES[name][0]) for name in CASES])
        for name in CASES:
            with self.subTest(name):
                self.compare(oracle.read_tensors(root / name), name)


if __name__ == "__main__":
    oracle.main()
