#include "sweep/trial/ledger.h"

#include <absl/strings/str_format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <set>

#include "r50/error.h"

namespace r50::sweep {
namespace {

constexpr int ledger_version = 1;

class DamagedLedger final : public Error {
 public:
  using Error::Error;
};

[[noreturn]] void refuse(int code, const std::string& why) {
  switch (code & 0xff) {  // the rest is detail
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // a table that is not as ours
    case SQLITE_CONSTRAINT:
      throw DamagedLedger(why);
    case SQLITE_BUSY:
      throw Error("Another r50sweep has this sweep's ledger open.");
    default:
      throw Error("The sweep's ledger cannot be written: " + why +
                  ". Free some space or mend the folder, and start the same command again; nothing "
                  "is lost.");
  }
}

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    const int code = sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr);
    if (code != SQLITE_OK) refuse(code, sqlite3_errmsg(db));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int place, std::int64_t number) { sqlite3_bind_int64(statement_, place, number); }
  void bind(int place, const std::string& text) {
    sqlite3_bind_text(statement_, place, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);
  }
  // Whether there is a row.
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) refuse(code, sqlite3_errmsg(db_));
    return false;
  }
  void again() { sqlite3_reset(statement_); }
  std::string text(int column) {
    const auto* const found = sqlite3_column_text(statement_, column);
    return found ? reinterpret_cast<const char*>(found) : "";
  }
  std::int64_t number(int column) { return sqlite3_column_int64(statement_, column); }

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

// A trial's folder is written after the ledger: where it says more, the ledger has lost something.
bool knows_more(const Trial& in_folder, const Trial& in_ledger) {
  if (in_ledger.over()) return false;  // the folder may be older: of before a `retry`
  const bool begun = in_folder.state == TrialState::running && in_ledger.until == 0;
  return in_folder.over() || begun;
}

// The trials that `known` lacks, or has in a state of long ago: the ledger was lost, or emptied, or
// its write-ahead log was. A trial of whose number there is another is left out.
std::vector<Trial> newer_in_folders(base::Files& files, const std::string& sweep_folder,
                                    const std::vector<Trial>& known,
                                    const std::function<void(const std::string&)>& tell) {
  std::map<std::string, const Trial*> by_id;
  std::set<std::int64_t> numbers;
  for (const Trial& trial : known) {
    by_id[trial.id] = &trial;
    numbers.insert(trial.number);
  }
  std::vector<Trial> found;
  for (const std::string& name : files.list(sweep_folder)) {
    const auto in_ledger = by_id.find(name);
    if (in_ledger != by_id.end() && in_ledger->second->over()) continue;
    const std::string file = sweep_folder + "/" + name + "/trial.json";
    if (!files.exists(file)) continue;
    try {
      Trial trial = parse_trial(files.read(file));
      if (in_ledger != by_id.end()) {
        if (knows_more(trial, *in_ledger->second)) found.push_back(std::move(trial));
      } else if (numbers.insert(trial.number).second) {
        found.push_back(std::move(trial));
      } else {
        tell(absl::StrFormat("'%s' is left out: its number, %d, is another trial's", file,
                             trial.number));
      }
    } catch (const Error& error) {
      tell(absl::StrFormat("'%s' cannot be read and is left out: %s", file, error.what()));
    }
  }
  std::ranges::sort(found, [](const Trial& a, const Trial& b) { return a.number < b.number; });
  return found;
}

}  // namespace

struct Ledger::Connection {
  sqlite3* db = nullptr;
  ~Connection() { sqlite3_close(db); }

  void run(const char* sql) {
    char* why = nullptr;
    const int code = sqlite3_exec(db, sql, nullptr, nullptr, &why);
    const std::string text = why ? why : sqlite3_errstr(code);
    sqlite3_free(why);
    if (code != SQLITE_OK) refuse(code, text);
  }
};

Ledger::Ledger(const std::string& path) : connection_(std::make_unique<Connection>()) {
  if (sqlite3_open(path.c_str(), &connection_->db) != SQLITE_OK) {
    throw Error("The sweep's ledger '" + path +
                "' cannot be opened: " + sqlite3_errmsg(connection_->db));
  }
  // Cluster folders lie on network file systems, whose locks SQLite's own sharing cannot trust: one
  // process has it, from the first word on (and its write-ahead log then needs no shared memory). A
  // loss of power may take the last words; the trials' folders have what they said.
  connection_->run(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; "
      "PRAGMA synchronous = NORMAL; BEGIN EXCLUSIVE; COMMIT;");
  Statement sound(connection_->db, "PRAGMA quick_check(1)");
  if (sound.step() && sound.text(0) != "ok") throw DamagedLedger(sound.text(0));
  Statement version(connection_->db, "PRAGMA user_version");
  version.step();
  const std::int64_t found = version.number(0);
  if (found > ledger_version) {
    throw WrongInput(absl::StrFormat(
        "The ledger '%s' was written by a newer r50sweep (its version is %d, this one knows %d); "
        "use that one.",
        path, found, ledger_version));
  }
  connection_->run(
      "CREATE TABLE IF NOT EXISTS trials (number INTEGER PRIMARY KEY, "
      "id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, trial TEXT NOT NULL); "
      "PRAGMA user_version = 1;");
}

Ledger::~Ledger() = default;

std::vector<Trial> Ledger::trials() {
  std::vector<Trial> all;
  Statement rows(connection_->db, "SELECT trial FROM trials ORDER BY number");
  try {
    while (rows.step()) all.push_back(parse_trial(rows.text(0)));
  } catch (const DamagedLedger&) {
    throw;
  } catch (const Error& error) {
    throw DamagedLedger(error.what());
  }
  return all;
}

void Ledger::put(const Trial& trial) { put(std::vector<Trial>{trial}); }

void Ledger::put(const std::vector<Trial>& trials) {
  connection_->run("BEGIN");
  try {
    Statement row(connection_->db, "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?)");
    for (const Trial& trial : trials) {
      row.again();
      row.bind(1, trial.number);
      row.bind(2, trial.id);
      row.bind(3, text_of(trial.state));
      row.bind(4, trial_json(trial));
      row.step();
    }
    connection_->run("COMMIT");
  } catch (...) {
    sqlite3_exec(connection_->db, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

std::unique_ptr<Ledger> open_ledger(base::Files& files, const std::string& sweep_folder,
                                    const std::function<void(const std::string&)>& tell) {
  const std::string path = sweep_folder + "/ledger.db";
  std::unique_ptr<Ledger> ledger;
  std::vector<Trial> known;
  try {
    ledger = std::make_unique<Ledger>(path);
    known = ledger->trials();
  } catch (const DamagedLedger& error) {
    ledger.reset();
    tell(
        absl::StrFormat("the ledger is damaged (%s); it lies in ledger.db.damaged, and a new one "
                        "is made from the trials' folders",
                        error.what()));
    files.rename(path, path + ".damaged");
    files.remove(path + "-wal");
    known.clear();
    ledger = std::make_unique<Ledger>(path);
  }
  const std::vector<Trial> found = newer_in_folders(files, sweep_folder, known, tell);
  ledger->put(found);
  if (!found.empty()) {
    tell(absl::StrFormat("the ledger was made again from %d trials' folders", found.size()));
  }
  return ledger;
}

}  // namespace r50::sweep
