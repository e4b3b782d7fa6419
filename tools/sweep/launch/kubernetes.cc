#include "sweep/launch/engine.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "r50/error.h"
#include "sweep/launch/keeper.h"

namespace r50::sweep {
namespace {

// YAML takes JSON's strings.
std::string yaml(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string resources(const LauncherTable& table, const char* indent) {
  std::string text = std::string(indent) + "cpu: " + yaml(std::to_string(table.cores)) + "\n";
  if (!table.memory.empty()) text += std::string(indent) + "memory: " + yaml(table.memory) + "\n";
  if (table.gpus > 0) {
    text += std::string(indent) + "nvidia.com/gpu: " + yaml(std::to_string(table.gpus)) + "\n";
  }
  return text;
}

}  // namespace

std::string kubernetes_manifest(const LauncherTable& table, const KubernetesJob& job) {
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  const auto count = static_cast<std::int64_t>(job.trials);
  const std::string begin = "exec /bin/sh \"$(sed -n \"$((JOB_COMPLETION_INDEX + 1))p\" " +
                            shell_word(job.list) + ")/run.sh\"";
  std::string text =
      "# Written by r50sweep: " + number(count) + (count == 1 ? " trial" : " trials") +
      ", an index each.\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: " + yaml(job.name) +
      "\n";
  if (!table.queue.empty()) {
    text += "  labels:\n    kueue.x-k8s.io/queue-name: " + yaml(table.queue) + "\n";
  }
  text += "spec:\n";
  if (!table.queue.empty()) text += "  suspend: true  # until Kueue admits it\n";
  text += "  completionMode: Indexed\n  completions: " + number(count) +
          "\n  parallelism: " + number(table.slots > 0 ? std::min(table.slots, count) : count) +
          "\n  backoffLimitPerIndex: " + number(job.retries) + "\n";
  text +=
      "  podFailurePolicy:\n    rules:\n"
      "    - action: Ignore  # preempted, drained: no fault of the trial\n"
      "      onPodConditions:\n      - type: DisruptionTarget\n        status: \"True\"\n"
      "    - action: FailIndex  # failed by itself: not saved, killed or asked to leave\n"
      "      onExitCodes:\n        containerName: trial\n        operator: NotIn\n"
      "        values: [75, 137, 143]\n";
  text +=
      "  template:\n    spec:\n      restartPolicy: Never\n"
      "      terminationGracePeriodSeconds: " +
      number(table.signal_seconds) + "  # to save in\n";
  text += "      containers:\n      - name: trial\n        image: " + yaml(table.image) +
          "\n        workingDir: " + yaml(job.where) + "\n        command: [\"/bin/sh\", \"-c\", " +
          yaml(begin) + "]\n";
  text += "        resources:\n          requests:\n" + resources(table, "            ") +
          "          limits:\n" + resources(table, "            ");
  text += "        volumeMounts:\n        - name: sweep\n          mountPath: " + yaml(job.mount) +
          "\n      volumes:\n      - name: sweep\n        persistentVolumeClaim:\n"
          "          claimName: " +
          yaml(table.claim) + "\n";
  return text;
}

KubernetesLauncher::KubernetesLauncher(const SweepFile& sweep, std::string folder, Engine engine)
    : EngineLauncher(sweep.launcher, sweep.name, std::move(folder), std::move(engine)),
      mount_(base::folder_of(base::folder_of(folder_))),
      retries_(sweep.retry.times) {}

void KubernetesLauncher::check(const Launch& example) {
  if (table_.image.empty() || table_.claim.empty()) {
    throw WrongInput(std::string("The launcher \"kubernetes\" needs [launcher] ") +
                     (table_.image.empty() ? "image, with r50run in it" : "") +
                     (table_.image.empty() && table_.claim.empty() ? ", and " : "") +
                     (table_.claim.empty() ? "claim, the volume claim that holds " + mount_ : "") +
                     ".");
  }
  if ((example.where + "/").rfind(mount_ + "/", 0) != 0) {
    throw WrongInput("The sweep file lies in " + example.where +
                     ", outside of what the pods see: the claim is mounted as " + mount_ +
                     ", where runs/ lies. Start r50sweep in a folder that holds both.");
  }
}

int KubernetesLauncher::room() {
  return static_cast<int>(
      std::max<std::int64_t>(0, table_.queue_max - static_cast<std::int64_t>(jobs())));
}

std::size_t KubernetesLauncher::start(const std::vector<Launch>& launches,
                                      const WriteDown& write_down) {
  const std::string name = absl::AsciiStrToLower(job_name(fresh_token()));
  engine_.files.make_folders(folder_ + "/kubernetes");
  const KubernetesJob job{name,
                          folder_ + "/kubernetes/" + name + ".list",
                          launches.front().where,
                          mount_,
                          launches.size(),
                          retries_};
  std::string list;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    Launch launch = launches[i];
    if (table_.program.empty()) launch.argv.front() = "r50run";  // of the image
    const std::string handle =
        ArrayHandle{"kubernetes", name, static_cast<int>(i), launch.id}.text();
    write_script(launch, handle);
    write_down(launches[i], handle);
    out_.insert(handle);
    list += launch.folder + "\n";
  }
  base::replace_whole(engine_.files, job.list, list);
  const std::string path = folder_ + "/job.yaml";
  base::replace_whole(engine_.files, path, kubernetes_manifest(table_, job));
  engine_.tell(absl::StrFormat(
      "%d %s in %s. Start them with:\n  kubectl apply -f %s\nWhen its pods have ended, run the "
      "same "
      "r50sweep again: it reads what they left.",
      launches.size(), launches.size() == 1 ? "trial is" : "trials are", path, shell_word(path)));
  return launches.size();
}

Life KubernetesLauncher::look(const std::string& handle) {
  const auto known = ArrayHandle::parse("kubernetes", handle);
  if (!known) return Life::unknown;
  const std::string folder = folder_of(known->trial);
  if (engine_.files.exists(folder + "/exit") || engine_.files.exists(folder + "/result.json")) {
    out_.erase(handle);
    return Life::gone;
  }
  return has_begun(engine_.files, folder, handle) ? Life::alive : Life::queued;
}

void KubernetesLauncher::end(const std::string& handle, How) {
  const auto known = ArrayHandle::parse("kubernetes", handle);
  engine_.tell("r50sweep does not speak to the cluster; to end these trials: kubectl delete job " +
               (known ? known->name : ""));
}

}  // namespace r50::sweep
