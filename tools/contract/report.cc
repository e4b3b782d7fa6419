#include "contract/report.h"

#include <absl/strings/str_format.h>
#include <algorithm>

namespace r50::contract {

void Report::check(const std::string& promise, const std::function<void()>& body) {
  Finding finding{promise, Finding::Result::kept, ""};
  try {
    body();
  } catch (const Broken& broken) {
    finding = {promise, Finding::Result::broken, broken.why};
  } catch (const Skipped& skipped) {
    finding = {promise, Finding::Result::skipped, skipped.why};
  } catch (const std::exception& error) {
    finding = {promise, Finding::Result::broken, error.what()};
  } catch (...) {
    finding = {promise, Finding::Result::broken, "threw something that is no std::exception"};
  }
  findings_.push_back(std::move(finding));
}

std::size_t Report::count(Finding::Result result) const {
  return static_cast<std::size_t>(
      std::count_if(findings_.begin(), findings_.end(),
                    [&](const Finding& finding) { return finding.result == result; }));
}

std::string Report::text() const {
  std::string text;
  for (const Finding& finding : findings_) {
    const char* mark = finding.result == Finding::Result::kept     ? "  ok       "
                       : finding.result == Finding::Result::broken ? "  BROKEN   "
                                                                   : "  skipped  ";
    text += mark + finding.promise + "\n";
    if (!finding.note.empty()) {
      std::string note = finding.note;
      for (std::size_t at = note.find('\n'); at != std::string::npos;
           at = note.find('\n', at + 1)) {
        note.insert(at + 1, "             ");
      }
      text += "             " + note + "\n";
    }
  }
  text += absl::StrFormat("%d promises kept, %d broken, %d skipped\n", count(Finding::Result::kept),
                          count(Finding::Result::broken), count(Finding::Result::skipped));
  return text;
}

}  // namespace r50::contract
