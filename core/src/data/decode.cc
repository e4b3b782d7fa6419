#include "data/decode.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <array>
#include <string>

#include "r50/error.h"

namespace r50::data {
namespace {

constexpr std::array<std::uint8_t, 2> jpeg_start = {0xff, 0xd8};
constexpr std::array<std::uint8_t, 8> png_start = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

// Larger pictures are taken for damaged or hostile files, as Pillow does.
constexpr std::int64_t most_pixels = 178'956'970;

template <std::size_t N>
bool begins(std::span<const std::uint8_t> bytes, const std::array<std::uint8_t, N>& with) {
  return bytes.size() >= N && std::equal(with.begin(), with.end(), bytes.begin());
}

std::string first_bytes(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes.first(std::min<std::size_t>(bytes.size(), 8))) {
    absl::StrAppendFormat(&text, " %02x", byte);
  }
  return text;
}

}  // namespace

Decoder::~Decoder() = default;

ImageSize ImageDecoder::open(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) throw BadSample("the file is empty");
  const bool is_png = begins(bytes, png_start);
  if (!is_png && !begins(bytes, jpeg_start)) {
    throw BadSample("neither JPEG nor PNG; it begins with the bytes" + first_bytes(bytes));
  }
  opened_ = is_png ? png_.get() : jpeg_.get();
  const ImageSize size = opened_->open(bytes);
  if (std::int64_t{size.height} * size.width > most_pixels) {
    throw BadSample(absl::StrFormat("%d x %d pixels, more than any picture here should have",
                                    size.width, size.height));
  }
  return size;
}

void ImageDecoder::trim() {
  jpeg_->trim();
  png_->trim();
}

}  // namespace r50::data
