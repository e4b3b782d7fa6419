// `image_folder`: PATH/train/CLASS/*.jpg and PATH/val/CLASS/*.jpg, as ImageNet is unpacked.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "folder_scan.h"
#include "r50/dataset.h"

namespace {

using image_folder::Files;

struct ImageFolderConfig {
  r50::Path path;
  std::string train = "train";
  std::string val = "val";
  std::optional<r50::Path> classes_file;
  double held_out = 0;
  double part = 1;
};

constexpr const char* layout =
    "path names a folder that holds train/ and val/ (or what the keys train and val say), each "
    "with one folder a class and JPEG or PNG files in these";

[[noreturn]] void bad_path(const std::string& what, const std::string& hint = layout) {
  throw r50::BadKey("path", what, hint);
}

// As ImageNet's own archive of the evaluation images unpacks.
void refuse_flat(const std::string& root) {
  const std::string image = image_folder::first_image(root);
  if (image.empty()) return;
  bad_path(
      "'" + root + "' holds images, such as '" + image + "', where one folder a class is needed",
      "sort them: move each image into the folder of its class. For ImageNet, Kaggle's file "
      "LOC_val_solution.csv names the classes, and this does it:\n"
      "    sed 1d LOC_val_solution.csv | (cd '" +
          root +
          "' && while IFS=', ' read -r image class rest; do "
          "mkdir -p $class && mv $image.JPEG $class/; done)");
}

std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 5; ++i)
    text += (i ? ", '" : "'") + names[i] + "'";
  if (names.size() > 5) text += " and " + std::to_string(names.size() - 5) + " more";
  return text;
}

std::vector<std::string> without(const std::vector<std::string>& names,
                                 const std::vector<std::string>& sorted) {
  std::vector<std::string> rest;
  for (const std::string& name : names) {
    if (!std::binary_search(sorted.begin(), sorted.end(), name)) rest.push_back(name);
  }
  return rest;
}

// What is wrong with the path is for the user to correct; a disk or machine in trouble is not.
[[noreturn]] void cannot_scan(const std::system_error& error) {
  for (const int passing : {EINTR, EIO, ESTALE, EMFILE, ENFILE, ENOMEM}) {
    if (error.code().value() == passing) throw r50::Error(error.what());
  }
  bad_path(error.what());
}

std::vector<std::string> folders_of(const std::string& path) {
  try {
    return image_folder::folders(path);
  } catch (const std::system_error& error) {
    cannot_scan(error);
  }
}

// The first word of each line; the rest may be a name for people.
std::vector<std::string> read_classes(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> classes;
  std::map<std::string, int> lines;  // where each was listed
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (++number == 1 && line.starts_with(byte_order_mark)) line.erase(0, byte_order_mark.size());
    std::istringstream words(line);
    std::string name;
    if (!(words >> name)) continue;
    const auto [listed, first] = lines.emplace(name, number);
    if (!first) {
      throw r50::BadKey("classes_file",
                        "'" + path + "' lists the class '" + name + "' twice: in line " +
                            std::to_string(listed->second) + " and in line " +
                            std::to_string(number),
                        "each class has one label; remove one of the lines");
    }
    classes.push_back(name);
  }
  if (classes.empty()) {
    throw r50::BadKey("classes_file", "no class can be read from '" + path + "'",
                      "each line begins with the name of a class folder");
  }
  return classes;
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : value_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (value_ < 0) r50::throw_read_fault(errno, path);
  }
  ~Descriptor() { close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return value_; }

 private:
  int value_;
};

class ImageFolder final : public r50::Dataset {
 public:
  static r50::Schema<ImageFolderConfig> schema() {
    return r50::Schema<ImageFolderConfig>(
               "JPEG and PNG files in one folder a class: PATH/train/CLASS/NAME.jpg, "
               "PATH/val/CLASS/NAME.jpg. Labels follow the sorted class names.")
        .field("path", &ImageFolderConfig::path, "folder that holds the two splits",
               r50::required())
        .field("train", &ImageFolderConfig::train, "name of the training split's folder",
               r50::not_empty())
        .field("val", &ImageFolderConfig::val, "name of the evaluation split's folder",
               r50::not_empty())
        .field("classes_file", &ImageFolderConfig::classes_file,
               "text file whose lines begin with class folders, in the order of the labels; "
               "folders it does not name are left out")
        .field("held_out", &ImageFolderConfig::held_out,
               "share of the training images that is evaluated on in place of val, and not trained "
               "on: for choosing settings; 0: evaluate on val",
               r50::in(0, 0.5))
        .field("part", &ImageFolderConfig::part,
               "share of the training images (those not held out) that is trained on",
               r50::Limits{.min = 0, .max = 1, .above_min = true});
  }

