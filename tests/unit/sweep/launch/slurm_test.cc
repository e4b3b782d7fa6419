#include "sweep/launch/slurm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "played_engine.h"
#include "r50/error.h"

namespace r50::sweep {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Slurm : public LauncherTest {
 protected:
  Slurm() { table_.queue_max = 10'000; }

  SlurmLauncher launcher() {
    return {table_, "my sweep", folder_.path(),
            engine([this](const std::vector<std::string>& argv) { return cluster_.run(argv); })};
  }
  Life look(SlurmLauncher& launcher, int trial) {
    return launcher.look(handles_.at("t" + std::to_string(trial)));
  }
  void pass(double seconds) { clock_.pass(seconds); }
  static int size_of(const std::vector<std::string>& sbatch) {
    for (const std::string& word : sbatch) {
      if (word.rfind("--array=0-", 0) == 0) return std::stoi(word.substr(10)) + 1;
    }
    return 0;
  }
  std::string refusal_of_check() {
    try {
      launcher().check({"check", folder_.path(), folder_.path(), {"true"}});
    } catch (const WrongInput& wrong) {
      return wrong.what();
    }
    return "";
  }

  LauncherTable table_;
  PlayedSlurm cluster_;
};

TEST_F(Slurm, FiveThousandTrialsAreAFewArraysAndOneQuestion) {
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.room(), 10'000);
  EXPECT_EQ(one.start(launches(5000), write_down()), 5000U);
  std::vector<int> sizes;
  for (const auto& argv : cluster_.submitted) sizes.push_back(size_of(argv));
  EXPECT_THAT(sizes, ElementsAre(1000, 1000, 1000, 1000, 1000));
  EXPECT_EQ(cluster_.jobs.size(), 5U);
  EXPECT_EQ(cluster_.elements(), 5000U);
  EXPECT_EQ(std::set<std::string>([&] {
              std::set<std::string> all;
              for (const auto& [id, handle] : handles_) all.insert(handle);
              return all;
            }())
                .size(),
            5000U);
  EXPECT_EQ(one.room(), 5000);
  for (int turn = 0; turn < 20; ++turn) {  // ten seconds, looked at twice a second
    for (int i = 0; i < 5000; ++i) ASSERT_EQ(look(one, i), Life::queued);
    pass(0.5);
  }
  EXPECT_LE(cluster_.calls["squeue"], 2);
  pass(10);
  cluster_.set_all({"RUNNING", "None"});
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(look(one, i), Life::alive);
  EXPECT_LE(cluster_.calls["squeue"], 3);
}

TEST_F(Slurm, ArraysFitTheCluster) {
  cluster_.max_array = 8;
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.start(launches(20), write_down()), 20U);
  std::vector<int> sizes;
  for (const auto& argv : cluster_.submitted) sizes.push_back(size_of(argv));
  EXPECT_THAT(sizes, ElementsAre(8, 8, 4));
}

TEST_F(Slurm, ElementsFindTheirTrials) {
  SlurmLauncher one = launcher();
  one.start(launches(3), write_down());
  const std::string handle = handles_["t2"];
  EXPECT_THAT(handle, testing::MatchesRegex("slurm r50-my-sweep-[0-9a-f]{8} 2 t2"));
  const std::string name = handle.substr(6, handle.find(' ', 6) - 6);
  base::Files& files = base::real_files();
  EXPECT_EQ(files.read(folder_ / "slurm/" + name + ".list"),
            folder_ / "t0" + "\n" + folder_ / "t1" + "\n" + folder_ / "t2" + "\n");
  EXPECT_THAT(files.read(folder_ / "t2/run.sh"), HasSubstr("'task' 'x=2'"));
  EXPECT_THAT(files.read(folder_ / "t2/run.sh"), HasSubstr("handle='" + handle + "'"));
}

TEST_F(Slurm, TheHandlesAreOnDiskBeforeAnythingIsSubmitted) {
  std::size_t known = 0;
  cluster_.before_sbatch = [&] { known = handles_.size(); };
  launcher().start(launches(7), write_down());
  EXPECT_EQ(known, 7U);
}

TEST_F(Slurm, WhatTheFileSaysGoesToSbatch) {
  table_.partition = "gpu";
  table_.account = "lab";
  table_.gres = "gpu:1";
  table_.time = "04:00:00";
  table_.cores = 6;
  table_.signal_seconds = 90;
  table_.sbatch = {"--constraint=a100"};
  launcher().start(launches(2), write_down());
  const auto& words = cluster_.submitted.front();
  for (const char* word : {"--partition=gpu", "--account=lab", "--gres=gpu:1", "--time=04:00:00",
                           "--cpus-per-task=6", "--signal=B:TERM@90", "--constraint=a100",
                           "--requeue", "--open-mode=append", "--array=0-1"}) {
    EXPECT_THAT(words, Contains(word));
  }
  EXPECT_THAT(words, Contains("--chdir=" + folder_.path()));
}

TEST_F(Slurm, AnArrayThatIsTooLargeForTheUsersLimitIsTriedSmaller) {
  cluster_.most = 30;
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.start(launches(100), write_down()), 30U);
  EXPECT_EQ(cluster_.elements(), 30U);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("AssocMaxSubmitJobLimit")));
  EXPECT_EQ(one.room(), 0) << "it does not ask again at once";
  pass(61);
  EXPECT_GT(one.room(), 0);
}

