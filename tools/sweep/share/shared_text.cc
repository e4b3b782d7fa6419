#include "sweep/share/shared_text.h"

#include <map>

namespace r50::sweep {
namespace {

using Children = std::map<std::string, std::vector<const Trial*>>;  // by the parent's id

void add_branches(const Trial& trial, const std::string& indent, const Children& children,
                  std::string& text) {
  const auto found = children.find(trial.id);
  if (found == children.end()) return;
  for (const Trial* child : found->second) {
    const bool last = child == found->second.back();
    text += indent + (last ? "└─ " : "├─ ") + "after epoch " + std::to_string(child->branch) +
            ": trial " + std::to_string(child->number) + " trains ";
    text += child->branch < child->epochs
                ? std::to_string(child->branch + 1) + " to " + std::to_string(child->epochs)
                : std::string("nothing more");
    text += "  (" + child->sets() + ")\n";
    add_branches(*child, indent + (last ? "   " : "│  "), children, text);
  }
}

}  // namespace

EpochCounts count_epochs(const std::vector<Trial>& trials) {
  EpochCounts counts;
  for (const Trial& trial : trials) {
    if (!trial.is_merged_run()) counts.all += trial.epochs;
    if (!trial.follows()) counts.trained += trial.epochs - trial.branch;
  }
  return counts;
}

std::string sharing_text(const std::vector<Trial>& trials) {
  const EpochCounts epochs = count_epochs(trials);
  if (epochs.trained >= epochs.all) return "";
  return "What trials have in common is trained once: " + std::to_string(epochs.trained) +
         " epochs of " + std::to_string(epochs.all) + "\n" + sharing_tree(trials) + "\n";
}

std::string sharing_tree(const std::vector<Trial>& trials) {
  Children children;
  for (const Trial& trial : trials) {
    if (!trial.parent.empty()) children[trial.parent].push_back(&trial);
  }
  std::string text;
  for (const Trial& run : trials) {
    if (!run.is_merged_run()) continue;
    std::string members;
    int count = 0;
    for (const Trial& trial : trials) {
      if (trial.leader != run.id) continue;
      members += (members.empty() ? "" : ", ") + std::to_string(trial.number);
      ++count;
    }
    text += std::to_string(count) + " trials, 1 run: " + members + " are run " +
            std::to_string(run.number) + ", with the averages of all\n";
  }
  for (const Trial& trial : trials) {
    if (!trial.parent.empty() || children.count(trial.id) == 0) continue;
    text += "trial " + std::to_string(trial.number) + " trains 1 to " +
            std::to_string(trial.epochs) + "  (" + trial.sets() + ")\n";
    add_branches(trial, "", children, text);
  }
  return text;
}

}  // namespace r50::sweep
