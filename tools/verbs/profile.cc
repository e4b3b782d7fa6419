#include <absl/strings/str_format.h>
#include <iostream>

#include "probe/profile.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

constexpr int rounds = 3;

void print(const probe::StepProfile& profile) {
  absl::PrintF("fast step  %s\n\n", profile.fast_step);
  absl::PrintF("%-24s %9s %7s %9s  %-42s %s\n", "layer", "forward", "share", "GMAC/s", "what",
               "paths: forward, input, weights");
  for (const probe::LayerTime& row : profile.layers) {
    absl::PrintF("%-24s %6.2f ms %6.1f%% %9.0f  %-42s %s\n", row.name, 1000 * row.forward,
                 100 * row.forward / profile.forward,
                 static_cast<double>(row.multiply_adds) / row.forward / 1e9, row.what, row.paths);
  }
  absl::PrintF(
      "\n%d images: forward %.1f ms, backward %.1f ms, together %.1f img/s (without "
      "optimizer and averages)\n",
      profile.images, 1000 * profile.forward, 1000 * profile.backward,
      static_cast<double>(profile.images) / (profile.forward + profile.backward));
}

}  // namespace

int profile(const CommandLine& line) {
  base::Files& files = base::real_files();
  const auto [opened, machine] = prepare(line);
  const config::Experiment& experiment = opened.experiment;
  assemble::DataSide data = assemble::open_data(experiment, *opened.host);
  assemble::LoaderWishes wishes;
  wishes.steps = 1;
  wishes.tell = [](const data::QuarantinedSample& sample) {
    std::cout << "unreadable: " << sample.text() << "\n";
  };
  assemble::Assembly assembly =
      assemble::assemble(experiment, *opened.host, std::move(data), machine, std::move(wishes));
  if (!line.tune.empty()) {
    const auto rules = probe::tune_convolutions(assembly, rounds);
    if (rules.empty()) {
      throw Error("Nothing to tune: no unit is on r50's kernels here, as the lines above say. " +
                  line.tune + " was not written.");
    }
    base::write_atomically(
        files, line.tune, probe::conv_rules_toml(rules, machine.cpu + ", " + machine.instructions));
    std::cout << rules.size() << " rules are in " << line.tune << "; name it in `extends`\n";
    return 0;
  }
  print(probe::profile_step(assembly, rounds));
  return 0;
}

}  // namespace r50::cli
