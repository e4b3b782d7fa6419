#include "base/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "base/files.h"
#include "support/temp_folder.h"

namespace r50::base {
namespace {

using testing::HasSubstr;

TEST(RunProcess, GivesOutputErrorsAndExitCode) {
  const Finished finished = run_process({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_EQ(finished.output, "out\n");
  EXPECT_EQ(finished.errors, "err\n");
}

TEST(RunProcess, PassesArgumentsAsTheyAre) {
  EXPECT_EQ(run_process({"printf", "%s|", "a b", "$HOME", "'"}).output, "a b|$HOME|'|");
}

TEST(RunProcess, PassesInputEnvironmentAndFolder) {
  const test::TempFolder folder;
  const Finished finished =
      run_process({"sh", "-c", "cat; printf %s \"$R50_TEST\"; pwd"},
                  {.input = "in,", .environment = {{"R50_TEST", "set,"}}, .folder = folder.path()});
  EXPECT_EQ(finished.output, "in,set," + folder.path() + "\n");
}

// A pipe holds 64 kB: a child that fills one pipe, then the other, would hang.
TEST(RunProcess, TalksOnAllPipesAtOnce) {
  const std::string much(1 << 20, 'x');
  const Finished finished = run_process({"sh", "-c", "tee /dev/stderr"}, {.input = much});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_TRUE(finished.output == much);
  EXPECT_TRUE(finished.errors == much);
}

TEST(RunProcess, SurvivesAChildThatDoesNotReadItsInput) {
  EXPECT_EQ(run_process({"true"}, {.input = std::string(1 << 20, 'x')}).exit_code, 0);
}

TEST(RunProcess, TellsWhatCannotRunAndWhatASignalEnded) {
  const Finished missing = run_process({"r50-no-such-program"});
  EXPECT_EQ(missing.exit_code, 127);
  EXPECT_THAT(missing.errors, HasSubstr("cannot run 'r50-no-such-program'"));
  EXPECT_EQ(run_process({"sh", "-c", "kill -TERM $$"}).exit_code, 128 + 15);
}

// Other machines, as their /proc and /sys look.
class OtherMachine : public testing::Test {
 protected:
  test::TempFolder root;

  void put(const std::string& name, const std::string& content) {
    const std::string path = root / name;
    real_files().make_folders(folder_of(path));
    real_files().create(path)->write(content);
  }

  void SetUp() override {
    put("proc/meminfo",
        "MemTotal:       16000000 kB\nMemFree:  100 kB\nMemAvailable:   9000000 kB\n");
  }
};

TEST_F(OtherMachine, WithoutControlGroupsAllMemoryMayBeUsed) {
  EXPECT_EQ(total_memory(root.path()), 16384000000u);
  EXPECT_EQ(usable_memory(root.path()), 16384000000u);
  EXPECT_EQ(available_memory(root.path()), 9216000000u);
}

TEST_F(OtherMachine, AContainersLimitsCount) {
  put("proc/self/cgroup", "0::/\n");
  put("sys/fs/cgroup/memory.max", "2147483648\n");
  put("sys/fs/cgroup/memory.current", "1500000000\n");
  put("sys/fs/cgroup/memory.stat", "anon 400000000\ninactive_file 1000000000\n");
  put("sys/fs/cgroup/cpu.max", "50000 100000\n");
  EXPECT_EQ(usable_memory(root.path()), 2147483648u);
  EXPECT_EQ(available_memory(root.path()), 2147483648u - 500000000u);
  EXPECT_EQ(usable_cores(root.path()), 1);
}

TEST_F(OtherMachine, LimitsOfOuterGroupsCountToo) {
  put("proc/self/cgroup", "0::/slurm/job_7/step_0\n");
  put("sys/fs/cgroup/slurm/job_7/step_0/memory.max", "max\n");
  put("sys/fs/cgroup/slurm/job_7/memory.max", "8000000000\n");
  put("sys/fs/cgroup/slurm/memory.max", "9000000000\n");
  EXPECT_EQ(usable_memory(root.path()), 8000000000u);
}

TEST_F(OtherMachine, TheOldKindOfControlGroupsCounts) {
  put("proc/self/cgroup", "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n");
  put("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "3000000000\n");
  put("sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "100000\n");
  put("sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(usable_memory(root.path()), 3000000000u);
  EXPECT_EQ(usable_cores(root.path()), 1);
}

TEST_F(OtherMachine, NamesItsProcessorAndWhatItCanDo) {
  EXPECT_EQ(cpu_model(root.path()), "unknown CPU");
  put("proc/cpuinfo",
      "processor\t: 0\nmodel\t\t: 17\nmodel name\t: Some CPU 3000\n"
      "flags\t\t: fpu avx2 avx512_bf16x avx512f\n");
  EXPECT_EQ(cpu_model(root.path()), "Some CPU 3000");
  const CpuFeatures features = cpu_features(root.path());
  EXPECT_TRUE(features.avx2);
  EXPECT_TRUE(features.avx512f);
  EXPECT_FALSE(features.avx512_bf16);
  EXPECT_FALSE(features.amx_bf16);
}

TEST(ThisMachine, SaysPlausibleThings) {
  EXPECT_GE(usable_cores(), 1);
  EXPECT_GE(total_memory(), usable_memory());
  EXPECT_GT(usable_memory(), peak_memory());
  EXPECT_GT(peak_memory(), 1u << 20);
  EXPECT_EQ(process_id(), ::getpid());
  EXPECT_EQ(run_process({"uname", "-n"}).output, host_name() + "\n");
}

TEST(GpuNames, ComeFromTheDriver) {
  EXPECT_THAT(gpu_names(R50_BINARY_DIR "/lib/libplayed_gpu_driver.so"),
              ElementsAre("NVIDIA Made Up 9000"))
      << "the second GPU does not answer, which makes the first no worse";
}

TEST(GpuNames, AreNoneWithoutADriver) {
  EXPECT_THAT(gpu_names("libthere_is_no_such_driver.so.1"), testing::IsEmpty());
  EXPECT_THAT(gpu_names("libm.so.6"), testing::IsEmpty())
      << "a library without the driver's functions";
}

}  // namespace
}  // namespace r50::base
