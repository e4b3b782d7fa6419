"""The experiment files: valid TOML, whole when composed, and one line away from other data.

Composes them here by the documented rules (later wins, tables merge, arrays replace); where the
environment names r50run, asks it as well.
"""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    print("SKIP: Python's tomllib is needed (3.11)")
    raise SystemExit(77) from None

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
FILES = sorted(EXPERIMENTS.glob("*.toml"))
DATASETS = sorted((EXPERIMENTS / "dataset").glob("*.toml"))
FRAGMENTS = sorted(EXPERIMENTS.glob("*/*.toml"))
R50RUN = os.environ.get("R50RUN", "")
WHOLE = ("run dataset model optimizer loss scheduler augmentation data").split()


def merge(below: dict, above: dict) -> dict:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) \
            else value
    return merged


def compose(path: Path, text: str | None = None) -> dict:
    own = tomllib.loads(text if text is not None else path.read_text(encoding="utf-8"))
    below: dict = {}
    for name in own.pop("extends", []):
        below = merge(below, compose(path.parent / name))
    return merge(below, own)


def with_dataset(path: Path, dataset: Path) -> str:
    """The file's text with the one line changed that chooses the data."""
    text, count = re.subn(r'^  "dataset/\w+\.toml",', f'  "dataset/{dataset.name}",',
                          path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count == 1, f"{path.name} has {count} lines that choose the data"
    return text


def keys(fragment: dict, inside: str = "") -> set[str]:
    """All keys it sets, but for tables that it names with `use`: these replace the earlier ones."""
    found = set()
    for key, value in fragment.items():
        if not isinstance(value, dict):
            found.add(inside + key)
        elif "use" not in value:
            found |= keys(value, f"{inside}{key}.")
    return found


class ExperimentsTest(unittest.TestCase):
    def assert_whole(self, experiment: dict) -> None:
        for table in WHOLE:
            self.assertIn(table, experiment)
        for table in ("dataset", "model", "optimizer", "loss", "scheduler"):
            self.assertIn("use", experiment[table])
        self.assertIn("epochs", experiment["run"])
        self.assertIn("image_size", experiment["data"])
        run = experiment["run"]
        self.assertEqual(run["batch"] % run.get("accumulate", 1), 0)

    def test_there_are_files(self) -> None:
        names = {path.stem for path in FILES}
        self.assertLessEqual({"quickstart", "ema_swa_120", "ema_swa_90", "ema_swa_140",
                              "one_cycle_50", "imagenette_15", "kaggle_tiny_5"}, names)
        self.assertEqual({path.stem for path in DATASETS}, {
            "shapes", "tiny_imagenet", "imagenette", "kaggle_subset", "imagenet"})

    def test_each_is_whole(self) -> None:
        for path in FILES:
            with self.subTest(path.name):
                self.assert_whole(compose(path))

    def test_one_line_changes_the_data(self) -> None:
        for path in FILES:
            for dataset in DATASETS:
                with self.subTest(f"{path.name} on {dataset.stem}"):
                    experiment = compose(path, with_dataset(path, dataset))
                    self.assert_whole(experiment)
                    chosen = tomllib.loads(dataset.read_text(encoding="utf-8"))
                    self.assertEqual(experiment["dataset"], chosen["dataset"])
                    self.assertEqual(experiment["data"], merge(experiment["data"], chosen["data"]))

    def test_all_files_of_a_folder_set_the_same_keys(self) -> None:
        """So that one of them, put over another on the command line, leaves nothing of it."""
        for folder in ("dataset", "recipe", "machine"):
            files = sorted((EXPERIMENTS / folder).glob("*.toml"))
            self.assertGreater(len(files), 2)
            first = keys(compose(files[0]))
            for path in files[1:]:
                with self.subTest(f"{path.parent.name}/{path.name} and {files[0].name}"):
                    self.assertEqual(keys(compose(path)), first)

    def test_every_fragment_is_used(self) -> None:
        used = set()
        for path in (*FILES, *FRAGMENTS):
            own = tomllib.loads(path.read_text(encoding="utf-8"))
            used |= {(path.parent / name).resolve() for name in own.get("extends", [])}
        spare = [path for path in FRAGMENTS if path not in used and path not in DATASETS and
                 path.parent.name != "machine"]
        self.assertEqual(spare, [])

    def test_augmentation_names_each_stage_once(self) -> None:
        for path in FILES:
            with self.subTest(path.name):
                stages = [stage["use"] for stage in compose(path)["augmentation"]]
                self.assertEqual(len(stages), len(set(stages)))
                self.assertIn("normalize", stages)

    def test_swa_begins_with_its_own_rate(self) -> None:
        for path in FILES:
            if not path.stem.startswith("ema_swa_"):
                continue
            with self.subTest(path.name):
                experiment = compose(path)
                epochs = experiment["run"]["epochs"]
                self.assertEqual(path.stem, f"ema_swa_{epochs}")
                swa = next(one for one in experiment["averaging"] if one["use"] == "swa")
                self.assertEqual([swa["start"]], experiment["scheduler"]["milestones"])
                self.assertLess(int(swa["start"].split()[0]), epochs)

    def explain(self, path: Path, text: str) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / path.name
            file.write_text(re.sub(r'^  "', f'  "{EXPERIMENTS}/', text, flags=re.MULTILINE))
            done = subprocess.run([R50RUN, "explain", str(file)], capture_output=True, text=True,
                                  timeout=60, cwd=folder, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return tomllib.loads(done.stdout)

    @unittest.skipUnless(R50RUN, "R50RUN does not name the program")
    def test_r50run_explains_each(self) -> None:
        for path in FILES:
            with self.subTest(path.name):
                resolved = self.explain(path, path.read_text(encoding="utf-8"))
                self.assertEqual(resolved["run"]["epochs"], compose(path)["run"]["epochs"])

    @unittest.skipUnless(R50RUN, "R50RUN does not name the program")
    def test_one_word_changes_the_data(self) -> None:
        """And gives the very experiment that the changed line gives."""
        for path in FILES:
            for dataset in DATASETS:
                with self.subTest(f"{path.name} on {dataset.stem}"):
                    done = subprocess.run([R50RUN, "explain", str(path), str(dataset)],
                                          capture_output=True, text=True, timeout=60, check=False)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    line = self.explain(path, with_dataset(path, dataset))
                    self.assertEqual(tomllib.loads(done.stdout), line)

    @unittest.skipUnless(R50RUN, "R50RUN does not name the program")
    def test_r50run_explains_other_data(self) -> None:
        path = EXPERIMENTS / "ema_swa_120.toml"
        for dataset in DATASETS:
            with self.subTest(dataset.stem):
                resolved = self.explain(path, with_dataset(path, dataset))
                chosen = tomllib.loads(dataset.read_text(encoding="utf-8"))
                self.assertEqual(resolved["dataset"]["use"], chosen["dataset"]["use"])
                self.assertEqual(resolved["data"]["image_size"], chosen["data"]["image_size"])


if __name__ == "__main__":
    unittest.main()
