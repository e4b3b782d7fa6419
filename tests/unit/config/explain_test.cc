#include "config/experiment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "config/document.h"
#include "config/identity.h"
#include "support/config/random_experiment.h"
#include "support/config/sample_plugins.h"
#include "support/config/text_files.h"
#include "support/temp_folder.h"

namespace r50::config {
namespace {

std::optional<Experiment> read(const std::string& text, const std::string& file,
                               PluginSource& plugins, Problems& problems) {
  test::TextFiles files;
  files.put(file, text);
  const auto document = load_document(files, {file}, {}, process_environment(), problems);
  if (!document) return std::nullopt;
  return read_experiment(*document, "stem", plugins, problems);
}

// One line for each key: run = {epochs = 5}
std::string as_text(const Value& document) {
  std::string text;
  for (const Table::Entry& entry : document.table()->entries()) {
    text += entry.key + " = " + entry.value.toml() + "\n";
  }
  return text;
}

bool has_text_with(const Value& value, const char* any_of) {
  const auto has = [&](const Value& inside) { return has_text_with(inside, any_of); };
  if (const Array* array = value.array()) return std::any_of(array->begin(), array->end(), has);
  if (const Table* table = value.table()) {
    return std::any_of(table->entries().begin(), table->entries().end(),
                       [&](const Table::Entry& entry) { return has(entry.value); });
  }
  return value.text() && value.text()->find_first_of(any_of) != std::string::npos;
}

class Explain : public testing::Test {
 protected:
  Explain() { test::add_sample_plugins(plugins_); }

  // The valid ones among many random experiments.
  std::vector<Experiment> experiments() {
    std::mt19937_64 random(1);
    std::vector<Experiment> valid;
    for (int i = 0; i < 800; ++i) {
      Problems problems;
      auto one = read(as_text(test::random_document(plugins_, random)), "folder/a.toml", plugins_,
                      problems);
      if (one) valid.push_back(std::move(*one));
    }
    return valid;
  }

  test::CompiledPlugins plugins_;
};

TEST_F(Explain, ReadsBackToTheSameExperimentFromAnyFolder) {
  const std::vector<Experiment> valid = experiments();
  ASSERT_GT(valid.size(), 60U) << "most random experiments break a rule across keys";
  int same_id = 0;
  for (const Experiment& experiment : valid) {
    const std::string text = explain(experiment, plugins_);
    Problems problems;
    const auto again = read(text, "/else/where/resolved.toml", plugins_, problems);
    ASSERT_TRUE(again) << problems.report() << "\n" << text;
    ASSERT_EQ(again->resolved, experiment.resolved) << text;
    ASSERT_TRUE(differences(again->resolved, experiment.resolved).empty());
    ASSERT_EQ(again->name, experiment.name);
    if (has_text_with(experiment.resolved, "$}")) continue;  // such a path counts as it stands
    ASSERT_EQ(experiment_id(*again), experiment_id(experiment)) << text;
    ++same_id;
  }
  EXPECT_GT(same_id, 10);
}

TEST_F(Explain, MeansTheSameToPythonsTomllib) {
  const test::TempFolder folder;
  const std::string python = std::string(R50_SOURCE_DIR) + "/.venv/bin/python";
  if (!std::ifstream(python)) GTEST_SKIP() << "there is no " << python;
  int count = 0;
  for (const Experiment& experiment : experiments()) {
    const std::string name = std::to_string(count++);
    folder.write(name + ".explained", explain(experiment, plugins_));
    // As explain writes them: $${ for ${, ${=PATH:-TEXT}, and defaults of paths left out.
    folder.write(name + ".value", experiment.resolved.toml());
  }
  const std::string script = folder.write("compare.py", R"(
import glob, sys, tomllib

def same(printed, held):
    if isinstance(held, dict):
        return all(key in held and same(value, held[key]) for key, value in printed.items())
    if isinstance(held, list):
        return len(printed) == len(held) and all(map(same, printed, held))
    if isinstance(held, str):
        if printed.startswith("${="):
            return printed[3:].split(":-")[0] == held
        return printed.replace("$${", "${") == held
    return type(printed) is type(held) and printed == held

def leaves(table):
    return sum(leaves(v) if isinstance(v, dict) else 1 for v in table.values())

files = glob.glob(sys.argv[1] + "/*.explained")
for file in files:
    printed = tomllib.load(open(file, "rb"))
    held = tomllib.loads("v = " + open(file.replace("explained", "value")).read())["v"]
    assert same(printed, held), file
    assert leaves(held) - leaves(printed) < 10, file
print(len(files))
)");
  const std::string command =
      "'" + python + "' '" + script + "' '" + folder.path() + "' > '" + (folder / "out") + "' 2>&1";
  const int code = std::system(command.c_str());
  std::ifstream out(folder / "out");
  const std::string said((std::istreambuf_iterator<char>(out)), {});
  EXPECT_EQ(code, 0) << said;
  EXPECT_EQ(said, std::to_string(count) + "\n");
}

}  // namespace
}  // namespace r50::config
