#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config/toml_source.h"
#include "r50/error.h"
#include "report/rows.h"
#include "support/temp_folder.h"
#include "sweep/ask/experiments.h"
#include "sweep/forecast/pace.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Value experiment(int batch, const std::string& more = "") {
  Problems problems;
  const auto value = config::parse_toml(
      "[run]\nepochs = 9\nbatch = " + std::to_string(batch) +
          "\naccumulate = 1\nprecision = \"auto\"\nthreads = 0\n[data]\nimage_size = 64\n"
          "[model]\nuse = \"resnet\"\ndepth = 50\n[optimizer]\nuse = \"sgd\"\n"
          "[evaluate]\nevery = \"1 epoch\"\nimage_size = 0\n[checkpoint]\nkeep = 2\n"
          "best_only = false\n" +
          more,
      "e.toml", problems);
  EXPECT_TRUE(value) << problems.report();
  return value.value_or(Value());
}

RunBuild build_of(const Value& resolved) { return run_build(resolved, 9, 100).value(); }

TEST(RunBuild, IsOfOneKindWhereAStepIsTheSame) {
  const RunBuild one = build_of(experiment(64));
  EXPECT_EQ(one.called, "resnet 50 at 64 px, batch 64, sgd, auto");
  EXPECT_EQ(one.sets, 1);
  EXPECT_EQ(one.evaluated_every, 1);
  EXPECT_EQ(one.kept, 2);
  EXPECT_NE(build_of(experiment(32)).kind, one.kind);
  const Value longer =
      experiment(64, "[scheduler]\nuse = \"cosine\"\n[[averaging]]\nuse = \"ema\"\n");
  EXPECT_EQ(build_of(longer).kind, one.kind) << "rates and averages take no time in a step";
  EXPECT_EQ(build_of(longer).sets, 2);
  EXPECT_FALSE(run_build(Value(), 1, 1));
  Value turned = experiment(64);
  Table& model = *turned.table()->find("model")->table();
  model.erase("use");
  model.set("use", Value("resnet"));
  EXPECT_EQ(build_of(turned).kind, one.kind) << "in whatever order its keys are written";
  model.set("depth", Value(18));
  EXPECT_NE(build_of(turned).kind, one.kind);
}

TEST(RunBuild, CountsCheckpointsThatStayForGood) {
  Value resolved = experiment(64);
  Table& table = *resolved.table()->find("checkpoint")->table();
  table.set("keep_every", Value("3 epochs"));
  EXPECT_EQ(build_of(resolved).kept, 2 + 3);
  table.set("best_only", Value(true));
  EXPECT_EQ(build_of(resolved).kept, 1 + 3);
  resolved.table()->find("evaluate")->table()->set("every", Value("3 epochs"));
  EXPECT_EQ(build_of(resolved).evaluated_every, 3);
}

class SweepPastRuns : public testing::Test {
 protected:
  // A finished run of two epochs: 10 steps of `step` seconds each, then 50 images of 0.1 s.
  void finish(const std::string& folder, const Value& resolved, double step,
              const std::string& machine = place_json("cpu", "Made Up 3000", 4)) {
    std::string rows;
    std::int64_t number = 0;
    for (int epoch = 1; epoch <= 2; ++epoch) {
      EvaluationEvent evaluation;
      evaluation.epoch = epoch;
      evaluation.set = "plain";
      evaluation.images = 50;
      evaluation.wall_seconds = 5;
      rows += report::row_text({number++, evaluation}) + "\n";
      EpochEvent end;
      end.epoch = epoch;
      end.step = 10 * epoch;
      end.wall.seconds = 10 * step;
      rows += report::row_text({number++, end}) + "\n";
    }
    std::string toml;
    for (const Table::Entry& entry : resolved.table()->entries()) {
      toml += entry.key + " = " + entry.value.toml() + "\n";
    }
    folder_.write(folder + "/resolved.toml", toml);
    folder_.write(folder + "/run.json", machine);
    folder_.write(folder + "/metrics.jsonl", rows);
    folder_.write(folder + "/result.json", "{}");
  }
  static std::string place_json(const std::string& device, const std::string& cpu, int threads) {
    return gpu_json(device, "", cpu, threads);
  }
  static std::string gpu_json(const std::string& device, const std::string& gpu,
                              const std::string& cpu, int threads) {
    return "{\"device\": \"" + device + "\", \"gpu\": \"" + gpu + "\", \"cpu\": \"" + cpu +
           "\", \"compute_threads\": " + std::to_string(threads) + "}";
  }
  std::map<std::string, Pace> paces(const std::vector<Value>& of,
                                    const std::optional<Place>& place = here()) {
    std::vector<RunBuild> builds;
    for (const Value& one : of) builds.push_back(build_of(one));
    return past_paces(base::real_files(), folder_.path(), folder_ / "s", place, builds);
  }
  static Place here() { return {"cpu", "Made Up 3000", 4}; }

  test::TempFolder folder_;
};

