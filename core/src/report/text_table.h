#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace r50::report {

// Columns a text takes on a screen: its code points. (Wide letters count as one; names have none.)
std::size_t columns(std::string_view text);

// Filled with blanks on the left.
std::string padded(std::string_view text, std::size_t width);

// The first row is the header. Columns are aligned to the right, in the source as well.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace r50::report
