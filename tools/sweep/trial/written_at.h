#pragma once

#include <optional>
#include <string>

namespace r50::sweep {

// When a file was last written, in seconds since 1970; nothing if there is none. For people to look
// at: no decision hangs on it, as clocks of other machines may be wrong.
std::optional<double> written_at(const std::string& path);

}  // namespace r50::sweep
