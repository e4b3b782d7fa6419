#include "sweep/share/seed.h"

#include <cerrno>
#include <nlohmann/json.hpp>
#include <vector>

#include "r50/error.h"

namespace r50::sweep {
namespace {

std::vector<std::string> checkpoint_names(base::Files& files, const std::string& folder) {
  std::vector<std::string> names;
  if (!files.is_folder(folder)) return names;
  for (const std::string& name : files.list(folder)) {
    if (name.size() > 3 && name.compare(name.size() - 3, 3, ".pt") == 0) names.push_back(name);
  }
  return names;
}

// FAT and some network file systems have no hard links.
void link_or_copy(base::Files& files, const std::string& from, const std::string& to) {
  try {
    files.link(from, to);
  } catch (const base::FileError& error) {
    const int code = error.code();
    if (code != EPERM && code != EOPNOTSUPP && code != ENOSYS && code != EMLINK && code != EXDEV) {
      throw;
    }
    base::write_atomically(files, to, files.read(from));
  }
}

void copy_if_there(base::Files& files, const Seeding& seeding, const std::string& name,
                   const std::string& addition = "") {
  const std::string from = seeding.from + "/" + name;
  if (!files.exists(from)) return;
  base::write_atomically(files, seeding.to + "/" + name, files.read(from) + addition);
}

// On which machine, with which build and data the past was trained, and that it was given: the
// child's run begins anew if it would not train the same bytes where it comes to
// (core/src/run/given_past.h).
void write_marked(base::Files& files, const std::string& from, const std::string& to,
                  const PastMark& mark) {
  const std::string path = from + "/run.json";
  if (!files.exists(path)) return;
  auto json = nlohmann::ordered_json::parse(files.read(path), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw Error("'" + path + "' cannot be read.");
  json["id"] = mark.child;
  json["past"] = {{"of", mark.parent}, {"epochs", mark.epochs}};
  json.erase("past_left");
  if (mark.parent != mark.child) json.erase("begun_anew");
  base::write_atomically(files, to + "/run.json", json.dump(2) + "\n");
}

}  // namespace

void mark_past(base::Files& files, const std::string& folder, const PastMark& mark) {
  write_marked(files, folder, folder, mark);
}

void seed_folder(base::Files& files, const Seeding& seeding) {
  const std::string from = seeding.from + "/checkpoints", to = seeding.to + "/checkpoints";
  files.make_folders(to);
  // Checkpoints count the record's rows: so they go before it is written, and come after it.
  for (const std::string& name : checkpoint_names(files, to)) files.remove(to + "/" + name);
  write_marked(files, seeding.from, seeding.to, {seeding.parent, seeding.child, seeding.epoch});
  for (const char* name : {"metrics.jsonl", "quarantine.txt"}) copy_if_there(files, seeding, name);
  copy_if_there(files, seeding, "log.txt",
                "up to here the log of trial " + seeding.parent + ", whose first " +
                    std::to_string(seeding.epoch) + " epochs are this one's, " + seeding.child +
                    "'s\n");
  for (const std::string& name : checkpoint_names(files, from)) {
    if (name != "last.pt") link_or_copy(files, from + "/" + name, to + "/" + name);
  }
  if (files.exists(from + "/last.pt")) link_or_copy(files, from + "/last.pt", to + "/last.pt");
  files.sync_folder(to);
}

}  // namespace r50::sweep
