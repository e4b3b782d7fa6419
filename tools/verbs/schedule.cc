#include <algorithm>
#include <cstdio>
#include <iostream>

#include "probe/timetable.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

using Count = long long;  // what printf knows

void print_csv(const probe::Timetable& table) {
  std::puts("step,epoch,lr,momentum,size");
  for (std::int64_t step = 0; step < table.length.steps(); ++step) {
    const probe::TimetableRow row = table.row(step);
    std::printf("%lld,%lld,%.17g,%.17g,%d\n", static_cast<Count>(row.step),
                static_cast<Count>(row.epoch), row.lr, row.momentum, row.size);
  }
}

// About forty rows, whatever the length.
void print_table(const probe::Timetable& table) {
  const std::int64_t total = table.length.steps();
  std::printf("%lld steps: %lld epochs of %lld steps of %lld images\n\n", static_cast<Count>(total),
              static_cast<Count>(table.length.epochs),
              static_cast<Count>(table.length.steps_per_epoch), static_cast<Count>(table.batch));
  std::printf("%9s  %5s  %-12s  %-8s  %s\n", "step", "epoch", "lr", "momentum", "size");
  const std::int64_t stride = std::max<std::int64_t>(1, total / 40);
  for (std::int64_t step = 0; step < total; ++step) {
    if (step % stride != 0 && step != total - 1) continue;
    const probe::TimetableRow row = table.row(step);
    std::printf("%9lld  %5lld  %-12.6g  %-8.4g  %d\n", static_cast<Count>(row.step),
                static_cast<Count>(row.epoch), row.lr, row.momentum, row.size);
  }
}

}  // namespace

int schedule(const CommandLine& line) {
  assemble::Opened opened =
      assemble::open_experiment(base::real_files(), experiment_files(line), line.overrides);
  if (!opened.experiment.left_out.empty()) std::cerr << opened.experiment.left_out << "\n";
  const probe::Timetable table = probe::timetable(opened);
  if (!table.predictable) {
    std::cerr << "This scheduler decides by results that only training gives; these are its rates "
                 "if nothing were ever observed.\n";
  }
  line.csv ? print_csv(table) : print_table(table);
  return 0;
}

}  // namespace r50::cli