  ImageFolder(const ImageFolderConfig& config, const r50::DatasetFacts&) {
    const std::string& path = config.path.text;
    const std::vector<std::string> inside = folders_of(path);
    const bool split_train = config.held_out > 0;
    std::vector<std::string> splits = {config.train};
    if (!split_train) splits.push_back(config.val);
    for (const std::string& split : splits) {
      if (split.find('/') != std::string::npos) continue;
      if (!std::binary_search(inside.begin(), inside.end(), split)) {
        bad_path("'" + path + "' has no folder '" + split + "'" +
                 (inside.empty() ? "" : "; it holds " + some_of(inside)));
      }
    }
    train_.root = path + "/" + config.train + "/";
    evaluate_.root = path + "/" + (split_train ? config.train : config.val) + "/";
    name_classes(config);
    scan(train_);
    if (split_train) {
      evaluate_.files = train_.files.between(0, config.held_out, info_.classes);
      refuse_empty(evaluate_, "held_out", "held out");
    } else {
      scan(evaluate_);
    }
    if (split_train || config.part < 1) {
      const double high = config.held_out + (1 - config.held_out) * config.part;
      train_.files = train_.files.between(config.held_out, high, info_.classes);
      refuse_empty(train_, config.part < 1 ? "part" : "held_out", "left to train on");
    }
    info_.train_images = train_.files.count();
    info_.evaluate_images = evaluate_.files.count();
    char text[64];
    std::snprintf(text, sizeof text, "image_folder 1: %016llx %016llx",
                  static_cast<unsigned long long>(train_.files.fingerprint(info_.classes)),
                  static_cast<unsigned long long>(evaluate_.files.fingerprint(info_.classes)));
    info_.fingerprint = text;
  }

  const r50::DatasetInfo& info() const override { return info_; }

  r50::Sample read(r50::Split split, std::int64_t index, r50::SampleBuffer& buffer) const override {
    const Part& part = part_of(split);
    thread_local std::string path;  // so that reading allocates nothing
    path = part.root;
    part.files.append_path(index, info_.classes, path);
    const Descriptor file(path);
    // One byte more than it had: a full buffer means that the file has grown, and is read on.
    std::size_t room = std::max<std::size_t>(part.files.bytes(index) + std::size_t{1}, 4096);
    std::size_t size = 0;
    for (;;) {
      if (buffer.bytes.size() < room) buffer.bytes.resize(room);
      const ssize_t got = pread(file, buffer.bytes.data() + size, buffer.bytes.size() - size,
                                static_cast<off_t>(size));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) r50::throw_read_fault(errno, path);
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
      if (size == buffer.bytes.size()) room = 2 * size;
    }
    return {.form = r50::Sample::Form::encoded,
            .bytes = {buffer.bytes.data(), size},
            .size = {},
            .label = part.files.label(index)};
  }

  std::string name_of(r50::Split split, std::int64_t index) const override {
    const Part& part = part_of(split);
    std::string name = part.root.substr(part.root.rfind('/', part.root.size() - 2) + 1);
    part.files.append_path(index, info_.classes, name);
    return name;
  }

 private:
  struct Part {
    std::string root;
    Files files;
  };

  const Part& part_of(r50::Split split) const {
    return split == r50::Split::train ? train_ : evaluate_;
  }

  void name_classes(const ImageFolderConfig& config) {
    const std::vector<std::string> train = folders_of(train_.root),
                                   val = folders_of(evaluate_.root);
    if (train.empty()) refuse_flat(train_.root);
    if (val.empty()) refuse_flat(evaluate_.root);
    if (config.classes_file) {
      info_.classes = read_classes(config.classes_file->text);
      for (const auto& [folder, have] : {std::pair(train_.root, &train), {evaluate_.root, &val}}) {
        const auto missing = without(info_.classes, *have);
        if (missing.empty()) continue;
        throw r50::BadKey("classes_file", "'" + folder + "' has no folder for the classes " +
                                              some_of(missing) + " of '" +
                                              config.classes_file->text + "'");
      }
    } else {
      const auto only_train = without(train, val), only_val = without(val, train);
      if (!only_train.empty() || !only_val.empty()) {
        std::string what =
            "the class folders of '" + config.train + "' and '" + config.val + "' differ:";
        if (!only_train.empty()) what += " only in '" + config.train + "': " + some_of(only_train);
        if (!only_train.empty() && !only_val.empty()) what += ";";
        if (!only_val.empty()) what += " only in '" + config.val + "': " + some_of(only_val);
        bad_path(what, "both need the same classes; classes_file can choose among them");
      }
      info_.classes = train;
    }
    if (info_.classes.empty()) bad_path("'" + train_.root + "' holds no class folders");
    if (info_.classes.size() == 1) {
      bad_path("'" + train_.root + "' holds one class only, '" + info_.classes[0] +
                   "': there is nothing to tell apart",
               "a classifier needs two or more class folders");
    }
  }

  std::vector<std::string> empty_classes(const Part& part) const {
    std::vector<std::int64_t> images(info_.classes.size());
    for (std::int64_t i = 0; i < part.files.count(); ++i) ++images[part.files.label(i)];
    std::vector<std::string> empty;
    for (std::size_t i = 0; i < images.size(); ++i) {
      if (images[i] == 0) empty.push_back(info_.classes[i]);
    }
    return empty;
  }

  void refuse_empty(const Part& part, const char* key, const std::string& what) const {
    const std::vector<std::string> empty = empty_classes(part);
    if (empty.empty()) return;
    throw r50::BadKey(key, "no image is " + what + " of the classes " + some_of(empty),
                      "their folders hold too few images for so small a share; take a larger one");
  }

  void scan(Part& part) {
    try {
      part.files = image_folder::scan(part.root, info_.classes);
    } catch (const std::system_error& error) {
      cannot_scan(error);
    }
    const std::vector<std::string> empty = empty_classes(part);
    if (!empty.empty()) {
      bad_path("no .jpg, .jpeg or .png file in '" + part.root + "' for the classes " +
               some_of(empty));
    }
  }

  Part train_, evaluate_;
  r50::DatasetInfo info_;
};

}  // namespace

R50_PLUGIN(ImageFolder, "image_folder")
