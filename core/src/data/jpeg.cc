#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE
#include <cstring>
#include <new>
#include <string>

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>

#include "data/decode.h"
#include "r50/error.h"

namespace r50::data {
namespace {

// A progressive image is decoded by going over all of its coefficients once a scan, and takes two
// bytes for each of them. Ten scans are usual.
constexpr int most_scans = 500;
constexpr long most_memory = 512L << 20;

// libjpeg reports through these. An exception must not pass through C frames, so errors jump back
// to the function that called libjpeg, which throws.
struct Messages {
  jpeg_error_mgr manager;  // first: libjpeg hands back a pointer to it
  std::jmp_buf back;
  char text[JMSG_LENGTH_MAX];
  bool missing;    // a warning said that image data is lost
  bool no_memory;  // malloc has failed: no fault of the image
};

Messages& messages_of(j_common_ptr info) { return *reinterpret_cast<Messages*>(info->err); }

[[noreturn]] void on_error(j_common_ptr info) {
  Messages& messages = messages_of(info);
  // Cases 1 and 3 are sizes that libjpeg never asks malloc for.
  const int which = messages.manager.msg_parm.i[0];
  messages.no_memory =
      messages.manager.msg_code == JERR_OUT_OF_MEMORY && (which == 2 || which == 4);
  if (messages.manager.msg_code == JERR_NO_BACKING_STORE) {  // what is beyond max_memory_to_use
    std::strcpy(messages.text, "decoding it takes more than 512 MB of memory");
  } else {
    messages.manager.format_message(info, messages.text);
  }
  std::longjmp(messages.back, 1);
}

void on_progress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= most_scans) return;
  Messages& messages = messages_of(info);
  std::strcpy(messages.text, "more than 500 scans");
  std::longjmp(messages.back, 1);
}

// After a warning libjpeg continues, with gray for what it could not read. Harmless warnings (stray
// bytes before a marker: some ImageNet originals have them) are ignored.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  Messages& messages = messages_of(info);
  switch (messages.manager.msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_JPEG_EOF:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      if (!messages.missing) messages.manager.format_message(info, messages.text);
      messages.missing = true;
      break;
    default:
      break;
  }
}

// As Pillow: inks are stored inverted, and black scales the other three.
void cmyk_to_rgb(const std::uint8_t* in, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x, in += 4, out += 3) {
    const unsigned white = in[3];
    for (int c = 0; c < 3; ++c) {
      const unsigned product = (255u - in[c]) * white + 128;
      out[c] = static_cast<std::uint8_t>(white - (((product >> 8) + product) >> 8));
    }
  }
}

class JpegDecoder final : public Decoder {
 public:
  JpegDecoder() {
    info_.err = jpeg_std_error(&messages_.manager);
    messages_.manager.error_exit = on_error;
    messages_.manager.emit_message = on_message;
    if (setjmp(messages_.back)) throw Error("libjpeg: " + std::string(messages_.text));
    jpeg_create_decompress(&info_);
    info_.mem->max_memory_to_use = most_memory;
    progress_.progress_monitor = on_progress;
  }
  ~JpegDecoder() override { jpeg_destroy_decompress(&info_); }

  ImageSize open(std::span<const std::uint8_t> bytes) override {
    if (!read_header(bytes)) bad();
    return {static_cast<int>(info_.image_height), static_cast<int>(info_.image_width)};
  }

  PixelSpan decode(const Rect& part) override {
    if (!start(part)) bad();
    const auto width = static_cast<std::size_t>(info_.output_width);
    const auto channels = static_cast<std::size_t>(info_.output_components);
    const std::size_t stride = (width * channels + row_padding + 63) / 64 * 64;
    std::uint8_t* const pixels = pixels_.room(stride * static_cast<std::size_t>(part.height));
    if (!read_rows(part.height, pixels, stride)) bad();
    const PixelSpan rows{pixels, part.height, static_cast<int>(width),
                         static_cast<std::ptrdiff_t>(stride)};
    if (channels == 4) {
      for (int y = 0; y < rows.height; ++y) cmyk_to_rgb(rows.row(y), rows.width, rows.row(y));
    }
    return {rows.data + std::ptrdiff_t{3} * (part.left - first_column_), part.height, part.width,
            rows.stride};
  }

  void trim() override { pixels_.trim(); }

 private:
  // The three below hold nothing with a destructor while libjpeg may jump out of them. False: see
  // messages_.text.
  bool read_header(std::span<const std::uint8_t> bytes) {
    if (setjmp(messages_.back)) return false;
    jpeg_abort_decompress(&info_);
    messages_.missing = messages_.no_memory = false;
    jpeg_mem_src(&info_, bytes.data(), bytes.size());
    jpeg_read_header(&info_, TRUE);
    return true;
  }

  bool start(const Rect& part) {
    if (setjmp(messages_.back)) return false;
    const bool inks = info_.num_components == 4;
    info_.out_color_space = inks ? JCS_CMYK : JCS_RGB;
    info_.dct_method = JDCT_ISLOW;
    info_.do_fancy_upsampling = TRUE;
    info_.progress = &progress_;
    jpeg_start_decompress(&info_);  // reads all scans, if there are several
    info_.progress = nullptr;
    // libjpeg takes the edges of a crop for the edges of the image when it smooths chroma: one more
    // block on either side keeps the pixels right.
    const int block = info_.max_h_samp_factor * DCTSIZE;
    const int from = std::max(0, part.left - block);
    const int to = std::min(static_cast<int>(info_.output_width), part.left + part.width + block);
    first_column_ = 0;
    if (from > 0 || to < static_cast<int>(info_.output_width)) {
      JDIMENSION offset = static_cast<JDIMENSION>(from), width = static_cast<JDIMENSION>(to - from);
      jpeg_crop_scanline(&info_, &offset, &width);
      first_column_ = static_cast<int>(offset);
    }
    // Only from row 0: skipping from the middle of a row group returns wrong rows in libjpeg-turbo
    // up to 3.1.
    if (part.top > 0) jpeg_skip_scanlines(&info_, static_cast<JDIMENSION>(part.top));
    return true;
  }

  bool read_rows(int rows, std::uint8_t* out, std::size_t stride) {
    if (setjmp(messages_.back)) return false;
    for (int y = 0; y < rows && !messages_.missing;) {
      JSAMPROW row = out + static_cast<std::size_t>(y) * stride;
      y += static_cast<int>(jpeg_read_scanlines(&info_, &row, 1));
    }
    // The rows below are not wanted: abort, which decodes nothing, and never finish.
    jpeg_abort_decompress(&info_);
    return !messages_.missing;
  }

  [[noreturn]] void bad() {
    jpeg_abort_decompress(&info_);  // frees what the image has taken
    if (messages_.no_memory) throw std::bad_alloc();
    throw BadSample(std::string(messages_.text) + " (libjpeg)");
  }

  jpeg_decompress_struct info_{};
  Messages messages_{};
  jpeg_progress_mgr progress_{};
  int first_column_ = 0;
  Scratch pixels_;
};

}  // namespace

std::unique_ptr<Decoder> jpeg_decoder() { return std::make_unique<JpegDecoder>(); }

}  // namespace r50::data
