#include "probe/find_lr.h"

#include <absl/strings/str_format.h>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "report/format.h"
#include "terminal/screen.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

using Json = nlohmann::ordered_json;
using report::brief;

// As a file of the experiment's own folder names it.
std::string seen_from(const std::string& experiment, const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code none;
  const fs::path folder = fs::absolute(experiment, none).parent_path();
  const fs::path seen = fs::absolute(file, none).lexically_relative(folder.lexically_normal());
  return seen.empty() ? file : seen.string();
}

std::string range_text(const std::vector<std::optional<double>>& values) {
  std::optional<double> low, high;
  std::size_t there = 0;
  for (const auto& value : values) {
    if (!value) continue;
    ++there;
    low = std::min(low.value_or(*value), *value);
    high = std::max(high.value_or(*value), *value);
  }
  if (!low) return "";
  std::string text = brief(*low);
  if (*high > *low) text += " to " + brief(*high);
  if (there < values.size()) {
    text += absl::StrFormat(", in %d of %d seeds", there, values.size());
  }
  return text;
}

void print_table(const probe::LrResult& result) {
  const auto row = [](const char* name, const std::optional<double>& rate, const char* none,
                      const std::string& range, const char* remark) {
    absl::PrintF("  %-9s %-10s %-24s %s\n", name, rate ? brief(*rate) : none, range, remark);
  };
  absl::PrintF("\n  %-9s %-10s %s\n", "rule", "rate",
               result.seeds.size() > 1 ? "from seed to seed" : "");
  for (const report::LrRule rule : report::lr_rules) {
    const auto& of = result.of(rule);
    row(report::name_of(rule), of.median, "none", range_text(of.seeds),
        rule == result.rule ? "<- [find_lr] rule" : "");
  }
  row("diverges", result.divergence, "never", range_text(result.divergences), "");
  absl::PrintF("\n");
}

class View final : public probe::FindLrView {
 public:
  explicit View(const CommandLine& line)
      : files_(experiment_files(line)),
        quiet_(line.quiet || line.json),
        json_(line.json),
        live_(!quiet_ && terminal::Screen::of_standard_output().live) {}

  void say(const std::string& text) override {
    const std::lock_guard lock(mutex_);
    if (quiet_) return;
    clear();
    std::cout << text << "\n" << std::flush;
  }

  void step(std::int64_t seed, std::int64_t iteration, const probe::LrPlan& plan,
            double loss) override {
    if (quiet_) return;
    const std::lock_guard lock(mutex_);
    // In a log, a line now and then: r50sweep knows by them that the finder is alive.
    constexpr double between_lines = 30;
    const double now = base::real_clock().seconds();
    if (!live_ && now - said_at_ < between_lines) return;
    said_at_ = now;
    clear();
    std::cout << "seed " << seed << "  iteration " << iteration + 1 << "/" << plan.iterations
              << "  lr " << brief(plan.rate(iteration)) << "  loss " << brief(loss)
              << (live_ ? "" : "\n") << std::flush;
    drawn_ = live_;
  }

  void swept(const probe::LrSweep& sweep, const probe::LrPlan& plan, bool before) override {
    const auto count = static_cast<std::int64_t>(sweep.losses.size());
    if (json_) {
      std::cout << Json{{"kind", "sweep"},
                        {"seed", sweep.seed},
                        {"iterations", count},
                        {"planned", plan.iterations},
                        {"diverged", sweep.diverged},
                        {"before", before}}
                       .dump()
                << "\n"
                << std::flush;
    }
    std::string text = absl::StrFormat("seed %d     %d iterations", sweep.seed, count);
    text += sweep.diverged ? ", diverged at " + brief(sweep.curve.rates.back())
                           : ", up to " + brief(sweep.curve.rates.back());
    say(text + (before ? " (done before)" : ""));
  }

  void found(const probe::FoundLr& found) override {
    const probe::LrResult& result = found.result;
    const std::string file = found.folder + "/lr_suggestion.json";
    if (json_) {
      Json line = {{"kind", "suggestion"},
                   {"suggested_max_lr", nullptr},
                   {"rule", report::name_of(result.rule)},
                   {"file", file},
                   {"before", found.before}};
      if (result.suggested) line["suggested_max_lr"] = *result.suggested;
      std::cout << line.dump() << "\n" << std::flush;
      return;
    }
    if (found.before) {
      say(found.folder + " is finished; --fresh repeats the search.");
    }
    if (!quiet_) print_table(result);
    if (!result.suggested) {
      absl::PrintF(
          "No rate is suggested: the curves are too short for the rule '%s'. Set "
          "find_lr.iterations higher, find_lr.start lower, or find_lr.rule to another.\n",
          report::name_of(result.rule));
      return;
    }
    const std::string number = report::exact(*result.suggested);
    absl::PrintF("suggested  %s for a batch of %d%s\n", number, result.batch,
                 result.divergence && *result.suggested < 0.989 * *result.of(result.rule).median
                     ? " (half of the rate at which a seed diverged)"
                     : "");
    if (quiet_) return;
    const std::string& home = found.file.empty() ? files_.front() : found.file;
    absl::PrintF(
        "chart      %s/lr_find.png\n"
        "next       in the scheduler's table of %s write one of these; both are the same run:\n"
        "             %s = \"from:%s\"\n"
        "             %s = %s\n",
        found.folder, home, found.key, seen_from(home, file), found.key, number);
  }

 private:
  void clear() {
    if (drawn_) std::cout << "\r\033[K";
    drawn_ = false;
  }

  std::vector<std::string> files_;
  bool quiet_, json_, live_;
  bool drawn_ = false;
  double said_at_ = base::real_clock().seconds();
  std::mutex mutex_;
};

}  // namespace

int find_lr(const CommandLine& line) {
  probe::FindLrRequest request;
  request.experiment = experiment_files(line);
  request.overrides = line.overrides;
  request.device = line.device;
  request.fresh = line.fresh;
  request.run_dir = line.run_dir;
  View view(line);
  const Exit code = probe::find_lr(request, base::real_files(), view);
  std::fflush(stdout);
  return static_cast<int>(code);
}

}  // namespace r50::cli
