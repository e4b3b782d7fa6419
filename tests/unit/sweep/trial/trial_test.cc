#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "base/process.h"
#include "r50/error.h"
#include "support/temp_folder.h"
#include "sweep/launch/local.h"
#include "sweep/launch/process_mark.h"
#include "sweep/trial/ledger.h"
#include "sweep/trial/trial.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Trial sample(std::int64_t number) {
  Trial trial;
  trial.number = number;
  trial.id = "id" + std::to_string(number);
  trial.at = {0.1, std::nan(""), 3};
  trial.words = {"scheduler.lr=0.1", "optimizer.use=\"sgd\""};
  trial.epochs = 9;
  trial.value = 57.25;
  trial.message = "a \"word\"\nand another";
  return trial;
}

TEST(SweepTrial, ComesBackFromItsFile) {
  Trial trial = sample(7);
  for (const TrialState state : {TrialState::waiting, TrialState::running, TrialState::paused,
                                 TrialState::finished, TrialState::stopped, TrialState::failed}) {
    trial.state = state;
    const Trial read = parse_trial(trial_json(trial));
    EXPECT_EQ(trial_json(read), trial_json(trial));
    EXPECT_EQ(read.state, state);
    EXPECT_TRUE(std::isnan(read.at[1]));
    EXPECT_EQ(read.at[0], 0.1);
  }
  for (const double odd : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    trial.value = odd;
    const double read = parse_trial(trial_json(trial)).value.value();
    EXPECT_TRUE(std::isnan(odd) ? std::isnan(read) : read == odd);
  }
  trial.value.reset();
  EXPECT_FALSE(parse_trial(trial_json(trial)).value);
}

TEST(SweepTrial, KnowsTheMergedRunThatTrainsIt) {
  Trial trial = sample(7);
  trial.leader = "def";
  trial.in_run = {{"ema", "ema_1"}, {"swa", "swa_2"}};
  const Trial read = parse_trial(trial_json(trial));
  EXPECT_EQ(read.leader, "def");
  EXPECT_EQ(read.in_run, trial.in_run);
}

// Of a version in which trials had parents.
TEST(SweepTrial, ReadsWhatAnOlderLedgerSays) {
  Trial trial = sample(7);
  trial.done = 5;
  std::string text = trial_json(trial);
  text.insert(1, "\"parent\": \"abc\", \"branch\": 3, \"given\": 3, \"pauses_at\": 4,");
  EXPECT_EQ(trial_json(parse_trial(text)), trial_json(trial));
}

TEST(SweepTrial, RefusesWhatIsNone) {
  for (const char* text : {"", "{}", "[1]", "{\"number\": \"one\"}"}) {
    EXPECT_THROW(parse_trial(text), Error) << text;
  }
  std::string unknown = trial_json(sample(1));
  unknown.replace(unknown.find("waiting"), 7, "resting");
  EXPECT_THROW(parse_trial(unknown), Error);
}

class SweepLedger : public testing::Test {
 protected:
  std::unique_ptr<Ledger> open() {
    return open_ledger(base::real_files(), folder_.path(),
                       [&](const std::string& text) { told_ += text + "\n"; });
  }
  test::TempFolder folder_;
  std::string told_;
};

