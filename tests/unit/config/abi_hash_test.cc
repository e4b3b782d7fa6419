// Plugins are built against the public headers, and say so by R50_ABI. Nobody raises a number that
// nothing reminds of: this test keeps what the headers said when the number was chosen.

#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/hash.h"
#include "r50/abi.h"

namespace {

namespace fs = std::filesystem;

const std::string headers = std::string(R50_SOURCE_DIR) + "/core/include/r50";
const std::string record = std::string(R50_SOURCE_DIR) + "/tests/golden/abi.txt";

std::string content(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// What the compiler sees: no comments, and no space but between words.
std::string meaning(const std::string& text) {
  std::string out;
  bool space = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "//") == 0) {
      i = std::min(text.find('\n', i), text.size() - 1);
    } else if (text.compare(i, 2, "/*") == 0) {
      i = text.find("*/", i) + 1;
    } else if (text[i] == '"') {
      for (out += text[i++]; i < text.size() && text[i] != '"'; ++i) {
        out += text[i];
        if (text[i] == '\\') out += text[++i];
      }
      out += '"';
      space = false;
      continue;
    } else if (!std::isspace(static_cast<unsigned char>(text[i]))) {
      if (space && !out.empty() && is_word(out.back()) && is_word(text[i])) out += ' ';
      out += text[i];
      space = false;
      continue;
    }
    space = true;
  }
  return out;
}

std::map<std::string, std::string> hashes_now() {
  std::map<std::string, std::string> found = {{"R50_ABI", R50_TEXT(R50_ABI)}};
  for (const auto& entry : fs::directory_iterator(headers)) {
    const std::string name = entry.path().filename().string();
    found[name] = r50::base::short_id(meaning(content(entry.path())));
  }
  return found;
}

std::map<std::string, std::string> hashes_kept() {
  std::map<std::string, std::string> kept;
  std::istringstream stream(content(record));
  for (std::string name, hash; stream >> name >> hash;) kept[name] = hash;
  return kept;
}

TEST(PublicHeaders, AreThoseTheAbiNumberStandsFor) {
  const auto now = hashes_now();
  if (std::getenv("R50_APPROVE")) {
    std::ofstream stream(record);
    for (const auto& [name, hash] : now) stream << name << ' ' << hash << '\n';
    return;
  }
  const auto kept = hashes_kept();
  std::string changed;
  for (const auto& [name, hash] : now) {
    if (!kept.contains(name) || kept.at(name) != hash) changed += " " + name;
  }
  for (const auto& [name, hash] : kept) {
    if (!now.contains(name)) changed += " " + name + " (gone)";
  }
  EXPECT_EQ(changed, "") << "These public headers are not what they were when R50_ABI was set to "
                         << R50_TEXT(R50_ABI)
                         << ".\nIf a plugin that was built before would now be wrong (a virtual "
                         << "function, a member, a default argument's meaning), raise R50_ABI in "
                            "core/include/r50/abi.h."
                         << "\nThen, in either case, run tools/dev/approve.";
}

TEST(PublicHeaders, CommentsAndSpacesDoNotCount) {
  EXPECT_EQ(meaning("int  f( int a );  // why\n"), meaning("/* else */\nint f(int a);"));
  EXPECT_NE(meaning("int f(int a);"), meaning("int f(int b);"));
  EXPECT_NE(meaning("const char* c = \"a // b\";"), meaning("const char* c = \"a \";"));
}

}  // namespace
