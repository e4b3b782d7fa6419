#include <png.h>

#include <csetjmp>
#include <cstddef>
#include <cstring>
#include <string>

#include "data/decode.h"
#include "r50/error.h"

namespace r50::data {
namespace {

struct PngMessages {
  char text[256];
};

[[noreturn]] void on_error(png_structp png, png_const_charp what) {
  auto* messages = static_cast<PngMessages*>(png_get_error_ptr(png));
  std::strncpy(messages->text, what, sizeof messages->text - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep out, std::size_t size) {
  auto* rest = static_cast<std::span<const std::uint8_t>*>(png_get_io_ptr(png));
  if (rest->size() < size) png_error(png, "Premature end of PNG file");
  std::memcpy(out, rest->data(), size);
  *rest = rest->subspan(size);
}

class PngDecoder final : public Decoder {
 public:
  ~PngDecoder() override { close(); }

  ImageSize open(std::span<const std::uint8_t> bytes) override {
    rest_ = bytes;
    if (!read_header()) bad();
    return {static_cast<int>(png_get_image_height(png_, info_)),
            static_cast<int>(png_get_image_width(png_, info_))};
  }

  PixelSpan decode(const Rect& part) override {
    const auto width = static_cast<std::size_t>(png_get_image_width(png_, info_));
    // An interlaced image is complete only after its last pass; otherwise the rows below are left
    // out.
    const int rows =
        passes_ > 1 ? static_cast<int>(png_get_image_height(png_, info_)) : part.top + part.height;
    const std::size_t stride = width * 3 + row_padding;
    std::uint8_t* const pixels = pixels_.room(stride * static_cast<std::size_t>(rows));
    if (!read_rows(rows, pixels, stride)) bad();
    close();
    return {pixels + static_cast<std::size_t>(part.top) * stride +
                3 * static_cast<std::size_t>(part.left),
            part.height, part.width, static_cast<std::ptrdiff_t>(stride)};
  }

  void trim() override { pixels_.trim(); }

 private:
  void close() { png_destroy_read_struct(&png_, &info_, nullptr); }

  // libpng jumps out of these two on errors: they hold nothing with a destructor. False: see
  // messages_.text.
  bool read_header() {
    close();
    messages_.text[0] = 0;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &messages_, on_error, on_warning);
    if (png_) info_ = png_create_info_struct(png_);
    if (!info_) return false;
    if (setjmp(png_jmpbuf(png_))) return false;
    png_set_read_fn(png_, &rest_, on_read);
    png_read_info(png_, info_);
    png_set_palette_to_rgb(png_);
    png_set_expand_gray_1_2_4_to_8(png_);
    png_set_strip_16(png_);
    png_set_strip_alpha(png_);
    png_set_gray_to_rgb(png_);
    passes_ = png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    return true;
  }

  bool read_rows(int rows, std::uint8_t* out, std::size_t stride) {
    if (setjmp(png_jmpbuf(png_))) return false;
    for (int pass = 0; pass < passes_; ++pass) {
      for (int y = 0; y < rows; ++y) {
        png_read_row(png_, out + static_cast<std::size_t>(y) * stride, nullptr);
      }
    }
    return true;
  }

  [[noreturn]] void bad() {
    close();
    throw BadSample(std::string(messages_.text) + " (libpng)");
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  int passes_ = 1;
  PngMessages messages_{};
  std::span<const std::uint8_t> rest_;
  Scratch pixels_;
};

}  // namespace

std::unique_ptr<Decoder> png_decoder() { return std::make_unique<PngDecoder>(); }

}  // namespace r50::data
