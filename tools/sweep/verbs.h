#pragma once

#include <string>
#include <vector>

namespace r50::sweep {

// What the user typed.
struct SweepLine {
  std::string verb = "run";
  std::vector<std::string> words;  // the file; of logs, the trial after it
  int slots = 0;
  bool take_over = false;
  bool json = false;
  bool csv = false;
  bool help = false;
  bool version = false;
};

struct SweepVerb {
  std::string name, arguments, does;
  std::vector<std::string> options;
  int (*run)(const SweepLine&);
};

const std::vector<SweepVerb>& sweep_verbs();
SweepLine parse_sweep_line(int argc, const char* const* argv);
std::string sweep_help();
std::string sweep_help(const SweepVerb& verb);

int run_sweep(const SweepLine& line);
int plan_sweep(const SweepLine& line);
int show_status(const SweepLine& line);
int stop_sweep(const SweepLine& line);
int retry_failed(const SweepLine& line);
int show_logs(const SweepLine& line);
int report_sweep(const SweepLine& line);
int print_best(const SweepLine& line);

}  // namespace r50::sweep
