#include "support/checkpoint/checkpoints.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

namespace r50::test {

Archive sample_archive() {
  Archive archive;
  Archive& model = archive.child("model");
  const auto floats = at::TensorOptions(at::kFloat);
  model.put("conv1.weight",
            at::arange(48, floats).view({2, 6, 2, 2}).contiguous(at::MemoryFormat::ChannelsLast));
  model.put("bn1.num_batches_tracked", at::full({}, 12345678901, at::TensorOptions(at::kLong)));
  model.put("half", at::arange(5, floats).div(8).to(at::kBFloat16));
  model.put("bytes", at::arange(7, at::TensorOptions(at::kByte)));
  model.put("flags", at::arange(3, floats).gt(1));
  model.put("nothing", at::empty({0, 3}, floats));
  model.put("part", at::arange(100, floats).narrow(0, 40, 4));
  model.put("every_second", at::arange(10, floats).as_strided({5}, {2}));
  archive.put("zebra", std::int64_t{1});
  archive.put("step", std::int64_t{1} << 40);
  archive.put("negative", std::int64_t{-70000});
  archive.put("rate", 0.1);
  archive.put("name", std::string("h\xc3\xa9llo"));
  archive.child("empty");
  archive.child("deep").child("er").put("x", std::int64_t{255});
  return archive;
}

Archive run_state(std::int64_t step) {
  Archive archive;
  archive.child("progress").put("step", step);
  const auto options = at::TensorOptions(at::kFloat);
  for (const std::string name : {"weight", "momentum"}) {
    archive.child("model").put(name, at::full({20000}, static_cast<double>(step), options));
  }
  return archive;
}

std::string difference_to_run_state(const Archive& archive, std::int64_t step) {
  const std::string expected = described(run_state(step));
  const std::string actual = described(archive);
  return actual == expected ? "" : "it holds step " + actual.substr(0, 40);
}

std::string described(const Archive& archive, const std::string& indent) {
  std::string text;
  for (const auto& [key, item] : archive.items()) {
    text += indent + key + " ";
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) {
      text += std::string(c10::toString(tensor->scalar_type()));
      for (const auto size : tensor->sizes()) text += " " + std::to_string(size);
      text += " strides";
      for (const auto stride : tensor->strides()) text += " " + std::to_string(stride);
      const at::Tensor plain = tensor->contiguous();
      const auto* bytes = static_cast<const unsigned char*>(plain.data_ptr());
      text += " bits ";
      for (std::size_t i = 0; i < plain.nbytes(); ++i) {
        char digits[3];
        std::snprintf(digits, sizeof digits, "%02x", bytes[i]);
        text += digits;
      }
    } else if (const auto* number = std::get_if<std::int64_t>(&item)) {
      text += std::to_string(*number);
    } else if (const auto* real = std::get_if<double>(&item)) {
      char digits[40];
      std::snprintf(digits, sizeof digits, "%a", *real);
      text += digits;
    } else if (const auto* word = std::get_if<std::string>(&item)) {
      text += "'" + *word + "'";
    } else {
      text += "{\n" + described(*std::get<std::unique_ptr<Archive>>(item), indent + "  ") + indent +
              "}";
    }
    text += "\n";
  }
  return text;
}

std::string python_with_torch() {
  const std::string python = R50_SOURCE_DIR "/.venv/bin/python";
  if (!std::filesystem::exists(python)) return "";
  // Importing it would take seconds.
  const std::string look =
      "import importlib.util, sys; sys.exit(not importlib.util.find_spec('torch'))";
  static const bool found = base::run_process({python, "-c", look}).exit_code == 0;
  return found ? python : "";
}

base::Finished run_script(const std::string& python, const std::string& script,
                          const std::string& argument) {
  return base::run_process({python, "-", argument}, {.input = script});
}

}  // namespace r50::test
