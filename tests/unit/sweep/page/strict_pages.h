#pragma once

// Reads a report's page as strictly as no browser does.

#include <string>
#include <vector>

#include "support/python.h"
#include "support/temp_folder.h"

namespace r50::sweep {

// Strict about what browsers forgive: balanced, quoted, one script, which is the one that the
// policy names, nothing fetched, no handler in an attribute, no HTML element that closes itself.
inline constexpr const char* strict_reader = R"py(
import base64, hashlib, html.parser, re, sys
import xml.etree.ElementTree as tree

class SelfClosed(html.parser.HTMLParser):
    def handle_startendtag(self, tag, attributes):
        assert tag in ("meta", "line", "rect", "circle", "path"), f"<{tag}/> is none in HTML"

for path in sys.argv[1:]:
    page = open(path, encoding="utf-8").read()
    root = tree.fromstring(page)
    SelfClosed().feed(page)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(scripts) == 1 and page.count("<script") == 1, path
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page, f"write sha256-{digest} into script.cc"
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on") and name not in ("src", "href"), (path, name)
            assert "nan" not in value.split() and "inf" not in value.split(), (path, name, value)
    assert "http:" not in page and "https:" not in page, path
    print(len(list(root.iter("svg"))))
)py";

// The number of pictures in each page.
inline std::string read_strictly(const std::vector<std::string>& pages) {
  const test::TempFolder folder;
  std::vector<std::string> paths;
  for (const std::string& page : pages) {
    paths.push_back(folder.write(std::to_string(paths.size()) + ".html", page));
  }
  return test::python(strict_reader, paths);
}

}  // namespace r50::sweep
