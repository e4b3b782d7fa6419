"""The same ResNet-50 training step in eager PyTorch: what a script on timm or torchvision runs.

eager.py SIZE BATCH PRECISION STEPS [compile] [evaluate]  prints img/s of each step or batch
"""

import sys
import time

import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = width * 4
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                                            nn.BatchNorm2d(outputs))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.relu(self.bn3(self.conv3(y)).add_(shortcut))


def resnet50():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
              nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for number in range(count):
            layers.append(Bottleneck(inputs, width, stride if number == 0 else 1))
            inputs = width * 4
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 1000))


def train(model, optimizer, images, precision, steps, tell=True):
    targets = torch.randint(1000, (len(images),))
    for _ in range(steps):
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            loss = nn.functional.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()
        if tell:
            print(len(images) / (time.perf_counter() - begin), flush=True)


def evaluate(model, images, precision, batches):
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
        for _ in range(batches):
            begin = time.perf_counter()
            model(images).sum().item()
            print(len(images) / (time.perf_counter() - begin), flush=True)


def main(size, batch, precision, steps, words):
    torch.set_num_threads(2)
    torch.manual_seed(1)
    model = resnet50().to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4,
                                fused=True)
    if "compile" in words:
        model = torch.compile(model)
    images = torch.randn(batch, 3, size, size).to(memory_format=torch.channels_last)
    if "evaluate" not in words:
        print("first step begins", time.time(), flush=True)
        train(model, optimizer, images, precision, steps)
        return
    train(model, optimizer, images, precision, 1, tell=False)  # an evaluation comes after training
    evaluate(model, images, precision, steps)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:])
