#pragma once

// Runs that train nothing but keep r50run's files and habits: what an epoch is given is one word,
// and the weights are a hash of all words so far, and of the kinds of machines. Their controller's
// disk can die under it.

#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "report/rows.h"
#include "support/base/fake_clock.h"
#include "support/base/forwarding_files.h"
#include "sweep/launch/launcher.h"

namespace r50::test {

class ControllerKilled : public std::exception {};

// Forwards to the real disk; dies at operation `dies_at` and at every later one. Syncs nothing.
class MortalFiles final : public ForwardingFiles {
 public:
  std::int64_t done = 0, dies_at = -1;

  std::unique_ptr<base::OutputFile> create(const std::string& path) override {
    return step(), real().create(path);
  }
  std::unique_ptr<base::OutputFile> append(const std::string& path) override {
    return step(), real().append(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    step(), real().rename(from, to);
  }
  void remove(const std::string& path) override { step(), real().remove(path); }
  void truncate(const std::string& path, std::uint64_t size) override {
    step(), real().truncate(path, size);
  }
  void make_folders(const std::string& path) override { step(), real().make_folders(path); }
  void sync_folder(const std::string&) override {}
  void link(const std::string& existing, const std::string& path) override {
    step(), real().link(existing, path);
  }

 private:
  void step() {
    if (dies_at >= 0 && done >= dies_at) throw ControllerKilled();
    ++done;
  }
};

class PlayedRuns final : public sweep::Launcher {
 public:
  // What an epoch of a trial with these words is given.
  using Given = std::function<std::string(const std::vector<std::string>& argv, int epoch)>;
  enum class Accident { none, before_rows, before_saving, before_leaving };

  PlayedRuns(FakeClock& clock, int slots, Given given)
      : clock_(clock), slots_(slots), given_(std::move(given)) {}

  int trained = 0;                    // epochs, of all
  std::map<std::string, int> states;  // how often each was come to: the weights tell the way there
  std::function<Accident(const std::string& folder, int epoch)> accident;
  std::function<bool(const std::string& folder)> fails = [](auto&) { return false; };
  std::vector<std::string> order;  // of the folders started
  // Of what kind the machine is that a run comes to.
  std::function<std::string()> machine = [] { return std::string("one kind"); };
  // Whether a run's engine has it begun again after that epoch, perhaps elsewhere; nobody is told.
  std::function<bool(int epoch)> requeues = [](int) { return false; };

  int room() override {
    int busy = 0;
    for (const auto& [handle, one] : runs_) busy += one.ended ? 0 : 1;
    return slots_ - busy;
  }
  std::size_t start(const std::vector<sweep::Launch>& launches, const WriteDown& down) override {
    for (const sweep::Launch& launch : launches) {
      const std::string handle = "run " + std::to_string(runs_.size() + 1);
      base::real_files().remove(launch.folder + "/exit");
      down(launch, handle);
      runs_[handle] = {launch.folder, launch.argv};
      order.push_back(launch.folder);
    }
    return launches.size();
  }
  void adopt(const std::string&) override {}
  sweep::Life look(const std::string& handle) override {
    return runs_.at(handle).ended ? sweep::Life::gone : sweep::Life::alive;
  }
  // It saves what it has of the epoch it is in.
  void end(const std::string& handle, How) override {
    Run& run = runs_.at(handle);
    if (run.ended) return;
    State state = load(run);
    state.half = base::short_id(given_(run.argv, state.epoch + 1));
    if (state.epoch < number(run, "run.epochs", 1)) save(run, state);
    leave(run, 75);
  }
  void wait(double) override {
    clock_.pass(1);
    for (auto& [handle, one] : runs_) {
      if (!one.ended) play(one);
    }
  }

 private:
  struct Run {
    std::string folder;
    std::vector<std::string> argv;
    bool ended = false;
    std::string machine = "";  // empty: it has not begun there yet
  };
  struct State {
    int epoch = 0, rows = 0;
    std::string weights = "w";
    std::string half = "-";  // what the first half of the next epoch was given
  };

  static int number(const Run& run, const std::string& word, int otherwise) {
    for (std::size_t i = 0; i < run.argv.size(); ++i) {
      const std::string& one = run.argv[i];
      if (one.rfind(word + "=", 0) == 0) return std::atoi(one.c_str() + word.size() + 1);
      if (one == word && i + 1 < run.argv.size()) return std::atoi(run.argv[i + 1].c_str());
    }
    return otherwise;
  }

