#include "train/memory.h"

#include <c10/util/Exception.h>

#include <new>
#include <string_view>

namespace r50::train {

bool says_out_of_memory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error)) return true;
  // c10's CPU allocator throws a plain error, and a plugin's border keeps only the text.
  const std::string_view text = error.what();
  for (const std::string_view sign : {"can't allocate memory", "not enough memory", "out of memory",
                                      "std::bad_alloc", "Cannot allocate memory"}) {
    if (text.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace r50::train
