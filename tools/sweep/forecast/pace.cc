#include "sweep/forecast/pace.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/process.h"
#include "r50/units.h"
#include "sweep/launch/local.h"

namespace r50::sweep {
namespace {

std::optional<double> middle_number(std::vector<double> numbers) {
  if (numbers.empty()) return std::nullopt;
  std::ranges::sort(numbers);
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
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
  std::ranges::sort(parts);
  std::string text = "{";
  for (const std::string& part : parts) text += " " + part;
  return text + " }";
}

std::string as_written(const Value* value) {
  if (!value) return "?";
  return value->text() ? *value->text() : value->toml();
}

}  // namespace

Pace middle(const std::vector<Pace>& paces) {
  Pace result = paces.front();
  result.runs = static_cast<std::int64_t>(paces.size());
  const auto of = [&](auto member) {
    std::vector<double> numbers;
    for (const Pace& pace : paces) {
      if (const std::optional<double> one = pace.*member) numbers.push_back(*one);
    }
    return middle_number(std::move(numbers));
  };
  result.step_seconds = *of(&Pace::step_seconds);
  result.image_seconds = *of(&Pace::image_seconds);
  result.overhead = of(&Pace::overhead);
  result.checkpoint_bytes = of(&Pace::checkpoint_bytes);
  result.best_bytes = of(&Pace::best_bytes);
  return result;
}

double seconds_of(const RunBuild& build, const Amount& amount, const Pace& pace) {
  const auto images = static_cast<double>(amount.evaluated > 0 ? amount.evaluated : pace.evaluated);
  const double evaluations = std::ceil(amount.epochs / build.evaluated_every - 1e-9);
  return pace.overhead.value_or(0) +
         amount.epochs * static_cast<double>(amount.steps) * pace.step_seconds +
         evaluations * static_cast<double>(build.sets) * images * pace.image_seconds;
}

std::optional<double> bytes_running(const RunBuild& build, const Pace& pace) {
  if (!pace.checkpoint_bytes) return std::nullopt;
  return static_cast<double>(build.kept + 1) * *pace.checkpoint_bytes +
         2 * pace.best_bytes.value_or(0);
}

std::optional<double> bytes_resting(const RunBuild& build, const Pace& pace) {
  if (!pace.checkpoint_bytes) return std::nullopt;
  return static_cast<double>(build.kept) * *pace.checkpoint_bytes + pace.best_bytes.value_or(0);
}

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
  build.called = as_written(model->table()->find("use"));
  if (const Value* depth = model->table()->find("depth")) build.called += " " + as_written(depth);
  build.called += " at " + as_written(key_in(resolved, "data", "image_size")) + " px, batch " +
                  as_written(key_in(resolved, "run", "batch")) + ", " +
                  as_written(key_in(resolved, "optimizer", "use")) + ", " +
                  as_written(key_in(resolved, "run", "precision"));
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

Site site_of(const SweepFile& sweep, int slots) {
  const LauncherTable& table = sweep.launcher;
  Site site;
  if (table.kind == LauncherKind::local) {
    const std::vector<std::string> devices = visible_devices();
    const auto all =
        local_slots(slots, static_cast<int>(table.trials_per_gpu), devices, base::usable_cores());
    site.slots = static_cast<int>(all.size());
    site.place = {all.front().device.empty() ? "cpu" : "cuda", base::cpu_model(),
                  all.front().cores};
    site.place->shared = !devices.empty() && all.size() > devices.size();
  } else if (table.kind == LauncherKind::slurm && slots == 0) {
    site.slots = static_cast<int>(table.queue_max);
  } else {
    site.slots = std::max(1, slots);
  }
  return site;
}

Site site_with_gpus(const SweepFile& sweep, int slots,
                    const std::function<std::vector<std::string>()>& ask) {
  Site site = site_of(sweep, slots);
  if (!site.place || site.place->device == "cpu") return site;
  std::vector<std::string> gpus = ask();
  if (gpus.empty()) {  // r50run is built without CUDA
    site.place->device = "cpu";
    site.place->shared = false;
    return site;
  }
  gpus.resize(std::min(gpus.size(), static_cast<std::size_t>(site.slots)));
  std::ranges::sort(gpus);
  gpus.erase(std::unique(gpus.begin(), gpus.end()), gpus.end());
  site.place->gpus = std::move(gpus);
  return site;
}

}  // namespace r50::sweep
