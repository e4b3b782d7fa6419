"""Nothing that is compiled for wider vectors can be called from code that every processor runs.

A function that the linker may choose among several files (a template, an inline function) would be
taken from any of them: chosen from a file compiled for AVX-512, it ends r50 on older processors.
"""

import os
import pathlib
import subprocess
import sys
import unittest

BUILD = pathlib.Path(os.environ["R50_BUILD"])


class KernelSymbols(unittest.TestCase):
    def test_files_with_flags_of_their_own_share_no_function(self):
        objects = [path for name in ("kernels_avx512", "weight_gradient_amx")
                   for path in BUILD.glob(f"core/CMakeFiles/r50.dir/src/nn/{name}*.o")]
        if not objects:
            print("SKIP: r50 is not compiled in this build")
            sys.exit(77)
        self.assertEqual(len(objects), 3)
        for path in objects:
            lines = subprocess.run(["nm", "--demangle", path], check=True, capture_output=True,
                                   text=True).stdout.splitlines()
            # The word before a name: W, V, u and w can be merged with those of other files.
            shared = [line for line in lines if line[17:18] in "WVuw"
                      and "DW.ref.__gxx_personality" not in line]
            self.assertEqual(shared, [], path.name)


if __name__ == "__main__":
    unittest.main()
