#include "recipes.h"

#include <png.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace r50::test {

namespace {

void write_png(const std::string& file, std::uint8_t brightness) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = 24;
  image.height = 18;
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(brightness + i % 50);
  }
  if (png_image_write_to_file(&image, file.c_str(), 0, pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error("cannot write " + file + ": " + image.message);
  }
}

// train/ and val/ with a few pictures of two classes.
void write_image_folder(const TempFolder& folder) {
  for (const char* split : {"train", "val"}) {
    for (const char* name : {"cat", "dog"}) {
      const std::string place = folder / (std::string(split) + "/" + name);
      std::filesystem::create_directories(place);
      for (int i = 0; i < 4; ++i) {
        write_png(place + "/" + std::to_string(i) + ".png", static_cast<std::uint8_t>(40 * i));
      }
    }
  }
}

}  // namespace

Recipe::Recipe(Kind kind, const std::string& name) {
  Table values;
  if (kind == Kind::scheduler && name == "sequence") {
    Table first, second;
    first.set("use", "constant");
    second.set("use", "cosine");
    values.set("parts", Array{Value(std::move(first)), Value(std::move(second))});
    values.set("milestones", Array{Value("30%")});
  }
  if (kind == Kind::dataset && name == "image_folder") {
    write_image_folder(folder_);
    values.set("path", folder_.path());
  }
  values_ = Value(std::move(values));
}

}  // namespace r50::test
