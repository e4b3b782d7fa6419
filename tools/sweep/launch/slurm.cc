#include "sweep/launch/slurm.h"

#include <absl/strings/str_join.h>

#include <algorithm>

#include "r50/error.h"
#include "sweep/launch/keeper.h"

namespace r50::sweep {
namespace {

constexpr std::size_t longest = 1000;   // array: SLURM keeps the script's text for each
constexpr std::size_t at_a_time = 500;  // ids on scancel's command line

// Only a running job is queued again: one that was cancelled would come back to life, and one that
// was preempted comes back by itself.
constexpr const char* requeue_itself =
    "  job=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\n"
    "  [ \"$(squeue --noheader --jobs=\"$job\" --format=%T)\" = RUNNING ] &&\n"
    "    scontrol requeue \"$job\"\n";

std::string handle_of(const std::string& name, std::size_t index, const Launch& launch) {
  return ArrayHandle{"slurm", name, static_cast<int>(index), launch.id}.text();
}

}  // namespace

SlurmLauncher::SlurmLauncher(const LauncherTable& table, std::string sweep, std::string folder,
                             Engine engine)
    : EngineLauncher(table, std::move(sweep), std::move(folder), std::move(engine)),
      queue_(engine_, table.poll_seconds) {}

SlurmLauncher::~SlurmLauncher() {
  try {
    end_at_ = -1e18;
    end_all();
  } catch (const std::exception&) {  // the next controller asks again
  }
}

std::string SlurmLauncher::path_of(const std::string& name, const char* ending) const {
  return folder_ + "/slurm/" + name + ending;
}

std::size_t SlurmLauncher::largest_array() {
  if (largest_ > 0) return largest_;
  const base::Finished shown = engine_.run({"scontrol", "show", "config"}, {});
  const std::string key = "MaxArraySize";
  const auto at = shown.output.find(key);
  if (shown.exit_code != 0 || at == std::string::npos) return longest;  // its default is 1001
  const auto equals = shown.output.find('=', at);
  const long size =
      equals == std::string::npos ? 0 : std::strtol(shown.output.c_str() + equals + 1, nullptr, 10);
  if (size < 1) {
    throw WrongInput(
        "This cluster takes no job arrays (its MaxArraySize is 0), by which r50sweep runs trials. "
        "Ask its operators, or use [launcher] kind = \"command\".");
  }
  largest_ = std::min(longest, static_cast<std::size_t>(size));
  return largest_;
}

void SlurmLauncher::check(const Launch& example) {
  check_slurm_table(table_);
  std::vector<std::string> words = sbatch_words(table_, "r50-check", 1, example.where, "/dev/null");
  words.emplace_back("--test-only");
  const base::Finished tried = engine_.run(words, {.input = "#!/bin/sh\nexit 0\n"});
  if (tried.exit_code == 127) {
    throw WrongInput(
        "There is no sbatch here, by which trials are given to SLURM. On a cluster, log in to a "
        "node that submits jobs, or load SLURM's commands (often: module load slurm); on Debian "
        "they are in the package slurm-client. To run on this machine: --launcher local.");
  }
  if (tried.exit_code != 0) {
    throw WrongInput("SLURM refuses such jobs: " + complaint(tried) +
                     "\nIt was asked by: " + absl::StrJoin(words, " ") +
                     "\nSet partition, account, gres, time, cores or sbatch in [launcher] to what "
                     "'sinfo' and 'sacctmgr show associations' allow.");
  }
  largest_array();
}

// A cluster may refuse an array because of its size (limits of a user, of an account): then a
// smaller one is tried, and later again a larger one.
std::size_t SlurmLauncher::start(const std::vector<Launch>& launches, const WriteDown& write_down) {
  if (limit_ == 0) limit_ = largest_array();
  std::size_t begun = 0;
  while (begun < launches.size()) {
    const std::size_t size = std::min(limit_, launches.size() - begun);
    const auto first = launches.begin() + static_cast<std::ptrdiff_t>(begun);
    const Taken taken = submit({first, first + static_cast<std::ptrdiff_t>(size)}, write_down);
    if (taken != Taken::no) begun += size;
    if (taken == Taken::yes) {
      limit_ = std::min(2 * limit_, largest_array());
    } else if (taken == Taken::unknown || size == 1) {
      refuse_starts_for_now();
      break;
    } else {
      limit_ = size / 2;
    }
  }
  return begun;
}

void SlurmLauncher::write_scripts(const std::vector<Launch>& launches, const std::string& name) {
  engine_.files.make_folders(folder_ + "/slurm");
  std::string list;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    write_script(launches[i], handle_of(name, i, launches[i]), requeue_itself);
    list += launches[i].folder + "\n";
  }
  base::replace_whole(engine_.files, path_of(name, ".list"), list);
  base::replace_whole(engine_.files, path_of(name, ".sh"),
                      "#!/bin/sh\n# An array of trials: element i runs the one whose folder is in "
                      "line i + 1. Written by r50sweep.\n"
                      "folder=$(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\" " +
                          shell_word(path_of(name, ".list")) +
                          ")\nexec /bin/sh \"$folder/run.sh\"\n");
}

