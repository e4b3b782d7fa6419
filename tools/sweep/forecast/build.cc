#include "sweep/forecast/pace.h"

#include <algorithm>
#include <vector>

#include "r50/units.h"

namespace r50::sweep {
namespace {

const Value* key_in(const Value& of, const char* table, const char* key) {
  const Value* const found = of.table() ? of.table()->find(table) : nullptr;
  return found && found->table() ? found->table()->find(key) : nullptr;
}

std::string text_at(const Value& of, const char* table, const char* key) {
  const Value* const found = key_in(of, table, key);
  return found ? found->toml() : "";
}

std::int64_t number_at(const Value& of, const char* table, const char* key,
                       std::int64_t otherwise) {
  const Value* const found = key_in(of, table, key);
  return found && found->integer() ? *found->integer() : otherwise;
}

std::optional<When> when_at(const Value& of, const char* table, const char* key) {
  const Value* const found = key_in(of, table, key);
  return found && found->text() ? When::parse(*found->text()) : std::nullopt;
}

// Keys have an order in a file, and another in a line of JSON.
std::string in_order(const Value& value) {
  if (!value.table()) return value.toml();
  std::vector<std::string> parts;
  for (const Table::Entry& entry : value.table()->entries()) {
    parts.push_back(entry.key + " = " + in_order(entry.value));
  }
  std::sort(parts.begin(), parts.end());
  std::string text = "{";
  for (const std::string& part : parts) text += " " + part;
  return text + " }";
}

std::string as_written(const Value* value) {
  if (!value) return "?";
  return value->text() ? *value->text() : value->toml();
}

}  // namespace

std::optional<RunBuild> run_build(const Value& resolved, std::int64_t epochs, std::int64_t steps) {
  const Value* const model = resolved.table() ? resolved.table()->find("model") : nullptr;
  if (!model || !model->table() || !key_in(resolved, "run", "batch")) return std::nullopt;
  RunBuild build;
  build.kind = in_order(*model);
  for (const auto& [table, key] : {std::pair{"data", "image_size"},
                                   {"run", "batch"},
                                   {"run", "accumulate"},
                                   {"run", "step"},
                                   {"run", "precision"},
                                   {"optimizer", "use"},
                                   {"evaluate", "image_size"}}) {
    build.kind += std::string("\n") + key + " " + text_at(resolved, table, key);
  }
  build.precision = as_written(key_in(resolved, "run", "precision"));
  build.called = as_written(model->table()->find("use"));
  if (const Value* depth = model->table()->find("depth")) build.called += " " + as_written(depth);
  build.called += " at " + as_written(key_in(resolved, "data", "image_size")) + " px, batch " +
                  as_written(key_in(resolved, "run", "batch")) + ", " +
                  as_written(key_in(resolved, "optimizer", "use")) + ", " + build.precision;
  build.batch = number_at(resolved, "run", "batch", 1);
  build.threads = number_at(resolved, "run", "threads", 0);
  const Value* const averaging = resolved.table()->find("averaging");
  if (averaging && averaging->array()) {
    build.sets += static_cast<std::int64_t>(averaging->array()->size());
  }
  const RunLength length{epochs, std::max<std::int64_t>(1, steps)};
  if (const auto every = when_at(resolved, "evaluate", "every")) {
    build.evaluated_every = std::max(1.0, static_cast<double>(every->steps(length)) /
                                              static_cast<double>(length.steps_per_epoch));
  }
  const std::int64_t iterations = number_at(resolved, "find_lr", "iterations", 0);
  build.finder_steps = number_at(resolved, "find_lr", "seeds", 3) *
                       (iterations > 0 ? iterations : std::min<std::int64_t>(1000, steps));
  const Value* const best_only = key_in(resolved, "checkpoint", "best_only");
  const bool best = best_only && best_only->boolean() && *best_only->boolean();
  build.kept = best ? 1 : number_at(resolved, "checkpoint", "keep", 2);
  if (const auto every = when_at(resolved, "checkpoint", "keep_every")) {
    build.kept += length.steps() / std::max<std::int64_t>(1, every->steps(length));
  }
  return build;
}

}  // namespace r50::sweep