TEST_F(Slurm, ARefusalIsToldOnceAndStartsNothing) {
  cluster_.refusal = "Batch job submission failed: Invalid account";
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.start(launches(1), write_down()), 0U);
  pass(61);
  EXPECT_EQ(one.start(launches(1), write_down()), 0U);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("Invalid account")));
  cluster_.refusal.clear();
  pass(61);
  EXPECT_EQ(one.start(launches(1), write_down()), 1U);
}

TEST_F(Slurm, AnArrayThatWasTakenThoughSbatchFailedIsNotSubmittedTwice) {
  cluster_.answers_late = true;
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.start(launches(5), write_down()), 5U);
  EXPECT_THAT(cluster_.submitted, SizeIs(1));
  pass(11);
  EXPECT_EQ(look(one, 4), Life::queued);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(Slurm, WhatNobodyCanSayIsAskedUntilItIsKnown) {
  cluster_.down = true;
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.start(launches(2), write_down()), 2U) << "perhaps taken: they are watched";
  EXPECT_EQ(look(one, 0), Life::unknown);
  EXPECT_EQ(one.room(), 0);
  cluster_.down = false;  // it was not taken
  pass(11);
  EXPECT_EQ(look(one, 0), Life::alive);
  pass(20);
  EXPECT_EQ(look(one, 0), Life::never) << "no fault of the trial's";

  cluster_.down = cluster_.answers_late = true;
  pass(61);
  EXPECT_EQ(one.start(launches(1, 7), write_down()), 1U);
  cluster_.down = cluster_.answers_late = false;  // this one was
  pass(11);
  EXPECT_EQ(look(one, 7), Life::queued);
}

TEST_F(Slurm, WhileTheQueueDoesNotAnswerNothingIsKnown) {
  SlurmLauncher one = launcher();
  one.start(launches(1), write_down());
  cluster_.set_all({"RUNNING", "None"});
  pass(11);
  EXPECT_EQ(look(one, 0), Life::alive);
  cluster_.down = true;
  pass(11);
  EXPECT_EQ(look(one, 0), Life::unknown);
  pass(1000);
  EXPECT_EQ(look(one, 0), Life::unknown);
  cluster_.down = false;
  pass(11);
  EXPECT_EQ(look(one, 0), Life::alive);
}

TEST_F(Slurm, AControllerThatDiedAroundSbatchIsFollowedByOneThatKnows) {
  {
    SlurmLauncher one = launcher();
    one.start(launches(2), write_down());
  }
  SlurmLauncher after = launcher();
  EXPECT_EQ(look(after, 1), Life::queued);
  after.adopt(handles_["t0"]);
  after.adopt(handles_["t1"]);
  EXPECT_EQ(after.room(), 9998);

  const ArrayHandle written_only{"slurm", "r50-my-sweep-12345678", 0, "t9"};
  launches(1, 9);
  EXPECT_EQ(after.look(written_only.text()), Life::alive);
  pass(16);
  EXPECT_EQ(after.look(written_only.text()), Life::never);
  base::real_files().make_folders(folder_ / "t8");
  const ArrayHandle has_run{"slurm", "r50-my-sweep-12345678", 1, "t8"};
  folder_.write("t8/begun", has_run.text() + "\n");
  after.look(has_run.text());
  pass(16);
  EXPECT_EQ(after.look(has_run.text()), Life::gone);
}