TEST_F(SweepLedger, KeepsTrialsInTheOrderOfTheirNumbers) {
  {
    const auto ledger = open();
    ledger->put({sample(2), sample(0), sample(1)});
    Trial changed = sample(1);
    changed.state = TrialState::finished;
    ledger->put(changed);
  }
  const auto trials = open()->trials();
  ASSERT_EQ(trials.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(trials[i].number, static_cast<std::int64_t>(i));
  EXPECT_EQ(trials[1].state, TrialState::finished);
  EXPECT_EQ(told_, "");
}

TEST_F(SweepLedger, BelongsToOneProcess) {
  const auto ledger = open();
  ledger->put(sample(0));
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      open();
    } catch (const Error& error) {
      ::_exit(std::string(error.what()).find("Another r50sweep") != std::string::npos ? 7 : 8);
    }
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST_F(SweepLedger, IsMadeAgainFromTheFolders) {
  std::filesystem::create_directory(folder_ / "id3");
  std::ofstream(folder_ / "id3/trial.json") << trial_json(sample(3));
  std::filesystem::create_directory(folder_ / "torn");
  std::ofstream(folder_ / "torn/trial.json") << "{\"number\": ";
  std::ofstream(folder_ / "ledger.db") << std::string(5000, 'x');
  const auto ledger = open();
  ASSERT_EQ(ledger->trials().size(), 1u);
  EXPECT_EQ(ledger->trials()[0].id, "id3");
  EXPECT_THAT(told_, HasSubstr("ledger.db.damaged"));
  EXPECT_THAT(told_, HasSubstr("torn/trial.json' cannot be read"));
}

// Four trials, of which the ledger knows all, and the folders those that have begun.
class SweepLedgerDamage : public SweepLedger {
 protected:
  void SetUp() override {
    const TrialState states[] = {TrialState::finished, TrialState::failed, TrialState::running,
                                 TrialState::waiting};
    const auto ledger = open();
    for (int number = 0; number < 4; ++number) {
      Trial trial = sample(number);
      trial.state = states[number];
      trial.until = trial.state == TrialState::waiting ? 0 : 9;
      ledger->put(trial);
      if (trial.until == 0) continue;
      std::filesystem::create_directory(folder_ / trial.id);
      std::ofstream(folder_ / (trial.id + "/trial.json")) << trial_json(trial);
    }
  }

  std::string states() {
    std::string text;
    for (const Trial& trial : open()->trials()) {
      text += std::to_string(trial.number) + " " + text_of(trial.state) + ", ";
    }
    return text;
  }
};

TEST_F(SweepLedgerDamage, OfNoKindLosesATrialThatHadBegun) {
  const std::string path = folder_ / "ledger.db", begun = "0 finished, 1 failed, 2 running, ";
  EXPECT_EQ(states(), begun + "3 waiting, ");
  const std::string whole = base::real_files().read(path);
  ASSERT_GT(whole.size(), 8000u);
  for (const std::size_t size : {std::size_t{0}, std::size_t{50}, std::size_t{100},
                                 std::size_t{4096}, std::size_t{5000}, whole.size() - 1}) {
    std::ofstream(path, std::ios::trunc) << whole.substr(0, size);
    EXPECT_EQ(states().substr(0, begun.size()), begun) << size << " bytes left: " << told_;
    EXPECT_EQ(states().substr(0, begun.size()), begun) << "and again";
  }
  std::string garbled = whole;
  std::fill(garbled.begin() + 4096, garbled.begin() + 4200, '\xff');
  std::ofstream(path, std::ios::trunc) << garbled;
  EXPECT_EQ(states().substr(0, begun.size()), begun);
  EXPECT_THAT(told_, HasSubstr("ledger.db.damaged"));
}

// Its write-ahead log was lost: it has the state of long ago.
TEST_F(SweepLedgerDamage, OfTheLatestWordsIsMended) {
  {
    const auto ledger = open();
    Trial early = sample(0);
    early.until = 0;
    ledger->put(early);  // `waiting`
    early = sample(2);
    early.until = 0;
    ledger->put(early);
  }
  EXPECT_EQ(states(), "0 finished, 1 failed, 2 running, 3 waiting, ");
  EXPECT_THAT(told_, HasSubstr("from 2 trials' folders"));
}

// What `retry` has put back comes from the ledger: the folder is older.
TEST_F(SweepLedgerDamage, IsNotSeenWhereTheLedgerIsAhead) {
  {
    const auto ledger = open();
    Trial again = sample(1);
    again.state = TrialState::waiting;
    again.until = 9;
    std::ofstream(folder_ / "id1/trial.json") << trial_json(again);
    ledger->put(again);
    Trial done = sample(2);
    done.state = TrialState::finished;
    ledger->put(done);
  }
  EXPECT_EQ(states(), "0 finished, 1 waiting, 2 finished, 3 waiting, ");
  EXPECT_EQ(told_, "");
}

TEST_F(SweepLedgerDamage, WithAFolderOfAnothersNumberLeavesThatOut) {
  std::filesystem::create_directory(folder_ / "copy");
  Trial copy = sample(1);
  copy.id = "copy";
  std::ofstream(folder_ / "copy/trial.json") << trial_json(copy);
  EXPECT_EQ(states(), "0 finished, 1 failed, 2 running, 3 waiting, ");
  EXPECT_THAT(told_, HasSubstr("its number, 1, is another trial's"));
}

TEST_F(SweepLedger, OfANewerVersionIsLeftAlone) {
  open()->put(sample(0));
  const auto made =
      base::run_process({"python3", "-c",
                         "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('PRAGMA "
                         "user_version = 9')",
                         folder_ / "ledger.db"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THROW(open(), WrongInput);
}

class SweepMachines : public testing::Test {
 protected:
  std::string changes(const std::string& run_json) {
    std::ofstream(folder_ / "run.json", std::ios::trunc) << run_json;
    const auto record = read_run_record(base::real_files(), folder_.path());
    return record ? record->went_on : "none";
  }
  test::TempFolder folder_;
};

TEST_F(SweepMachines, AreSaidToDifferAsTheLatestStartSays) {
  EXPECT_FALSE(read_run_record(base::real_files(), folder_ / "none"));
  EXPECT_EQ(changes("{\"id\": \"a\"}"), "");
  EXPECT_EQ(changes(R"({"went_on": [{"step": 3, "machine": "the device"}, {"step": 5,
      "machine": "the precision"}, {"step": 6, "build": "r50"}]})"),
            "the precision");
}

