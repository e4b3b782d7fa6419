#pragma once

#include <map>
#include <string>
#include <vector>

namespace r50::test {

// One case of tests/golden/experiment: a text of sections, each begun by a line "--- NAME".
//
//   --- FILE.toml            a file of the experiment; input.toml is the one that is read
//   --- FILE.toml x 100000   the section's text this many times
//   --- FILE.toml escaped    with \xHH for single bytes
//   --- overrides            words of the command line, one a line
//   --- environment          NAME=value, one a line
//   --- expect               written by hand: each line must occur in the report
//   --- report               all that r50 says; renewed by R50_APPROVE=1, always last
struct GoldenCase {
  std::map<std::string, std::string> files;
  std::vector<std::string> overrides;
  std::map<std::string, std::string> environment;
  std::vector<std::string> expect;
  std::string report;
};

GoldenCase read_golden_case(const std::string& path);
void renew_report(const std::string& path, const std::string& report);

}  // namespace r50::test
