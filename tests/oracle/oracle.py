"""Runs oracle_dump over some cases and reads what it wrote."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import torch
except ImportError:
    print("SKIP: Python has no torch to compare with; tools/setup installs it")
    sys.exit(77)

DUMP = None  # the program, from the command line

TYPES = {
    "Float": torch.float32,
    "Double": torch.float64,
    "BFloat16": torch.bfloat16,
    "Long": torch.int64,
}


def main():
    global DUMP
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} PATH_OF_oracle_dump [unittest options]")
    DUMP = sys.argv.pop(1)
    torch.set_num_threads(1)
    unittest.main(module="__main__")


class OracleTest(unittest.TestCase):
    def dump(self, cases):
        """Runs all cases in one process; returns the folder that has a folder for each."""
        folder = tempfile.TemporaryDirectory(prefix="r50-oracle-")
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (root / "cases.json").write_text(json.dumps(cases))
        done = subprocess.run(
            [DUMP, str(root / "cases.json"), str(root)], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return root

    def assert_same_bits(self, ours, theirs, what):
        self.assertEqual(ours.dtype, theirs.dtype, what)
        self.assertEqual(ours.shape, theirs.shape, what)
        if not torch.equal(ours, theirs):
            difference = (ours.double() - theirs.double()).abs().max().item()
            self.fail(f"{what}: not the same bits; largest difference {difference:g}")


def read_tensors(folder):
    """The tensors of one case by name, in the order they were written."""
    data = bytearray((folder / "tensors.bin").read_bytes())
    tensors = {}
    for entry in json.loads((folder / "tensors.json").read_text()):
        dtype = TYPES[entry["type"]]
        count = entry["bytes"] // dtype.itemsize
        tensor = torch.frombuffer(data, dtype=dtype, count=count, offset=entry["offset"])
        tensors[entry["name"]] = tensor.reshape(entry["shape"])
    return tensors


def under(tensors, prefix):
    """Those whose names start with prefix, without it."""
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}
