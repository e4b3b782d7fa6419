#include <absl/strings/str_format.h>

#include <nlohmann/json.hpp>

#include "report/history.h"

namespace r50::report {
namespace {

using ResultJson = nlohmann::ordered_json;

ResultJson set_json(const EvaluationEvent& event) {
  return {{"set", event.set},   {"epoch", event.epoch}, {"top1", event.top1},
          {"top5", event.top5}, {"loss", event.loss},   {"images", event.images}};
}

// The latest epoch that was evaluated.
const EpochEntry* last_evaluated(const History& history) {
  for (auto entry = history.epochs.rbegin(); entry != history.epochs.rend(); ++entry) {
    if (!entry->sets.empty()) return &*entry;
  }
  return nullptr;
}

}  // namespace

std::string result_json(const History& history) {
  ResultJson json;
  json["epochs"] = 0;
  if (!history.epochs.empty()) {
    const EpochEvent& end = history.epochs.back().epoch;
    json["epochs"] = end.epoch;
    json["steps"] = end.step;
    json["train_loss"] = end.loss;
    json["quarantined"] = end.quarantined;
  }
  json["last"] = ResultJson::array();
  if (const auto* last = last_evaluated(history)) {
    for (const EvaluationEvent& event : last->sets) json["last"].push_back(set_json(event));
  }
  if (const EvaluationEvent* best = history.best()) json["best"] = set_json(*best);
  json["wall"] = {{"training_seconds", history.seconds()}};
  return json.dump(2) + "\n";
}

std::string result_sentence(const History& history) {
  if (history.epochs.empty()) return "nothing was trained";
  const EpochEvent& end = history.epochs.back().epoch;
  std::string sentence =
      absl::StrFormat("%d epochs, %d steps, training loss %.4f", end.epoch, end.step, end.loss);
  if (const auto* last = last_evaluated(history)) {
    for (const EvaluationEvent& event : last->sets) {
      absl::StrAppendFormat(&sentence, "; %s top-1 %.2f %%, top-5 %.2f %%", event.set, event.top1,
                            event.top5);
    }
  }
  if (const EvaluationEvent* best = history.best()) {
    absl::StrAppendFormat(&sentence, "; best: %s after epoch %d, top-1 %.2f %%", best->set,
                          best->epoch, best->top1);
  }
  return sentence;
}

}  // namespace r50::report