TEST_F(SweepMachines, OfARunJsonThatCannotBeReadAreNotKnown) {
  for (const char* text : {"", "{", "[]", "{\"cpu\": 3}", "{\"went_on\": [3]}"}) {
    EXPECT_EQ(changes(text), "none") << text;
  }
}

class SweepFacts : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  Facts read(const std::string& metric) {
    return read_facts(base::real_files(), folder_.path(), metric);
  }
  test::TempFolder folder_;
};

TEST_F(SweepFacts, OfAnEmptyFolderAreNone) {
  const Facts facts = read("top1");
  EXPECT_FALSE(facts.finished);
  EXPECT_FALSE(facts.exit_code);
  EXPECT_TRUE(facts.reports.empty());
}

TEST_F(SweepFacts, OfARunOfR50) {
  write("result.json", R"({"epochs": 2, "train_loss": 1.5,
    "last": [{"set": "plain", "epoch": 2, "top1": 40.5, "top5": 80, "loss": 1.25},
             {"set": "ema", "epoch": 2, "top1": 42, "top5": 81, "loss": "nan"}],
    "best": {"set": "ema", "epoch": 1, "top1": 43, "top5": 79, "loss": 1.5}})");
  EXPECT_EQ(read("top1").result, 40.5);
  EXPECT_EQ(read("plain.top5").result, 80);
  EXPECT_EQ(read("ema.top1").result, 42);
  EXPECT_TRUE(std::isnan(read("ema.loss").result.value()));
  EXPECT_EQ(read("best.top1").result, 43);
  EXPECT_EQ(read("train_loss").result, 1.5);
  EXPECT_FALSE(read("swa.top1").result);
  EXPECT_TRUE(read("swa.top1").finished);
  EXPECT_THAT(read("swa.top1").known, testing::Contains("ema.top1"));
}

TEST_F(SweepFacts, OfAnotherProgram) {
  write("result.json", R"({"score": 3, "top1": 12})");
  EXPECT_EQ(read("score").result, 3);
  EXPECT_EQ(read("top1").result, 12);
  write("exit", "137\n");
  EXPECT_EQ(read("score").exit_code, 137);
}

TEST_F(SweepFacts, OfADamagedResultAreNone) {
  write("result.json", "{\"last\": [");
  EXPECT_FALSE(read("top1").finished);
  write("metrics.jsonl", "garbage\n");
  EXPECT_TRUE(read("top1").reports.empty());
}

TEST(SweepProcess, IsKnownAgainAndNotMistaken) {
  const ProcessMark self = mark_process(::getpid());
  EXPECT_TRUE(self.alive());
  const auto read = ProcessMark::parse(self.text());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->alive());
  EXPECT_TRUE(read->of_this_host());
  ProcessMark other = self;
  other.start += 1;
  EXPECT_FALSE(other.alive()) << "the number went to a later process";
  other = self;
  other.boot = "another";
  EXPECT_FALSE(other.alive()) << "the machine was started again";
  other = self;
  other.host = "elsewhere";
  EXPECT_FALSE(other.of_this_host());
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ended = {};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(mark_process(child).alive()) << "a zombie writes nothing more";
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(ProcessMark::parse("host boot 12"));
}

TEST(SweepSlots, ShareDevicesAndCores) {
  const auto devices = [](const std::vector<LocalSlot>& slots) {
    std::vector<std::string> names;
    for (const LocalSlot& slot : slots) names.push_back(slot.device);
    return names;
  };
  EXPECT_THAT(devices(local_slots(0, 1, {}, 8)), ElementsAre(""));
  EXPECT_EQ(local_slots(0, 1, {}, 8)[0].cores, 8);
  EXPECT_THAT(devices(local_slots(0, 2, {"0", "GPU-1f"}, 8)),
              ElementsAre("0", "GPU-1f", "0", "GPU-1f"));
  EXPECT_EQ(local_slots(0, 2, {"0", "1"}, 8)[3].cores, 2);
  EXPECT_THAT(devices(local_slots(3, 1, {"0", "1"}, 2)), ElementsAre("0", "1", "0"));
  EXPECT_EQ(local_slots(3, 1, {"0", "1"}, 2)[0].cores, 1);
  ::setenv("CUDA_VISIBLE_DEVICES", "2, MIG-7,GPU-a", 1);
  EXPECT_THAT(visible_devices(), ElementsAre("2", "MIG-7", "GPU-a"));
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
  EXPECT_THAT(visible_devices(), ElementsAre());
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

}  // namespace
}  // namespace r50::sweep
