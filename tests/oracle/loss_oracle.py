"""The cross_entropy plugin against torch.nn.functional.cross_entropy."""

import oracle
import torch

SMOOTHING = (0, 0.1)


class LossTest(oracle.OracleTest):
    def test_cross_entropy(self):
        options = [
            (smoothing, targets, bf16)
            for smoothing in SMOOTHING
            for targets in ("labels", "mixed")
            for bf16 in (False, True)
        ]
        cases = [
            dict(
                name=f"{smoothing} {targets} {bf16}",
                kind="loss",
                table=f"use = 'cross_entropy'\nlabel_smoothing = {smoothing}",
                targets=targets,
                bf16=bf16,
            )
            for smoothing, targets, bf16 in options
        ]
        root = self.dump(cases)
        for case, (smoothing, _, bf16) in zip(cases, options):
            with self.subTest(case["name"]):
                self.compare(oracle.read_tensors(root / case["name"]), smoothing, bf16)

    def compare(self, ours, smoothing, bf16):
        leaf = ours["logits"].clone().requires_grad_()
        logits = leaf.bfloat16().float() if bf16 else leaf
        loss = torch.nn.functional.cross_entropy(
            logits, ours["targets"], label_smoothing=smoothing
        )
        loss.backward()
        self.assert_same_bits(ours["loss"], loss, "loss")
        self.assert_same_bits(ours["gradient"], leaf.grad, "gradient")


if __name__ == "__main__":
    oracle.main()
