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

}  // namespace

struct PngDecoder::Impl {
  ~Impl() { close(); }

  void close() { png_destroy_read_struct(&png, &info, nullptr); }

  // libpng jumps out of these two on errors: they hold nothing with a destructor. False: see
  // messages.text.
  bool read_header() {
    close();
    messages.text[0] = 0;
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &messages, on_error, on_warning);
    if (png) info = png_create_info_struct(png);
    if (!info) return false;
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_read_fn(png, &rest, on_read);
    png_read_info(png, info);
    png_set_palette_to_rgb(png);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
    passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
  }

  bool read_rows(int rows, std::uint8_t* out, std::size_t stride) {
    if (setjmp(png_jmpbuf(png))) return false;
    for (int pass = 0; pass < passes; ++pass) {
      for (int y = 0; y < rows; ++y) {
        png_read_row(png, out + static_cast<std::size_t>(y) * stride, nullptr);
      }
    }
    return true;
  }

  [[noreturn]] void bad() {
    close();
    throw BadSample(std::string(messages.text) + " (libpng)");
  }

  png_structp png = nullptr;
  png_infop info = nullptr;
  int passes = 1;
  PngMessages messages{};
  std::span<const std::uint8_t> rest;
  Scratch pixels;
};

PngDecoder::PngDecoder() : impl_(std::make_unique<Impl>()) {}
PngDecoder::~PngDecoder() = default;

ImageSize PngDecoder::open(std::span<const std::uint8_t> bytes) {
  impl_->rest = bytes;
  if (!impl_->read_header()) impl_->bad();
  return {static_cast<int>(png_get_image_height(impl_->png, impl_->info)),
          static_cast<int>(png_get_image_width(impl_->png, impl_->info))};
}

PixelSpan PngDecoder::decode(const Rect& part) {
  Impl& impl = *impl_;
  const auto width = static_cast<std::size_t>(png_get_image_width(impl.png, impl.info));
  // An interlaced image is complete only after its last pass; otherwise the rows below are left
  // out.
  const int rows = impl.passes > 1 ? static_cast<int>(png_get_image_height(impl.png, impl.info))
                                   : part.top + part.height;
  const std::size_t stride = width * 3 + row_padding;
  std::uint8_t* const pixels = impl.pixels.room(stride * static_cast<std::size_t>(rows));
  if (!impl.read_rows(rows, pixels, stride)) impl.bad();
  impl.close();
  return {pixels + static_cast<std::size_t>(part.top) * stride +
              3 * static_cast<std::size_t>(part.left),
          part.height, part.width, static_cast<std::ptrdiff_t>(stride)};
}

void PngDecoder::trim() { impl_->pixels.trim(); }

}  // namespace r50::data
