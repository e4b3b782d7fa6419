#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "r50/image.h"
#include "r50/plugin.h"

namespace r50 {

enum class Split { train, evaluate };

struct DatasetInfo {
  std::vector<std::string> classes;  // names, in the order of the labels
  std::int64_t train_images = 0;
  std::int64_t evaluate_images = 0;
  std::vector<double> mean = {0.485, 0.456, 0.406};  // in 0..1; what `normalize` subtracts
  std::vector<double> std = {0.229, 0.224, 0.225};
  // Changes whenever any image or label does (names, sizes and times of files are enough). A run is
  // not continued over another fingerprint.
  std::string fingerprint;
};

// One sample as stored. Points into the dataset's own memory, or into the caller's buffer.
struct Sample {
  enum class Form { encoded, pixels };  // encoded: JPEG or PNG bytes
  Form form = Form::encoded;
  std::span<const std::uint8_t> bytes;  // pixels: RGB rows without gaps
  ImageSize size;                       // pixels only
  std::int64_t label = 0;
};

// Kept by each worker thread, so that reading a sample allocates nothing once it has grown.
struct SampleBuffer {
  std::vector<std::uint8_t> bytes;
};

struct DatasetFacts {
  std::uint64_t seed = 0;
  std::int64_t image_size = 0;
};

// Where samples come from. The order in which they are shown is not its business.
class Dataset : public Plugin {
 public:
  static constexpr Kind kind = Kind::dataset;
  using Facts = DatasetFacts;
  ~Dataset() override;

  virtual const DatasetInfo& info() const = 0;

  // [worker threads, several at once] A pure function of split and index. The label is one of the
  // classes, from 0. Throws BadSample for a sample that cannot be read, PassingFault if another try
  // may succeed (throw_read_fault chooses by errno); any other exception ends the run.
  virtual Sample read(Split split, std::int64_t index, SampleBuffer& buffer) const = 0;

  // What a person calls the sample: a file name, or what else no other sample of the split is
  // called. quarantine.txt and messages name samples by it.
  virtual std::string name_of(Split split, std::int64_t index) const;
};

}  // namespace r50