SlurmLauncher::Taken SlurmLauncher::submit(const std::vector<Launch>& launches,
                                           const WriteDown& write_down) {
  const std::string name = job_name(fresh_token());
  write_scripts(launches, name);
  std::vector<std::string> handles;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    handles.push_back(handle_of(name, i, launches[i]));
    write_down(launches[i], handles.back());
  }
  std::vector<std::string> words =
      sbatch_words(table_, name, launches.size(), launches.front().where, path_of(name, ".txt"));
  words.push_back(path_of(name, ".sh"));
  const base::Finished said = engine_.run(words, {});
  Taken taken = Taken::yes;
  if (said.exit_code != 0) {
    // It may have been taken all the same: an answer that comes too late is none.
    queue_.ask();
    taken = !queue_.answered() ? Taken::unknown : queue_.has_name(name) ? Taken::yes : Taken::no;
    if (taken != Taken::yes) {
      tell_once("sbatch failed: " + complaint(said), launches.size() > 1 && taken == Taken::no
                                                         ? "; fewer trials at a time are tried"
                                                         : "; it is tried again in a minute");
    }
  }
  if (taken == Taken::yes) {
    base::replace_whole(engine_.files, path_of(name, ".job"), said.output);
  }
  if (taken == Taken::no) return taken;
  for (const std::string& handle : handles) ours_[handle] = engine_.clock.seconds();
  return taken;
}

void SlurmLauncher::adopt(const std::string& handle) {
  if (ArrayHandle::parse("slurm", handle)) ours_.emplace(handle, -1e18);
}

Life SlurmLauncher::look(const std::string& text) {
  const auto handle = ArrayHandle::parse("slurm", text);
  if (!handle) return Life::unknown;  // another launcher's
  queue_.renew();
  if (!queue_.answered()) return Life::unknown;
  if (const SlurmJob* const job = queue_.find(*handle)) {
    not_gone(text);
    if (job->stuck()) end(text, How::at_once);
    return job->waits() ? Life::queued : Life::alive;
  }
  const auto given = ours_.find(text);
  if (given != ours_.end() && given->second >= queue_.asked_at()) return Life::queued;
  const std::string trial = folder_of(handle->trial);
  const Life life = gone(text, trial);
  if (life != Life::gone) return life;
  ours_.erase(text);
  const bool submitted = engine_.files.exists(path_of(handle->name, ".job"));
  return submitted || has_begun(engine_.files, trial, text) ? Life::gone : Life::never;
}

void SlurmLauncher::end(const std::string& handle, How how) {
  How& wanted = ending_.emplace(handle, how).first->second;
  if (how == How::at_once) wanted = how;
}

void SlurmLauncher::cancel(const std::vector<std::string>& options,
                           const std::vector<std::string>& ids) {
  for (std::size_t from = 0; from < ids.size(); from += at_a_time) {
    std::vector<std::string> words = {"scancel", "--quiet"};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), ids.begin() + static_cast<std::ptrdiff_t>(from),
                 ids.begin() + static_cast<std::ptrdiff_t>(std::min(ids.size(), from + at_a_time)));
    engine_.run(words, {});
  }
}

// All that are to end, by a few commands. Not more often than the queue is asked.
void SlurmLauncher::end_all() {
  const double now = engine_.clock.seconds();
  if (ending_.empty() || now < end_at_) return;
  end_at_ = now + table_.poll_seconds;
  queue_.ask();
  if (!queue_.answered()) return;
  std::vector<std::string> pending, told, killed;
  for (const auto& [text, how] : ending_) {
    const auto handle = ArrayHandle::parse("slurm", text);
    const SlurmJob* const job = handle ? queue_.find(*handle) : nullptr;
    if (!job) continue;
    if (how == How::at_once) {
      killed.push_back(job->id);
    } else {
      if (job->pending()) pending.push_back(job->id);
      told.push_back(job->id);  // it may have begun since
    }
  }
  ending_.clear();
  cancel({"--state=PENDING"}, pending);
  cancel({"--batch", "--signal=USR2"}, told);
  cancel({}, killed);
}

void SlurmLauncher::wait(double seconds) {
  end_all();
  engine_.rest(seconds);
}

}  // namespace r50::sweep
