#include "sweep/launch/slurm.h"

#include <sstream>

namespace r50::sweep {

bool SlurmJob::waits() const {
  return pending() || state == "REQUEUED" || state == "REQUEUE_FED" || state == "REQUEUE_HOLD" ||
         state == "SPECIAL_EXIT" || state == "SUSPENDED" || state == "STOPPED";
}

bool SlurmJob::stuck() const {
  return state == "SPECIAL_EXIT" || reason == "launch_failed_requeued_held";
}

std::string SlurmHandle::text() const {
  return "slurm " + name + " " + std::to_string(index) + " " + trial;
}

std::optional<SlurmHandle> SlurmHandle::parse(const std::string& text) {
  std::istringstream words(text);
  std::string kind;
  SlurmHandle handle;
  if (words >> kind >> handle.name >> handle.index >> handle.trial && kind == "slurm") {
    return handle;
  }
  return std::nullopt;
}

void SlurmQueue::renew() {
  if (engine_.clock.seconds() - asked_at_ >= every_) ask();
}

void SlurmQueue::ask() {
  asked_at_ = engine_.clock.seconds();
  const base::Finished listed =
      engine_.run({"squeue", "--noheader", "--array", "--me", "--format=%F %K %T %r|%j"}, {});
  answered_ = listed.exit_code == 0;
  if (!answered_) return;
  jobs_.clear();
  std::istringstream lines(listed.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    SlurmJob job;
    std::string array, index, name;
    words >> array >> index >> job.state >> std::ws;
    std::getline(words, job.reason, '|');
    std::getline(words, name);
    char* end = nullptr;
    const long number = std::strtol(index.c_str(), &end, 10);
    if (index.empty() || *end != '\0') continue;  // no array
    job.id = array + "_" + index;
    jobs_[{name, static_cast<int>(number)}] = job;
  }
}

const SlurmJob* SlurmQueue::find(const SlurmHandle& handle) const {
  const auto found = jobs_.find({handle.name, handle.index});
  return found == jobs_.end() ? nullptr : &found->second;
}

bool SlurmQueue::has_name(const std::string& name) const {
  const auto found = jobs_.lower_bound({name, 0});
  return found != jobs_.end() && found->first.first == name;
}

}  // namespace r50::sweep
