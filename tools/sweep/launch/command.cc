#include "sweep/launch/engine.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <functional>
#include <sstream>

#include "r50/error.h"
#include "r50/suggest.h"
#include "sweep/launch/keeper.h"

namespace r50::sweep {
namespace {

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

struct Place {
  std::size_t from = 0, to = 0;  // of the line, braces included
  std::string name;
  bool quoted = false;  // stands between quotes
};

// {word} of lower-case letters, wherever it is not the shell's own ${word}.
std::vector<Place> places_of(const std::string& line) {
  std::vector<Place> places;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (letter == '\\' && quote != '\'') {
      ++i;
    } else if (quote == 0 ? letter == '\'' || letter == '"' : letter == quote) {
      quote = quote == 0 ? letter : 0;
    } else if (letter == '{' && (i == 0 || line[i - 1] != '$')) {
      const std::size_t end =
          std::min(line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", i + 1), line.size());
      if (end > i + 1 && end < line.size() && line[end] == '}') {
        places.push_back({i, end + 1, line.substr(i + 1, end - i - 1), quote != 0});
        i = end;
      }
    }
  }
  return places;
}

// A user's command line has places for values: "qsub -N {name} {script}". What is wrong with one,
// in one sentence; empty: nothing. An unknown place, and one inside quotes, are wrong: a value
// comes with quotes of its own. Braces of the shell's own (${HOME}, {a,b}) are left alone.
std::string template_fault(const std::string& line, const std::vector<std::string>& known) {
  for (const Place& place : places_of(line)) {
    const bool is_known = std::find(known.begin(), known.end(), place.name) != known.end();
    if (place.quoted && is_known) {
      return "{" + place.name +
             "} stands between quotes; its value is quoted already: take them away";
    }
    if (!place.quoted && !is_known) {
      return "there is no {" + place.name + "} here: " + near_guess(place.name, known, "places");
    }
  }
  return "";
}

// Every place filled by its value, quoted for the shell.
std::string fill_template(const std::string& line,
                          const std::map<std::string, std::string>& values) {
  std::string text;
  std::size_t from = 0;
  for (const Place& place : places_of(line)) {
    const auto value = values.find(place.name);
    if (value == values.end() || place.quoted) continue;
    text += line.substr(from, place.from - from) + shell_word(value->second);
    from = place.to;
  }
  return text + line.substr(from);
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
    : EngineLauncher(table, std::move(sweep), std::move(folder), std::move(engine)),
      where_(std::move(where)),
      id_pattern_(id_pattern_of(table)),
      needs_id_((table.poll + table.cancel).find("{id}") != std::string::npos) {}

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

base::Finished CommandLauncher::ask(const std::string& form, const Job& job) {
  const std::string line = fill_template(form, {{"id", job.id},
                                                {"name", job_name(job.token)},
                                                {"folder", folder_of(job.trial)},
                                                {"where", where_},
                                                {"script", folder_of(job.trial) + "/run.sh"},
                                                {"cores", std::to_string(table_.cores)}});
  return engine_.run({"sh", "-c", line}, {.folder = where_});
}

std::size_t CommandLauncher::start(const std::vector<Launch>& launches,
                                   const WriteDown& write_down) {
  std::size_t begun = 0;
  for (const Launch& launch : launches) {
    ++begun;  // even where submit failed: the engine may have taken it, and look() finds out
    if (!submit(launch, write_down)) {
      refuse_starts_for_now();
      break;
    }
  }
  return begun;
}

bool CommandLauncher::submit(const Launch& launch, const WriteDown& write_down) {
  const CommandHandle handle{fresh_token(), launch.id};
  engine_.files.remove(launch.folder + "/engine_id");
  write_script(launch, handle.text());
  write_down(launch, handle.text());
  Job& job = jobs_[handle.text()];
  job.token = handle.token;
  job.trial = handle.trial;
  const base::Finished said = ask(table_.submit, job);
  if (said.exit_code != 0) {
    if (!needs_id_) job.id = job_name(job.token);
    tell_once("submit failed: " + complaint(said) + "; it is tried again in a minute");
    return false;
  }
  const std::string id = needs_id_ ? id_in(said.output) : job_name(job.token);
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
    job.id = needs_id_ ? "" : job_name(job.token);
    if (needs_id_ && is_known(job)) {
      std::istringstream words(engine_.files.read(folder_of(job.trial) + "/engine_id"));
      words >> job.id >> std::ws;
      std::getline(words, job.id);
    }
  }
  return &job;
}

// Whether submit has answered for it.
bool CommandLauncher::is_known(const Job& job) {
  const std::string path = folder_of(job.trial) + "/engine_id";
  return engine_.files.exists(path) && first_word(engine_.files.read(path)) == job.token;
}

void CommandLauncher::adopt(const std::string& handle) { job_of(handle); }

Life CommandLauncher::answer(const base::Finished& said) {
  const std::string word = absl::AsciiStrToLower(first_word(said.output));
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
  const std::string folder = folder_of(job->trial);
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
    if (job->life != Life::unknown) not_gone(handle);
    // Many engines say the same of a job that runs and of one that waits for its turn.
    job->begun = job->begun || has_begun(engine_.files, folder, handle);
    return job->life == Life::alive && !job->begun ? Life::queued : job->life;
  }
  const Life life = gone(handle, folder);
  if (life != Life::gone) return life;
  const bool submitted = is_known(*job) || has_begun(engine_.files, folder, handle);
  jobs_.erase(handle);
  return submitted ? Life::gone : Life::never;
}

// It was being submitted when its controller died, or submit failed: nobody knows its id. Without a
// lease it cannot begin; if it has begun, its own files tell its end.
Life CommandLauncher::without_id(const std::string& handle, Job& job) {
  const std::string folder = folder_of(job.trial), lease = folder + "/lease";
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

}  // namespace r50::sweep
