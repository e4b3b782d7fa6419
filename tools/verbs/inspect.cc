#include <ATen/core/Tensor.h>
#include <iostream>
#include <nlohmann/json.hpp>

#include "checkpoint/file.h"
#include "r50/error.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

struct Totals {
  std::int64_t tensors = 0;
  std::int64_t numbers = 0;
  std::int64_t bytes = 0;
};

void count(const Archive& archive, Totals& totals) {
  for (const auto& [key, item] : archive.items()) {
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      ++totals.tensors;
      totals.numbers += tensor->numel();
      totals.bytes += static_cast<std::int64_t>(tensor->nbytes());
    } else if (const auto* child = std::get_if<std::unique_ptr<Archive>>(&item)) {
      count(**child, totals);
    }
  }
}

// Small values in full, large children as totals.
void print(const Archive& archive, const std::string& indent) {
  for (const auto& [key, item] : archive.items()) {
    std::cout << indent << key << ": ";
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      std::cout << tensor->dtype().name() << " " << tensor->sizes() << "\n";
    } else if (const auto* integer = std::get_if<std::int64_t>(&item)) {
      std::cout << *integer << "\n";
    } else if (const auto* real = std::get_if<double>(&item)) {
      std::cout << *real << "\n";
    } else if (const auto* text = std::get_if<std::string>(&item)) {
      std::cout << *text << "\n";
    } else {
      const Archive& child = *std::get<std::unique_ptr<Archive>>(item);
      Totals totals;
      count(child, totals);
      if (totals.tensors > 8) {
        std::cout << totals.tensors << " tensors, " << totals.numbers << " numbers, "
                  << totals.bytes / 1'000'000 << " MB\n";
      } else {
        std::cout << "\n";
        print(child, indent + "  ");
      }
    }
  }
}

}  // namespace

int inspect(const CommandLine& line) {
  if (line.words.size() != 1) throw WrongInput("r50run inspect takes one checkpoint file");
  const std::string& file = line.words.front();
  const Archive archive = checkpoint::read_checkpoint(base::real_files(), file);
  if (line.json) {
    const Archive& progress = archive.child("progress");
    const nlohmann::ordered_json json = {{"file", file},
                                         {"step", progress.integer("step")},
                                         {"steps_per_epoch", progress.integer("steps_per_epoch")}};
    std::cout << json.dump() << "\n";
    return 0;
  }
  std::cout << file << ": every checksum is right\n";
  print(archive, "  ");
  return 0;
}

}  // namespace r50::cli
