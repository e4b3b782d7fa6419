#include "golden/golden_case.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace r50::test {

namespace {

const std::string report_line = "--- report\n";

std::string content(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "\\x") == 0) {
      out += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string repeated(const std::string& text, long times) {
  std::string out;
  for (long i = 0; i < times; ++i) out += text;
  return out;
}

void add_section(GoldenCase& found, const std::string& header, const std::string& text) {
  if (header == "overrides") {
    found.overrides = lines(text);
  } else if (header == "expect") {
    found.expect = lines(text);
  } else if (header == "report") {
    found.report = text;
  } else if (header == "environment") {
    for (const std::string& line : lines(text)) {
      found.environment[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    }
  } else {
    const std::size_t space = header.find(' ');
    const std::string how = space == std::string::npos ? "" : header.substr(space + 1);
    std::string& file = found.files[header.substr(0, space)];
    file = how == "escaped" ? unescaped(text) : text;
    if (how.starts_with("x ")) file = repeated(text, std::stol(how.substr(2)));
  }
}

}  // namespace

GoldenCase read_golden_case(const std::string& path) {
  GoldenCase found;
  std::string header, text;
  std::istringstream stream(content(path));
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("--- ")) {
      if (!header.empty()) add_section(found, header, text);
      header = line.substr(4);
      text.clear();
    } else {
      text += line + "\n";
    }
  }
  add_section(found, header, text);
  if (found.expect.empty()) throw std::runtime_error(path + " expects nothing");
  return found;
}

void renew_report(const std::string& path, const std::string& report) {
  const std::string text = content(path);
  std::ofstream(path, std::ios::binary)
      << text.substr(0, text.find(report_line)) << report_line << report;
}

}  // namespace r50::test
