#include "sweep/show/shared_text.h"

#include <map>

#include "sweep/share/alike.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep {
namespace {

using Children = std::map<std::string, std::vector<const Trial*>>;  // by the parent's id

void add_branches(const Trial& trial, const std::string& indent, const Children& children,
                  const VariedWords& varied, std::string& text) {
  const auto found = children.find(trial.id);
  if (found == children.end()) return;
  for (const Trial* child : found->second) {
    const bool last = child == found->second.back();
    text += indent + (last ? "└─ " : "├─ ") + "after epoch " + std::to_string(child->branch) +
            ": trial " + std::to_string(child->number) + " trains ";
    text += child->branch < child->epochs
                ? std::to_string(child->branch + 1) + " to " + std::to_string(child->epochs)
                : std::string("nothing more");
    text += "  (" + varied.of(*child) + ")\n";
    add_branches(*child, indent + (last ? "   " : "│  "), children, varied, text);
  }
}

// The slots of one machine are taken for alike.
std::string of_one_kind(LauncherKind kind) {
  if (kind == LauncherKind::local) return "";
  return "Where machines differ in instructions, threads or GPU, a trial that comes to another "
         "kind than the one\nthat began it trains all of its epochs itself: let them be of one "
         "kind" +
         std::string(kind == LauncherKind::slurm ? " ([launcher] sbatch = [\"--constraint=...\"])."
                                                 : ".") +
         "\n";
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

std::string sharing_text(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const EpochCounts epochs = count_epochs(trials);
  if (epochs.trained >= epochs.all) return "";
  const bool early = sweep.stop.type != StopRule::none;
  return "What trials have in common is trained once: " + std::to_string(epochs.trained) +
         " epochs of " + std::to_string(epochs.all) +
         (early ? " at most: [early_terminate] ends some before" : "") + "\n" +
         sharing_tree(trials) + of_one_kind(sweep.launcher.kind) + "\n";
}

std::string unshared_text(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const auto say = [&](const Alike& groups, const std::string& what) {
    std::size_t concerned = 0;
    for (const auto& group : groups) concerned += group.size();
    if (concerned == 0) return std::string();
    return std::to_string(concerned) + " of " + std::to_string(trials.size()) + " trials " + what +
           "\n\n";
  };
  if (sweep.launcher.kind == LauncherKind::kubernetes) {
    return say(alike_at_first(trials),
               "may have epochs in common, but each trains its own: on Kubernetes they begin when "
               "the cluster likes, and nobody looks on");
  }
  if (sweep.stop.type == StopRule::none) return "";
  return say(alike_but_averages(trials),
             "differ in [[averaging]] only, but each is a run of its own: [early_terminate] judges "
             "each by itself");
}

std::string sharing_tree(const std::vector<Trial>& trials) {
  const VariedWords varied(trials);
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
            std::to_string(trial.epochs) + "  (" + varied.of(trial) + ")\n";
    add_branches(trial, "", children, varied, text);
  }
  return text;
}

}  // namespace r50::sweep