  static State load(const Run& run) {
    State state;
    const std::string file = run.folder + "/checkpoints/last.pt";
    if (!base::real_files().exists(file)) return state;
    char weights[64] = "", half[64] = "";
    std::sscanf(base::real_files().read(file).c_str(), "%d %d %63s %63s", &state.epoch, &state.rows,
                weights, half);
    state.weights = weights;
    state.half = half;
    return state;
  }
  static void save(const Run& run, const State& state) {
    base::real_files().make_folders(run.folder + "/checkpoints");
    base::replace_whole(base::real_files(), run.folder + "/checkpoints/last.pt",
                        std::to_string(state.epoch) + " " + std::to_string(state.rows) + " " +
                            state.weights + " " + state.half + "\n");
  }

  // As r50run does (core/src/run/given_past.cc): a past of another machine is left, while nothing
  // of its own stands on it.
  void begin(Run& run) {
    base::Files& files = base::real_files();
    run.machine = machine();
    const std::string path = run.folder + "/run.json", saved = run.folder + "/checkpoints/last.pt";
    nlohmann::json said, before;
    if (files.exists(path)) before = nlohmann::json::parse(files.read(path));
    const int epoch = load(run).epoch;
    const bool moved = before.is_object() && before["instructions"] != run.machine;
    for (const char* key : {"past_left", "begun_anew"}) {
      if (before.contains(key)) said[key] = before[key];
    }
    if (before.contains("past")) {
      const bool nothing_of_its_own = before["past"].value("step", epoch) >= epoch;
      if (moved && nothing_of_its_own) {
        files.remove(saved);
        base::replace_whole(files, run.folder + "/metrics.jsonl", "");
        said["past_left"] = "of " + before["instructions"].get<std::string>();
        said["begun_anew"] = before.value("begun_anew", 0) + 1;
      } else {
        said["past"] = before["past"];
        if (!said["past"].contains("step")) said["past"]["step"] = epoch;
      }
    }
    if (files.exists(saved)) {
      if (before.contains("went_on")) said["went_on"] = before["went_on"];
      if (moved) said["went_on"].push_back({{"step", epoch}, {"machine", "now " + run.machine}});
    }
    said["instructions"] = run.machine;
    base::replace_whole(files, path, said.dump());
  }

  // An epoch, or what is left after the last one.
  void play(Run& run) {
    base::Files& files = base::real_files();
    if (fails(run.folder)) return leave(run, 1);
    if (run.machine.empty()) begin(run);
    State state = load(run);
    const int epochs = number(run, "run.epochs", 1);
    const int until = number(run, "--until", epochs + 1);
    const std::string metrics = run.folder + "/metrics.jsonl";
    const std::string content = files.exists(metrics) ? files.read(metrics) : "";
    // As r50run does: rows behind the checkpoint are of steps that are taken again.
    const std::size_t kept = report::after_lines(content, state.rows);
    if (kept == std::string::npos) return leave(run, 2);
    if (kept < content.size()) files.truncate(metrics, kept);
    if (state.epoch < epochs && state.epoch < until) {
      ++state.epoch;
      const Accident what = accident ? accident(run.folder, state.epoch) : Accident::none;
      if (what == Accident::before_rows) return kill(run);
      ++trained;
      const std::string given = given_(run.argv, state.epoch);
      const bool spoiled = state.half != "-" && state.half != base::short_id(given);
      state.half = "-";
      state.weights =
          base::short_id(state.weights + given + run.machine + (spoiled ? " spoiled" : ""));
      ++states[state.weights];
      EvaluationEvent set;
      set.epoch = set.step = state.epoch;
      set.set = "plain";
      set.top1 = static_cast<double>(base::hash64(state.weights) % 1000) / 10;
      EpochEvent end;
      end.epoch = end.step = state.epoch;
      const auto file = files.append(metrics);
      file->write(report::row_text({state.rows++, set}) + "\n");
      file->write(report::row_text({state.rows++, end}) + "\n");
      file->close();
      if (what == Accident::before_saving) return kill(run);
      save(run, state);
      if (what == Accident::before_leaving) return kill(run);
      if (requeues(state.epoch)) run.machine.clear();
    }
    if (state.epoch >= epochs) {
      base::replace_whole(files, run.folder + "/result.json",
                          "{\"weights\": \"" + state.weights +
                              "\", \"last\": [{\"set\": \"plain\", \"top1\": 1}]}");
      return leave(run, 0);
    }
    if (state.epoch >= until) leave(run, 75);
  }

  static void kill(Run& run) { run.ended = true; }
  static void leave(Run& run, int code) {
    base::replace_whole(base::real_files(), run.folder + "/exit", std::to_string(code) + "\n");
    run.ended = true;
  }

  FakeClock& clock_;
  int slots_;
  Given given_;
  std::map<std::string, Run> runs_;
};

}  // namespace r50::test