TEST_F(SweepPastRuns, TellOfTheirKind) {
  finish("a/run1", experiment(64), 0.5);
  finish("s/trial1", experiment(64), 0.7);
  finish("s/trial2", experiment(64), 0.6);
  finish("a/run2", experiment(32), 0.1);
  folder_.write("a/run1/checkpoints/last.pt", std::string(300, 'x'));
  folder_.write("a/run1/checkpoints/step_0002.pt", std::string(301, 'x'));
  folder_.write("a/run1/checkpoints/best.pt", std::string(100, 'x'));
  folder_.write("s/trial1/trial.json", R"({"state": "finished", "seconds": 30})");
  const auto found = paces({experiment(64)});
  ASSERT_EQ(found.size(), 1u);
  const Pace& pace = found.begin()->second;
  EXPECT_EQ(pace.runs, 3);
  EXPECT_NEAR(pace.step_seconds, 0.6, 1e-12) << "the middle one";
  EXPECT_NEAR(pace.image_seconds, 0.1, 1e-12);
  EXPECT_EQ(pace.evaluated, 50);
  EXPECT_NEAR(pace.overhead.value(), 30 - 2 * (10 * 0.7 + 5), 1e-9);
  EXPECT_EQ(pace.checkpoint_bytes, 301);
  EXPECT_EQ(pace.best_bytes, 100);

  // Nine epochs of 100 steps, an evaluation of 80 images after each, on two sets of weights.
  RunBuild build = build_of(experiment(64));
  build.sets = 2;
  EXPECT_NEAR(seconds_of(build, {9, 100, 80}, pace), 6 + 9 * 100 * 0.6 + 9 * 2 * 80 * 0.1, 1e-9);
  EXPECT_NEAR(seconds_of(build, {4, 100, 0}, pace), 6 + 4 * 100 * 0.6 + 4 * 2 * 50 * 0.1, 1e-9);
  build.evaluated_every = 3;
  EXPECT_NEAR(seconds_of(build, {4, 100, 80}, pace), 6 + 4 * 100 * 0.6 + 2 * 2 * 80 * 0.1, 1e-9);
  EXPECT_EQ(bytes_running(build, pace), 3 * 301 + 2 * 100);
  EXPECT_EQ(bytes_resting(build, pace), 2 * 301 + 100);
}

TEST_F(SweepPastRuns, OfOtherMachinesSayNothing) {
  finish("a/other_cpu", experiment(64), 1, place_json("cpu", "Made Up 9000", 4));
  finish("a/other_threads", experiment(64), 1, place_json("cpu", "Made Up 3000", 2));
  finish("a/gpu", experiment(64), 1, gpu_json("cuda:0", "A", "Made Up 3000", 4));
  EXPECT_THAT(paces({experiment(64)}), IsEmpty());
  EXPECT_EQ(paces({experiment(64)}, Place{"cpu", "Made Up 3000", 2}).size(), 1u);
  // The experiment's own number of threads is not the slot's.
  Value threads = experiment(64);
  threads.table()->find("run")->table()->set("threads", Value(2));
  EXPECT_EQ(paces({threads}).size(), 1u);
}

TEST_F(SweepPastRuns, OfAGpuTellOfItsModelOnly) {
  finish("a/run1", experiment(64), 1, gpu_json("cuda:0", "A", "Made Up 3000", 4));
  finish("a/run2", experiment(64), 5, gpu_json("cuda:3", "B", "Made Up 3000", 2));
  finish("a/older", experiment(64), 9, R"({"device": "cuda:0", "cpu": "Made Up 3000"})");
  const auto step = [&](const std::vector<std::string>& gpus) {
    const auto found = paces({experiment(64)}, Place{"cuda", "Made Up 3000", 7, gpus});
    return found.empty() ? 0.0 : found.begin()->second.step_seconds;
  };
  EXPECT_EQ(step({"A"}), 1) << "whichever of them, and with however many threads";
  EXPECT_EQ(step({"B"}), 5);
  EXPECT_EQ(step({"C"}), 0);
  EXPECT_EQ(
      paces({experiment(64)}, Place{"cuda", "Made Up 3000", 7, {"A", "B"}}).begin()->second.runs, 2)
      << "a trial may get either";
}

TEST_F(SweepPastRuns, TellNothingOfTrialsThatShareAGpu) {
  const std::string gpu = gpu_json("cuda:0", "A", "Made Up 3000", 4);
  finish("a/run1", experiment(64), 1, gpu);
  const Place shared{"cuda", "Made Up 3000", 7, {"A"}, true};
  EXPECT_THAT(paces({experiment(64)}, shared), IsEmpty()) << "that run may have been alone there";
  finish("s/trial1", experiment(64), 3, gpu);
  EXPECT_EQ(paces({experiment(64)}, shared).begin()->second.step_seconds, 3);
}

SweepFile on_gpus(std::int64_t slots, std::int64_t trials_per_gpu) {
  SweepFile sweep;
  sweep.launcher.slots = slots;
  sweep.launcher.trials_per_gpu = trials_per_gpu;
  return sweep;
}

