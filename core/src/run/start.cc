#include "run/start.h"

#include <filesystem>
#include <string_view>
#include <utility>

#include "checkpoint/file.h"
#include "r50/error.h"
#include "record/metrics_file.h"
#include "report/rows.h"

namespace r50::run {
namespace {

using Say = std::function<void(const std::string&)>;

Start start_from(Archive archive, std::string file) {
  const std::int64_t rows = archive.child("run").integer("rows");
  return {std::move(archive), std::move(file), rows};
}

Progress where(const Start& start) {
  const Archive& progress = std::as_const(*start.checkpoint).child("progress");
  Progress stands;
  stands.step = progress.integer("step");
  stands.length.steps_per_epoch = progress.integer("steps_per_epoch");
  return stands;
}

// runs/a/1/checkpoints/last.pt -> runs/a/1
std::string run_folder_of(const std::string& checkpoint) {
  const std::filesystem::path folder = std::filesystem::path(checkpoint).parent_path();
  return folder.has_parent_path() ? folder.parent_path().string() : "..";
}

// The rows that led to a branch's first checkpoint are the beginning of its own record.
void copy_rows(base::Files& files, const std::string& from, const std::string& to,
               std::int64_t rows) {
  const std::string content = files.read(from);
  const std::size_t end = report::after_lines(content, rows);
  if (end == std::string::npos) {
    throw WrongInput(from +
                     " has fewer rows than the checkpoint counts, so the branch would have no "
                     "beginning; branch from a checkpoint that lies in its run's own folder");
  }
  base::write_atomically(files, to, std::string_view(content).substr(0, end));
}

constexpr char next_best[] = "; this run has one again after the first evaluation that is better";

Start rewound(const std::string& checkpoint, record::RunFolder& folder,
              checkpoint::CheckpointStore& store, base::Files& files, const Say& say) {
  Start start = start_from(checkpoint::read_checkpoint(files, checkpoint), checkpoint);
  if (const std::string aside = record::set_aside(files, folder.metrics(), {start.rows});
      !aside.empty()) {
    say("later rows are set aside in " + aside);
  }
  const checkpoint::SetAside aside = store.rewind(checkpoint, where(start));
  if (!aside.folder.empty()) say("later checkpoints are set aside in " + aside.folder);
  if (aside.best)
    say("best.pt is later, too (or cannot be read), and lies there" + std::string(next_best));
  files.remove(folder.file("result.json"));
  return start;
}

Start branched(const std::string& checkpoint, record::RunFolder& folder,
               checkpoint::CheckpointStore& store, base::Files& files, const Say& say) {
  Start start = start_from(checkpoint::read_checkpoint(files, checkpoint), checkpoint);
  copy_rows(files, run_folder_of(checkpoint) + "/metrics.jsonl", folder.metrics(), start.rows);
  const std::string best = (std::filesystem::path(checkpoint).parent_path() / "best.pt").string();
  if (files.exists(best) && !store.adopt_best(best, where(start).step)) {
    say(best + " is later than the branch (or cannot be read) and not taken over" + next_best);
  }
  return start;
}

}  // namespace

std::optional<std::int64_t> Start::step() const {
  if (!checkpoint) return std::nullopt;
  return where(*this).step;
}

Start find_start(const TrainRequest& request, record::RunFolder& folder,
                 checkpoint::CheckpointStore& store, base::Files& files, const Say& say) {
  if (!request.from.empty()) return rewound(request.from, folder, store, files, say);
  if (auto found = store.load_newest()) return start_from(std::move(found->archive), found->file);
  if (!request.branch.empty()) return branched(request.branch, folder, store, files, say);
  return {};
}

}  // namespace r50::run
