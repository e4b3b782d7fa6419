#include "sweep/launch/command.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "r50/error.h"
#include "sweep/launch/keeper.h"

namespace r50::sweep {
namespace {

constexpr double after_failed_submit = 60;      // seconds
constexpr std::size_t longest_answer = 10'000;  // that an id is looked for in

// "command TOKEN TRIAL"; "command-revoked TOKEN TRIAL" once its lease was taken away.
struct CommandHandle {
  std::string token, trial;
  std::string text() const { return "command " + token + " " + trial; }
  std::string revoked() const { return "command-revoked " + token + " " + trial; }
};

std::optional<CommandHandle> command_handle(const std::string& text) {
  std::istringstream words(text);
  std::string kind;
  CommandHandle handle;
  if (words >> kind >> handle.token >> handle.trial &&
      (kind == "command" || kind == "command-revoked")) {
    return handle;
  }
  return std::nullopt;
}

std::string first_word(const std::string& text) {
  std::istringstream words(text);
  std::string word;
  words >> word;
  return word;
}

std::string id_pattern_of(const LauncherTable& table) {
  return table.id_pattern.empty() ? R"(^\s*(\S+))" : table.id_pattern;
}

}  // namespace

std::string command_fault(const LauncherTable& table) {
  const std::vector<std::string> at_submit = {"script", "name", "folder", "where", "cores"};
  const std::vector<std::string> later = {"id", "name", "folder", "where"};
  struct Line {
    const char* key;
    const std::string& text;
    const std::vector<std::string>& known;
  };
  for (const Line& line : {Line{"submit", table.submit, at_submit}, Line{"poll", table.poll, later},
                           Line{"cancel", table.cancel, later}}) {
    const std::string fault = template_fault(line.text, line.known);
    if (!fault.empty()) return std::string(line.key) + ": " + fault;
  }
  if (table.submit.find("{script}") == std::string::npos) {
    return "submit: it holds no {script}, which is what is to be run";
  }
  for (const Line& line : {Line{"poll", table.poll, later}, Line{"cancel", table.cancel, later}}) {
    if (line.text.find("{id}") == std::string::npos &&
        line.text.find("{name}") == std::string::npos) {
      return std::string(line.key) + ": it holds neither {id} nor {name}";
    }
  }
  try {
    if (std::regex(id_pattern_of(table)).mark_count() != 1) {
      return "id_pattern: it needs one pair of (...), around the id";
    }
  } catch (const std::regex_error&) {
    return "id_pattern: it is no regular expression";
  }
  return "";
}

CommandLauncher::CommandLauncher(const LauncherTable& table, std::string sweep, std::string folder,
                                 std::string where, Engine engine)
    : table_(table),
      sweep_(std::move(sweep)),
      folder_(std::move(folder)),
      where_(std::move(where)),
      engine_(std::move(engine)),
      late_(engine_.files, engine_.clock, static_cast<double>(table.late_seconds)),
      id_pattern_(id_pattern_of(table)),
      needs_id_((table.poll + table.cancel).find("{id}") != std::string::npos) {}

CommandLauncher::~CommandLauncher() = default;

void CommandLauncher::check(const Launch& example) {
  for (const std::string& line : {table_.submit, table_.poll, table_.cancel}) {
    const std::string word = first_word(line);
    if (word.find_first_of("=$({'\"") != std::string::npos) continue;  // more than a program's name
    const base::Finished found =
        engine_.run({"sh", "-c", "command -v " + shell_word(word)}, {.folder = example.where});
    if (found.exit_code != 0) {
      throw WrongInput("There is no '" + word + "' here, which [launcher] calls by: " + line);
    }
  }
}

int CommandLauncher::room() {
  if (engine_.clock.seconds() < again_at_) return 0;
  const std::int64_t most =
      table_.slots > 0 ? std::min(table_.slots, table_.queue_max) : table_.queue_max;
  return static_cast<int>(std::max<std::int64_t>(0, most - static_cast<int>(jobs_.size())));
}

std::string CommandLauncher::name_of(const Job& job) const {
  return "r50-" + plain_name(sweep_) + "-" + job.token;
}

base::Finished CommandLauncher::ask(const std::string& form, const Job& job) {
  const std::string line = fill_template(form, {{"id", job.id},
                                                {"name", name_of(job)},
                                                {"folder", folder_of(job)},
                                                {"where", where_},
                                                {"script", folder_of(job) + "/run.sh"},
                                                {"cores", std::to_string(table_.cores)}});
  return engine_.run({"sh", "-c", line}, {.folder = where_});
}

void CommandLauncher::tell_once(const std::string& text) {
  if (told_.insert(text).second) engine_.tell(text);
}

std::size_t CommandLauncher::start(const std::vector<Launch>& launches,
                                   const WriteDown& write_down) {
  std::size_t begun = 0;
  for (const Launch& launch : launches) {
    ++begun;  // even where submit failed: the engine may have taken it, and look() finds out
    if (!submit(launch, write_down)) {
      again_at_ = engine_.clock.seconds() + after_failed_submit;
      break;
    }
  }
  return begun;
}

bool CommandLauncher::submit(const Launch& launch, const WriteDown& write_down) {
  const CommandHandle handle{fresh_token(), launch.id};
  forget_last_start(engine_.files, launch.folder);
  engine_.files.remove(launch.folder + "/engine_id");
  base::replace_whole(
      engine_.files, launch.folder + "/run.sh",
      job_keeper(launch, handle.text(), {.late_seconds = static_cast<int>(table_.late_seconds)}));
  write_down(launch, handle.text());
  Job& job = jobs_[handle.text()];
  job.token = handle.token;
  job.trial = handle.trial;
  const base::Finished said = ask(table_.submit, job);
  if (said.exit_code != 0) {
    if (!needs_id_) job.id = name_of(job);
    tell_once("submit failed: " + complaint(said) + "; it is tried again in a minute");
    return false;
  }
  const std::string id = needs_id_ ? id_in(said.output) : name_of(job);
  if (id.empty()) {
    throw Error("[launcher] submit answered '" + complaint({0, said.output, ""}) +
                "', in which id_pattern finds no id. Set id_pattern so that it fits, and start the "
                "sweep again: no trial is lost.");
  }
  for (const auto& [other, one] : jobs_) {
    if (one.id != id) continue;
    throw Error("[launcher] submit gave trial " + launch.id + " the id '" + id +
                "', under which trial " + one.trial +
                " runs already. Set id_pattern so that it finds the job's own id, and start the "
                "sweep again: no trial is lost.");
  }
  job.id = id;
  base::replace_whole(engine_.files, launch.folder + "/engine_id", handle.token + " " + id + "\n");
  return true;
}

std::string CommandLauncher::id_in(const std::string& output) const {
  const std::string text = output.substr(0, longest_answer);
  std::smatch found;
  return std::regex_search(text, found, id_pattern_) ? found[1].str() : "";
}

CommandLauncher::Job* CommandLauncher::job_of(const std::string& text) {
  const auto handle = command_handle(text);
  if (!handle) return nullptr;
  const auto [at, is_new] = jobs_.try_emplace(handle->text());
  Job& job = at->second;
  if (is_new) {
    job.token = handle->token;
    job.trial = handle->trial;
    job.id = needs_id_ ? "" : name_of(job);
    if (needs_id_ && is_known(job)) {
      std::istringstream words(engine_.files.read(folder_of(job) + "/engine_id"));
      words >> job.id >> std::ws;
      std::getline(words, job.id);
    }
  }
  return &job;
}

// Whether submit has answered for it.
bool CommandLauncher::is_known(const Job& job) {
  const std::string path = folder_of(job) + "/engine_id";
  return engine_.files.exists(path) && first_word(engine_.files.read(path)) == job.token;
}

void CommandLauncher::adopt(const std::string& handle) { job_of(handle); }

Life CommandLauncher::answer(const base::Finished& said) {
  std::string word = first_word(said.output);
  for (char& letter : word) {
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  if (word.empty() && said.exit_code < 2) return said.exit_code == 0 ? Life::alive : Life::gone;
  if (said.exit_code != 0) return Life::unknown;
  if (word == "alive" || word == "running") return Life::alive;
  if (word == "queued" || word == "pending" || word == "waiting") return Life::queued;
  if (word == "gone" || word == "done" || word == "ended") return Life::gone;
  return Life::unknown;
}

Life CommandLauncher::look(const std::string& text) {
  Job* const job = job_of(text);
  if (!job) return Life::unknown;
  const std::string handle = command_handle(text)->text();
  const std::string folder = folder_of(*job);
  if (engine_.files.exists(folder + "/exit") && has_begun(engine_.files, folder, handle)) {
    jobs_.erase(handle);  // its last line has been run, whatever the engine says
    return Life::gone;
  }
  if (job->id.empty()) return without_id(handle, *job);
  const double now = engine_.clock.seconds();
  if (now - job->asked_at >= table_.poll_seconds) {
    job->asked_at = now;
    const base::Finished said = ask(table_.poll, *job);
    job->life = answer(said);
    if (job->life == Life::unknown) tell_once("poll is not understood: " + complaint(said));
  }
  if (job->life != Life::gone) {
    if (job->life != Life::unknown) late_.seen(handle);
    // Many engines say the same of a job that runs and of one that waits for its turn.
    job->begun = job->begun || has_begun(engine_.files, folder, handle);
    return job->life == Life::alive && !job->begun ? Life::queued : job->life;
  }
  const Life life = late_.gone(handle, folder);
  if (life != Life::gone) return life;
  const bool submitted = is_known(*job) || has_begun(engine_.files, folder, handle);
  jobs_.erase(handle);
  return submitted ? Life::gone : Life::never;
}

// It was being submitted when its controller died, or submit failed: nobody knows its id. Without a
// lease it cannot begin; if it has begun, its own files tell its end.
Life CommandLauncher::without_id(const std::string& handle, Job& job) {
  const std::string folder = folder_of(job), lease = folder + "/lease";
  const double now = engine_.clock.seconds();
  if (has_begun(engine_.files, folder, handle)) {
    if (job.revoked_at >= 0) base::replace_whole(engine_.files, lease, handle + "\n");
    job.revoked_at = -1;
    const bool over = job.given_up || engine_.files.exists(folder + "/exit") ||
                      engine_.files.exists(folder + "/result.json");
    if (!over) return Life::alive;
    jobs_.erase(handle);
    return Life::gone;
  }
  if (job.revoked_at < 0) {
    job.revoked_at = now;
    base::replace_whole(engine_.files, lease, command_handle(handle)->revoked() + "\n");
  }
  if (now - job.revoked_at < static_cast<double>(table_.late_seconds)) return Life::queued;
  jobs_.erase(handle);
  return Life::never;
}

void CommandLauncher::end(const std::string& text, How how) {
  Job* const job = job_of(text);
  if (!job) return;
  const double now = engine_.clock.seconds();
  if (now - job->ended_at < table_.poll_seconds) return;
  job->ended_at = now;
  if (!job->id.empty()) {
    const base::Finished said = ask(table_.cancel, *job);
    if (said.exit_code != 0) tell_once("cancel failed: " + complaint(said));
    job->asked_at = -1e18;
  } else if (how == How::at_once) {
    tell_once("trial " + job->trial +
              " cannot be cancelled, since its job's id is not known; it is taken for dead");
    job->given_up = true;
  }
}

void CommandLauncher::wait(double seconds) { engine_.rest(seconds); }

}  // namespace r50::sweep