TEST(SweepSite, KnowsItsGpusByTheProgramThatTrains) {
  ::setenv("CUDA_VISIBLE_DEVICES", "0,1,2", 1);
  const auto seen = [] { return std::vector<std::string>{"B", "A", "B"}; };
  Site site = site_with_gpus(on_gpus(0, 1), 0, seen);
  EXPECT_EQ(site.slots, 3);
  EXPECT_EQ(site.place->device, "cuda");
  EXPECT_THAT(site.place->gpus, testing::ElementsAre("A", "B"));
  EXPECT_FALSE(site.place->shared);
  EXPECT_THAT(site_with_gpus(on_gpus(0, 1), 1, seen).place->gpus, testing::ElementsAre("B"))
      << "one slot, which has the first";
  EXPECT_TRUE(site_with_gpus(on_gpus(0, 2), 0, seen).place->shared);
  site = site_with_gpus(on_gpus(0, 2), 0, [] { return std::vector<std::string>(); });
  EXPECT_EQ(site.place->device, "cpu") << "an r50run without CUDA, beside GPUs";
  EXPECT_FALSE(site.place->shared);
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
  site = site_with_gpus(on_gpus(0, 1), 0, []() -> std::vector<std::string> {
    throw Error("asked although there is nothing to ask for");
  });
  EXPECT_EQ(site.place->device, "cpu");
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST(SweepSite, ReadsWhatEnvPrints) {
  EXPECT_THAT(gpus_in(R"({"device": "cuda:0", "gpus": ["A", "A"]})"),
              testing::ElementsAre("A", "A"));
  EXPECT_THROW(gpus_in("r50        0.1.0\n"), Error);
  EXPECT_THROW(gpus_in(R"({"gpus": 2})"), Error);
}

// On a cluster nobody knows what a trial will run on, but its siblings ran there.
TEST_F(SweepPastRuns, OfTheSweepItselfCountWhereverTheyRan) {
  finish("a/run", experiment(64), 1);
  EXPECT_THAT(paces({experiment(64)}, std::nullopt), IsEmpty());
  finish("s/trial", experiment(64), 2, place_json("cuda:0", "Anything", 1));
  ASSERT_EQ(paces({experiment(64)}, std::nullopt).size(), 1u);
  EXPECT_EQ(paces({experiment(64)}, std::nullopt).begin()->second.step_seconds, 2);
}

TEST_F(SweepPastRuns, ThatAreNotFinishedOrDamagedAreLeftOut) {
  EXPECT_THAT(paces({experiment(64)}), IsEmpty()) << "there is nothing at all";
  finish("a/unfinished", experiment(64), 1);
  std::filesystem::remove(folder_ / "a/unfinished/result.json");
  finish("a/no_rows", experiment(64), 1);
  folder_.write("a/no_rows/metrics.jsonl", "");
  finish("a/torn", experiment(64), 1);
  folder_.write("a/torn/metrics.jsonl", "{\"row\": 0, \"kind\": \"nonsense\n and more\n");
  finish("a/no_toml", experiment(64), 1);
  folder_.write("a/no_toml/resolved.toml", "[[[");
  finish("a/no_machine", experiment(64), 1, "not json");
  folder_.write("a_file", "x");
  EXPECT_THAT(paces({experiment(64)}), IsEmpty());
  EXPECT_FALSE(pace_of_run(base::real_files(), folder_ / "a/unfinished"));
}

TEST(MiddlePace, IgnoresOneDisturbedRun) {
  Pace slow, usual, fast;
  slow.step_seconds = 90;
  usual.step_seconds = 2;
  fast.step_seconds = 1;
  usual.checkpoint_bytes = 7;
  EXPECT_EQ(middle({slow, usual, fast}).step_seconds, 2);
  EXPECT_EQ(middle({usual, fast}).step_seconds, 1.5);
  EXPECT_EQ(middle({slow, usual, fast}).checkpoint_bytes, 7) << "others did not keep theirs";
  EXPECT_FALSE(middle({slow}).checkpoint_bytes);
}

TEST(MeasuredPace, IsReadFromWhatCheckSaysAndKept) {
  const test::TempFolder folder;
  const std::string file = folder / "runs/measured.json";
  const Pace pace = parse_measured(
      R"({"step_seconds": 0.5, "image_seconds": 0.01, "evaluated": 100, "epochs": 3,
          "checkpoint_bytes": 300, "best_bytes": 100})");
  EXPECT_TRUE(pace.measured);
  {
    MeasuredPaces paces(base::real_files(), file);
    EXPECT_FALSE(paces.find("kind"));
    paces.keep("kind", pace);
  }
  const MeasuredPaces again(base::real_files(), file);
  ASSERT_TRUE(again.find("kind"));
  EXPECT_EQ(again.find("kind")->step_seconds, 0.5);
  EXPECT_EQ(again.find("kind")->checkpoint_bytes, 300);
  EXPECT_FALSE(again.find("other"));
  folder.write("runs/measured.json", "{\"kind\": {\"step_seconds\": \"much\"}, ");
  EXPECT_FALSE(MeasuredPaces(base::real_files(), file).find("kind")) << "it is only a memory";
  for (const char* text : {"", "speed 90 img/s", "{}", "[1]"}) {
    try {
      parse_measured(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("are both of one build?"));
    }
  }
}

}  // namespace
}  // namespace r50::sweep
