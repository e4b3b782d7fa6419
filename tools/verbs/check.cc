#include <absl/strings/str_format.h>
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "assemble/fit.h"
#include "probe/batch_check.h"
#include "probe/try_out.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

std::string duration(double seconds) {
  if (seconds < 120) return absl::StrFormat("%.0f s", seconds);
  if (seconds < 7200) return absl::StrFormat("%.0f min", seconds / 60);
  return absl::StrFormat("%.1f h", seconds / 3600);
}

double gigabytes(double bytes) { return bytes / (1 << 30); }

std::int64_t checkpoints_on_disk(const config::Experiment& experiment, const RunLength& length) {
  const config::CheckpointTable& table = experiment.checkpoint;
  std::int64_t files = (table.best_only ? 1 : table.keep) + 1;  // one more while it is written
  if (table.keep_every) {
    files += length.steps() / std::max<std::int64_t>(1, table.keep_every->steps(length));
  }
  return files;
}

// Variants as JSON lines on the standard input, an answer a line. It trains nothing.
int check_batch(const CommandLine& line) {
  probe::BatchCheck batch(base::real_files(), experiment_files(line));
  for (std::string variant; std::getline(std::cin, variant);) {
    if (!variant.empty()) std::cout << batch.answer(variant) << std::endl;
  }
  return 0;
}

// What r50sweep plans with: seconds and bytes, one object.
void print_json(const probe::TryOut& trial, const assemble::Assembly& assembly, double disk) {
  const auto each = [](double a_second) { return a_second > 0 ? 1 / a_second : 0; };
  const RunFacts& facts = assembly.settings.facts;
  const DatasetInfo info = assembly.data.dataset.call([](auto& held) { return held.info(); });
  const nlohmann::ordered_json json = {
      {"step_seconds", static_cast<double>(facts.batch) * each(trial.images_per_second)},
      {"image_seconds", each(trial.evaluated_per_second)},
      {"evaluated", info.evaluate_images},
      {"epochs", facts.length.epochs},
      {"steps_per_epoch", facts.length.steps_per_epoch},
      {"images_per_second", trial.images_per_second},
      {"data_wait", trial.data_wait},
      {"run_seconds", trial.run_seconds},
      {"memory_bytes", trial.peak_memory},
      {"checkpoint_bytes", trial.checkpoint_bytes},
      {"best_bytes", trial.best_bytes},
      {"disk_bytes", disk}};
  std::cout << json.dump(2) << std::endl;
}

}  // namespace

int check(const CommandLine& line) {
  if (line.batch) return check_batch(line);
  base::Files& files = base::real_files();
  const auto [opened, machine] = prepare(line);
  const config::Experiment& experiment = opened.experiment;

  assemble::DataSide data = assemble::open_data(experiment, *opened.host);
  const DatasetInfo info = data.dataset.call([](auto& dataset) { return dataset.info(); });
  const RunFacts facts = data.facts;
  std::FILE* const out = line.json ? stderr : stdout;  // for people
  absl::FPrintF(out, "data       %d training and %d evaluation images, %d classes\n",
                info.train_images, info.evaluate_images, info.classes.size());
  absl::FPrintF(out, "run        %d epochs of %d steps of %d images (micro-batch %d)\n",
                facts.length.epochs, facts.length.steps_per_epoch, facts.batch, data.micro_batch);
  std::fflush(out);

  assemble::LoaderWishes wishes;
  wishes.tell = [&](const data::QuarantinedSample& sample) {
    (line.json ? std::cerr : std::cout) << "unreadable: " << sample.text() << "\n";
  };
  assemble::Assembly assembly =
      assemble::assemble(experiment, *opened.host, std::move(data), machine, std::move(wishes));
  probe::TryOut trial;
  try {
    trial = probe::try_out(assembly, 20, 30);
  } catch (const train::OutOfMemory& error) {
    throw Error(assemble::explain_out_of_memory(error, assembly));
  }
  absl::FPrintF(out, "model      %d parameters, %.2f GMAC an image of %d px\n", trial.parameters,
                trial.gmac, facts.image_size);
  absl::FPrintF(out, "fast step  %s\n", trial.fast_step);
  absl::FPrintF(out,
                "speed      %.1f img/s over %d steps, %.1f %% of it waiting for images; "
                "evaluation %.1f img/s\n",
                trial.images_per_second, trial.steps, 100 * trial.data_wait,
                trial.evaluated_per_second);
  absl::FPrintF(out, "memory     %.2f GiB at the peak\n",
                gigabytes(static_cast<double>(trial.peak_memory)));
  absl::FPrintF(out, "time       %s an epoch, %s the whole run\n", duration(trial.epoch_seconds),
                duration(trial.run_seconds));
  const std::int64_t count = checkpoints_on_disk(experiment, facts.length);
  // The run folder may not exist yet; its nearest existing parent has the same disk.
  std::string place = experiment.run.folder;
  while (!files.exists(place) && place.find('/') != std::string::npos) {
    place.resize(place.rfind('/'));
  }
  if (!files.exists(place) || place.empty()) place = ".";
  // Like a checkpoint, best.pt is on disk twice while a new one is written.
  const auto needed = static_cast<double>(trial.checkpoint_bytes * count + 2 * trial.best_bytes);
  const auto free_bytes = static_cast<double>(files.free_space(place));
  absl::FPrintF(out,
                "disk       %.2f GiB: %d checkpoints of %.2f GiB, and best.pt; %.1f GiB are free\n",
                gigabytes(needed), count, gigabytes(static_cast<double>(trial.checkpoint_bytes)),
                gigabytes(free_bytes));
  if (line.json) print_json(trial, assembly, needed);
  if (needed > free_bytes) {
    absl::FPrintF(
        out,
        "           not enough: set [checkpoint] keep or keep_every lower, or [run] folder "
        "to another disk\n");
    return static_cast<int>(Exit::failed);
  }
  return 0;
}

}  // namespace r50::cli
