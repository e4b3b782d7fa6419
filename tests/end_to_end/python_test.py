"""A checkpoint belongs to Python as well.

torch.load reads it with weights_only=True, its model part fits torchvision's names with
strict=True, and that model judges the held-out images as r50 did.
"""

import os
import pathlib
import random
import sys
import tempfile

import runs

try:
    import numpy
    import torch
except ImportError:
    runs.skip("needs Python's torch and numpy (tools/setup --tests installs them)")

sys.path.insert(0, os.path.join(os.environ["R50_SOURCE_DIR"], "tests/oracle"))
from resnet_reference import ResNet  # noqa: E402

SIZE = 32
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def make_images(folder):
    """PNGs of the size they are used at: no decoder and no resize stands between the two sides."""
    dice = random.Random(3)
    images = {"train": [], "val": []}
    for split, count in (("train", 8), ("val", 6)):
        for label in range(3):
            place = folder / split / f"class_{label}"
            place.mkdir(parents=True)
            for number in range(count):
                pixels = [[[dice.randint(0, 255) for _ in range(3)] for _ in range(SIZE)]
                          for _ in range(SIZE)]
                runs.write_png(place / f"{number}.png", SIZE, SIZE, lambda y, x: pixels[y][x])
                images[split].append((pixels, label))
    return images["val"]


def main(folder):
    held_out = make_images(folder / "images")
    text = runs.small(size=SIZE, dataset=f'use = "image_folder"\npath = "{folder}/images"')
    text = text.replace("depth = 18", "depth = 50").replace('stem = "small"', 'stem = "imagenet"')
    text = text.replace("width = 32\n", "")
    text = text.replace("epochs = 3", "epochs = 1").replace("lr = 0.05", "lr = 0.0005")
    text = text.replace('use = "center_crop"\n', 'use = "center_crop"\nratio = 1.0\n')
    file = folder / "fifty.toml"
    file.write_text(text)
    runs.r50run(file, "--run-dir", folder / "run", check=0)

    checkpoint = torch.load(folder / "run/checkpoints/last.pt", weights_only=True)
    model = ResNet(depth=50, classes=3)
    model.load_state_dict(checkpoint["model"], strict=True)
    model.eval().to(memory_format=torch.channels_last)
    pixels = torch.from_numpy(numpy.array([image for image, _ in held_out], dtype=numpy.uint8))
    images = (pixels.permute(0, 3, 1, 2).float() / 255 - torch.tensor(MEAN).view(1, 3, 1, 1))
    images = (images / torch.tensor(STD).view(1, 3, 1, 1)).to(memory_format=torch.channels_last)
    labels = torch.tensor([label for _, label in held_out])
    torch.set_num_threads(1)
    with torch.no_grad():
        logits = torch.cat([model(images[i:i + 8]) for i in range(0, len(images), 8)])
    loss = torch.nn.functional.cross_entropy(logits, labels).item()
    top1 = 100 * (logits.argmax(1) == labels).float().mean().item()
    said = [row for row in runs.rows(folder / "run") if row["kind"] == "evaluation"][-1]
    assert said["images"] == len(held_out), said
    assert abs(said["loss"] - loss) <= 1e-5 * max(1, abs(loss)), (said, loss)
    assert abs(said["top1"] - top1) < 1e-4, (said, top1)
    print(f"Python's ResNet-50 with r50's checkpoint: loss {loss:.7f}, r50 said {said['loss']:.7f}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="r50_python_") as place:
        main(pathlib.Path(place).resolve())
