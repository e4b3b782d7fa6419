#include "assemble/shared_past.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "assemble/stages.h"
#include "base/hash.h"
#include "data/epoch_plan.h"
#include "r50/archive.h"
#include "r50/loss.h"
#include "r50/model.h"
#include "r50/optimizer.h"
#include "r50/scheduler.h"

namespace r50::assemble {
namespace {

std::string hash_text(const std::string& content) { return base::content_hash(content).substr(16); }

template <class T>
void add_bits(std::string& text, T value) {
  char bits[sizeof value];
  std::memcpy(bits, &value, sizeof value);
  text.append(bits, sizeof value);
}

bool holds_nothing(const Archive& archive) {
  return std::all_of(archive.items().begin(), archive.items().end(), [](const auto& item) {
    const auto* const child = std::get_if<std::unique_ptr<Archive>>(&item.second);
    return child && holds_nothing(**child);
  });
}

template <class Interface>
bool resumable(const Held<Interface>& plugin) {
  return plugin.call([](const auto& held) { return held.resumable(); });
}

// "30%" of the run anywhere in a value: it means another step in a run of another length.
bool has_percent(const Value& value) {
  if (const std::string* text = value.text()) return !text->empty() && text->back() == '%';
  if (const Array* array = value.array()) {
    return std::any_of(array->begin(), array->end(), has_percent);
  }
  const Table* const table = value.table();
  return table && std::any_of(table->entries().begin(), table->entries().end(),
                              [](const Table::Entry& entry) { return has_percent(entry.value); });
}

// Of steps: `from` up to, and without, `until`.
struct StepWindow {
  std::int64_t from = 0, until = INT64_MAX;
};

class PastTeller {
 public:
  PastTeller(Opened& opened, const DataSide& data)
      : opened_(opened), experiment_(opened.experiment), data_(data), facts_(data.facts) {}

  SharedPast tell() {
    scheduler_ = opened_.host->make<Scheduler>(experiment_.scheduler.table, facts_);
    SharedPast past;
    past.predictable = scheduler_.call([](const Scheduler& held) { return held.predictable(); });
    past.alone = past.predictable ? cannot_go_on() : "its rates depend on results";
    past.mergeable = past.predictable && averages_are_own();
    if (!past.alone.empty()) return past;
    past.rest = rest();
    past.epochs = epochs();
    return past;
  }

 private:
  std::string cannot_go_on();
  bool averages_are_own();
  bool is_own(Kind kind, const Value& table);
  bool length_matters(const Value& kept);
  std::string estimation_windows() const;
  std::string rest();
  std::vector<std::string> epochs();

