// A ninth kind of plugins is one line in r50/plugin.h, and its interface. So no other file may list
// the kinds.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/tables.h"
#include "r50/plugin.h"

namespace r50 {
namespace {

namespace fs = std::filesystem;

TEST(Kinds, AreListedInOneFile) {
  int files = 0;
  for (const char* folder : {"core/src", "tools"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(R50_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
      ++files;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      for (const Kind kind : kinds) {
        const std::string listed = "case Kind::" + std::string(kind_name(kind)) + ":";
        EXPECT_EQ(text.str().find(listed), std::string::npos)
            << entry.path() << " lists kinds of plugins; let it use R50_KINDS of r50/plugin.h";
      }
    }
  }
  EXPECT_GT(files, 300);
}

TEST(Kinds, HaveOneTableEachInAnExperiment) {
  std::vector<std::string> tables, names;
  for (const config::TopTable& top : config::top_tables()) {
    if (!top.schema) tables.push_back(top.key);
  }
  for (const Kind kind : kinds) names.emplace_back(kind_name(kind));
  EXPECT_EQ(tables, names);
}

}  // namespace
}  // namespace r50
