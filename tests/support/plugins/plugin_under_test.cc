#include "support/plugins/plugin_under_test.h"

#include <optional>
#include <utility>

#include "config/plugin_table.h"
#include "config/toml_source.h"

namespace r50::test {

RunFacts some_run() {
  RunFacts facts;
  facts.seed = 7;
  facts.length = {.epochs = 10, .steps_per_epoch = 10};
  facts.batch = 8;
  facts.train_images = 80;
  facts.classes = 4;
  facts.image_size = 32;
  facts.mean = {0.485, 0.456, 0.406};
  facts.std = {0.229, 0.224, 0.225};
  return facts;
}

host::Host& plugins() {
  static host::Host host(host::SearchPath({R50_BINARY_DIR "/lib/r50/plugins"}));
  return host;
}

Value toml(std::string_view text) {
  Problems problems;
  std::optional<Value> value = config::parse_toml(text, "test.toml", problems);
  if (!value) throw WrongInput(problems);
  return *std::move(value);
}

std::string problems(Kind kind, std::string_view text, RunLength length) {
  const Value table = toml(text);
  Problems problems;
  SchemaReader reader(SchemaReader::Mode::check, problems, plugins(), length);
  const InTable place(reader, kind_name(kind));
  config::check_plugin_table(kind, false, table, reader);
  return problems.empty() ? "" : problems.report();
}

}  // namespace r50::test
