#include "r50/scheduler.h"

#include <cstdio>

#include "oracle/dump/dump.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {

void dump_schedule(const Json& entry, const std::string& folder) {
  RunFacts facts = some_run();
  facts.batch = entry.value("batch", 256);
  facts.length = {.epochs = entry.at("epochs"), .steps_per_epoch = entry.at("steps_per_epoch")};
  const auto scheduler = build<Scheduler>(entry.at("table").get<std::string>(), facts);
  std::ofstream file(folder + "/rates.csv");
  for (std::int64_t step = 0; step < facts.length.steps(); ++step) {
    const Rates rates =
        scheduler.call([&](auto& it) { return it.rates({.step = step, .length = facts.length}); });
    char line[80];
    std::snprintf(line, sizeof line, "%.17g,%.17g\n", rates.lr, rates.momentum.value_or(-1));
    file << line;
  }
}

}  // namespace r50::test
