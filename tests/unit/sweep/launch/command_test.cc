#include "sweep/launch/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "played_engine.h"
#include "r50/error.h"
#include "sweep/launch/keeper.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CommandEngine : public LauncherTest {
 protected:
  CommandEngine() {
    table_.kind = LauncherKind::command;
    table_.submit = "put --name={name} {script}";
    table_.poll = "ask {id}";
    table_.cancel = "drop {id}";
  }

  CommandLauncher launcher() {
    return {table_, "s", folder_.path(), folder_.path(),
            engine([this](const std::vector<std::string>& argv) { return answer(argv.back()); })};
  }
  base::Finished answer(const std::string& line) {
    lines_.push_back(line);
    if (line.rfind("put ", 0) == 0) return at_submit_();
    if (line.rfind("ask ", 0) == 0) return at_poll_;
    return {0, "", ""};
  }
  std::size_t asked(const std::string& begin) const {
    return static_cast<std::size_t>(
        std::count_if(lines_.begin(), lines_.end(),
                      [&](const std::string& line) { return line.rfind(begin, 0) == 0; }));
  }
  const std::string& handle(int trial) { return handles_.at("t" + std::to_string(trial)); }
  std::string lease(int trial) {
    return base::real_files().read(folder_ / ("t" + std::to_string(trial)) + "/lease");
  }
  void begin(int trial) {
    folder_.write("t" + std::to_string(trial) + "/begun", handle(trial) + "\n");
  }

  LauncherTable table_;
  int number_ = 40;
  std::function<base::Finished()> at_submit_ = [this] {
    return base::Finished{0, "job " + std::to_string(++number_) + " submitted\n", ""};
  };
  base::Finished at_poll_ = {0, "queued\n", ""};
  std::vector<std::string> lines_;
};

TEST_F(CommandEngine, TheIdIsFoundByThePatternAndKept) {
  table_.id_pattern = "job ([0-9]+)";
  CommandLauncher one = launcher();
  EXPECT_EQ(one.start(launches(2), write_down()), 2U);
  EXPECT_EQ(one.look(handle(0)), Life::queued);
  EXPECT_EQ(lines_.back(), "ask '41'");
  CommandLauncher after = launcher();  // another controller
  after.adopt(handle(1));
  EXPECT_EQ(after.room(), 99);
  at_poll_ = {0, "running", ""};
  begin(1);
  EXPECT_EQ(after.look(handle(1)), Life::alive);
  EXPECT_EQ(lines_.back(), "ask '42'");
}

// Else hours in a queue would count as hours of a trial, and as hanging.
TEST_F(CommandEngine, AJobThatHasNotBegunIsQueuedWhateverItsEngineCallsIt) {
  table_.id_pattern = "([0-9]+)";
  at_poll_ = {0, "alive", ""};
  CommandLauncher one = launcher();
  one.start(launches(1), write_down());
  EXPECT_EQ(one.look(handle(0)), Life::queued);
  begin(0);
  EXPECT_EQ(one.look(handle(0)), Life::alive);
}

TEST_F(CommandEngine, JobsAreAskedForNotMoreOftenThanTheFileSays) {
  table_.id_pattern = "([0-9]+)";
  CommandLauncher one = launcher();
  one.start(launches(1), write_down());
  for (int i = 0; i < 40; ++i, clock_.pass(0.5)) one.look(handle(0));
  EXPECT_EQ(asked("ask"), 2U);
}

TEST_F(CommandEngine, ValuesAreQuotedWhateverTheyHold) {
  table_.id_pattern = "job (.*)";
  at_submit_ = [] { return base::Finished{0, "job 7; rm -rf '/'\n", ""}; };
  CommandLauncher one = launcher();
  one.start(launches(1), write_down());
  one.end(handle(0), Launcher::How::gently);
  EXPECT_EQ(lines_.back(), "drop '7; rm -rf '\\''/'\\'''");
}

TEST_F(CommandEngine, AnAnswerWithoutAnIdEndsTheSweepAndLosesNothing) {
  table_.id_pattern = "Your job ([0-9]+)";
  CommandLauncher one = launcher();
  try {
    one.start(launches(2), write_down());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'job 41 submitted', in which id_pattern finds no id"));
  }
  EXPECT_EQ(asked("put"), 1U) << "not one after another";
  begin(0);  // the engine runs it all the same
  CommandLauncher after = launcher();
  EXPECT_EQ(after.look(handle(0)), Life::alive);
  folder_.write("t0/exit", "0\n");
  EXPECT_EQ(after.look(handle(0)), Life::gone);
}

TEST_F(CommandEngine, AnIdThatIsGivenTwiceIsNotTrusted) {
  table_.id_pattern = "(submitted)";  // matches what is the same for all
  CommandLauncher one = launcher();
  try {
    one.start(launches(2), write_down());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("gave trial t1 the id 'submitted', under which trial t0"));
  }
}

TEST_F(CommandEngine, AJobThatIsSeenLateIsNotTakenForDead) {
  table_.id_pattern = "([0-9]+)";
  at_poll_ = {1, "", "no such job"};  // yet
  CommandLauncher one = launcher();
  one.start(launches(1), write_down());
  EXPECT_EQ(one.look(handle(0)), Life::alive);
  clock_.pass(11);
  EXPECT_EQ(one.look(handle(0)), Life::alive);
  at_poll_ = {0, "running", ""};
  begin(0);
  clock_.pass(11);
  EXPECT_EQ(one.look(handle(0)), Life::alive);
  at_poll_ = {0, "done", ""};
  clock_.pass(11);
  EXPECT_EQ(one.look(handle(0)), Life::alive) << "its files may be late";
  clock_.pass(16);
  EXPECT_EQ(one.look(handle(0)), Life::gone);
  EXPECT_EQ(one.room(), 100);
}

