#include "r50/error.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>
#include <tuple>

namespace r50 {

namespace {

constexpr std::size_t most_reported = 50;

Problems only(const std::string& text) {
  Problems problems;
  problems.add({}, text);
  return problems;
}

std::string paragraph(const Problem& problem) {
  std::string text = problem.spot.known() ? problem.spot.text() + ": " : "";
  text += problem.what;
  if (!problem.hint.empty()) text += "\n    " + problem.hint;
  return text;
}

}  // namespace

std::string Spot::text() const {
  if (!known()) return "default";
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

void Problems::add(Spot spot, std::string what, std::string hint) {
  list_.push_back({std::move(spot), std::move(what), std::move(hint)});
}

std::string Problems::report() const {
  // Files in the order in which something was found in them; words of the command line, and what
  // has no place, at the end.
  std::map<std::string, std::size_t> file_order;
  for (const Problem& problem : list_) {
    if (problem.spot.line > 0) file_order.emplace(problem.spot.file, file_order.size());
  }
  for (const Problem& problem : list_) file_order.emplace(problem.spot.file, file_order.size());

  std::vector<const Problem*> sorted;
  sorted.reserve(list_.size());
  for (const Problem& problem : list_) sorted.push_back(&problem);
  const auto rank = [&](const Problem* problem) {
    return std::tuple(file_order.at(problem->spot.file), problem->spot.line, problem->spot.column);
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Problem* a, const Problem* b) { return rank(a) < rank(b); });

  std::vector<std::string> paragraphs;
  for (const Problem* problem : sorted) {
    std::string text = paragraph(*problem);
    if (paragraphs.empty() || paragraphs.back() != text) paragraphs.push_back(std::move(text));
  }
  std::string report;
  for (std::size_t i = 0; i < paragraphs.size() && i < most_reported; ++i) {
    if (i > 0) report += "\n";
    report += paragraphs[i];
  }
  if (paragraphs.size() > most_reported) {
    report += absl::StrFormat("\nand %d more problems", paragraphs.size() - most_reported);
  }
  return report;
}

Error::~Error() = default;

WrongInput::WrongInput(Problems problems)
    : Error(problems.report()), problems_(std::move(problems)) {}
WrongInput::WrongInput(const std::string& text) : Error(text), problems_(only(text)) {}
WrongInput::~WrongInput() = default;

BadKey::BadKey(std::string key, const std::string& text, std::string hint)
    : Error(text), key_(std::move(key)), hint_(std::move(hint)) {}
BadKey::~BadKey() = default;

Stopped::~Stopped() = default;
BadSample::~BadSample() = default;
PassingFault::~PassingFault() = default;

void throw_read_fault(int error_number, const std::string& name) {
  const std::string what = std::generic_category().message(error_number);
  const auto lacking = [&](const std::string& remedy) {
    return Error("cannot read '" + name + "': " + what + ". " + remedy +
                 ", then run the same command again: it resumes from the last checkpoint");
  };
  switch (error_number) {
    case EINTR:
    case EIO:
    case ESTALE:
      throw PassingFault(what);
    case EMFILE:
      throw lacking("Let this process open more files (ulimit -n) or set fewer [data] threads");
    case ENFILE:
      throw lacking("The whole machine has too many files open: end other programs");
    case ENOMEM:
      throw lacking("The machine has no memory left: end other programs");
    default:
      throw BadSample(what);
  }
}

}  // namespace r50
