#include <c10/core/ScalarType.h>

#include "oracle/dump/dump.h"

namespace r50::test {

TensorWriter::TensorWriter(const std::string& folder)
    : folder_(folder), values_(folder + "/tensors.bin", std::ios::binary) {}

void TensorWriter::finish() { std::ofstream(folder_ + "/tensors.json") << index_; }

void TensorWriter::add(const std::string& name, const at::Tensor& tensor) {
  const at::Tensor rows = tensor.detach().contiguous();
  const auto size = static_cast<std::uint64_t>(rows.nbytes());
  values_.write(static_cast<const char*>(rows.const_data_ptr()),
                static_cast<std::streamsize>(size));
  index_.push_back({{"name", name},
                    {"type", c10::toString(rows.scalar_type())},
                    {"shape", rows.sizes().vec()},
                    {"offset", bytes_},
                    {"bytes", size}});
  bytes_ += size;
}

void TensorWriter::add(const std::string& prefix, const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) add(prefix + name, tensor);
}

}  // namespace r50::test
