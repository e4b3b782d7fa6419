#include "config/run_share.h"

namespace r50::config {

std::optional<double> run_share(const When& when, const RunLength& run) {
  if (when.unit == When::Unit::percent) return when.amount / 100;
  const std::int64_t whole = when.unit == When::Unit::epochs ? run.epochs : run.steps();
  if (whole <= 0) return std::nullopt;
  return when.amount / static_cast<double>(whole);
}

}  // namespace r50::config
