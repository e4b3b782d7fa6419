#include "base/hash.h"

#include <xxhash.h>

namespace r50::base {
namespace {

// The highest bits first, `bits` a digit.
std::string digits(std::uint64_t value, std::string_view alphabet, int bits, std::size_t count) {
  std::string text(count, '0');
  for (char& digit : text) {
    digit = alphabet[value >> (64 - bits)];
    value <<= bits;
  }
  return text;
}

}  // namespace

std::uint64_t hash64(std::string_view content) {
  return XXH3_64bits(content.data(), content.size());
}

std::string content_hash(std::string_view content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return digits(hash.high64, "0123456789abcdef", 4, 16) +
         digits(hash.low64, "0123456789abcdef", 4, 16);
}

std::string short_id(std::string_view content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return digits(hash.high64, "0123456789abcdefghjkmnpqrstvwxyz", 5, 10);
}

}  // namespace r50::base
