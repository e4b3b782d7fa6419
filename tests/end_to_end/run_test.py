"""Runs as users meet them: finished, paused, interrupted, branched, changed, and gone wrong."""

import json
import os
import re
import resource
import signal
import subprocess
import time
import unittest

import jpegs
import runs


class Runs(runs.InFolder):
    def run_in(self, name, *arguments, **keys):
        return runs.r50run(self.file, "--run-dir", self.folder / name, *arguments, **keys)

    def straight(self):
        self.run_in("straight", check=0)
        return runs.kept(self.folder / "straight")


class Loading(unittest.TestCase):
    def test_files_and_folders_are_the_systems_own_librarys_business(self):
        """libtorch's libraries export a std::filesystem of their own, of which one version calls
        a null pointer. A library linked behind it would use that."""
        said = subprocess.run([runs.R50RUN, "--version"], check=True, capture_output=True,
                              text=True, errors="replace", timeout=60,
                              env={**os.environ, "LD_BIND_NOW": "1", "LD_DEBUG": "bindings"}).stderr
        ours = r"binding file \S*/(?:r50run|libr50[^/ ]*) \[0\] to (\S+) .*10filesystem"
        found = re.findall(ours, said)
        self.assertTrue(found, "the loader says nothing")
        self.assertEqual([file for file in found if "torch" in file or "libc10" in file], [])


