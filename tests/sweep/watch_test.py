"""r50sweep status --watch, on a pipe and on a terminal."""

import os
import pty
import select
import subprocess
import time
import unittest

import sweeps

SLOW = ('parameters.x.values = [0, 1, 2]\nparameters.ms.value = 100\n'
        'parameters."run.epochs".value = 8\n')


class Watching(sweeps.SweepTest):
    def begin(self):
        self.write(SLOW)
        child = self.start("s.toml")
        for _ in range(600):
            if list(self.folder.glob("runs/s/*/metrics.jsonl")):
                return child
            self.assertIsNone(child.poll(), "the sweep ended before it was watched")
            time.sleep(0.05)
        self.fail("no trial has begun")

    def watch_on_a_terminal(self, until, send=b""):
        """What it draws up to its end; `send` is typed once `until` was drawn."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.environ["TERM"] = "xterm"
            os.execv(sweeps.SWEEP, [sweeps.SWEEP, "status", "s.toml", "--watch"])
        drawn, last = b"", time.monotonic() + sweeps.LIMIT
        while time.monotonic() < last:
            if not select.select([terminal], [], [], 1)[0]:
                continue
            try:
                more = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                more = b""
            if not more:
                break
            drawn += more
            if send and until in drawn:
                os.write(terminal, send)
                send = b""
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), drawn

    def test_on_a_pipe_it_tells_changes_until_the_sweep_ends(self):
        child = self.begin()
        out = self.sweep("status", "s.toml", "--watch")
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 0)
        self.assertRegex(out, r"trial 2 finished, top1 [0-9.]+: x=2\n")
        self.assertTrue(out.splitlines()[-1].startswith("3 of 3 trials finished; best"), out)
        self.assertNotIn("\033", out)
        again = self.sweep("status", "s.toml", "--watch").splitlines()
        self.assertEqual(len(again), 1, "a sweep that has ended is reported once")

    def test_on_a_terminal_it_draws_until_the_sweep_ends(self):
        child = self.begin()
        code, drawn = self.watch_on_a_terminal(b"s has ended")
        self.assertEqual((code, child.wait(timeout=sweeps.LIMIT)), (0, 0))
        self.assertIn(b"s has ended, after", drawn)
        self.assertTrue(drawn.endswith(b"\033[?25h"), "the cursor comes back")

    def test_control_c_ends_the_watch_and_not_the_sweep(self):
        child = self.begin()
        code, drawn = self.watch_on_a_terminal(b"running", send=b"\x03")
        self.assertEqual(code, 0)
        self.assertTrue(drawn.endswith(b"\033[?25h"), "the cursor comes back")
        self.assertEqual(child.wait(timeout=sweeps.LIMIT), 0)
        self.assertEqual(self.states(), ["finished"] * 3)

    def test_one_that_has_not_begun_is_refused(self):
        self.write(SLOW)
        done = subprocess.run([sweeps.SWEEP, "status", "s.toml", "--watch"], cwd=self.folder,
                              capture_output=True, text=True, check=False, timeout=sweeps.LIMIT)
        self.assertEqual(done.returncode, 2)
        self.assertIn("has not begun", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
