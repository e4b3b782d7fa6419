// A trial that trains nothing, for tests and the bench of r50sweep: it takes r50run's words, keeps
// r50run's files, and can be made to misbehave.
//
//   task FILE key=value ... --run-dir DIR [--until "N epochs"]
//
// Keys: run.epochs; x, y (what its metric depends on); ms (a epoch takes); run.seed;
//       fail=TEXT (exit 1 with it), kill_at=N (SIGKILL itself in that epoch, the first time),
//       stop_at=N (exit 3 in that epoch, as r50run does when a run diverges),
//       fail_once=N (exit 1 in that epoch, the first time),
//       full_at=N (says the disk is full, the first time), hang_at=N (stands still there, the first
//       time), diverge_at=N (its metric is no number from there on), nothing=1 (no metric at all).

#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "base/files.h"
#include "base/hash.h"
#include "report/rows.h"

namespace {

namespace base = r50::base;
namespace report = r50::report;

volatile std::sig_atomic_t told_to_leave = 0;

class Task {
 public:
  Task(int argc, char** argv) {
    for (int i = 2; i < argc; ++i) {
      const std::string word = argv[i];
      const auto equals = word.find('=');
      if (word == "--run-dir" && i + 1 < argc) {
        folder_ = argv[++i];
      } else if (word == "--until" && i + 1 < argc) {
        until_ = std::atoi(argv[++i]);
      } else if (equals != std::string::npos) {
        std::string value = word.substr(equals + 1);
        if (value.size() > 1 && value.front() == '"') value = value.substr(1, value.size() - 2);
        keys_[word.substr(0, equals)] = value;
        if (word.rfind("kill", 0) != 0) words_ += word + "\n";  // a kill changes no result
      }
    }
  }

  int run() {
    if (keys_.count("fail") > 0) {
      std::cerr << "task: " << keys_["fail"] << "\n";
      return 1;
    }
    const int epochs = static_cast<int>(number("run.epochs", 1));
    const std::string metrics = folder_ + "/metrics.jsonl";
    if (files_.exists(metrics)) done_ = static_cast<int>(report::read_rows(files_, metrics).size());
    note("begun at " + std::to_string(done_));
    while (done_ < epochs) {
      if (until_ > 0 && done_ >= until_) return 75;
      if (told_to_leave != 0) return 75;
      ::usleep(static_cast<useconds_t>(1000 * number("ms", 0)));
      misbehave();
      if (told_to_leave != 0) return 75;
      ++done_;
      report_epoch();
    }
    std::string json = "{\"epochs\": " + std::to_string(epochs);
    if (keys_.count("nothing") == 0) {
      char text[60];
      std::snprintf(text, sizeof text, ", \"last\": [{\"set\": \"plain\", \"top1\": ");
      const double last = value(epochs);
      json += text + (std::isnan(last) ? std::string("\"nan\"") : std::to_string(last)) + "}]";
    }
    base::write_atomically(files_, folder_ + "/result.json", json + "}\n");
    return 0;
  }

 private:
  double number(const std::string& key, double otherwise) {
    return keys_.count(key) > 0 ? std::atof(keys_[key].c_str()) : otherwise;
  }

  // Rises with the epochs towards what x and y are worth, with a little noise of its own.
  double value(int epoch) {
    if (keys_.count("diverge_at") > 0 && epoch >= number("diverge_at", 0)) return std::nan("");
    const double x = number("x", 0), y = number("y", 0);
    const double noise =
        static_cast<double>(base::hash64(words_ + std::to_string(epoch)) % 1000) / 1000 - 0.5;
    const double worth = 90 - 10 * (x - 1) * (x - 1) - 5 * (y + 1) * (y + 1);
    return worth * (1 - std::exp(-0.5 * epoch)) + noise;
  }

  // Each only once, as accidents happen: a file remembers.
  bool first_time(const std::string& what) {
    if (keys_.count(what) == 0 || done_ + 1 != static_cast<int>(number(what, 0))) return false;
    const std::string file = folder_ + "/" + what;
    if (files_.exists(file)) return false;
    files_.create(file)->close();
    return true;
  }

  void misbehave() {
    if (first_time("fail_once")) {
      std::cerr << "task: failed, this once\n";
      std::exit(1);
    }
    if (keys_.count("stop_at") > 0 && done_ + 1 == static_cast<int>(number("stop_at", 0))) {
      std::cerr << "task: the loss is nan\n";
      std::exit(3);
    }
    if (first_time("kill_at")) ::raise(SIGKILL);
    if (first_time("full_at")) {
      std::cerr << "task: cannot write 'last.pt': No space left on device\n";
      std::exit(1);
    }
    if (first_time("hang_at")) {
      while (told_to_leave == 0) ::usleep(20'000);
    }
  }

  void report_epoch() {
    r50::EvaluationEvent event;
    event.epoch = event.step = done_;
    event.set = "plain";
    event.top1 = value(done_);
    const auto file = files_.append(folder_ + "/metrics.jsonl");
    file->write(report::row_text({done_ - 1, event}) + "\n");
    file->close();
  }

  // What was trained, start by start, of this trial and of all in one file: nothing may be trained
  // twice.
  void note(const std::string& text) {
    const auto file = files_.append(folder_ + "/starts.txt");
    file->write(text + "\n");
    file->close();
    const auto order = files_.append(folder_ + "/../order.txt");
    order->write(folder_.substr(folder_.rfind('/') + 1) + " " + text + "\n");
    order->close();
  }

  base::Files& files_ = base::real_files();
  std::string folder_ = ".", words_;
  std::map<std::string, std::string> keys_;
  int until_ = 0, done_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGTERM, [](int) { told_to_leave = 1; });
  return Task(argc, argv).run();
}