class Continuing(Runs):
    def test_the_same_command_again_finds_its_finished_run(self):
        first = runs.r50run(self.file, cwd=self.folder, check=0)
        self.assertTrue(first.stdout)
        again = runs.r50run(self.file, cwd=self.folder, check=0)
        self.assert_says(again, "finished", "--fresh")
        runs.r50run(self.file, "--fresh", cwd=self.folder, check=0)
        ids = sorted(path.name for path in (self.folder / "runs" / "small").iterdir())
        self.assertEqual(len(ids), 2)
        self.assertEqual(ids[1], ids[0] + "-2")
        runs.assert_same(runs.kept(self.folder / "runs/small" / ids[0]),
                         runs.kept(self.folder / "runs/small" / ids[1]), "a fresh run")

    def test_the_run_folder_holds_what_it_promises(self):
        self.run_in("run", check=0)
        for name in ("resolved.toml", "run.json", "log.txt", "metrics.jsonl", "history.csv",
                     "history.md", "curves.png", "result.json", "checkpoints/last.pt",
                     "checkpoints/best.pt"):
            self.assertTrue((self.folder / "run" / name).stat().st_size > 0, name)
        leftover = [p for p in (self.folder / "run").rglob("*") if "tmp" in p.name]
        self.assertEqual(leftover, [])

    def test_pausing_at_every_epoch_gives_the_bytes_of_a_straight_run(self):
        expected = self.straight()
        for epoch in (1, 2):
            self.run_in("paused", "--until", f"{epoch} epochs", check=75)
        self.run_in("paused", check=0)
        runs.assert_same(expected, runs.kept(self.folder / "paused"), "paused twice")

    def test_a_signal_saves_and_a_second_one_leaves_at_once(self):
        expected = self.straight()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            process = self.start("signalled")
            self.wait_for_row(process, "signalled", 1)
            process.send_signal(number)
            self.assertIn(process.wait(timeout=60), (75, 0))
        self.run_in("signalled", check=0)
        runs.assert_same(expected, runs.kept(self.folder / "signalled"), "three signals")

    def start(self, name, *arguments):
        return subprocess.Popen([runs.R50RUN, self.file, "--run-dir", self.folder / name,
                                 *arguments], stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_for_row(self, process, name, more):
        """Until the run has written this many more rows; bounded by the run's own end."""
        log = self.folder / name / "metrics.jsonl"
        count = lambda: log.read_bytes().count(b"\n") if log.exists() else 0
        wanted = count() + more
        deadline = time.monotonic() + 120
        while count() < wanted and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)

    def test_from_an_older_checkpoint_sets_later_rows_aside(self):
        self.file = self.write(runs.small() + 'keep_every = "1 epochs"\n')
        expected = self.straight()
        folder = self.folder / "straight"
        older = folder / "checkpoints" / "epoch_0001.pt"
        self.assertTrue(older.exists(), list((folder / "checkpoints").iterdir()))
        rows = runs.rows(folder)
        self.run_in("straight", "--from", older, check=0)
        runs.assert_same(expected, runs.kept(folder), "from epoch 1")
        aside = [p for p in folder.iterdir() if "aside" in p.name and p.suffix == ".jsonl"]
        self.assertEqual(len(aside), 1)
        saved = [json.loads(line)["row"] for line in aside[0].read_text().splitlines()]
        self.assertEqual(saved[-1], rows[-1]["row"])

    def test_the_best_weights_of_a_future_given_up_are_set_aside(self):
        # At this rate the loss is the lowest after the second epoch, so best.pt is of that one.
        # At this width each epoch is better than the one before.
        slow = runs.small().replace("lr = 0.05", "lr = 0.001").replace("width = 32", "width = 64")
        self.file = self.write(slow + 'keep_every = "1 epochs"\nmetric = "loss"\n')
        self.straight()
        checkpoints = self.folder / "straight/checkpoints"
        best = (checkpoints / "best.pt").read_bytes()
        older = checkpoints / "epoch_0001.pt"
        branch = runs.r50run(self.file, "--branch", older, cwd=self.folder, check=0)
        self.assert_says(branch, "best.pt is later than the branch")
        back = self.run_in("straight", "--from", older, "--until", "5 steps", check=75)
        self.assert_says(back, "best.pt is later, too")
        self.assertEqual((checkpoints / "set_aside/best.pt").read_bytes(), best)
        self.assertFalse((checkpoints / "best.pt").exists())
        self.assertFalse((checkpoints / "epoch_0002.pt").exists())
        self.run_in("straight", check=0)
        self.assertEqual((checkpoints / "best.pt").read_bytes(), best)

    def test_a_branch_is_a_run_of_its_own(self):
        self.file = self.write(runs.small() + 'keep_every = "1 epochs"\n')
        expected = self.straight()
        older = self.folder / "straight/checkpoints/epoch_0001.pt"
        runs.r50run(self.file, "--branch", older, cwd=self.folder, check=0)
        branches = list((self.folder / "runs/small").iterdir())
        self.assertEqual(len(branches), 1)
        self.assertEqual(runs.rows(branches[0]), expected["rows"])
        self.assertEqual(runs.kept(self.folder / "straight"), expected)
        self.assert_says(runs.r50run(self.file, "--branch", older, cwd=self.folder, check=0),
                         "finished")

    def test_a_changed_file_never_continues_silently(self):
        self.run_in("run", "--until", "1 epochs", check=75)
        changed = self.write(runs.small().replace("lr = 0.05", "lr = 0.01"), "changed.toml")
        refused = runs.r50run(changed, "--run-dir", self.folder / "run", check=2)
        self.assert_says(refused, "another experiment", "--continue")
        done = runs.r50run(changed, "--continue", self.folder / "run", check=0)
        self.assert_says(done, "scheduler.lr: 0.05 -> 0.01")
        wrong = self.write(runs.small().replace("depth = 18", "depth = 34"), "wrong.toml")
        refused = runs.r50run(wrong, "--continue", self.folder / "run", check=2)
        self.assert_says(refused, "model.depth", "18", "34")

    def test_detached_it_goes_on_alone(self):
        done = self.run_in("alone", "--detach", check=0)
        self.assert_says(done, "log.txt")
        deadline = time.monotonic() + 120
        while not (self.folder / "alone/result.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertTrue((self.folder / "alone/result.json").exists())

    def test_verify_resume_finds_nothing(self):
        done = runs.r50run("verify-resume", self.file, "--steps", "4", cwd=self.folder, check=0)
        self.assert_says(done, "equal")


class DataElsewhere(Runs):
    """An ID does not depend on where the data lie."""

    def setUp(self):
        super().setUp()
        self.here, self.there = self.folder / "here", self.folder / "there"
        jpegs.make_folder(self.here, classes=3, train=12, val=4)
        self.file = self.write(runs.small(
            dataset='use = "image_folder"\npath = "${IMAGES:-nowhere}"').replace("epochs = 3",
                                                                               "epochs = 1"))

    def train(self, *arguments, images, **keys):
        return runs.r50run(*arguments, cwd=self.folder, extra={"IMAGES": str(images)}, **keys)

    def ids(self):
        return sorted(path.name for path in (self.folder / "runs/small").iterdir())

    def test_a_run_is_resumed_where_the_data_lie_elsewhere(self):
        self.train(self.file, "--until", "2 steps", images=self.here, check=75)
        first = self.ids()
        self.here.rename(self.there)
        done = self.train(self.file, images=self.there, check=0)
        self.assert_says(done, "step 2 of")
        self.assertEqual(self.ids(), first)

    def test_a_run_begun_under_its_former_id_is_resumed(self):
        # A path that is typed counts as typed, which is what the value of a variable once did.
        typed = f'dataset.path="{self.here}"'
        self.train(self.file, typed, "--until", "2 steps", images="", check=75)
        former = self.ids()
        done = self.train(self.file, images=self.here, check=0)
        self.assert_says(done, "step 2 of")
        self.assertEqual(self.ids(), former)
        again = self.train(self.file, images=self.here, check=0)
        self.assert_says(again, "is finished")
        self.train(self.file, "--fresh", "--until", "1 steps", images=self.here, check=75)
        self.assertEqual(self.ids(), [former[0], former[0] + "-2"])
        # The same in a folder that the user names, and for find-lr.
        finder = ("find-lr", self.file, "find_lr.iterations=20", "find_lr.seeds=1")
        self.train(*finder, typed, images="", check=0)
        self.assert_says(self.train(*finder, images=self.here, check=0), "is finished")
        self.train(self.file, typed, "--run-dir", "mine", "--until", "1 steps", images="", check=75)
        self.train(self.file, "--run-dir", "mine", "--until", "2 steps", images=self.here, check=75)

    def test_without_the_data_it_says_what_to_change(self):
        said = runs.r50run(self.file, cwd=self.folder, check=2)
        self.assert_says(said, f'change "${{IMAGES:-nowhere}}" in {self.file}', "dataset.path=")
        further = self.write(f'[dataset]\nuse = "image_folder"\npath = "{self.here}"\n',
                             "mine.toml")
        done = runs.r50run(self.file, further, "--until", "1 steps", cwd=self.folder, check=75)
        self.assert_says(done, "paused")


class GoneWrong(Runs):
    def test_a_typo_is_told_before_anything_is_written(self):
        done = runs.r50run(self.file, "optimizer.momentun=0.5", cwd=self.folder, check=2)
        self.assert_says(done, "momentun", "'momentum'")
        self.assertFalse((self.folder / "runs").exists())

    def test_a_loss_that_is_no_number(self):
        done = self.run_in("nan", "scheduler.lr=1e30", check=3)
        self.assert_says(done, "step", "loss")

    def test_disk_full_while_saving(self):
        expected = self.straight()
        shim = {"LD_PRELOAD": runs.SHIM, "R50_KILL_ROOT": str(self.folder),
                "R50_FAIL": "/checkpoints/:4:12"}
        done = self.run_in("full", extra=shim, check=0)
        self.assert_says(done, "No space left on device")
        runs.assert_same(expected, runs.kept(self.folder / "full"), "a disk that was full")

    def test_a_disk_slower_than_the_training(self):
        """Checkpoints come late, which is said once, and change nothing."""
        expected = self.straight()
        shim = {"LD_PRELOAD": runs.SHIM, "R50_KILL_ROOT": str(self.folder),
                "R50_SLOW": "/checkpoints/last:900"}
        done = self.run_in("slow", "checkpoint.every='1 steps'", extra=shim, check=0)
        said = (self.folder / "slow/log.txt").read_text().count("disk is still busy")
        self.assertEqual(said, 1, done.stdout)
        runs.assert_same(expected, runs.kept(self.folder / "slow"), "a slow disk")

    def test_the_record_is_on_the_disk_before_a_checkpoint_that_counts_it(self):
        trace = self.folder / "trace"
        self.run_in("traced", trace=trace, root=self.folder, check=0)
        saved = synced = 0
        for line in trace.read_text().splitlines():
            operation, path, _ = line.split(" ")
            if operation == "fsync" and path.endswith("/metrics.jsonl"):
                synced += 1
            if operation == "rename" and path.endswith("/last.pt"):
                saved += 1
                self.assertGreaterEqual(synced, saved)
        self.assertGreater(saved, 2)

    def test_a_run_folder_that_cannot_be_written(self):
        done = runs.r50run(self.file, "--run-dir", "/dev/null/run", check=2)
        self.assert_says(done, "/dev/null/run", "cannot be written")

    def test_a_missing_and_an_empty_data_set(self):
        (self.folder / "empty").mkdir()
        for path in ("missing", "empty"):
            self.file = self.write(runs.small(
                dataset=f'use = "image_folder"\npath = "{self.folder}/{path}"'))
            done = runs.r50run(self.file, cwd=self.folder, check=2)
            self.assert_says(done, f"{self.folder}/{path}")
            self.assertFalse((self.folder / "runs").exists())

    def test_augmentation_out_of_order(self):
        text = runs.small(augmentation='[[augmentation]]\nuse = "flip"')
        self.file = self.write(text)
        line = 1 + max(n for n, text in enumerate(text.splitlines()) if text == "[[augmentation]]")
        done = runs.r50run(self.file, cwd=self.folder, check=2)
        said = re.sub(r" \(\S*/(r50_\w+\.so)\)", r" (\1)", done.stderr)
        self.assertEqual(
            said.strip(),
            f"r50run: {self.file}:{line}:1: augmentation 'flip' (r50_augmentation_flip.so) chooses "
            "a region, but stands after augmentation 'normalize' (r50_augmentation_normalize.so), "
            "which works on batches\n    stages run in the order of the file: first those that "
            "choose regions, then those that change pixels, then those that work on batches")
        self.assertFalse((self.folder / "runs").exists())

    def test_one_class_is_no_task(self):
        jpegs.make_folder(self.folder / "one", classes=1, train=9, val=2)
        self.file = self.write(runs.small(
            dataset=f'use = "image_folder"\npath = "{self.folder}/one"'))
        self.assert_says(runs.r50run(self.file, cwd=self.folder, check=2), "class")

    def test_a_corrupt_jpeg_is_counted_named_and_replaced(self):
        jpegs.make_folder(self.folder / "images", classes=3, train=12, val=4)
        bad = self.folder / "images/train/class_1/003.jpg"
        bad.write_bytes(bad.read_bytes()[:300])
        text = runs.small(dataset=f'use = "image_folder"\npath = "{self.folder}/images"')
        self.file = self.write(text.replace("[data]", "[data]\nmax_bad = 0.1"))
        self.run_in("a", check=0)
        self.run_in("b", "data.threads=1", check=0)
        named = (self.folder / "a/quarantine.txt").read_text()
        self.assertIn("train/class_1/003.jpg", named)
        self.assertEqual(len(named.splitlines()), 1)
        self.assertEqual(runs.rows(self.folder / "a"), runs.rows(self.folder / "b"))
        epochs = [row for row in runs.rows(self.folder / "a") if row["kind"] == "epoch"]
        self.assertGreater(epochs[-1]["quarantined"], 0)
        self.file = self.write(text)
        self.assert_says(self.run_in("c", check=1), "quarantine", "max_bad")

    def test_two_processes_in_one_folder(self):
        process = subprocess.Popen([runs.R50RUN, self.file, "--run-dir", self.folder / "run"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            log = self.folder / "run/metrics.jsonl"
            deadline = time.monotonic() + 60
            while not (log.exists() and log.stat().st_size) and time.monotonic() < deadline:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGSTOP)
            done = self.run_in("run", check=2)
            self.assert_says(done, str(process.pid))
        finally:
            os.kill(process.pid, signal.SIGCONT)
            process.wait(timeout=120)

    def test_out_of_memory_names_what_would_fit(self):
        text = runs.small(size=64).replace("width = 32", "width = 64")
        self.file = self.write(text.replace("batch = 8", "batch = 4096").replace(
            "train_images = 32", "train_images = 4096"))
        limit = 5 << 30
        done = subprocess.run([runs.R50RUN, self.file, "--run-dir", self.folder / "run",
                               "--until", "1 steps"], text=True, capture_output=True, timeout=300,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                                                    (limit, limit)))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assert_says(done, "4096", "accumulate", "GiB")


class FastStep(Runs):
    def test_it_is_off_where_the_file_says_so_and_another_run_then(self):
        self.run_in("auto", check=0)
        self.run_in("aten", 'run.step="aten"', check=0)
        runs.assert_kernels_ran(self.folder / "auto", "fp32", units=20)
        log = (self.folder / "aten/log.txt").read_text()
        self.assertIn("libtorch's operators ([run] step = \"aten\")", log)
        self.assertIn("0 of 20 units", log)

    def test_memory_that_is_not_kept_changes_no_bit(self):
        expected = self.straight()
        self.run_in("given_back", "run.keep_memory=0", check=0)
        runs.assert_same(expected, runs.kept(self.folder / "given_back"), "given back")
        self.assertIn("keep_memory = 0", (self.folder / "given_back/log.txt").read_text())
        self.run_in("little", "run.keep_memory=0.01", check=0)
        runs.assert_same(expected, runs.kept(self.folder / "little"), "10 MiB kept")

    def test_profile_shows_layers_and_writes_a_table_that_counts(self):
        shown = runs.r50run("profile", self.file, check=0)
        self.assert_says(shown, "fast step", "layer4.1.conv2", "img/s")
        table = self.folder / "table.toml"
        tuned = runs.r50run("profile", self.file, "--tune", table)
        if not runs.has_kernels("fp32"):
            self.assertEqual(tuned.returncode, 1)
            self.assert_says(tuned, "Nothing to tune")
            return
        self.assertEqual(tuned.returncode, 0)
        self.assertIn("[[run.conv]]", table.read_text())
        extending = self.write(f'extends = "{table}"\n' + runs.small(), "extending.toml")
        ids = [re.search(r"/([0-9a-z]+)$", self.planned(file)).group(1)
               for file in (self.file, extending)]
        self.assertNotEqual(*ids)

    def planned(self, file):
        """The run folder of a file, from a run that is paused at once."""
        runs.r50run(file, "--until", "1 steps", cwd=self.folder, check=75)
        return str(next((self.folder / "runs" / file.stem).iterdir()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
