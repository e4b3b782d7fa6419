#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace r50::base {

// Hashes of content (XXH3): equal on every machine; no protection against malice.
std::uint64_t hash64(std::string_view content);
std::string content_hash(std::string_view content);  // 128 bits as 32 hex digits

// 10 letters and digits (50 bits), easy to read aloud: no i, l, o, u.
std::string short_id(std::string_view content);

}  // namespace r50::base
