#pragma once

// Whether a file is a sound ELF shared library, as far as reading its section names and mapping its
// segments goes. Boost.DLL believes every number in the file: a garbled one makes it read beyond
// its buffers or allocate what the number says, so the numbers are looked at first.

#include <string>

namespace r50::host {

// Empty if sound, else what is wrong with it: "is not a shared library", "ends in the middle".
std::string elf_fault(const std::string& file);

}  // namespace r50::host