TEST_F(CommandEngine, AJobThatWasTakenThoughSubmitFailedRunsOnce) {
  at_submit_ = [] { return base::Finished{1, "", "timed out"}; };
  CommandLauncher one = launcher();
  EXPECT_EQ(one.start(launches(2), write_down()), 1U) << "no second one is tried";
  EXPECT_THAT(told_, ElementsAre(HasSubstr("submit failed: timed out")));
  EXPECT_EQ(one.room(), 0);
  EXPECT_EQ(one.look(handle(0)), Life::queued);
  EXPECT_THAT(lease(0), HasSubstr("command-revoked")) << "if it comes, it does nothing";
  begin(0);  // it had come already
  EXPECT_EQ(one.look(handle(0)), Life::alive);
  EXPECT_EQ(lease(0), handle(0) + "\n");
  clock_.pass(1000);
  EXPECT_EQ(one.look(handle(0)), Life::alive);
  folder_.write("t0/exit", "0\n");
  EXPECT_EQ(one.look(handle(0)), Life::gone);
}

TEST_F(CommandEngine, AJobThatWasNotTakenIsNoFaultOfTheTrial) {
  at_submit_ = [] { return base::Finished{1, "", "queue full"}; };
  CommandLauncher one = launcher();
  one.start(launches(1), write_down());
  one.look(handle(0));
  clock_.pass(16);
  // A controller that died meanwhile finds the lease that was taken away.
  CommandLauncher after = launcher();
  EXPECT_EQ(after.look("command-revoked" + handle(0).substr(7)), Life::queued);
  EXPECT_EQ(one.look(handle(0)), Life::never);
  clock_.pass(16);
  EXPECT_EQ(after.look("command-revoked" + handle(0).substr(7)), Life::never);
}

TEST_F(CommandEngine, WhereNamesAreEnoughNoIdIsNeeded) {
  table_.poll = "ask {name}";
  table_.cancel = "drop {name}";
  at_submit_ = [] { return base::Finished{1, "", "timed out"}; };
  CommandLauncher one = launcher();
  one.start(launches(1), write_down());
  EXPECT_EQ(one.look(handle(0)), Life::queued);
  EXPECT_THAT(lines_.back(), HasSubstr("ask 'r50-s-"));
  at_poll_ = {1, "", ""};
  clock_.pass(11);
  one.look(handle(0));
  clock_.pass(16);
  EXPECT_EQ(one.look(handle(0)), Life::never);
}

TEST_F(CommandEngine, AnotherLaunchersTrialIsUnknown) {
  CommandLauncher one = launcher();
  EXPECT_EQ(one.look("slurm r50-s-12 3 t0"), Life::unknown);
}

TEST(CommandAnswer, IsAWordOrAnExitCode) {
  const auto answer = [](int code, const char* output) {
    return CommandLauncher::answer({code, output, ""});
  };
  EXPECT_EQ(answer(0, "RUNNING\n"), Life::alive);
  EXPECT_EQ(answer(0, " alive and well"), Life::alive);
  EXPECT_EQ(answer(0, "Pending"), Life::queued);
  EXPECT_EQ(answer(0, "gone"), Life::gone);
  EXPECT_EQ(answer(0, ""), Life::alive);
  EXPECT_EQ(answer(1, "\n"), Life::gone);
  EXPECT_EQ(answer(1, "gone"), Life::unknown);
  EXPECT_EQ(answer(0, "PD"), Life::unknown);
  EXPECT_EQ(answer(2, ""), Life::unknown);
  EXPECT_EQ(answer(127, ""), Life::unknown);
}

TEST(CommandTable, IsCheckedBeforeAnythingIsRun) {
  LauncherTable table;
  table.submit = "qsub -N {name} {script}";
  table.poll = "qstat {id}";
  table.cancel = "qdel {id}";
  EXPECT_EQ(command_fault(table), "");
  table.submit = "qsub {scrpt}";
  EXPECT_THAT(command_fault(table), HasSubstr("did you mean 'script'?"));
  table.submit = "qsub '{script}'";
  EXPECT_THAT(command_fault(table), HasSubstr("stands between quotes"));
  table.submit = "qsub";
  EXPECT_THAT(command_fault(table), HasSubstr("holds no {script}"));
  table.submit = "qsub {script} ${HOME} | awk '{print $3}'";
  EXPECT_EQ(command_fault(table), "");
  table.cancel = "qdel";
  EXPECT_THAT(command_fault(table), HasSubstr("cancel: it holds neither"));
  table.cancel = "qdel {id}";
  for (const char* pattern : {"job", "(a)(b)", "(", "[("}) {
    table.id_pattern = pattern;
    EXPECT_THAT(command_fault(table), HasSubstr("id_pattern")) << pattern;
  }
}

TEST(ShellWord, IsOneWord) {
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's $HOME"), "'it'\\''s $HOME'");
}

}  // namespace
}  // namespace r50::sweep
