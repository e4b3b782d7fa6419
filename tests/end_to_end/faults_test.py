"""Images that cannot be read: faults that pass, faults that end the run, and bad images."""

import errno
import os
import resource
import subprocess
import time
import unittest

import jpegs
import runs

IMAGE = "train/class_1/003.jpg"


class Faults(runs.InFolder):
    def text(self):
        jpegs.make_folder(self.folder / "images", classes=3, train=12, val=4)
        return runs.small(dataset=f'use = "image_folder"\npath = "{self.folder}/images"')

    def run_in(self, name, *arguments, **keys):
        return runs.r50run(self.file, "--run-dir", self.folder / name, *arguments, **keys)

    def failing(self, code, first, last):
        """Opens `first` to `last` of the image fail with that errno."""
        return {"LD_PRELOAD": runs.SHIM, "R50_KILL_ROOT": str(self.folder),
                "R50_FAIL_OPEN": f"{IMAGE}:{code}:{first}:{last}"}

    def straight(self):
        self.run_in("straight", check=0)
        return runs.kept(self.folder / "straight")

    def quarantine(self, name):
        file = self.folder / name / "quarantine.txt"
        return file.read_text().splitlines() if file.exists() else []

    def garble(self, file):
        """It keeps its size, which the data's fingerprint knows."""
        good = file.read_bytes()
        file.write_bytes(bytes(len(good)))
        return good

    def test_lack_of_files_or_memory_ends_the_run_by_name_and_keeps_the_checkpoint(self):
        straight = self.straight()
        for code in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
            with self.subTest(errno.errorcode[code]):
                name = f"lack_{code}"
                # From the image's second showing on.
                failed = self.run_in(name, check=1, extra=self.failing(code, 2, 10**6))
                self.assert_says(failed, "dataset 'image_folder'", IMAGE, os.strerror(code),
                                 "resumes from the last checkpoint")
                self.assertEqual(self.quarantine(name), [])
                self.assert_says(self.run_in(name, check=0), "continuing from")
                runs.assert_same(straight, runs.kept(self.folder / name), name)

    def test_a_process_that_may_open_no_more_files_keeps_its_checkpoint(self):
        run = self.folder / "run"
        process = subprocess.Popen(
            [runs.R50RUN, self.file, "run.epochs=1000", "--run-dir", run],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            deadline = time.monotonic() + 120
            while not (run / "checkpoints/last.pt").exists():
                self.assertIsNone(process.poll(), "it ended by itself")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)[1]
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (3, hard))
            said = process.communicate(timeout=runs.LIMIT)[0]
        finally:
            process.kill()
            process.communicate()
        self.assertEqual(process.returncode, 1, said)
        self.assertIn("Too many open files", said)
        self.assertIn("dataset 'image_folder'", said)
        self.assertEqual(self.quarantine("run"), [])
        step = max(row["step"] for row in runs.rows(run))
        again = self.run_in("run", "run.epochs=1000", "--until", f"{step + 2} steps", check=75)
        self.assert_says(again, "continuing from", "paused as asked")

    def test_a_fault_that_passes_changes_nothing(self):
        straight = self.straight()
        for code in (errno.EIO, errno.ESTALE):
            name = f"passing_{code}"
            self.run_in(name, check=0, extra=self.failing(code, 2, 4))  # the fourth try succeeds
            self.assertEqual(self.quarantine(name), [])
            runs.assert_same(straight, runs.kept(self.folder / name), name)

    def test_a_fault_that_stays_makes_a_bad_image(self):
        self.run_in("run", "data.max_bad=0.1", check=0, extra=self.failing(errno.EIO, 1, 4))
        self.assertEqual(self.quarantine("run"),
                         [f"train\t{IMAGE}\tInput/output error, tried 4 times"])

    def test_max_bad_counts_the_images_of_all_processes_of_a_run(self):
        one, two = (self.folder / "images" / part for part in (IMAGE, "train/class_2/005.jpg"))
        good = self.garble(one)
        self.run_in("run", "data.max_bad=0.03", "--until", "1 epochs", check=75)  # one of 36
        self.assertEqual([line.split("\t")[:2] for line in self.quarantine("run")],
                         [["train", IMAGE]])
        one.write_bytes(good)
        good = self.garble(two)
        self.assert_says(self.run_in("run", "data.max_bad=0.03", check=1), "2 of 36 training",
                         "train/class_2/005.jpg", "quarantine.txt")
        two.write_bytes(good)
        (self.folder / "run/quarantine.txt").unlink()
        self.run_in("run", "data.max_bad=0.03", check=0)

    def test_an_images_name_cannot_break_the_lines_of_quarantine_txt(self):
        bad = self.folder / "images" / IMAGE
        self.garble(bad)
        bad.rename(bad.with_name("a\tb\nc\x1b[31m.jpg"))
        done = self.run_in("run", "data.max_bad=0.03", check=0)
        escaped = "train/class_1/a\\tb\\nc\\x1b[31m.jpg"
        self.assertEqual([line.split("\t")[:2] for line in self.quarantine("run")],
                         [["train", escaped]])
        self.assert_says(done, escaped)
        self.assertNotIn("\x1b", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