TEST_F(Slurm, AJobIsGoneOnceItsExitCodeIsSeenOrTheTimeIsOver) {
  SlurmLauncher one = launcher();
  one.start(launches(2), write_down());
  cluster_.jobs.clear();
  pass(11);
  EXPECT_EQ(look(one, 0), Life::alive);
  EXPECT_EQ(look(one, 1), Life::alive);
  folder_.write("t0/exit", "0\n");
  EXPECT_EQ(look(one, 0), Life::gone);
  pass(14);
  EXPECT_EQ(look(one, 1), Life::alive);
  pass(2);
  EXPECT_EQ(look(one, 1), Life::gone);
  EXPECT_EQ(one.room(), 10'000);
}

TEST_F(Slurm, TheLastStartsExitCodeIsTakenAway) {
  const auto all = launches(1);
  folder_.write("t0/exit", "75\n");
  folder_.write("t0/begun", "x\n");
  launcher().start(all, write_down());
  EXPECT_FALSE(base::real_files().exists(folder_ / "t0/exit"));
  EXPECT_FALSE(base::real_files().exists(folder_ / "t0/begun"));
}

TEST_F(Slurm, AllAreEndedByAFewCommands) {
  SlurmLauncher one = launcher();
  one.start(launches(1200), write_down());
  auto& elements = cluster_.jobs.begin()->second;
  elements[0].state = elements[1].state = "RUNNING";
  for (const auto& [id, handle] : handles_) one.end(handle, Launcher::How::gently);
  EXPECT_THAT(cluster_.cancelled, IsEmpty());
  one.wait(0);
  EXPECT_LE(cluster_.cancelled.size(), 6U);
  std::size_t pending = 0, signalled = 0;
  for (const auto& argv : cluster_.cancelled) {
    const auto ids = static_cast<std::size_t>(
        std::count_if(argv.begin() + 1, argv.end(),
                      [](const std::string& word) { return word.find('_') != std::string::npos; }));
    const bool by_signal = std::find(argv.begin(), argv.end(), "--signal=USR2") != argv.end();
    (by_signal ? signalled : pending) += ids;
    EXPECT_THAT(argv, Contains(by_signal ? "--batch" : "--state=PENDING"));
  }
  EXPECT_EQ(pending, 1198U);
  EXPECT_EQ(signalled, 1200U) << "one may have begun in between";
  cluster_.cancelled.clear();
  one.end(handles_["t0"], Launcher::How::at_once);
  one.wait(0);
  EXPECT_THAT(cluster_.cancelled, IsEmpty()) << "no command at every look";
  pass(11);
  one.wait(0);
  EXPECT_THAT(cluster_.cancelled, SizeIs(1));
}

TEST_F(Slurm, AJobThatNoNodeCanStartIsTakenBack) {
  SlurmLauncher one = launcher();
  one.start(launches(1), write_down());
  cluster_.set_all({"PENDING", "launch_failed_requeued_held"});
  pass(11);
  look(one, 0);
  one.wait(0);
  EXPECT_THAT(cluster_.cancelled, SizeIs(1));
}

TEST_F(Slurm, AnotherLaunchersTrialIsUnknown) {
  SlurmLauncher one = launcher();
  EXPECT_EQ(one.look("host boot 17 12345 0"), Life::unknown);
}

TEST_F(Slurm, CheckNamesWhatIsMissing) {
  cluster_.missing = true;
  EXPECT_THAT(refusal_of_check(), HasSubstr("There is no sbatch here"));
  EXPECT_THAT(refusal_of_check(), HasSubstr("slurm-client"));
}

TEST_F(Slurm, CheckPassesARefusalOn) {
  EXPECT_EQ(refusal_of_check(), "");
  cluster_.refusal = "Invalid partition specified: gpuu";
  table_.partition = "gpuu";
  const std::string said = refusal_of_check();
  EXPECT_THAT(said, HasSubstr("SLURM refuses such jobs: sbatch: error: Invalid partition"));
  EXPECT_THAT(said, HasSubstr("--partition=gpuu"));
  EXPECT_EQ(cluster_.elements(), 0U);
}

TEST_F(Slurm, CheckRefusesAClusterWithoutArrays) {
  cluster_.max_array = 0;
  EXPECT_THAT(refusal_of_check(), HasSubstr("Invalid job array"));
}

TEST_F(Slurm, CheckRefusesTimesThatLeaveNone) {
  table_.time = "2";
  table_.signal_seconds = 120;
  EXPECT_THAT(refusal_of_check(), HasSubstr("it would never train"));
  table_.time = "soon";
  EXPECT_THAT(refusal_of_check(), HasSubstr("no time for SLURM"));
  EXPECT_THAT(cluster_.submitted, IsEmpty());
}

TEST_F(Slurm, CheckRefusesWordsThatWouldTakeTheJobsAway) {
  for (const char* word : {"--array=0-3", "-J", "-Jname", "--wrap", "--wait", "-D/tmp"}) {
    table_.sbatch = {word};
    EXPECT_THAT(refusal_of_check(), HasSubstr("r50sweep sets")) << word;
  }
  table_.sbatch = {"gpu:1"};
  EXPECT_THAT(refusal_of_check(), HasSubstr("which is no option"));
  table_.sbatch = {"--wait-all-nodes=1", "--exclusive"};
  EXPECT_EQ(refusal_of_check(), "");
}

TEST(SlurmTime, IsReadAsSlurmReadsIt) {
  EXPECT_EQ(slurm_seconds("90"), 5400);
  EXPECT_EQ(slurm_seconds("1:30"), 90);
  EXPECT_EQ(slurm_seconds("04:00:00"), 14400);
  EXPECT_EQ(slurm_seconds("1-12"), 129600);
  EXPECT_EQ(slurm_seconds("2-00:30"), 174600);
  EXPECT_EQ(slurm_seconds("1-00:00:01"), 86401);
  EXPECT_EQ(slurm_seconds("UNLIMITED"), 0);
  for (const char* text : {"", "x", "1:", ":1", "1:2:3:4", "1-", "-1", "1.5", "1-2-3"}) {
    EXPECT_EQ(slurm_seconds(text), -1) << text;
  }
}

}  // namespace
}  // namespace r50::sweep
