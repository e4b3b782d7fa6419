#include "assemble/stages.h"

#include <absl/strings/str_format.h>

#include <climits>
#include <utility>

namespace r50::assemble {
namespace {

enum class Place { region, pixels, batch };

const char* place_name(Place place) {
  switch (place) {
    case Place::region:
      return "chooses a region";
    case Place::pixels:
      return "changes pixels";
    case Place::batch:
      return "works on batches";
  }
  return "";
}

Place place_of(const Held<Augmentation>& stage) {
  if (stage.as<RegionStage>()) return Place::region;
  if (stage.as<PixelStage>()) return Place::pixels;
  if (stage.as<BatchStage>()) return Place::batch;
  throw Error(stage.label() +
              " is none of RegionStage, PixelStage and BatchStage; an augmentation "
              "must implement one of them");
}

struct Window {
  std::int64_t from = 0;
  std::int64_t until = INT64_MAX;
};

// In micro-batches since the start of the run, which is what the loader counts.
Window window_of(const config::PluginSpec& spec, const RunFacts& facts) {
  Window window;
  if (spec.from) window.from = spec.from->steps(facts.length) * facts.accumulate;
  if (spec.until) window.until = spec.until->steps(facts.length) * facts.accumulate;
  return window;
}

void put(Stages& stages, const Held<Augmentation>& stage, Place place, Stream stream,
         Window window) {
  switch (place) {
    case Place::region:
      stages.regions.push_back({stage.as<RegionStage>(), stream, window.from, window.until});
      return;
    case Place::pixels:
      stages.pixels.push_back({stage.as<PixelStage>(), stream, window.from, window.until});
      return;
    case Place::batch:
      stages.batches.push_back({stage.as<BatchStage>(), stream, window.from, window.until});
      return;
  }
}

}  // namespace

Stream StageStreams::next(const std::string& plugin, const Spot& spot) {
  const int occurrence = occurrences_[plugin]++;
  const Stream stream = augmentation_stream(plugin, occurrence);
  const std::string name = absl::StrFormat("'%s' (number %d)", plugin, occurrence + 1);
  const auto [other, fresh] = used_.emplace(stream, name);
  if (!fresh) {
    Problems problems;
    problems.add(spot,
                 absl::StrFormat("the augmentations %s and %s would draw the same random numbers",
                                 other->second, name),
                 "their names have the same hash; rename one of the plugins");
    throw WrongInput(std::move(problems));
  }
  return stream;
}

BothStages build_stages(const config::Experiment& experiment, host::Host& host,
                        const RunFacts& facts) {
  BothStages both;
  Problems problems;
  Held<Augmentation> previous;
  Place previous_place = Place::region;
  StageStreams streams;
  for (const config::PluginSpec& spec : experiment.specs.at(Augmentation::kind)) {
    auto stage = host.make<Augmentation>(spec.table, facts);
    const Place place = place_of(stage);
    if (previous && place < previous_place) {
      problems.add(spec.table.spot(),
                   stage.label() + " " + place_name(place) + ", but stands after " +
                       previous.label() + ", which " + place_name(previous_place),
                   "stages run in the order of the file: first those that choose regions, then "
                   "those that change pixels, then those that work on batches");
    }
    // The registered name: `use` may be a path.
    const std::string name = host.find(Kind::augmentation, spec.table, problems)->entry.name;
    const Stream stream = streams.next(name, spec.table.spot());
    const Window window = window_of(spec, facts);
    if (spec.when != config::Use::evaluate) put(both.train, stage, place, stream, window);
    if (spec.when != config::Use::train) put(both.evaluate, stage, place, stream, {});
    previous = stage;
    previous_place = place;
  }
  if (!problems.empty()) throw WrongInput(problems);
  return both;
}

}  // namespace r50::assemble
