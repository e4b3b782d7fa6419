#include "data/quarantine.h"

#include <cmath>
#include <sstream>

namespace r50::data {

BadSamples::BadSamples(const LoaderSetup& setup) : setup_(setup) {
  const DatasetInfo& info =
      setup.dataset.call([](const auto& dataset) -> const DatasetInfo& { return dataset.info(); });
  images_ = setup.split == Split::train ? info.train_images : info.evaluate_images;
  allowed_ =
      static_cast<std::int64_t>(std::floor(setup.max_bad * static_cast<double>(images_) + 1e-9));
}

void BadSamples::add(std::int64_t index, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (!seen_.insert(index).second) return;
  const std::string name = setup_.dataset.call(
      [&](const auto& dataset) { return dataset.name_of(setup_.split, index); });
  if (setup_.quarantined) setup_.quarantined(name, reason);
  const auto bad = static_cast<std::int64_t>(seen_.size());
  if (bad <= allowed_) return;
  std::ostringstream text;
  text << bad << " of " << images_ << (setup_.split == Split::train ? " training" : " evaluation")
       << " images could not be read, which is more than [data] max_bad = " << setup_.max_bad
       << " allows (" << allowed_ << "). The last one: " << name << ": " << reason
       << ". All are named in quarantine.txt in the run's folder. Repair or remove them, or set "
          "[data] max_bad higher, and run the same command again.";
  throw Error(text.str());
}

std::int64_t BadSamples::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(seen_.size());
}

}  // namespace r50::data
