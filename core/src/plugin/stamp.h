#pragma once

// What a plugin's file says of how it was built, read from its ELF section names without loading
// the file: r50/abi.h says why.

#include <optional>
#include <string>
#include <string_view>

namespace r50::host {

struct Stamp {
  std::string abi;        // "1"
  std::string torch;      // "2.13"
  std::string cxx;        // "cxx11"
  std::string sanitizer;  // "asan", "tsan" or empty

  // Of ".r50.abi1.torch2.13.cxx11.asan"; none if the text is not of that form.
  static std::optional<Stamp> parse(std::string_view section);
};

// The stamp of this program: a plugin must have the same.
std::string own_stamp();

// The name of the section that is the stamp. Throws WrongInput, in words for the user, if there is
// no such file, if it cannot be read, is no shared library, is damaged, or has no stamp.
std::string read_stamp(const std::string& file);

// Whether a file is a sound ELF shared library, as far as reading its section names and mapping its
// segments goes. Boost.DLL believes every number in the file: a garbled one makes it read beyond
// its buffers or allocate what the number says, so the numbers are looked at first. Empty if sound,
// else what is wrong with it: "is not a shared library", "ends in the middle".
std::string elf_fault(const std::string& file);

// Throws WrongInput if `theirs`, the stamp of `file`, differs from `ours`: says in what, and what
// to do.
void require_same_stamp(const std::string& file, std::string_view theirs, std::string_view ours);

}  // namespace r50::host
