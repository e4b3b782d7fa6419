#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "base/process.h"
#include "r50/archive.h"
#include "support/temp_folder.h"

namespace r50::test {

// Every type and layout a checkpoint may hold, small.
Archive sample_archive();

// What a run might save at `step`: large enough that writing it takes several writes.
Archive run_state(std::int64_t step);

// "" if `archive` holds exactly run_state(step), else what is wrong.
std::string difference_to_run_state(const Archive& archive, std::int64_t step);

// Every key with type, shape, strides and bits as a text, in order.
std::string described(const Archive& archive, const std::string& indent = "");

// A Python that has torch, or empty.
std::string python_with_torch();

base::Finished run_script(const std::string& python, const std::string& script,
                          const std::string& argument);

}  // namespace r50::test
