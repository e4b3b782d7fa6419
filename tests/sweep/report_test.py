"""The report's forms, of a sweep that was really run."""

import unittest
import xml.etree.ElementTree as tree

import sweeps


class Report(sweeps.SweepTest):
    def setUp(self):
        super().setUp()
        self.write("seeds = 3\nparameters.x.values = [0, 1, 2]\nparameters.y.values = [-1, 0]\n"
                   'parameters."run.epochs".value = 3\n')
        self.page = self.folder / "runs/s/report.html"

    def test_a_sweep_that_ends_leaves_a_page(self):
        out = self.sweep("s.toml")
        self.assertIn(f"The report, for a browser: {self.page}", out)
        page = tree.fromstring(self.page.read_text(encoding="utf-8"))
        curves = [one for one in page.iter("figure") if one.find("h3").text == "Learning curves"]
        self.assertEqual(len(curves), 1)
        lines = [one for one in curves[0].iter("g") if "curve" in one.get("class", "")]
        self.assertEqual(len(lines), 18, "a curve a trial")
        rows = page.findall(".//table[@class='sortable']/tbody/tr")
        self.assertEqual(len(rows), 18)
        text = "".join(page.itertext())
        self.assertIn("x 1, y -1 wins", text)
        self.assertIn("parameters.x.values = [0, 1, 2]", text)

    def test_report_writes_the_page_again_and_says_where(self):
        self.sweep("s.toml")
        before = self.page.read_bytes()
        self.page.unlink()
        self.assertIn(f"The report, for a browser: {self.page}", self.sweep("report", "s.toml"))
        self.assertEqual(self.page.read_bytes(), before)

    def test_what_is_pasted_is_nothing_but_the_report(self):
        self.sweep("s.toml")
        text = self.sweep("report", "--markdown", "s.toml")
        self.assertTrue(text.startswith("## Sweep s\n\n**x 1, y -1 wins"), text)
        self.assertNotIn("for a browser", text)
        self.assertNotIn("for a browser", self.sweep("report", "--csv", "s.toml"))

    def test_a_page_that_cannot_be_written_fails_no_sweep(self):
        self.sweep("s.toml")
        self.page.unlink()
        self.page.mkdir()  # a folder is in the way
        file = self.folder / "s.toml"
        file.write_text(file.read_text().replace("[0, 1, 2]", "[0, 1, 2, 3]"))
        out = self.sweep("s.toml")
        self.assertIn("24 of 24 trials finished", out)
        self.assertIn("There is no report for a browser: cannot", out)


if __name__ == "__main__":
    unittest.main(verbosity=2)
