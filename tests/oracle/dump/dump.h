#pragma once

// Shows what r50's plugins compute, for Python to compare with PyTorch's own. Cases come as JSON
// from the Python side, so that a plugin's table and its counterpart in torch stand side by side.

#include <ATen/core/Tensor.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "r50/weights.h"

namespace r50::test {

using Json = nlohmann::ordered_json;

// One folder a case: tensors.bin holds their values row by row, tensors.json says which and where.
class TensorWriter {
 public:
  explicit TensorWriter(const std::string& folder);
  void add(const std::string& name, const at::Tensor& tensor);
  void add(const std::string& prefix, const NamedTensors& tensors);
  void finish();

 private:
  std::string folder_;
  std::ofstream values_;
  std::uint64_t bytes_ = 0;
  Json index_ = Json::array();
};

// Each runs one case and writes into `folder`.
void dump_schedule(const Json& entry, const std::string& folder);
void dump_optimizer(const Json& entry, const std::string& folder);
void dump_averaging(const Json& entry, const std::string& folder);
void dump_loss(const Json& entry, const std::string& folder);
void dump_model(const Json& entry, const std::string& folder);

}  // namespace r50::test
