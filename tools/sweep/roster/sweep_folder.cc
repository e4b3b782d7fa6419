#include "sweep/roster/opened_sweep.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/process.h"
#include "config/toml_source.h"

namespace r50::sweep {
namespace {

bool only_appended(const Value& before, const Value& now) {
  const Array *old = before.array(), *longer = now.array();
  return old && longer && longer->size() >= old->size() &&
         std::equal(old->begin(), old->end(), longer->begin());
}

void refuse_edit(const Spot& spot, const std::string& key, const std::string& from,
                 const std::string& to, Problems& problems) {
  problems.add(spot, "'" + key + "' was " + from + " when the sweep began, and is " + to + " now",
               "a sweep under way takes more values at the end of a list, more [[trial]]s at the "
               "end, more seeds, another run_cap and another budget; for anything else, give the "
               "sweep another name");
}

bool may_change(const std::string& key) { return key == "run_cap" || key == "budget"; }

// Lists of what trials are given: of [parameters] and [[when]] those called `values`, of [[zip]]
// all.
bool may_grow(const std::string& path, const std::string& key) {
  const std::string table = path.substr(0, path.find('.'));
  return table == "zip" || (key == "values" && (table == "parameters" || table == "when"));
}

class Edits {
 public:
  explicit Edits(Problems& problems) : problems_(problems) {}

  void compare(const Table& before, const Table& now, const std::string& path) {
    for (const Table::Entry& entry : now.entries()) {
      const std::string key = path + (path.empty() ? "" : ".") + entry.key;
      const Value* const old = before.find(entry.key);
      if (may_change(key) || (old && *old == entry.value)) continue;
      if (key == "seeds" && more_seeds(old, entry.value)) continue;
      if (!old) {
        refuse_edit(entry.key_spot, key, "not there", entry.value.toml(), problems_);
      } else if (old->table() && entry.value.table()) {
        compare(*old->table(), *entry.value.table(), key);
      } else if ((key == "zip" || key == "when") && same_length(*old, entry.value)) {
        compare_each(*old->array(), *entry.value.array(), key);
      } else if (!(key == "trial" || may_grow(path, entry.key)) ||
                 !only_appended(*old, entry.value)) {
        refuse_edit(entry.value.spot(), key, old->toml(), entry.value.toml(), problems_);
      }
    }
    for (const Table::Entry& entry : before.entries()) {
      const std::string key = path + (path.empty() ? "" : ".") + entry.key;
      if (now.find(entry.key) || may_change(key)) continue;
      refuse_edit({}, key, entry.value.toml(), "not there", problems_);
    }
  }

 private:
  static bool more_seeds(const Value* old, const Value& now) {
    const std::int64_t was = old && old->integer() ? *old->integer() : 1;
    return now.integer() && *now.integer() >= was;
  }
  static bool same_length(const Value& before, const Value& now) {
    return before.array() && now.array() && before.array()->size() == now.array()->size();
  }
  void compare_each(const Array& before, const Array& now, const std::string& path) {
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (before[i].table() && now[i].table()) {
        compare(*before[i].table(), *now[i].table(), path);
      } else if (!(before[i] == now[i])) {
        refuse_edit(now[i].spot(), path, before[i].toml(), now[i].toml(), problems_);
      }
    }
  }

  Problems& problems_;
};

}  // namespace

void check_edits(const Value& before, const Value& now, Problems& problems) {
  Edits(problems).compare(*before.table(), *now.table(), "");
}

SweepFolder::SweepFolder(base::Files& files, const std::string& runs, const SweepFile& sweep)
    : files_(files),
      sweep_(sweep),
      path_(std::filesystem::absolute(runs + "/" + sweep.name).lexically_normal().string()) {}

bool SweepFolder::begun() const { return files_.exists(file("sweep.toml")); }

std::vector<std::string> SweepFolder::experiment() const {
  const std::string frozen = file("experiment.toml");
  if (files_.exists(frozen)) return {frozen};
  std::vector<std::string> paths;
  for (const std::string& path : sweep_.base) {
    paths.push_back(std::filesystem::absolute(path).string());
  }
  return paths;
}

// What a sweep's folder may hold before its sweep.toml is there.
void SweepFolder::refuse_others() const {
  if (begun() || !files_.is_folder(path_)) return;
  const std::set<std::string> own = {"controller", "controller.lock", "experiment.toml",
                                     "environment.json", "branch.json"};
  for (const std::string& name : files_.list(path_)) {
    const bool unfinished = name.size() > 4 && name.compare(name.size() - 4, 4, ".tmp") == 0;
    if (own.count(name) > 0 || unfinished) continue;
    throw WrongInput("'" + path_ + "' is no sweep's folder: it holds '" + name +
                     "'. Runs that were made without the sweep would be taken for its trials; give "
                     "the sweep another name.");
  }
}

void SweepFolder::open(const Experiments* experiments, const FrozenEnvironment& environment,
                       const Branch* branch) {
  refuse_others();
  if (begun()) refuse_edits();
  files_.make_folders(path_);
  // flock. On Linux it holds between machines where the file system passes it on: NFS 4, NFS 3 with
  // its lock manager, Lustre mounted with `flock`, CephFS, GPFS. Where it does not (NFS with
  // `nolock` or `local_lock`, Lustre with `localflock`), it keeps two controllers of one machine
  // apart and no more; the ledger's own lock rests on the same mounts.
  std::string pid;
  lock_ = files_.lock(file("controller.lock"), pid);
  if (!lock_) {
    const auto other = holder();
    throw WrongInput("Another r50sweep works on this sweep: process " + pid +
                     (other && !other->of_this_host() ? " on '" + other->host + "'" : "") +
                     ". See what it does with r50sweep status, or end it with r50sweep stop.");
  }
  base::replace_whole(files_, file("controller"), mark_process(base::process_id()).text() + "\n");
  environment.keep();
  if (!begun()) freeze(experiments, branch);
}

std::optional<ProcessMark> SweepFolder::holder() const {
  const std::string path = file("controller");
  return files_.exists(path) ? ProcessMark::parse(files_.read(path)) : std::nullopt;
}

void SweepFolder::refuse_edits() {
  Problems problems;
  const auto before =
      config::parse_toml(files_.read(file("sweep.toml")), file("sweep.toml"), problems);
  const auto now = config::parse_toml(files_.read(sweep_.path), sweep_.path, problems);
  if (before && now) check_edits(*before, *now, problems);
  if (!problems.empty()) throw WrongInput(problems);
}

// The sweep's own file comes last: it says that all of it is there.
void SweepFolder::freeze(const Experiments* experiments, const Branch* branch) {
  if (branch) branch->keep(files_, file("branch.json"));
  if (experiments) {
    base::write_atomically(files_, file("experiment.toml"), experiments->frozen(sweep_.base));
  }
  base::write_atomically(files_, file("sweep.toml"), files_.read(sweep_.path));
}

}  // namespace r50::sweep