  Opened& opened_;
  const config::Experiment& experiment_;
  const DataSide& data_;
  const RunFacts& facts_;
  Held<Scheduler> scheduler_;
  std::vector<StepWindow> windows_;   // of the augmentations, in the order of the file
  std::vector<std::int64_t> starts_;  // of those averagings whose start is told an epoch at a time
};

// A branch is a run that goes on, so all parts must be able to.
std::string PastTeller::cannot_go_on() {
  host::Host& host = *opened_.host;
  const auto refused = [](const auto& plugin) {
    return resumable(plugin) ? std::string() : plugin.label() + " cannot be continued";
  };
  std::string why = refused(scheduler_);
  if (why.empty()) {
    why = refused(host.make<Optimizer>(experiment_.optimizer.table, OptimizerFacts{facts_, {}}));
  }
  if (why.empty()) why = refused(host.make<Loss>(experiment_.loss.table, facts_));
  for (const config::PluginSpec& spec : experiment_.augmentation) {
    if (why.empty()) why = refused(host.make<Augmentation>(spec.table, facts_));
  }
  // To ask these two, the model has to be made, which r50's own are spared.
  const bool own = is_own(Kind::model, experiment_.model.table) && averages_are_own();
  if (!why.empty() || own) return why;
  const auto model = host.make<Model>(experiment_.model.table, facts_);
  why = refused(model);
  const ModelTensors tensors = model.call([](auto& held) { return held.tensors(); });
  for (const config::PluginSpec& spec : experiment_.averaging) {
    if (!why.empty()) break;
    why = refused(host.make<Averaging>(spec.table, AveragingFacts{facts_, tensors, spec.name}));
  }
  return why;
}

bool PastTeller::averages_are_own() {
  return std::all_of(experiment_.averaging.begin(), experiment_.averaging.end(),
                     [&](const auto& spec) { return is_own(Kind::averaging, spec.table); });
}

bool PastTeller::is_own(Kind kind, const Value& table) {
  Problems problems;
  const host::LoadedPlugin* const plugin = opened_.host->find(kind, table, problems);
  return plugin && host::SearchPath::is_own(plugin->file);
}

// Whether something but the scheduler, a window or a start may depend on how long the run is.
bool PastTeller::length_matters(const Value& kept) {
  if (has_percent(kept)) return true;
  for (const host::LoadedPlugin* plugin : opened_.host->loaded()) {
    const Kind kind = plugin->entry.kind;
    // A data set is not told, a logger does not train.
    if (kind == Kind::scheduler || kind == Kind::dataset || kind == Kind::logger) continue;
    if (!host::SearchPath::is_own(plugin->file)) return true;
  }
  return false;
}

// Norms are estimated for an average from training images that count as the run's first batches,
// whichever epoch it is: so windows there matter from the first evaluation on.
std::string PastTeller::estimation_windows() const {
  if (experiment_.averaging.empty()) return "";
  const std::int64_t batches =
      data::estimate_plan(facts_, data_.micro_batch, experiment_.evaluate.bn_samples,
                          static_cast<int>(facts_.image_size))
          ->batches();
  std::string text;
  for (const StepWindow& window : windows_) {
    const auto micro = [&](std::int64_t step) {
      return step > batches ? batches
                            : std::clamp<std::int64_t>(step * facts_.accumulate, 0, batches);
    };
    text += std::to_string(micro(window.from)) + "-" + std::to_string(micro(window.until)) + " ";
  }
  return text;
}

std::string PastTeller::rest() {
  Value kept = experiment_.resolved;
  for (const char* key : {"scheduler", "find_lr"}) kept.table()->erase(key);
  Value* const run = kept.table()->find("run");
  for (const char* key : {"name", "folder"}) run->table()->erase(key);

  Value* const stages = kept.table()->find("augmentation");
  for (std::size_t i = 0; i < experiment_.augmentation.size(); ++i) {
    const config::PluginSpec& spec = experiment_.augmentation[i];
    StepWindow window;
    if (spec.from) window.from = spec.from->steps(facts_.length);
    if (spec.until) window.until = spec.until->steps(facts_.length);
    windows_.push_back(window);
    for (const char* key : {"from", "until"}) (*stages->array())[i].table()->erase(key);
  }
  Value* const averages = kept.table()->find("averaging");
  for (std::size_t i = 0; i < experiment_.averaging.size(); ++i) {
    if (!is_own(Kind::averaging, experiment_.averaging[i].table)) continue;
    Table& table = *(*averages->array())[i].table();
    const Value* const written = table.find("start");
    const auto start = written && written->text() ? When::parse(*written->text()) : std::nullopt;
    if (!start) continue;
    starts_.push_back(start->steps(facts_.length));
    table.erase("start");
  }
  // State of the one would be read by the other, which may not even be of the same kind.
  Archive before, after;
  opened_.host->make<Scheduler>(experiment_.scheduler.table, facts_).call([&](Scheduler& held) {
    held.save(before);
    held.observe({.epoch = 1, .train_loss = 1, .sets = {{.set = "plain", .loss = 1, .images = 1}}});
    held.save(after);
  });
  std::string text;
  if (!holds_nothing(before) || !holds_nothing(after)) {
    text = experiment_.resolved.table()->find("scheduler")->toml();
  }
  if (!length_matters(kept)) run->table()->erase("epochs");
  return hash_text(text + "\n" + kept.toml() + "\n" + estimation_windows());
}

std::vector<std::string> PastTeller::epochs() {
  const RunLength& length = facts_.length;
  const auto plan = data::epoch_plan(facts_, static_cast<int>(facts_.image_size));
  const std::int64_t evaluate_every =
      std::max<std::int64_t>(1, experiment_.evaluate.every.steps(length) /
                                    std::max<std::int64_t>(1, length.steps_per_epoch));
  std::vector<std::string> hashes;
  std::string given;  // to the steps of one epoch; begins with the hash of all before
  for (std::int64_t epoch = 0; epoch < length.epochs; ++epoch) {
    data::PlannedBatch first;
    plan->plan(epoch, 0, first);
    add_bits(given, first.image_size);
    for (const data::PlannedSample& sample : first.samples) add_bits(given, sample.index);
    add_bits(given, (epoch + 1) % evaluate_every == 0 || epoch + 1 == length.epochs);
    for (std::int64_t i = 0; i < length.steps_per_epoch; ++i) {
      const std::int64_t step = epoch * length.steps_per_epoch + i;
      const Progress progress{step, length};
      const Rates rates =
          scheduler_.call([&](const Scheduler& held) { return held.rates(progress); });
      add_bits(given, rates.lr);
      add_bits(given, rates.momentum.has_value());
      if (rates.momentum) add_bits(given, *rates.momentum);
      for (const StepWindow& window : windows_) {
        add_bits(given, step >= window.from && step < window.until);
      }
      // An average that collects does so by how long it has.
      for (const std::int64_t start : starts_) {
        add_bits(given, std::max<std::int64_t>(0, step + 1 - start));
      }
    }
    hashes.push_back(hash_text(given));
    given = hashes.back();
  }
  return hashes;
}

}  // namespace

SharedPast shared_past(Opened& opened, const DataSide& data) {
  return PastTeller(opened, data).tell();
}

}  // namespace r50::assemble
