#pragma once

// Kubernetes: r50sweep writes an Indexed Job, an index a trial, and never speaks to a cluster. Who
// applies it starts the trials; they end without a controller, and a later one settles them from
// their folders, which lie on a volume that both see under one path.

#include <set>
#include <string>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/engine.h"

namespace r50::sweep {

struct KubernetesJob {
  std::string name;   // a DNS label
  std::string list;   // file: a trial's folder a line
  std::string where;  // to run in
  std::string mount;  // the volume's place, here and there
  std::size_t trials = 0;
  std::int64_t retries = 3;  // of a trial
};

// The manifest: a Job of the API batch/v1, as of Kubernetes 1.29 (backoffLimitPerIndex).
std::string kubernetes_manifest(const LauncherTable& table, const KubernetesJob& job);

class KubernetesLauncher final : public EngineLauncher {
 public:
  // `folder`: of the sweep, absolute. Its volume is mounted where runs/ lies.
  KubernetesLauncher(const SweepFile& sweep, std::string folder, Engine engine);

  void check(const Launch& example) override;
  int room() override;  // the slots are the manifest's business
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  void adopt(const std::string& handle) override { out_.insert(handle); }
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;
  bool hands_over() const override { return true; }

 private:
  std::size_t jobs() const override { return out_.size(); }

  std::string mount_;
  std::int64_t retries_;
  std::set<std::string> out_;  // handles of trials in the cluster's hands
};

}  // namespace r50::sweep
