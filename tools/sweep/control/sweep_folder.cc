#include "sweep/control/sweep_folder.h"

#include <algorithm>
#include <filesystem>

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
               "a sweep under way takes more values at the end of a list, more seeds, another "
               "run_cap and another budget; for anything else, give the sweep another name");
}

bool may_change(const std::string& key) { return key == "run_cap" || key == "budget"; }

void compare_tables(const Table& before, const Table& now, const std::string& path,
                    Problems& problems) {
  const auto key_of = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  for (const Table::Entry& entry : now.entries()) {
    const std::string key = key_of(entry.key);
    const Value* const old = before.find(entry.key);
    if (may_change(key) || (old && *old == entry.value)) continue;
    if (key == "seeds") {
      const std::int64_t was = old && old->integer() ? *old->integer() : 1;
      if (entry.value.integer() && *entry.value.integer() >= was) continue;
    }
    if (!old) {
      refuse_edit(entry.key_spot, key, "not there", entry.value.toml(), problems);
    } else if (old->table() && entry.value.table()) {
      compare_tables(*old->table(), *entry.value.table(), key, problems);
    } else if (entry.key != "values" || path.rfind("parameters", 0) != 0 ||
               !only_appended(*old, entry.value)) {
      refuse_edit(entry.value.spot(), key, old->toml(), entry.value.toml(), problems);
    }
  }
  for (const Table::Entry& entry : before.entries()) {
    const std::string key = key_of(entry.key);
    if (now.find(entry.key) || may_change(key)) continue;
    refuse_edit({}, key, entry.value.toml(), "not there", problems);
  }
}

}  // namespace

void check_edits(const Value& before, const Value& now, Problems& problems) {
  compare_tables(*before.table(), *now.table(), "", problems);
}

SweepFolder::SweepFolder(base::Files& files, const std::string& runs, const SweepFile& sweep)
    : files_(files),
      sweep_(sweep),
      path_(std::filesystem::absolute(runs + "/" + sweep.name).lexically_normal().string()) {}

bool SweepFolder::begun() const { return files_.exists(file("sweep.toml")); }

std::string SweepFolder::experiment() const {
  const std::string frozen = file("experiment.toml");
  return files_.exists(frozen) ? frozen : std::filesystem::absolute(sweep_.base).string();
}

void SweepFolder::open(const Experiments* experiments, bool no_sharing) {
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
  if (!begun()) freeze(experiments, no_sharing);
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
void SweepFolder::freeze(const Experiments* experiments, bool no_sharing) {
  const std::string alone = file("no_sharing");
  files_.remove(alone);
  if (no_sharing) base::write_atomically(files_, alone, "each trial trains all of its epochs\n");
  if (experiments) {
    base::write_atomically(files_, file("experiment.toml"), experiments->frozen(sweep_.base));
  }
  base::write_atomically(files_, file("sweep.toml"), files_.read(sweep_.path));
}

}  // namespace r50::sweep
