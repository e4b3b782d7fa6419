// Every key had its default hashed into IDs once, so that each new key gave unfinished runs another
// ID. The keys that there were then are hashed so for good, and stand here; a key that is added
// from then on counts only where it differs from its default. So this list never changes: an entry
// more, or less, moves IDs.

#include <algorithm>
#include <iterator>

#include "config/tables.h"

namespace r50::config {

namespace {

struct Keys {
  std::string_view table, keys;
};

// Without loggers, [checkpoint] and [plugins], which are part of no ID.
constexpr Keys first_keys[] = {
    {"",
     "run data dataset augmentation model optimizer loss scheduler averaging logger "
     "evaluate checkpoint find_lr plugins"},
    {"run", "name accumulate seed precision clip step conv threads log_every folder"},
    {"run.conv", "pass type kernel stride in out least_pixels most_pixels threads path"},
    {"data", "image_size threads ring max_bad"},
    {"evaluate", "every batch image_size bn_samples"},
    {"find_lr", "start end iterations smoothing stop rule seeds"},
    {"every augmentation", "when"},
    {"every averaging", "name"},
    {"augmentation center_crop", "ratio"},
    {"augmentation flip", "p"},
    {"augmentation mixup", "alpha p"},
    {"augmentation normalize", "mean std"},
    {"augmentation random_resized_crop", "scale ratio"},
    {"averaging ema", "decay every start warmup warmup_gamma warmup_power"},
    {"averaging swa", "start every"},
    {"dataset image_folder", "train val held_out part"},
    {"dataset shapes", "train_images evaluate_images classes seed"},
    {"dataset synthetic", "train_images evaluate_images classes"},
    {"loss cross_entropy", "label_smoothing"},
    {"model resnet", "depth stem zero_init_residual"},
    {"optimizer sgd", "momentum dampening weight_decay nesterov decay"},
    {"scheduler constant", "lr warmup start_factor"},
    {"scheduler cosine", "lr eta_min warmup start_factor step"},
    {"scheduler one_cycle",
     "max_lr pct_start div_factor final_div_factor anneal_strategy cycle_momentum "
     "base_momentum max_momentum"},
    {"scheduler sequence", "milestones"},
};

}  // namespace

bool default_counts(std::string_view table, std::string_view key, IdRule rule) {
  const auto* known = std::find_if(std::begin(first_keys), std::end(first_keys),
                                   [&](const Keys& one) { return one.table == table; });
  if (known == std::end(first_keys)) {
    // "scheduler polynomial": a plugin of another project, whose defaults all counted once.
    const bool of_plugin = table.find(' ') != table.npos && !table.starts_with("every ");
    return rule == IdRule::former && of_plugin;
  }
  std::string_view rest = known->keys;
  while (!rest.empty()) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (word == key) return true;
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return false;
}

}  // namespace r50::config
