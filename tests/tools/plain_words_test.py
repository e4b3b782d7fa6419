"""tools/dev/plain_words.py on trees of one file, with one refused word, sentence or line each."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools/dev"))
import plain_words  # noqa: E402


class PlainWordsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self, *places: str) -> tuple[int, str]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = plain_words.main(
                ["--root", str(self.root), *(str(self.root / place) for place in places)])
        return status, output.getvalue()

    def assert_refused(self, path: str, text: str, line: int, says: str) -> None:
        self.write(path, text)
        status, output = self.check(path)
        self.assertEqual(status, 1, f"{text!r} passed")
        self.assertTrue(output.startswith(f"{path}:{line}: "), output)
        self.assertIn(says, output)
        self.assertTrue(output.splitlines()[-1].startswith("1 problems"), output)

    def assert_allowed(self, path: str, text: str) -> None:
        self.write(path, text)
        self.assertEqual(self.check(path), (0, ""), text)

    def test_each_refused_word(self) -> None:
        for words in ("It foretells time.", "It is foretold.", "A run is told.", "It tells all.",
                      "It begins anew.", "Besides, it ends.", "Whoever reads", "Somebody reads",
                      "The run goes on.", "It went on.", "It may go on.", "It is going on.",
                      "so many trials", "The run is through.", "They are through.",
                      "It is nearly through.", "It has ended by now."):
            with self.subTest(words):
                self.assert_refused("docs.md", f"# Title\n\n{words}\n", 3, "is not plain")
                self.assert_refused("src/a.cc", f"int a;\n// {words}\n", 2, "is not plain")

    def test_words_that_only_look_like_it(self) -> None:
        self.assert_allowed("docs.md", "Retold, `told` by told_rows(), tell; beside.\n")

    def test_messages_of_cxx(self) -> None:
        self.assert_refused("a.cc", 'int a;\nauto b = "the run goes " +\n  x + "on, as told";\n', 3,
                            "'told'")
        self.assert_refused("a.cc", 'auto a =\n  "the run goes "\n  "on";\n', 2, "'goes on'")
        self.assert_refused("a.cc", 'auto a = R"(one\ntwo goes on)";\n', 2, "'goes on'")
        self.assert_refused("template.h.in", "int a;\n// as told\n", 2, "'told'")
        self.assert_refused("a.h", "// A run goes\n// on.\nint a;\n", 1, "'goes on'")
        self.assert_refused("a.h", "/* one\n   goes on */\n", 2, "'goes on'")

    def test_code_of_cxx_is_not_read(self) -> None:
        self.assert_allowed("a.cc", "bool told = anew(besides);  // `told` by told()\n"
                                    'json["told"] = 1\'000; char q = \'"\'; int whoever;\n'
                                    'say("a \\" b"); // "so be it"\nint so, many;\n')

    def test_python(self) -> None:
        self.assert_refused("a.py", "told = 1\n# a run\n# goes\n# on\n", 3, "'goes on'")
        self.assert_refused("a.py", 'x = ("it goes "\n     "on")\n', 1, "'goes on'")
        self.assert_refused("a.py", 'x = 1\nx = f"{x} is told"\n', 2, "'told'")
        self.assert_refused("tools/a", '#!/usr/bin/env python3\n"""One.\n\nTold\n"""\n', 4,
                            "'Told'")
        self.assert_allowed("a.py", 'x = f"a {told} b {x[1]}"\ny = {"told": 1}\nso, many = 1, 2\n')

    def test_shell_toml_and_cmake(self) -> None:
        self.assert_refused("tools/go", "#!/bin/bash\n# it goes\n# on\n", 2, "'goes on'")
        self.assert_refused("a.toml", "a = 1\nb = 2  # as told\n", 2, "'told'")
        self.assert_refused("CMakeLists.txt", "# built anew\n", 1, "'anew'")
        self.assert_allowed("data.txt", "somebody told it anew\n")

    def test_long_sentences(self) -> None:
        thirty = " ".join(["w"] * 29)
        for path in ("README.md", "docs/other.md"):
            self.assert_allowed(path, f"One {thirty}.\nTwo {thirty}.\n")
            self.assert_refused(path, f"Short.\nOne more {thirty}.\n", 2, "a sentence of 31 words")
        self.assert_allowed("README.md", f"- One {thirty}\n- two {thirty}\n\n# Three {thirty}\n\n"
                                         f"| a {thirty} | b {thirty} |\n")
        self.assert_refused("README.md", f"| a | one more {thirty} |\n", 1, "31 words")

    def test_what_counts_as_words(self) -> None:
        thirty = " ".join(["w"] * 29)
        self.assert_allowed("README.md", f"`a b c` {thirty} - + .\n")
        self.assert_allowed("README.md", f"[{thirty} one](two three.md)\n")
        self.assert_allowed("README.md", f"```\n{thirty} {thirty}\n```\n\n    {thirty} {thirty}\n")

    def test_long_lines(self) -> None:
        hundred = "one. " * 19 + "five."
        self.assert_allowed("README.md", f"{hundred}\n\n- {hundred[2:]}\n")
        self.assert_refused("README.md", f"Text.\n{hundred}.\n", 2, "101 columns; 100")
        self.assert_refused("docs/a.md", f"- one\n  {hundred}\n", 2, "102 columns")
        self.assert_allowed("README.md", f"| a | {hundred} |\n\n```\n{hundred} a\n```\n\n"
                                         f"    {hundred}\n\n[{hundred[:90]}](a/b/c/d/e.md).\n")
        self.assert_allowed("experiments/results/a.md", f"{hundred} two.\n")

    def test_one_folder(self) -> None:
        self.write("old/a.md", "It is told.\n")
        self.write("new/a.md", "It is said.\n")
        self.assertEqual(self.check()[0], 1)
        self.assertEqual(self.check("old")[0], 1)
        self.assertEqual(self.check("new"), (0, ""))


if __name__ == "__main__":
    unittest.main()
