"""Small JPEG folders for tests, made when they are needed: nothing of them is kept."""

import random

import runs


def make_folder(folder, classes, train, val, size=48):
    """train/ and val/ with class folders; a class is a hue, each image has its own stripes."""
    try:
        from PIL import Image
    except ImportError:
        runs.skip("needs Pillow (tools/setup --tests installs it)")
    dice = random.Random(1)
    for split, count in (("train", train), ("val", val)):
        for label in range(classes):
            place = folder / split / f"class_{label}"
            place.mkdir(parents=True)
            for number in range(count):
                image = Image.new("RGB", (size + dice.randint(0, 16), size))
                step, shift = dice.randint(3, 9), dice.randint(0, 8)
                image.putdata([
                    tuple((200 if (x + y + shift) // step % 2 else 60) if c == label % 3
                          else dice.randint(0, 90) for c in range(3))
                    for y in range(image.height) for x in range(image.width)])
                image.save(place / f"{number:03d}.jpg", quality=90)
