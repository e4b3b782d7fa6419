#pragma once

// `budget` of a sweep file and --budget: what a sweep may use up.

#include <optional>
#include <string>

namespace r50::sweep {

// One of both is above 0. Seconds are the clock's, with all slots at work: "40h" on two slots is 80
// hours of trials. Dollars are for a slot's hours.
struct Limit {
  double seconds = 0, dollars = 0;
  std::string text;  // as written
};

// "$4.10", "3 h 10 min": so much of a limit.
std::string use_text(const Limit& limit, double use);

// "40h", "90 minutes", "1h 30m", "2 days", "$25", "25 dollars"; nothing for anything else.
std::optional<Limit> parse_limit(const std::string& text);

// Throws WrongInput for what is no limit, and for money without a price.
Limit checked_limit(const std::string& text, double price_per_hour);

}  // namespace r50::sweep
