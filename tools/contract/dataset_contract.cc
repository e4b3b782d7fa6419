#include "r50/dataset.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "contract/subject.h"

namespace r50::contract {

namespace {

constexpr DatasetFacts facts{.seed = 7, .image_size = 32};
constexpr std::int64_t most_samples = 24;

struct Copy {
  std::vector<std::uint8_t> bytes;
  std::int64_t label = 0;
  std::string refused;  // BadSample's text
  bool operator==(const Copy&) const = default;
};

std::int64_t count(const DatasetInfo& info, Split split) {
  return split == Split::train ? info.train_images : info.evaluate_images;
}

DatasetInfo info_of(const Held<Dataset>& dataset) {
  return dataset.call([](const Dataset& it) { return it.info(); });
}

// First, last and some between.
std::vector<std::int64_t> some_samples(std::int64_t images) {
  std::set<std::int64_t> samples;
  const std::int64_t stride = std::max<std::int64_t>(1, images / most_samples);
  for (std::int64_t i = 0; i < images; i += stride) samples.insert(i);
  if (images > 0) samples.insert(images - 1);
  return {samples.begin(), samples.end()};
}

Copy read(const Held<Dataset>& dataset, Split split, std::int64_t index, SampleBuffer& buffer) {
  try {
    const Sample sample =
        dataset.call([&](const Dataset& it) { return it.read(split, index, buffer); });
    const std::string name = absl::StrFormat("sample %d", index);
    expect(!sample.bytes.empty(), name + " is empty");
    if (sample.form == Sample::Form::pixels) {
      const auto wanted = static_cast<std::size_t>(sample.size.height) *
                          static_cast<std::size_t>(sample.size.width) * 3;
      expect(sample.size.height > 0 && sample.size.width > 0 && sample.bytes.size() == wanted,
             name + " has not three bytes a pixel");
    }
    return {{sample.bytes.begin(), sample.bytes.end()}, sample.label, ""};
  } catch (const BadSample& bad) {  // a way of answering, if it is always the same
    return {{}, 0, bad.what()};
  }
}

std::vector<Copy> read_all(const Held<Dataset>& dataset, bool backwards) {
  const DatasetInfo info = info_of(dataset);
  std::vector<Copy> copies;
  SampleBuffer buffer;
  for (const Split split : {Split::train, Split::evaluate}) {
    std::vector<std::int64_t> samples = some_samples(count(info, split));
    if (backwards) std::reverse(samples.begin(), samples.end());
    std::vector<Copy> part;
    for (const std::int64_t index : samples) part.push_back(read(dataset, split, index, buffer));
    if (backwards) std::reverse(part.begin(), part.end());
    copies.insert(copies.end(), part.begin(), part.end());
  }
  return copies;
}

void check_info(const DatasetInfo& info) {
  expect(info.classes.size() >= 2, "it names fewer than two classes");
  expect(
      std::set<std::string>(info.classes.begin(), info.classes.end()).size() == info.classes.size(),
      "two classes have the same name");
  expect(info.train_images > 0, "it has no training images");
  expect(info.evaluate_images >= 0, "it has a negative number of evaluation images");
  expect(!info.fingerprint.empty(), "it has no fingerprint");
  expect(info.mean.size() == 3 && info.std.size() == 3, "mean and std are not one a channel");
  for (const double deviation : info.std) expect(deviation > 0, "a deviation is not above 0");
}

// quarantine.txt knows samples by their names.
void check_names(const Held<Dataset>& dataset, const DatasetInfo& info) {
  for (const Split split : {Split::train, Split::evaluate}) {
    std::set<std::string> names;
    for (const std::int64_t index : some_samples(count(info, split))) {
      const std::string name =
          dataset.call([&](const Dataset& it) { return it.name_of(split, index); });
      const std::string sample = absl::StrFormat("sample %d", index);
      expect(!name.empty(), sample + " has none");
      expect(names.insert(name).second, sample + " is called '" + name + "', as another is");
    }
  }
}

void check_threads(const Held<Dataset>& dataset, const std::vector<Copy>& alone) {
  std::vector<std::vector<Copy>> results(3);
  std::vector<std::exception_ptr> failures(results.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        results[i] = read_all(dataset, i % 2 == 1);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  for (const auto& result : results) expect(result == alone, "several threads read other samples");
}

}  // namespace

void check_dataset(Subject& subject) {
  Report& report = subject.report();
  const auto dataset = subject.make<Dataset>(facts);
  const DatasetInfo info = info_of(dataset);
  report.check("it knows itself", [&] { check_info(info); });
  if (!report.good()) return;
  const std::vector<Copy> samples = read_all(dataset, false);
  report.check("labels are among the classes", [&] {
    for (const Copy& sample : samples) {
      expect(
          sample.label >= 0 && sample.label < static_cast<std::int64_t>(info.classes.size()),
          absl::StrFormat("there is a label %d of %d classes", sample.label, info.classes.size()));
    }
  });
  report.check("most samples can be read", [&] {
    const auto bad = std::count_if(samples.begin(), samples.end(),
                                   [](const Copy& sample) { return !sample.refused.empty(); });
    expect(bad * 2 < static_cast<std::int64_t>(samples.size()),
           absl::StrFormat("%d of %d cannot", bad, samples.size()));
  });
  report.check("a sample is the same in any order and in another life", [&] {
    expect(samples == read_all(dataset, true), "read backwards, samples differ");
    const auto again = subject.make<Dataset>(facts);
    expect(samples == read_all(again, false), "built twice, samples differ");
    expect(info.fingerprint == info_of(again).fingerprint, "built twice, the fingerprint differs");
  });
  report.check("several threads may read at once", [&] { check_threads(dataset, samples); });
  report.check("samples have names of their own", [&] { check_names(dataset, info); });
}

}  // namespace r50::contract
