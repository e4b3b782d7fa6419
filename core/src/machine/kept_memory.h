#pragma once

// Where the tensors of a run on a CPU live: in a heap that keeps their memory between steps.

#include <cstdint>
#include <string>

namespace r50::machine {

// From here on, tensors of a megabyte and more come from that heap, up to `most` bytes together;
// what goes beyond comes from the system. The first call counts. The heap reserves as many
// addresses, which cost nothing.
void keep_tensor_memory(std::uint64_t most);

// At the end of an epoch: what was not used in it goes back to the system.
void trim_tensor_memory();

// "kept between steps, 1.6 GiB at most, in huge pages"; empty if it is not kept.
std::string tensor_memory_text();

}  // namespace r50::machine
