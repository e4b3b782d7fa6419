#include "assemble/opened.h"

#include <utility>

namespace r50::assemble {
namespace {

std::string stem_of(const std::string& file) {
  const auto slash = file.rfind('/');
  const std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
  const auto dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

}  // namespace

Opened open_experiment(base::Files& files, const std::vector<std::string>& paths,
                       const std::vector<std::string>& of_command_line,
                       config::SchedulerRates scheduler) {
  return open_experiment(files, paths, config::words_of_command_line(of_command_line), scheduler);
}

Opened open_experiment(base::Files& files, const std::vector<std::string>& paths,
                       const std::vector<config::OverrideWord>& overrides,
                       config::SchedulerRates scheduler) {
  Problems problems;
  auto document =
      config::load_document(files, paths, overrides, config::process_environment(), problems);
  if (!document) throw WrongInput(problems);
  Opened opened;
  opened.host = std::make_unique<host::Host>(
      host::SearchPath::standard(config::plugin_folders(*document, problems)));
  config::take_up_rates(*document, files, *opened.host, scheduler, problems);
  auto experiment =
      config::read_experiment(*document, stem_of(paths.front()), *opened.host, problems);
  if (!problems.empty() || !experiment) throw WrongInput(problems);
  opened.experiment = std::move(*experiment);
  return opened;
}

}  // namespace r50::assemble
