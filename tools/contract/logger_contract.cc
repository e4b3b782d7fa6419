#include "r50/logger.h"

#include <absl/strings/str_format.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "contract/subject.h"

namespace r50::contract {

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_((fs::temp_directory_path() / "r50_contract_XXXXXX").string()) {
    expect(mkdtemp(path_.data()) != nullptr, "cannot make a folder " + path_);
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }

  // What its files hold, by their names.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(path_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      files[fs::relative(entry.path(), path_).string()] = {std::istreambuf_iterator<char>(stream),
                                                           std::istreambuf_iterator<char>()};
    }
    return files;
  }

 private:
  std::string path_;
};

// Three epochs: two steps, an evaluation of two sets, the epoch.
std::vector<Row> some_rows() {
  std::vector<Row> rows;
  const auto add = [&](Event event) {
    rows.push_back({static_cast<std::int64_t>(rows.size()), std::move(event)});
  };
  for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
    for (std::int64_t step = epoch * 10 - 5; step <= epoch * 10; step += 5) {
      add(StepEvent{.step = step,
                    .epoch = epoch,
                    .loss = 2.5,
                    .lr = 0.1,
                    .momentum = 0.9,
                    .grad_norm = 0,
                    .size = 32,
                    .wall = {1, 100, 0.25}});
    }
    for (const char* set : {"plain", "ema"}) {
      add(EvaluationEvent{.epoch = epoch,
                          .step = epoch * 10,
                          .set = set,
                          .loss = 2,
                          .top1 = 12.5,
                          .top5 = 50,
                          .images = 80,
                          .best = epoch == 3,
                          .wall_seconds = 1});
    }
    add(EpochEvent{.epoch = epoch,
                   .step = epoch * 10,
                   .loss = 2.25,
                   .lr = 0.1,
                   .quarantined = 0,
                   .wall = {10, 100, 0.25}});
  }
  return rows;
}

Held<Logger> build(const Subject& subject, const Folder& folder) {
  LoggerFacts facts;
  static_cast<RunFacts&>(facts) = small_run();
  facts.run_name = "contract";
  facts.run_id = "0123abcd";
  facts.run_folder = folder.path();
  facts.experiment = "[run]\nname = \"contract\"\n";
  facts.sets = {"plain", "ema"};
  return subject.make<Logger>(facts);
}

void tell(const Held<Logger>& logger, std::size_t from, std::size_t to) {
  const std::vector<Row> rows = some_rows();
  for (std::size_t i = from; i < to && i < rows.size(); ++i) {
    logger.call([&](Logger& it) { it.row(rows[i]); });
    if (std::holds_alternative<EpochEvent>(rows[i].event)) {
      logger.call([](Logger& it) { it.flush(); });
    }
  }
}

// Returns the first row that the logger wants.
std::size_t resume(const Held<Logger>& logger, std::size_t next) {
  const auto held = static_cast<std::int64_t>(next);
  const std::int64_t wanted = logger.call([&](Logger& it) { return it.wanted(held); });
  expect(wanted >= 0 && wanted <= held,
         absl::StrFormat("of rows below %d, it wants those from %d", held, wanted));
  logger.call([&](Logger& it) { it.resumed(wanted); });
  return static_cast<std::size_t>(wanted);
}

void end_run(const Held<Logger>& logger, const std::string& how) {
  logger.call([&](Logger& it) {
    it.flush();
    it.ended(how);
  });
}

std::map<std::string, std::string> straight(const Subject& subject) {
  const Folder folder;
  const auto logger = build(subject, folder);
  tell(logger, resume(logger, 0), some_rows().size());
  end_run(logger, "done");
  return folder.files();
}

// A life that ends after `recorded` rows, and another that begins at row `next`.
void expect_continued_alike(const Subject& subject, std::size_t recorded, std::size_t next) {
  const Folder folder;
  {
    const auto first = build(subject, folder);
    tell(first, resume(first, 0), recorded);
    end_run(first, "interrupted");
  }
  const auto second = build(subject, folder);
  tell(second, resume(second, next), some_rows().size());
  end_run(second, "done");
  const auto expected = straight(subject), actual = folder.files();
  for (const auto& [file, content] : expected) {
    expect(actual.contains(file) && actual.at(file) == content,
           absl::StrFormat("stopped after %d rows and continued from row %d, '%s' differs from "
                           "that of a straight run",
                           recorded, next, file));
  }
  expect(actual.size() == expected.size(), "the continued run has other files");
}

}  // namespace

void check_logger(Subject& subject) {
  Report& report = subject.report();
  report.check("it takes every row of a run", [&] { straight(subject); });
  report.check("the same rows give the same files", [&] {
    expect(straight(subject) == straight(subject), "two equal runs give other files");
  });
  report.check("a run of no rows may end", [&] {
    const Folder folder;
    const auto logger = build(subject, folder);
    resume(logger, 0);
    end_run(logger, "failed");
  });
  report.check("continued, it shows each row once", [&] {
    expect_continued_alike(subject, 5, 5);   // where it stopped
    expect_continued_alike(subject, 8, 5);   // rows undone by the continuation
    expect_continued_alike(subject, 10, 0);  // all of them
    expect_continued_alike(subject, 0, 7);   // killed before anything reached the sink
  });
}

}  // namespace r50::contract
