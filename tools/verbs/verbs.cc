#include "verbs/verbs.h"

#include "r50/error.h"

namespace r50::cli {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> table = {
      {"train",
       "FILE.toml [key=value ...]",
       "Trains the experiment, or continues it where it stands.",
       {"run-dir", "continue", "from", "branch", "until", "fresh", "device", "detach", "quiet",
        "json"},
       train},
      {"explain",
       "FILE.toml [key=value ...]",
       "Prints the resolved experiment: each value with its meaning, range and origin.",
       {},
       explain},
      {"check",
       "FILE.toml [key=value ...]",
       "Tries everything for a minute: data, memory, speed, time and disk of the whole run.",
       {"device", "batch"},
       check},
      {"schedule",
       "FILE.toml [key=value ...]",
       "Prints learning rate, momentum and image size over the steps, without training.",
       {"csv"},
       schedule},
      {"find-lr",
       "FILE.toml [key=value ...]",
       "Sweeps the learning rate over a few steps, and says which one a run should take.",
       {"fresh", "device", "quiet", "json"},
       find_lr},
      {"verify-resume",
       "FILE.toml [key=value ...]",
       "Pauses, kills and continues a short piece of the run, and compares every byte.",
       {"steps", "device"},
       verify_resume},
      {"profile",
       "FILE.toml [key=value ...]",
       "Shows where the time of a step goes, layer by layer.",
       {"tune", "device"},
       profile},
      {"inspect", "CKPT", "Says what a checkpoint file is and holds.", {}, inspect},
      {"plugins",
       "[NAME]",
       "Lists all plugins; with a name, its keys; with --check, tests a plugin file.",
       {"check"},
       plugins},
      {"env",
       "",
       "Says what machine, libtorch, threads and precision a run would have here.",
       {"device"},
       env},
  };
  return table;
}

std::string only_file(const CommandLine& line) {
  if (line.words.empty()) {
    throw WrongInput("r50run " + line.verb + " needs an experiment file: r50run " + line.verb +
                     " " + find_verb(line.verb)->arguments);
  }
  if (line.words.size() > 1) {
    throw WrongInput("r50run " + line.verb + " takes one experiment file, not both '" +
                     line.words[0] + "' and '" + line.words[1] + "'");
  }
  return line.words.front();
}

}  // namespace r50::cli
