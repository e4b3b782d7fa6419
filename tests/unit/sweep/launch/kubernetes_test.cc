#include "sweep/launch/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "played_engine.h"
#include "r50/error.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Kubernetes : public LauncherTest {
 protected:
  Kubernetes() {
    sweep_.name = "My_Sweep";
    sweep_.launcher.kind = LauncherKind::kubernetes;
    sweep_.launcher.image = "registry.example/r50:1";
    sweep_.launcher.claim = "sweeps";
    sweep_.launcher.program = {"task"};
  }
  std::string runs() const { return folder_ / "runs/My_Sweep"; }
  KubernetesLauncher launcher() {
    return {sweep_, runs(), engine([](const std::vector<std::string>&) {
              ADD_FAILURE() << "it speaks to nobody";
              return base::Finished{};
            })};
  }
  std::vector<Launch> trials(int count) {
    std::vector<Launch> all;
    for (int i = 0; i < count; ++i) {
      const std::string id = "t" + std::to_string(i);
      base::real_files().make_folders(runs() + "/" + id);
      all.push_back({id, runs() + "/" + id, folder_.path(), {"/here/r50run", "a.toml"}});
    }
    return all;
  }
  std::string file(const std::string& name) { return base::real_files().read(runs() + "/" + name); }

  SweepFile sweep_;
};

TEST_F(Kubernetes, TheManifestIsAnIndexedJob) {
  LauncherTable table;
  table.image = "registry.example/r50:1";
  table.claim = "sweeps";
  table.queue = "team-a";
  table.memory = "16Gi";
  table.gpus = 1;
  table.cores = 4;
  table.slots = 8;
  EXPECT_EQ(
      kubernetes_manifest(table, {"r50-s-01234567", "/data/runs/s/kubernetes/it's.list",
                                  "/data/sweeps", "/data", 24, 3}),
      R"yaml(# Written by r50sweep: 24 trials, an index each.
apiVersion: batch/v1
kind: Job
metadata:
  name: "r50-s-01234567"
  labels:
    kueue.x-k8s.io/queue-name: "team-a"
spec:
  suspend: true  # until Kueue admits it
  completionMode: Indexed
  completions: 24
  parallelism: 8
  backoffLimitPerIndex: 3
  podFailurePolicy:
    rules:
    - action: Ignore  # preempted, drained: no fault of the trial
      onPodConditions:
      - type: DisruptionTarget
        status: "True"
    - action: FailIndex  # failed by itself: not saved, killed or asked to leave
      onExitCodes:
        containerName: trial
        operator: NotIn
        values: [75, 137, 143]
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 120  # to save in
      containers:
      - name: trial
        image: "registry.example/r50:1"
        workingDir: "/data/sweeps"
        command: ["/bin/sh", "-c", "exec /bin/sh \"$(sed -n )yaml"
      R"yaml(\"$((JOB_COMPLETION_INDEX + 1))p\" '/data/runs/s/kubernetes/it'\\''s.list')/run.sh\""]
        resources:
          requests:
            cpu: "4"
            memory: "16Gi"
            nvidia.com/gpu: "1"
          limits:
            cpu: "4"
            memory: "16Gi"
            nvidia.com/gpu: "1"
        volumeMounts:
        - name: sweep
          mountPath: "/data"
      volumes:
      - name: sweep
        persistentVolumeClaim:
          claimName: "sweeps"
)yaml");
}

TEST_F(Kubernetes, WithoutAQueueTheJobStartsByItself) {
  LauncherTable table;
  const std::string text = kubernetes_manifest(table, {"r50-s-1", "/l", "/w", "/m", 1, 0});
  EXPECT_THAT(text, Not(HasSubstr("kueue")));
  EXPECT_THAT(text, Not(HasSubstr("suspend")));
  EXPECT_THAT(text, Not(HasSubstr("nvidia")));
  EXPECT_THAT(text, HasSubstr("completions: 1\n  parallelism: 1\n"));
}

TEST_F(Kubernetes, TrialsAreWrittenDownAndSettledByTheirFolders) {
  KubernetesLauncher one = launcher();
  EXPECT_TRUE(one.hands_over());
  EXPECT_EQ(one.start(trials(2), write_down()), 2U);
  EXPECT_THAT(handles_["t1"], testing::MatchesRegex("kubernetes r50-my-sweep-[0-9a-f]{8} 1 t1"));
  EXPECT_THAT(file("job.yaml"), HasSubstr("completions: 2"));
  EXPECT_THAT(file("job.yaml"), HasSubstr("mountPath: \"" + folder_.path() + "\""));
  EXPECT_THAT(file("t1/run.sh"), HasSubstr("'/here/r50run' 'a.toml'")) << "another program";
  EXPECT_THAT(told_, ElementsAre(HasSubstr("kubectl apply -f '" + runs() + "/job.yaml'")));
  KubernetesLauncher after = launcher();
  EXPECT_EQ(after.look(handles_["t0"]), Life::queued);
  folder_.write("runs/My_Sweep/t0/begun", handles_["t0"] + "\n");
  EXPECT_EQ(after.look(handles_["t0"]), Life::alive);
  folder_.write("runs/My_Sweep/t0/exit", "0\n");
  EXPECT_EQ(after.look(handles_["t0"]), Life::gone);
}

TEST_F(Kubernetes, R50runIsTheImagesOwn) {
  sweep_.launcher.program.clear();
  launcher().start(trials(1), write_down());
  EXPECT_THAT(file("t0/run.sh"), HasSubstr("\n'r50run' 'a.toml'"));
}

TEST_F(Kubernetes, CheckNamesWhatIsMissing) {
  const auto refusal = [&](const std::string& where) -> std::string {
    try {
      launcher().check({"check", runs(), where, {"true"}});
    } catch (const WrongInput& wrong) {
      return wrong.what();
    }
    return "";
  };
  EXPECT_EQ(refusal(folder_.path()), "");
  EXPECT_THAT(refusal("/elsewhere"), HasSubstr("outside of what the pods see"));
  sweep_.launcher.claim.clear();
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("needs [launcher] claim, the volume claim"));
  sweep_.launcher.image.clear();
  EXPECT_THAT(refusal(folder_.path()), HasSubstr("image, with r50run in it, and claim"));
}

// Neither has met the real thing yet.
TEST(SweepHelp, CallsKubernetesAndTheWandbFileExperimental) {
  const line::Program& all = sweep_program();
  EXPECT_THAT(line::help(all, *all.find("run")), HasSubstr("kubernetes (experimental)"));
  EXPECT_THAT(line::help(all, *all.find("export")), HasSubstr("for wandb sweep (experimental)"));
}

}  // namespace
}  // namespace r50::sweep
